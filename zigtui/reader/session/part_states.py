"""The states of the tiers and steps of a session, given the session's state."""

from zigtui.reader.session.model import SessionState, StepRun, StepState, TierRun, TierState

__all__ = ["step_state", "tier_state"]


def step_state(step: StepRun, tier: TierRun, session_state: SessionState) -> StepState:
    """The state of a step run, given its tier run and the state of its session."""
    return _final_state(step.state, tier, session_state)


def _final_state(state: StepState, tier: TierRun, session_state: SessionState) -> StepState:
    if state.is_settled:
        return state
    if tier.is_open and not session_state.is_over:
        return state
    if state is StepState.PENDING:
        return StepState.NOT_RUN
    if tier.is_followed or session_state is SessionState.SUCCEEDED:
        return StepState.CANCELLED
    return StepState.INTERRUPTED


def tier_state(tier: TierRun, session_state: SessionState) -> TierState:
    """The state of a tier run: running while it is open, then the combined outcome of its steps."""
    if tier.is_open and not session_state.is_over:
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
