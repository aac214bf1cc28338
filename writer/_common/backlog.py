"""Backlog: what is done later, in a thread that runs as long as there is something to do."""

import _thread
import atexit
import os
import threading
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from writer._common.pause import pause

__all__ = ["Backlog", "before_exit"]

T = TypeVar("T")

_JOIN_SECS = 0.002


class Backlog(Generic[T]):
    """Items for a background thread, so that those who add them do not wait for the work.

    All methods may be called from any thread, and by a signal handler. A forked process begins with no items, since
    they are its parent's.
    """

    def __init__(self, work: Callable[[list[T]], list[T]], wait: Callable[[float], None]) -> None:
        """Begin with no items.

        Args:
            work: Works on items, the oldest first, and returns those that need another try. If it raises,
                the thread ends, and the next item that is added starts another try with all items.
            wait: Waits before each call of ``work``; it gets the seconds that the last one has taken.
        """
        self._work = work
        self._wait = wait
        self._items: list[T] = []
        self._thread: object = None  # stands for the thread that runs
        self._lock = threading.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork_in_child)

    def add(self, item: T) -> bool:
        """Add an item, and return whether a thread will work on it: at the exit of the interpreter none can start."""
        with self._lock:
            self._items.append(item)
            if self._thread is None:
                # Before the start, which a signal handler that adds an item may interrupt.
                self._thread = thread = object()
                try:
                    # `Thread.start` waits until the thread runs, which takes as long as to begin a session.
                    _thread.start_new_thread(self._run, (thread,))
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

    def join(self) -> None:
        """Wait until the thread has ended."""
        while self._thread is not None:
            pause(_JOIN_SECS)  # rather than a lock: gevent may have replaced the locks since this was made

    def _run(self, thread: object) -> None:
        with self._lock:  # after the start
            if self._thread is not thread:
                return
        try:
            self._work_until_done()
        finally:
            with self._lock:
                if self._thread is thread:  # it has failed: the items are left to the next one
                    self._thread = None

    def _work_until_done(self) -> None:
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

    def _after_fork_in_child(self) -> None:
        self._lock = threading.RLock()
        self._items.clear()
        self._thread = None


def before_exit(leave: Callable[[], None]) -> None:
    """Call ``leave`` when the interpreter begins to exit and waits for its threads, or at once if it exits already."""
    register: Callable[[Callable[[], None]], object] = getattr(threading, "_register_atexit", atexit.register)
    try:
        register(leave)
    except RuntimeError:
        leave()
