"""When the runs of a session were under way, as pieces of a bar over time: pure functions of its snapshot."""

from collections.abc import Hashable
from typing import NamedTuple

from zigtui.reader.session.attempts import attempt_of
from zigtui.reader.session.model import StepRun, StepState, TierRun, TierState
from zigtui.reader.session.pass_lookup import pass_run
from zigtui.reader.session.pass_run import PassRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.wording.signs import step_sign
from zigtui.wording.states import Severity, sign_of
from zigtui.wording.tree_rows import ALL_OUTPUT

__all__ = ["Piece", "RunSpan", "span_of_row", "step_span"]


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
    """When a run was under way.

    Attributes:
        pieces: the parts of its bar, in order; at least one.
        is_growing: whether it is still under way.
        last_output: when it last printed, in seconds since the epoch; None if that is not known.
    """

    pieces: tuple[Piece, ...]
    is_growing: bool = False
    last_output: float | None = None

    @property
    def begin(self) -> float:
        """When it began, in seconds since the epoch."""
        return self.pieces[0].begin

    @property
    def end(self) -> float:
        """When it ended, or the present."""
        return self.pieces[-1].end


def span_of_row(key: Hashable, snapshot: SessionSnapshot) -> RunSpan | None:
    """When the run of a row of the tree was under way; None if it has not begun, or the row has no run.

    Args:
        key: the key of the row.
        snapshot: the session, or a part of it, with the run.
    """
    session = snapshot.session
    match key:
        case ("step", int(serial)) if (step := session.step(serial)) is not None:
            return step_span(step, snapshot)
        case ("attempt", int(serial), int(position)) if (step := session.step(serial)) is not None:
            return _attempt_span(step, position, snapshot)
        case ("tier", int(ordinal)) if (tier := session.tier(ordinal)) is not None:
            return _tier_span(tier, snapshot)
        case ("pass", int(number)) if (run := pass_run(session, number)) is not None:
            return _pass_span(run, snapshot)
    return _session_span(snapshot) if key == ALL_OUTPUT else None


def step_span(step: StepRun, snapshot: SessionSnapshot) -> RunSpan | None:
    """When a step run was under way: a piece for each attempt, and one for the time after its last output.

    The ends of parallel steps are recorded together, so a step may have been over since its last output.
    """
    began = seconds(step.started_at)
    if began is None:
        return None
    state, session = snapshot.step_state(step), snapshot.session
    last_output, is_growing = seconds(step.last_output_at), state.is_active
    pieces, at = [], began
    for attempt in step.attempts:
        failed = seconds(attempt.failed_at)
        if failed is not None:
            pieces.append(Piece(at, max(at, failed), Severity.ERROR, has_failed=True))
            at = max(at, failed)
    end = seconds(step.ended_at) or last_output or began
    if is_growing:
        end = began + (snapshot.step_elapsed_ms(step) or 0) / 1000
    elif state is StepState.INTERRUPTED:
        end = seconds(session.tier_of(step).closed_at or session.last_event_at) or end
    end = max(end, began)
    if end > at or not pieces:
        severity = step_sign(step, snapshot).severity
        is_early = last_output is not None and at < last_output < end
        if last_output is not None and is_early and not is_growing and session.tier_of(step).step_count > 1:
            pieces += [Piece(at, last_output, severity), Piece(last_output, end, severity, is_tail=True)]
        else:
            pieces.append(Piece(at, end, severity))
    return RunSpan(tuple(pieces), is_growing, last_output)


def _attempt_span(step: StepRun, position: int, snapshot: SessionSnapshot) -> RunSpan | None:
    """The part of a step's span that belongs to one attempt."""
    span, attempt = step_span(step, snapshot), attempt_of(step, position)
    if span is None or attempt is None:
        return None
    failed = [piece for piece in span.pieces if piece.has_failed]
    if attempt.failed is not None:
        return RunSpan((failed[position],)) if position < len(failed) else None
    rest = span.pieces[len(failed) :]
    return RunSpan(rest, span.is_growing, span.last_output) if rest else None


def _tier_span(tier: TierRun, snapshot: SessionSnapshot) -> RunSpan | None:
    state = snapshot.tier_state(tier)
    is_growing = state is TierState.RUNNING
    return _whole(tier.started_at, snapshot.tier_elapsed_ms(tier), sign_of(state).severity, is_growing=is_growing)


def _pass_span(run: PassRun, snapshot: SessionSnapshot) -> RunSpan | None:
    state = snapshot.pass_state(run)
    is_growing = state is TierState.RUNNING
    return _whole(run.started_at, snapshot.pass_elapsed_ms(run), sign_of(state).severity, is_growing=is_growing)


def _session_span(snapshot: SessionSnapshot) -> RunSpan | None:
    severity, is_live = sign_of(snapshot.state).severity, snapshot.state.is_live
    return _whole(snapshot.session.started_at, snapshot.elapsed_ms, severity, is_growing=is_live)


def _whole(started_at: str | None, elapsed_ms: int | None, severity: Severity, *, is_growing: bool) -> RunSpan | None:
    began = seconds(started_at)
    if began is None:
        return None
    end = began + (elapsed_ms or 0) / 1000
    return RunSpan((Piece(began, end, severity, has_failed=severity is Severity.ERROR),), is_growing)
