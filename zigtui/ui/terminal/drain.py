"""Decide when everything has been read that a terminal sent before its modes were switched off.

A terminal that is far away sends reports until it learns that they are no longer wanted. Those that arrive too late
would be typed into the shell.
"""

import re
from typing import Final

__all__ = ["ANSWER", "LAST_ANSWER", "LAST_QUERY", "QUERY", "Drain"]

QUERY, ANSWER = "\x1b[5n", "\x1b[0n"  # the status of the terminal, which nearly every terminal reports
LAST_QUERY: Final = "\x1b[c"  # what it can do. The answer cannot be mistaken for a late one to the query at the start
LAST_ANSWER: Final = re.compile(r"\x1b\[\?[0-9;]*c")
DRAIN_SECS = 0.3
"""How long to wait for more if the terminal does not answer."""

_LONGEST_SECS = 1.0
_ANSWERS_WITHIN_SECS = 2.0


class Drain:
    """Asks the terminal at the start and at the end, and waits for the answer. Times are of a monotonic clock.

    The first answer shows that there will be another one at the end, and how long that may take: an answer that is not
    waited for would end up in the shell too. Some terminals, such as two that share a session, answer twice: there the
    end is silence.
    """

    def __init__(self) -> None:
        self._asked_at: float | None = None
        self._unanswered = 0  # below zero if there were more answers than queries
        self._began_at: float | None = None
        self._is_over = False
        self._read_at = 0.0
        self._limit_secs = DRAIN_SECS

    @property
    def has_begun(self) -> bool:
        """Whether modes are off, so that input is no longer meant for the application."""
        return self._began_at is not None

    def ask(self, now: float) -> str:
        """The query to write at the start, and whenever the terminal is taken again."""
        self._asked_at = now
        self._unanswered += 1
        return QUERY

    def begin(self, now: float) -> str:
        """The query to write behind the sequences that switch the modes off; empty if there will be no answer."""
        self._began_at = self._read_at = now
        is_silent = self._unanswered > 0 and self._asked_at is not None and now - self._asked_at > _ANSWERS_WITHIN_SECS
        return "" if is_silent else LAST_QUERY

    def read(self, now: float) -> None:
        """Something has arrived."""
        self._read_at = now

    def answered(self, now: float) -> None:
        """An answer to the query at the start has arrived."""
        if self._unanswered > 0 and self._asked_at is not None:
            self._limit_secs = max(DRAIN_SECS, min(2 * (now - self._asked_at), _LONGEST_SECS))
        self._unanswered -= 1

    def last_answered(self) -> None:
        """An answer to the query at the end has arrived."""
        self._is_over = self.has_begun and self._unanswered >= 0

    def wait_secs(self, now: float) -> float | None:
        """How long to wait for more: not at all if everything has arrived, None if the end has not begun."""
        if self._began_at is None:
            return None
        if self._is_over:
            return 0.0
        return min(self._read_at + self._limit_secs, self._began_at + _LONGEST_SECS) - now
