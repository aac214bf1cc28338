"""When the runs of a session were under way, as pieces of a bar over time: pure functions of its snapshot."""

from array import array
from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from zigtui.reader.session.model.attempts import attempt_of
from zigtui.reader.session.model.pass_lookup import pass_run
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Attempt, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import milliseconds_between, seconds
from zigtui.wording.signs import NOT_READ, step_sign, tier_sign
from zigtui.wording.states import Severity, sign_of
from zigtui.wording.tree.tree_rows import ALL_OUTPUT

__all__ = ["FailureTimes", "Piece", "RunSpan", "span_of_row", "step_span"]

_MOST_KEPT = 1000  # steps


class Piece(NamedTuple):
    """A part of a bar. Times are in seconds since the epoch.

    Attributes:
        begin: when it begins.
        end: when it ends.
        severity: the severity of the attempt, or of the run.
        has_failed: whether it ends with a failure.
        is_tail: whether it is the time between the last output of a parallel step and its recorded end.
    """

    begin: float
    end: float
    severity: Severity
    has_failed: bool = False
    is_tail: bool = False


class RunSpan(NamedTuple):
    """When a run was under way. Times are in seconds since the epoch.

    The failed attempts of a step are no pieces, since there may be many more of them than cells of a bar.

    Attributes:
        begin: when it began.
        rest: the parts of its bar after the failed attempts, in order.
        failed: when its failed attempts ended, in ascending order. Each began where the one before it ended.
        is_growing: whether it is still under way.
        last_output: when it last printed; None if that is not known.
        silent_since: since when it has printed nothing up to its end; None if that is not known.
    """

    begin: float
    rest: tuple[Piece, ...]
    failed: Sequence[float] = ()
    is_growing: bool = False
    last_output: float | None = None
    silent_since: float | None = None

    @property
    def end(self) -> float:
        """When it ended, or now."""
        return self.rest[-1].end if self.rest else self.failed[-1]

    @property
    def severity(self) -> Severity:
        """The severity of its last part."""
        return self.rest[-1].severity if self.rest else Severity.ERROR

    def pieces(self) -> Iterator[Piece]:
        """The parts of its bar, in order; at least one."""
        for begin, end in pairwise((self.begin, *self.failed)):
            yield Piece(begin, end, Severity.ERROR, has_failed=True)
        yield from self.rest

    @property
    def secs_to_last_output(self) -> float | None:
        """The time from its beginning to its last output, in seconds; None if that is not known."""
        return None if self.last_output is None else self.last_output - self.begin


