"""The dividers in the output of one step."""

from collections.abc import Hashable

from zigtui.reader.session.model.session import Session, StepRun, StepState
from zigtui.reader.times import seconds
from zigtui.ui.output.dividers.dividers import Divider, KnownDividers, divider_of
from zigtui.wording.dividers import (
    DividerText,
    attempt_failed,
    lost,
    step_cancelled,
    step_completed,
    step_skipped,
    step_started,
)

__all__ = ["StepDividers"]


class StepDividers(KnownDividers):
    """The dividers in the output of a step run: its beginning, its failed attempts and its end.

    Args:
        step: the step run.
        session: a session with the step run.
        is_lost: whether the session is lost.
        lost_since: for a lost session, its last sign of life.
    """

    def __init__(
        self, step: StepRun, session: Session, *, is_lost: bool = False, lost_since: float | None = None
    ) -> None:
        self._step = step
        self._session = session
        self._lost_since = lost_since
        tier = session.tier_of(step)
        self._is_cancelled = step.state.is_active and not tier.is_open
        is_interrupted = is_lost and step.state.is_active and tier.is_open
        self._starts = int(step.started_at is not None)
        has_end = step.state in (StepState.SUCCEEDED, StepState.SKIPPED) or self._is_cancelled or is_interrupted
        self._has_end = has_end
        self._tier = tier
        self.variant: Hashable = (step.serial, self._starts, has_end, step.state if has_end else None, lost_since)

    def __len__(self) -> int:
        return self._starts + len(self._step.attempts) + self._has_end

    def has_failure(self, first: int, end: int) -> bool:
        """Whether a divider from one number to another is that of a failed attempt."""
        return max(first, self._starts) < min(end, self._starts + len(self._step.attempts))

    def line_of(self, number: int) -> int:
        """The number of lines above a divider."""
        position = number - self._starts
        if position < 0:
            return 0
        attempts = self._step.attempts
        return attempts[position].lines if position < len(attempts) else self._step.lines

    def number_of_attempt(self, position: int) -> int:
        """The number of the divider for a failed attempt, given its position in `StepRun.attempts`."""
        return self._starts + position

    def divider(self, number: int) -> Divider:
        """A divider; see `Dividers`."""
        before = self._text(number - 1).time if number else seconds(self._session.started_at)
        return divider_of(self._text(number, before), before)

    def _text(self, number: int, before: float | None = None) -> DividerText:
        step, position = self._step, number - self._starts
        if position < 0:
            return step_started(step)
        if position < len(step.attempts):
            return attempt_failed(step, position)
        if step.state is StepState.SUCCEEDED:
            return step_completed(step)
        if step.state is StepState.SKIPPED:
            return step_skipped(step)
        return step_cancelled(step, self._tier, self._session) if self._is_cancelled else lost(self._lost_since, before)
