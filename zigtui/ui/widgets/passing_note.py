"""A note that disappears by itself."""

from collections.abc import Callable
from time import monotonic

__all__ = ["Note"]


class Note:
    """Holds the note that is displayed.

    Args:
        secs: how long a note is displayed, in seconds.
        clock: returns the time in seconds, from a clock that is never set back.
    """

    def __init__(self, secs: float, clock: Callable[[], float] = monotonic) -> None:
        self._secs = secs
        self._clock = clock
        self._text = ""
        self._ends = 0.0

    @property
    def text(self) -> str:
        """The note; empty once its time is over."""
        return self._text if self._clock() < self._ends else ""

    def set(self, text: str) -> None:
        """Display another note; an empty one clears it."""
        self._text, self._ends = text, self._clock() + self._secs