class FailureTimes:
    """When the failed attempts of steps ended. Each attempt is examined once, however often a bar is drawn."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[float, int, Attempt, array[float]]] = {}

    def of(self, step: StepRun, began: float) -> Sequence[float]:
        """The times for one step, in seconds since the epoch and in ascending order, although a clock may be set back.

        Args:
            step: the step run.
            began: when it began.
        """
        attempts = step.attempts
        if not attempts:
            return ()
        kept_began, seen, last, times = self._kept.get(step.serial, (began, 0, attempts[0], array("d")))
        is_same = kept_began == began and seen <= len(attempts) and (not seen or attempts[seen - 1] is last)
        if not is_same:
            seen, times = 0, array("d")
        at = times[-1] if times else began
        for attempt in attempts[seen:]:
            failed = seconds(attempt.failed_at)
            if failed is not None:
                at = max(at, failed)
                times.append(at)
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        self._kept[step.serial] = began, len(attempts), attempts[-1], times
        return times


def span_of_row(key: Hashable, snapshot: SessionSnapshot, failures: FailureTimes) -> RunSpan | None:
    """When the run of a row of the tree was under way; None if it has not begun, or the row has no run.

    Args:
        key: the key of the row.
        snapshot: the session, or a part of it, with the run.
        failures: when the failed attempts of its steps ended.
    """
    session = snapshot.session
    match key:
        case ("step", int(serial)) if (step := session.step(serial)) is not None:
            return step_span(step, snapshot, failures)
        case ("attempt", int(serial), int(position)) if (step := session.step(serial)) is not None:
            return _attempt_span(step, position, snapshot)
        case ("tier", int(ordinal)) if (tier := session.tier(ordinal)) is not None:
            return _tier_span(tier, snapshot)
        case ("pass", int(number)) if (run := pass_run(session, number)) is not None:
            return _pass_span(run, snapshot)
    return _session_span(snapshot) if key == ALL_OUTPUT else None


def step_span(step: StepRun, snapshot: SessionSnapshot, failures: FailureTimes) -> RunSpan | None:
    """When a step run was under way: its failed attempts, the last one, and the time after its last output.

    The ends of parallel steps are recorded together, so a step may have been over since its last output.
    """
    began = seconds(step.started_at)
    if began is None:
        return None
    failed = failures.of(step, began)
    last_output = seconds(step.last_output_at)
    at = failed[-1] if failed else began
    rest = _rest_of_step(step, snapshot, began, at, last_output, has_failed=bool(failed))
    return RunSpan(began, rest, failed, _is_growing(step, snapshot), last_output, _silent_since(step, at))


def _rest_of_step(
    step: StepRun, snapshot: SessionSnapshot, began: float, at: float, last_output: float | None, *, has_failed: bool
) -> tuple[Piece, ...]:
    """What came after the failed attempts of a step run.

    Args:
        step: the step run.
        snapshot: the session.
        began: when the step began.
        at: when the last failed attempt ended, or else the step began.
        last_output: when it last printed; None if that is not known.
        has_failed: whether there is a failed attempt.
    """
    state, session = snapshot.step_state(step), snapshot.session
    is_growing = state.is_active
    end = seconds(step.ended_at) or last_output or began
    if is_growing:
        end = began + (snapshot.step_elapsed_ms(step) or 0) / 1000
    elif state is StepState.INTERRUPTED:
        end = seconds(session.tier_of(step).closed_at or session.last_event_at) or end
    end = max(end, began)
    if end <= at and has_failed:
        return ()
    severity = step_sign(step, snapshot).severity
    is_early = last_output is not None and at < last_output < end
    if last_output is not None and is_early and not is_growing and session.tier_of(step).step_count > 1:
        return Piece(at, last_output, severity), Piece(last_output, end, severity, is_tail=True)
    return (Piece(at, end, severity),)


def _attempt_span(step: StepRun, position: int, snapshot: SessionSnapshot) -> RunSpan | None:
    """The part of a step's span that belongs to one attempt. The other attempts do not matter for it."""
    attempt, step_began = attempt_of(step, position), seconds(step.started_at)
    began = None if attempt is None else seconds(attempt.started_at)
    if attempt is None or step_began is None or began is None:
        return None
    began = max(began, step_began)
    if attempt.failed is not None:
        failed = seconds(attempt.failed.failed_at)
        return None if failed is None else RunSpan(began, (), (max(began, failed),))
    last_output = seconds(step.last_output_at)
    rest = _rest_of_step(step, snapshot, step_began, began, last_output, has_failed=True)
    silent_since = _silent_since(step, began)
    return RunSpan(began, rest, (), _is_growing(step, snapshot), last_output, silent_since) if rest else None


def _silent_since(step: StepRun, began: float) -> float | None:
    """When the last attempt of a step, which began at ``began``, last printed or began; None if that is not known."""
    last_output = seconds(step.last_output_at) if step.lines else began
    return None if last_output is None else max(began, last_output)


def _is_growing(step: StepRun, snapshot: SessionSnapshot) -> bool:
    """Whether a step is under way now, rather than where the log has been read to."""
    return snapshot.is_complete and snapshot.step_state(step).is_active


def _tier_span(tier: TierRun, snapshot: SessionSnapshot) -> RunSpan | None:
    state = snapshot.tier_state(tier)
    is_growing, severity = state is TierState.RUNNING and snapshot.is_complete, tier_sign(tier, snapshot).severity
    return _whole(tier.started_at, snapshot.tier_elapsed_ms(tier), severity, is_growing=is_growing)


def _pass_span(run: PassRun, snapshot: SessionSnapshot) -> RunSpan | None:
    state = snapshot.pass_state(run)
    is_growing = state is TierState.RUNNING and snapshot.is_complete
    return _whole(run.started_at, snapshot.pass_elapsed_ms(run), sign_of(state).severity, is_growing=is_growing)


def _session_span(snapshot: SessionSnapshot) -> RunSpan | None:
    """The span of a session. The wait of an idle one for its next event is not part of it: nothing is under way."""
    session, elapsed_ms = snapshot.session, snapshot.elapsed_ms
    is_growing = snapshot.state.is_live and snapshot.is_complete
    if snapshot.state is SessionState.IDLE and session.tiers:
        is_growing = False
        tier = session.tiers[-1]
        before = milliseconds_between(session.started_at, tier.started_at)
        elapsed_ms = (before or 0) + (snapshot.tier_elapsed_ms(tier) or 0)
    severity = sign_of(snapshot.state).severity if snapshot.is_complete else NOT_READ.severity
    return _whole(session.started_at, elapsed_ms, severity, is_growing=is_growing)


def _whole(started_at: str | None, elapsed_ms: int | None, severity: Severity, *, is_growing: bool) -> RunSpan | None:
    began = seconds(started_at)
    if began is None:
        return None
    end = began + (elapsed_ms or 0) / 1000
    whole = Piece(began, end, severity, has_failed=severity is Severity.ERROR)
    return RunSpan(began, (whole,), is_growing=is_growing)
