"""The failed attempts of a session."""

from zigtui.reader.session.model import Session
from zigtui.reader.times import seconds

__all__ = ["Failure", "failures"]

Failure = tuple[int, int]
"""A failed attempt: the serial of its step run, and its place among the attempts of that."""


def failures(session: Session) -> list[Failure]:
    """All failed attempts, in the order of their times."""
    found: list[tuple[float, Failure]] = []
    latest = 0.0
    for step in session.steps:
        for place, attempt in enumerate(step.attempts):
            latest = seconds(attempt.failed_at) or latest
            found.append((latest, (step.serial, place)))
    return [failure for _, failure in sorted(found)]
