"""Backlog: what is done later, in a thread that runs as long as there is something to do."""

import os
import threading
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

__all__ = ["Backlog"]

T = TypeVar("T")


class Backlog(Generic[T]):
    """Items to be worked on, off the path of those who add them.

    All methods may be called from any thread, and by a signal handler. A forked process begins with no items, since
    they are its parent's.
    """

    def __init__(
        self, name: str, work: Callable[[list[T]], list[T]], wait: Callable[[float], None], *, is_daemon: bool
    ) -> None:
        """Begin with no items.

        Args:
            name: The name of the thread.
            work: Works on items, the oldest first, and returns those that need another try. It does not raise.
            wait: Waits before each call of ``work``; it gets the seconds that the last one has taken.
            is_daemon: Whether the interpreter may exit while the thread runs.
        """
        self._name = name
        self._work = work
        self._wait = wait
        self._is_daemon = is_daemon
        self._items: list[T] = []
        self._thread: threading.Thread | None = None
        self._lock = threading.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave_to_parent)

    def add(self, item: T) -> bool:
        """Add an item, and return whether a thread will work on it: at the exit of the interpreter none can start."""
        with self._lock:
            self._items.append(item)
            if self._thread is None:
                # Before the start, which a signal handler that adds an item may interrupt.
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=self._is_daemon)
                try:
                    self._thread.start()
                except RuntimeError:
                    self._thread = None
                except BaseException:  # such as KeyboardInterrupt: if it runs nevertheless, it ends at once
                    self._thread = None
                    raise
            return self._thread is not None

    def items(self) -> list[T]:
        """Return the items that are not done, also those that the thread works on."""
        return self._items[:]

    def clear(self) -> None:
        """Drop all items."""
        with self._lock:
            self._items.clear()

    def _run(self) -> None:
        with self._lock:  # after the start
            if self._thread is not threading.current_thread():
                return
        seconds = 0.0
        while True:
            self._wait(seconds)
            with self._lock:
                items = self.items()
                if not items:
                    self._thread = None
                    return
            started = monotonic()
            left = self._work(items)  # without the lock: nothing that adds an item waits for a slow disk
            seconds = monotonic() - started
            with self._lock:
                self._items[: len(items)] = left

    def _leave_to_parent(self) -> None:
        self._lock = threading.RLock()
        self._items.clear()
        self._thread = None
