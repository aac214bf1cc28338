"""The attempts of a step run, the one that has not failed included: pure functions of the model."""

from typing import NamedTuple

from zigtui.reader.session.model.session import Attempt, StepRun, StepState

__all__ = ["AttemptRun", "attempt_count", "attempt_of"]

_FURTHER_STATES = (StepState.RUNNING, StepState.RETRYING, StepState.SUCCEEDED)


class AttemptRun(NamedTuple):
    """One attempt of a step run.

    Attributes:
        position: its position among the attempts of the step run, from 0.
        number: its number as recorded, from 1.
        first_line: the number of lines that the step had printed before it.
        end_line: the number of lines that the step had printed when it failed; None if it has not failed.
        started_at: when it began: when the step did, or when the attempt before it failed.
        ended_at: when it ended; None if that is not recorded.
        failed: how it failed; None if it has not.
    """

    position: int
    number: int
    first_line: int
    end_line: int | None
    started_at: str | None
    ended_at: str | None
    failed: Attempt | None


def attempt_count(step: StepRun) -> int:
    """The number of attempts of a step run that failed at least once; 0 for another one, which has no more than one."""
    return len(step.attempts) + (step.state in _FURTHER_STATES) if step.attempts else 0


def attempt_of(step: StepRun, position: int) -> AttemptRun | None:
    """An attempt of a step run that failed at least once; None if there is no such attempt."""
    attempts = step.attempts
    if not 0 <= position < attempt_count(step):
        return None
    before = attempts[position - 1] if position else None
    first_line = 0 if before is None else before.lines
    started_at = step.started_at if before is None else before.failed_at
    if position < len(attempts):
        failed = attempts[position]
        return AttemptRun(position, failed.number, first_line, failed.lines, started_at, failed.failed_at, failed)
    number = max(step.attempt, attempts[-1].number + 1)
    return AttemptRun(position, number, first_line, None, started_at, step.ended_at, None)
