"""How the session of a script ends: its status, if the script has not set one, and why it fails."""

from pathlib import Path

from writer import SessionStatus, StepFailedError
from zigtui.reader import StepState, read_session

__all__ = ["has_running_steps", "outcome_so_far", "reason_so_far"]

_RUNNING = (StepState.RUNNING, StepState.RETRYING)


def has_running_steps(log: Path) -> bool:
    """Whether a step of the session is under way."""
    counts = read_session(log).count_steps()
    return any(counts[state] for state in _RUNNING)


def outcome_so_far(log: Path) -> SessionStatus:
    """Failure if a step has failed or is under way, else success."""
    has_failed = bool(read_session(log).session.failed_steps) or has_running_steps(log)
    return SessionStatus.FAILURE if has_failed else SessionStatus.SUCCESS


def reason_so_far(log: Path) -> StepFailedError | None:
    """Why the session fails, where readers would not find it: they take a failure before the last tier for tolerated.

    Returns:
        The failure of the last step that failed, else that a step is under way. None if there is neither, or if a step
        of the last tier failed, which is the reason without being recorded again.
    """
    session = read_session(log).session
    if session.failed_step is not None:
        return None
    for step in reversed(session.steps):
        if step.state is StepState.FAILED:
            attempt = step.attempts[-1]
            return StepFailedError(f"{step.name}: {attempt.error}", attempt.exit_code)
    if session.active_steps:
        return StepFailedError(f"{session.active_steps[0]} was still running")
    return None
