"""Sessions that were begun inside a step of another one, in words. The names are as recorded."""

from zigtui.reader.session.model.session import Session

__all__ = ["nested", "nested_in"]


def nested_in(session: Session) -> str:
    """Where a session was begun; empty if that was not inside another one."""
    if session.parent_session_id is None:
        return ""
    return f"step {session.parent_step or '?'} of session {session.parent_session_id}"


def nested(workflow_name: str, session_id: str, step: str) -> str:
    """A session that was begun inside a step."""
    return f"session {session_id} ({workflow_name}) in step {step or '?'}"
