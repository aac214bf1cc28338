"""The state of a full pass, and how long it took: pure functions of the model, the session's state and the time."""

from zigtui.reader.session.folding.open_runs import totals_of
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session, SessionState, StepState, TierState
from zigtui.reader.times import milliseconds_between, seconds

__all__ = ["last_pass_state", "only_pass", "pass_elapsed_ms", "past_pass_state"]


def past_pass_state(run: PassRun) -> TierState:
    """The state of a full pass that another one follows."""
    return TierState.FAILED if run.is_failed else TierState.SUCCEEDED


def last_pass_state(run: PassRun, session: Session, session_state: SessionState) -> TierState:
    """The state of the last full pass of a session. It is not under way while the session waits for an event."""
    if run.is_failed:
        return TierState.FAILED
    if not session_state.is_over:
        return TierState.SUCCEEDED if session_state is SessionState.IDLE else TierState.RUNNING
    if session_state is SessionState.LOST:
        return TierState.INTERRUPTED
    if session.is_waiting or not session.tiers:
        return TierState.SUCCEEDED
    last = session.tiers[-1]
    is_unfinished = last.pass_number == run.pass_number and last.tier_index + 1 < session.tier_count
    is_cut_off = any(not state.is_settled for state in last.step_states)
    if session_state is SessionState.FAILED:
        return TierState.INTERRUPTED if is_unfinished or is_cut_off else TierState.SUCCEEDED
    is_lost_race = is_cut_off and StepState.SUCCEEDED in last.step_states
    return TierState.CANCELLED if is_unfinished or (is_cut_off and not is_lost_race) else TierState.SUCCEEDED


def pass_elapsed_ms(run: PassRun, state: TierState, now: float, last_event_at: str | None) -> int | None:
    """How long a pass took or has been running, in milliseconds; None if that is not known.

    It ends with the last end or output of its steps: the wait for the next event belongs to no pass.

    Args:
        run: the pass.
        state: its state.
        now: the current time by the writer's clock.
        last_event_at: when the last event of the session was written.
    """
    if state is TierState.RUNNING:
        began = seconds(run.started_at)
        return None if began is None else max(0, round((now - began) * 1000))
    return milliseconds_between(run.started_at, last_event_at if state is TierState.INTERRUPTED else run.ended_at)


def only_pass(session: Session, session_state: SessionState) -> PassRun | None:
    """The pass of a session that has not proved to be a listener; None if it has no tier.

    The state of the session decides whether it failed.
    """
    if not session.tiers:
        return None
    tier = session.tiers[0]
    return PassRun(
        1,
        tier.ordinal,
        tier.first_step,
        tier.first_line,
        tier.first_mark,
        tier.pass_number,
        0,
        *totals_of(session.steps),
        tier.started_at,
        is_failed=session_state is SessionState.FAILED,
        ended_early=False,
    )
