"""The reports on the screen."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

__all__ = ["News"]

SHOWN_SECS = 10.0
"""How long a report is displayed to a user who is present."""

_MAX_LINES = 5


class News:
    """Holds the lines of the last reports until the user has seen them.

    Args:
        clock: returns the time in seconds, from a clock that is never set back.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lines: list[tuple[str, float | None]] = []  # with the end of each, which the user's presence sets
        self._changing = Lock()

    @property
    def lines(self) -> list[str]:
        """The lines to display, newest first: a small screen has no room for all."""
        return [line for line, _ in reversed(self._lines)]

    def add(self, line: str) -> None:
        """Add a line. The oldest ones make room for it. May be called from any thread."""
        with self._changing:
            self._lines = [*self._lines, (line, None)][-_MAX_LINES:]

    def update(self, *, is_present: bool) -> None:
        """Remove what has been displayed for long enough while the user was present."""
        if not is_present:
            return
        moment = self._clock()
        with self._changing:
            timed = [(line, moment + SHOWN_SECS if end is None else end) for line, end in self._lines]
            self._lines = [(line, end) for line, end in timed if end > moment]
