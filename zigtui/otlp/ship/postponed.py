"""Sessions that are left alone for a while, since they could not be sent."""

from time import monotonic

__all__ = ["Postponed"]

_FIRST_SECS, _LONGEST_SECS = 1.0, 300.0


class Postponed:
    """The sessions that wait for another try. The wait doubles with each try that fails."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[float, float]] = {}  # by path: for how long in all, and until when

    def __contains__(self, path: str) -> bool:
        """Whether the last try has failed."""
        return path in self._waiting

    def is_due(self, path: str) -> bool:
        """Whether to try again, or for the first time."""
        return path not in self._waiting or monotonic() >= self._waiting[path][1]

    def add(self, path: str) -> None:
        """Record that a try has failed."""
        before, _ = self._waiting.get(path, (_FIRST_SECS / 2, 0.0))
        seconds = min(_LONGEST_SECS, before * 2)
        self._waiting[path] = seconds, monotonic() + seconds

    def remove(self, path: str) -> None:
        """Record that there is nothing to try again."""
        self._waiting.pop(path, None)
