"""How the session of a script ends: its status, if the script has not set one, and why it fails."""

from pathlib import Path

from writer import SessionStatus
from zigtui.exit_codes import ended_by_signal
from zigtui.reader import Session, StepRun, StepState, read_session

__all__ = ["failure_of_script", "outcome_so_far", "running_step"]


def running_step(log: Path) -> str | None:
    """The name of the first step that is under way; None if there is none."""
    return next(iter(read_session(log).session.active_steps), None)


def outcome_so_far(log: Path) -> tuple[SessionStatus, str | None]:
    """The status of a session if nobody knows how its script has ended, and why it fails.

    Returns:
        Failure if a step has failed or is under way, else success; and the failure of the last step that failed, else
        that a step is under way. None in place of it for a success, or if a step of the last tier failed: that is the
        reason without being recorded again, while readers take a failure before the last tier for tolerated.
    """
    session = read_session(log).session
    failed = _last_failed(session)
    if failed is None and not session.active_steps:
        return SessionStatus.SUCCESS, None
    if session.failed_step is not None:
        return SessionStatus.FAILURE, None
    if failed is None:
        return SessionStatus.FAILURE, f"{session.active_steps[0]} was still running"
    return SessionStatus.FAILURE, f"{failed.name}: {failed.attempts[-1].error}"


def failure_of_script(log: Path, how: str, code: int | None) -> str | None:
    """Why a session fails whose script has failed.

    A script may go on after a step that failed. Then that is not the reason, or not all of it. It is if the step is one
    of the last tier, and has the exit code of the script.

    Args:
        log: the log of the session.
        how: how the script failed, such as "the script failed".
        code: its exit code, or a negative number for the signal that killed it; None if it is not known.

    Returns:
        None if a step is the reason, which readers then find by themselves.
    """
    session = read_session(log).session
    failed = _last_failed(session)
    if failed is None:
        return how
    if session.failed_step is not None:
        last = [step for step in session.steps if step.tier == failed.tier and step.state is StepState.FAILED]
        if code is None or any(_is_same(step.attempts[-1].exit_code, code) for step in last):
            return None
    return f"{how} after step {failed.name} had failed: {failed.attempts[-1].error}"


def _last_failed(session: Session) -> StepRun | None:
    return next((step for step in reversed(session.steps) if step.state is StepState.FAILED), None)


def _is_same(code_of_step: int | None, code: int) -> bool:
    """Whether a shell may have got an exit code from a step. That of a step whose process was killed is not known."""
    return code_of_step is None or _of_shell(code_of_step) == _of_shell(code)


def _of_shell(code: int) -> int:
    return ended_by_signal(-code) if code < 0 else code
