"""Hints at files that may have changed, gathered by some threads for another one."""

import threading
from collections.abc import Iterable

__all__ = ["Hints"]


class Hints:
    """The hints since the last call of `take`. Any thread may call the methods.

    Args:
        woken: set with each hint.
    """

    def __init__(self, woken: threading.Event) -> None:
        self._woken = woken
        self._lock = threading.Lock()
        self._hints: dict[str, float | None] = {}

    def add(self, paths: Iterable[str], heard_at: float | None = None) -> None:
        """Add hints.

        Args:
            paths: the files. An empty path is a hint without a file: something may have changed.
            heard_at: when fresh bytes of these files came, by the monotonic clock; None if that is not known.
        """
        with self._lock:
            for path in paths:
                if heard_at is not None or path not in self._hints:
                    self._hints[path] = heard_at
        self._woken.set()

    def take(self) -> dict[str, float | None]:
        """Return the hints, each with the time at which fresh bytes came, and start again without any."""
        with self._lock:
            taken, self._hints = self._hints, {}
        return taken
