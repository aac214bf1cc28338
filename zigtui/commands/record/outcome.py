"""How the session of a script ends: its status, if the script has not set one, and why it fails."""

from pathlib import Path

from writer import SessionStatus, StepFailedError
from zigtui.reader import StepState, read_session

__all__ = ["outcome_so_far", "reason_so_far", "running_step"]


def running_step(log: Path) -> str | None:
    """The name of the first step that is under way; None if there is none."""
    return next(iter(read_session(log).session.active_steps), None)


def outcome_so_far(log: Path) -> SessionStatus:
    """Failure if a step has failed or is under way, else success."""
    session = read_session(log).session
    return SessionStatus.FAILURE if session.failed_steps or session.active_steps else SessionStatus.SUCCESS


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
