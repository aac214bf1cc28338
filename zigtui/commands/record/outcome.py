"""The status of a session whose script has not set one."""

from pathlib import Path

from writer import SessionStatus
from zigtui.reader import StepState, read_session

__all__ = ["has_running_steps", "outcome_so_far"]

_RUNNING = (StepState.RUNNING, StepState.RETRYING)


def has_running_steps(log: Path) -> bool:
    """Whether a step of the session is under way."""
    counts = read_session(log).count_steps()
    return any(counts[state] for state in _RUNNING)


def outcome_so_far(log: Path) -> SessionStatus:
    """Failure if a step has failed or is under way, else success."""
    has_failed = bool(read_session(log).session.failed_steps) or has_running_steps(log)
    return SessionStatus.FAILURE if has_failed else SessionStatus.SUCCESS
