"""The paths that a redactor has to know before it redacts a session."""

from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["session_paths"]


def session_paths(snapshot: SessionSnapshot) -> list[str]:
    """The paths that may reveal the user of a session."""
    session, location = snapshot.session, snapshot.location
    by_project = "/" + (location.project or "").lstrip("-").replace("-", "/")  # as far as it can be restored
    return [path for path in (session.cwd, session.workflow_path, location.path, location.base, by_project) if path]
