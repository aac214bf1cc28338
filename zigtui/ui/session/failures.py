"""The failures of a session in the order of the log, those of past passes included."""

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from typing import NamedTuple, overload

from zigtui.reader.session.model.pass_lookup import pass_run
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Failure, SessionState, StepState, TierRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.wording.tree.pass_rows import pass_of_key

__all__ = ["FailureTarget", "Failures"]


class FailureTarget(NamedTuple):
    """Where a failure is on the screen.

    Attributes:
        key: the key of the row of the tree with the output.
        position: of a failed attempt, its position in `StepRun.attempts`; the number of these for a step that was
            interrupted. None for the end of the output of a tier or a pass.
        order: its position in the tree: twice the serial of the step run, or one more for what comes behind it.
    """

    key: Hashable
    position: int | None
    order: int


class Failures:
    """The failures of a session, numbered from 0: failed attempts, and failures that were not recorded.

    The latter are the passes that ended early, and the end of a session that was lost, or that failed although no step
    did. The methods may raise `NoAnswerError`, since the failures of past passes are read from the log.

    Args:
        snapshot: the session.
        past: reads its past passes.
    """

    def __init__(self, snapshot: SessionSnapshot, past: PastSessions) -> None:
        self._snapshot = snapshot
        self._session = session = snapshot.session
        self._past = past
        self._before = session.past.failures + session.past.early  # the number of failures in past passes

    def __len__(self) -> int:
        return self._before + self._early + len(self._session.failures) + self._is_end_unexplained

    def at(self, number: int) -> FailureTarget | None:
        """A failure; None if there is none, or it can no longer be read."""
        first, found = self._kept if number >= self._before else self._page(self._session.past.of_failure(number))
        return found[number - first] if number - first < len(found) else None

    def why_not_final(self, failure: FailureTarget) -> str:
        """Why the tree lacks a failure if it shows only what failed, in a word; empty if it has it."""
        serial = failure.order // 2
        is_past = serial < self._session.first_serial
        part = self._past.with_pass(self._session, self._session.past.of_step(serial)) if is_past else self._session
        step = None if part is None else part.step(serial)
        if step is None or failure.position is None or failure.position >= len(step.attempts):
            return ""
        if step.state is not StepState.FAILED or failure.position < len(step.attempts) - 1:
            return "retried"
        run = pass_of_key(self._session, ("step", serial))
        is_open = not is_past and self._snapshot.may_be_retried(step)
        return "" if run is None or run.is_failed or is_open else "tolerated"

    def last_for_good(self) -> int | None:
        """The number of the last failed attempt that nothing followed; None if there is none: others were tolerated."""
        session = self._session
        for number in reversed(range(len(session.failures))):
            step, _ = session.attempt_of(session.failures[number])
            if session.tier_of(step).is_followed:
                return None
            if step.state is StepState.FAILED and session.failures[number].position == len(step.attempts) - 1:
                return self._before + self._early + number
        return None

    def from_row(self, key: Hashable, direction: int) -> int | None:
        """The first failure of a row or of a later one (1), or the last one of it or of an earlier one (-1).

        Args:
            key: the key of the row of a step, an attempt, a tier or a pass.
            direction: 1 or -1.

        Returns:
            The number of the failure; None if there is none in this direction.
        """
        match key:
            case ("step", int(serial)):
                return self._from(2 * serial, direction)
            case ("attempt", int(serial), int(position)):
                return self._from_attempt(FailureTarget(("step", serial), position, 2 * serial), direction)
            case ("pass", int(number)) if (run := pass_run(self._session, number)) is not None:
                return self._from(2 * run.first_step if direction > 0 else _behind(run), direction)
            case ("tier", int(ordinal)) if (tier := self._session.tier(ordinal)) is not None:
                return self._from(2 * tier.first_step if direction > 0 else _behind(tier), direction)
        return None

    def _from_attempt(self, attempt: FailureTarget, direction: int) -> int | None:
        """The same for an attempt. If it has not failed, it counts as the last one of its step."""
        first, found = self._around(attempt.order)
        number = next((number for number, one in enumerate(found) if one == attempt), None)
        if number is not None:
            return (first + number + direction) % len(self)
        return self._from(attempt.order + (direction > 0), direction)

    def _from(self, order: int, direction: int) -> int | None:
        first, found = self._around(order)
        for number in range(len(found)) if direction > 0 else range(len(found) - 1, -1, -1):
            if (found[number].order - order) * direction >= 0:
                return first + number
        beyond = first + len(found) if direction > 0 else first - 1
        return beyond if 0 <= beyond < len(self) else None

    def _around(self, order: int) -> tuple[int, Sequence[FailureTarget]]:
        """The failures around a step run, and the number of the first one; for ``order`` see `FailureTarget`."""
        is_kept = order // 2 >= self._session.first_serial
        return self._kept if is_kept else self._page(self._session.past.of_step(order // 2))

    @property
    def _early(self) -> int:
        """The number of passes that ended early and are not past ones."""
        return sum(run.ended_early for run in self._session.recent)

    @property
    def _kept(self) -> tuple[int, Sequence[FailureTarget]]:
        """The failures that are not of past passes, and the number of the first one."""
        session = self._session
        end = [self._end()] if self._is_end_unexplained else ()
        return self._before, _targets(session.failures, session.recent, end)

    def _page(self, index: int) -> tuple[int, Sequence[FailureTarget]]:
        """The failures around a past pass, and the number of the first one."""
        past = self._session.past
        page, end = past.page_of(index)
        first = past.failures_before(page.first) + past.early_before(page.first)
        session = self._past.with_pass(self._session, index)
        return first, [] if session is None else _targets(session.failures, past[page.first : end])

    @property
    def _is_end_unexplained(self) -> bool:
        """Whether the session failed or was lost, and no recorded failure explains that."""
        snapshot, session = self._snapshot, self._session
        has_failed = snapshot.is_complete and snapshot.state in (SessionState.FAILED, SessionState.LOST)
        return has_failed and bool(session.tiers) and session.failed_step is None and not session.is_waiting

    def _end(self) -> FailureTarget:
        """The first step that was interrupted, or else the end of the last tier run."""
        last = self._session.tiers[-1]
        for step in self._session.steps_of(last):
            if self._snapshot.step_state(step) is StepState.INTERRUPTED:
                return FailureTarget(("step", step.serial), len(step.attempts), 2 * step.serial)
        return FailureTarget(("tier", last.ordinal), None, _behind(last))


class _Attempts(Sequence[FailureTarget]):
    """Failed attempts in the order of the log, and what is behind them. Each is made on access: there may be many."""

    def __init__(self, failures: Sequence[Failure], end: Sequence[FailureTarget] = ()) -> None:
        self._failures = failures
        self._end = end

    def __len__(self) -> int:
        return len(self._failures) + len(self._end)

    @overload
    def __getitem__(self, index: int) -> FailureTarget: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[FailureTarget]: ...

    def __getitem__(self, index: int | slice) -> FailureTarget | Sequence[FailureTarget]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = index if index >= 0 else index + len(self)
        if number >= len(self._failures):
            return self._end[number - len(self._failures)]
        serial, position = self._failures[number]
        return FailureTarget(("step", serial), position, 2 * serial)


def _targets(
    failures: Sequence[Failure], runs: Sequence[PassRun], end: Sequence[FailureTarget] = ()
) -> Sequence[FailureTarget]:
    """Failed attempts in the order of the log, behind those of each pass its end, if that was early, and ``end``."""
    attempts = _Attempts(failures, end)
    early = [FailureTarget(("pass", run.number), None, _behind(run)) for run in runs if run.ended_early]
    if not early:
        return attempts
    starts = [2 * run.first_step for run in runs]
    found = [*attempts[: len(failures)], *early]
    return [*sorted(found, key=lambda one: (bisect_right(starts, one.order), one.position is None)), *end]


def _behind(part: PassRun | TierRun) -> int:
    """The order of what comes behind all steps of a pass or a tier run."""
    return max(0, 2 * (part.first_step + part.step_count) - 1)
