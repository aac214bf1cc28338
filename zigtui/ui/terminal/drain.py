"""Decide when everything has been read that a terminal sent before its modes were switched off.

A terminal that is far away sends reports until it learns that they are no longer wanted. Those that arrive too late
would be typed into the shell.
"""

from collections import deque

__all__ = ["ANSWER", "QUERY", "Drain"]

QUERY, ANSWER = "\x1b[5n", "\x1b[0n"  # the status of the terminal, which nearly every terminal reports
DRAIN_SECS = 0.3
"""How long to wait for more if the terminal does not answer."""

_LONGEST_SECS = 1.0
_ANSWERS_WITHIN_SECS = 2.0


class Drain:
    """Asks the terminal at the start and at the end, and waits for the answer. Times are of a monotonic clock.

    The first answer shows that there will be a second one, and how long that may take: an answer that is not waited for
    would end up in the shell too.
    """

    def __init__(self) -> None:
        self._asked_at: deque[float] = deque()
        self._began_at: float | None = None
        self._read_at = 0.0
        self._limit_secs = DRAIN_SECS

    @property
    def has_begun(self) -> bool:
        """Whether modes are off, so that input is no longer meant for the application."""
        return self._began_at is not None

    def ask(self, now: float) -> str:
        """The query to write at the start."""
        self._asked_at.append(now)
        return QUERY

    def begin(self, now: float) -> str:
        """The query to write behind the sequences that switch the modes off; empty if there will be no answer."""
        self._began_at = self._read_at = now
        is_silent = bool(self._asked_at) and now - self._asked_at[0] > _ANSWERS_WITHIN_SECS
        return "" if is_silent else self.ask(now)

    def read(self, now: float) -> None:
        """Something has arrived."""
        self._read_at = now

    def answered(self, now: float) -> None:
        """An answer has arrived."""
        if self._asked_at:
            round_trip_secs = now - self._asked_at.popleft()
            self._limit_secs = max(DRAIN_SECS, min(2 * round_trip_secs, _LONGEST_SECS))

    def wait_secs(self, now: float) -> float | None:
        """How long to wait for more: not at all if everything has arrived, None if the end has not begun."""
        if self._began_at is None:
            return None
        if not self._asked_at:
            return 0.0
        return min(self._read_at + self._limit_secs, self._began_at + _LONGEST_SECS) - now
