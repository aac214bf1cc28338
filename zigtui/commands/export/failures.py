"""The failed attempts of a session."""

from typing import NamedTuple

from zigtui.commands.reading import SessionView
from zigtui.reader.session.liveness import step_state
from zigtui.reader.session.model import Attempt, StepRun, StepState
from zigtui.reader.times import seconds

__all__ = ["FailedAttempt", "failed_attempts"]


class FailedAttempt(NamedTuple):
    """A failed attempt of a step run, and the range of output lines that belong to it.

    Attributes:
        attempt: None for an interrupted one: it ended with its session, and its end was not recorded.
    """

    step: StepRun
    attempt: Attempt | None
    first_line: int
    end_line: int


def failed_attempts(view: SessionView) -> list[FailedAttempt]:
    """The attempts that failed, in the order of time; at last those that were interrupted."""
    found = []
    for step in view.session.steps:
        first = 0
        for attempt in step.attempts:
            found.append(FailedAttempt(step, attempt, first, max(first, attempt.lines)))
            first = max(first, attempt.lines)
        if step_state(step, view.state) is StepState.INTERRUPTED:
            found.append(FailedAttempt(step, None, first, step.lines))
    return sorted(found, key=lambda failed: _time_of(failed, view.now))


def _time_of(failed: FailedAttempt, now: float) -> float:
    return now if failed.attempt is None else seconds(failed.attempt.failed_at) or 0.0
