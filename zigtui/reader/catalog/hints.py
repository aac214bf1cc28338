"""Hints about files that may have changed, gathered by some threads for another one."""

import threading
from collections.abc import Callable, Collection, Iterable
from math import inf
from time import monotonic

from writer import LOG_SUFFIX

__all__ = ["Hints"]

_DISPLAYED_SECS = 0.1
"""The time between two reads of a log that is displayed but not open: a row of a list."""

_OTHER_SECS = 1.0
"""The same for other logs, if it is known which are displayed."""

_WAIT_SECS = 0.1
"""The time between two checks for waiting hints that are due."""


class Hints:
    """The hints that have not been taken yet. Any thread may call the methods.

    A hint for an open log is due at once. One for another log is due as soon as the log was not taken for some time:
    many logs may grow at once, and only some of them are on the screen.

    Args:
        woken: set with each hint that is due, or soon will be.

    Attributes:
        opened: the paths of the logs that are open, as of the last call of `note_opened`.
        displayed: the paths of those that are displayed; None if that is not known, and every hint is due at once.
            Replaced as a whole.
        urgent: set while there is a hint for an open log.
    """

    def __init__(self, woken: threading.Event) -> None:
        self.opened: Collection[str] = ()
        self.displayed: Collection[str] | None = None
        self.urgent = threading.Event()
        self._woken = woken
        self._lock = threading.Lock()
        self._urgent: set[str] = set()  # for logs that are open
        self._others: set[str] = set()
        self._taken: dict[str, float] = {}  # when the last hint for a log was taken, oldest first; the last second

    def add(self, paths: Iterable[str]) -> None:
        """Add hints.

        Args:
            paths: the files. An empty path is a hint without a file: something may have changed.
        """
        is_due = False
        with self._lock:
            for path in paths:
                is_open = path in self.opened
                hints = self._urgent if is_open else self._others
                is_first = path not in hints
                hints.add(path)
                # That of a row is due soon: the reader, which may wait for long, must know.
                is_row = self.displayed is not None and path in self.displayed
                is_due = is_due or is_open or path not in self._taken or (is_row and is_first)
            if self._urgent:
                self.urgent.set()
        if is_due:
            self._woken.set()

    def note_opened(self, opened: Callable[[], Collection[str]]) -> None:
        """Note which logs are open. A hint for one of them that waits is due at once.

        Args:
            opened: returns their paths. It is called under the lock, so that the result of the later call is kept.
        """
        with self._lock:
            self.opened = opened()
            waiting = self._others.intersection(self.opened)
            self._others -= waiting
            self._urgent |= waiting
            if waiting:
                self.urgent.set()
        if waiting:
            self._woken.set()

    @property
    def wait_secs(self) -> float:
        """How long to wait before `take` is called again, unless ``woken`` is set."""
        return _WAIT_SECS if self._others else inf

    def take(self) -> set[str]:
        """Return the hints that are due. The others stay."""
        taken = self.take_urgent()
        now = monotonic()
        with self._lock:
            while self._taken and next(iter(self._taken.values())) <= now - _OTHER_SECS:
                del self._taken[next(iter(self._taken))]
            waiting: set[str] = set()
            for path in self._others:
                if self._is_due(path, now):
                    taken.add(path)
                    self._taken.pop(path, None)
                    if self.displayed is not None and path.endswith(LOG_SUFFIX):
                        self._taken[path] = now
                else:
                    waiting.add(path)
            self._others = waiting
        return taken

    def _is_due(self, path: str, now: float) -> bool:
        taken_at = self._taken.get(path)
        if taken_at is None or self.displayed is None or path in self.opened:
            return True
        return path in self.displayed and now >= taken_at + _DISPLAYED_SECS

    def is_any_displayed(self, paths: Iterable[str]) -> bool:
        """Whether any of these logs is displayed or open, as far as that is known."""
        displayed, opened = self.displayed, self.opened
        return displayed is None or any(path in displayed or path in opened for path in paths)

    def take_urgent(self) -> set[str]:
        """Return the hints for open logs."""
        with self._lock:
            taken, self._urgent = self._urgent, set()
            self.urgent.clear()
        return taken
