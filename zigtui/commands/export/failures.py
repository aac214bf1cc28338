"""The failed attempts of a session."""

from typing import NamedTuple

from zigtui.reader.session.model.session import Attempt, StepRun, StepState
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["FailedAttempt", "failed_attempts"]


class FailedAttempt(NamedTuple):
    """A failed attempt of a step run, and the range of output lines that belong to it.

    Attributes:
        attempt: the attempt. None if it was interrupted: it ended with its session, and its end was not recorded.
    """

    step: StepRun
    attempt: Attempt | None
    first_line: int
    end_line: int


def failed_attempts(snapshot: SessionSnapshot) -> list[FailedAttempt]:
    """The attempts that failed, in the order of the log, then those that were interrupted."""
    found = []
    for failure in snapshot.session.failures:
        step, attempt = snapshot.session.attempt_of(failure)
        first = _lines_before(step, failure.position)
        found.append(FailedAttempt(step, attempt, first, max(first, attempt.lines)))
    interrupted = (step for step in snapshot.session.steps if snapshot.step_state(step) is StepState.INTERRUPTED)
    found += [FailedAttempt(step, None, _lines_before(step, len(step.attempts)), step.lines) for step in interrupted]
    return found


def _lines_before(step: StepRun, position: int) -> int:
    """The number of lines that a step had printed before an attempt."""
    return step.attempts[position - 1].lines if position else 0
