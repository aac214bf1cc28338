"""The states of the tiers and steps of a session, given its own state: pure functions of the model."""

from zigtui.reader.session.model.session import SessionState, StepRun, StepState, TierRun, TierState

__all__ = ["step_state", "tier_state"]


def step_state(step: StepRun, tier: TierRun, session_state: SessionState) -> StepState:
    """The state of a step run, given its tier run and the state of its session."""
    return _final_state(step.state, tier, session_state)


def _final_state(state: StepState, tier: TierRun, session_state: SessionState) -> StepState:
    if state.is_settled:
        return state
    if tier.is_open and not session_state.is_over:
        # The losers of a race have no recorded end. If the session waits nevertheless, they are not under way.
        return StepState.CANCELLED if session_state is SessionState.IDLE and state.is_active else state
    if state is StepState.PENDING:
        return StepState.NOT_RUN
    if tier.is_followed or session_state is SessionState.SUCCEEDED:
        return StepState.CANCELLED
    return StepState.INTERRUPTED


def tier_state(tier: TierRun, session_state: SessionState) -> TierState:
    """The state of a tier run: running while it is open, then the combined outcome of its steps.

    While the session waits for its next event, nothing of its last tier is running, although it is open.
    """
    if tier.is_open and not (session_state.is_over or session_state is SessionState.IDLE):
        return TierState.RUNNING
    states = {_final_state(state, tier, session_state) for state in tier.step_states}
    if StepState.FAILED in states:
        return TierState.FAILED
    if StepState.SUCCEEDED not in states:
        if StepState.INTERRUPTED in states:
            return TierState.INTERRUPTED
        if StepState.CANCELLED in states:
            return TierState.CANCELLED
        if states == {StepState.NOT_RUN}:
            return TierState.NOT_RUN
    return TierState.SUCCEEDED
