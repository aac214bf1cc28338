"""The texts of a session that a filter searches, as they are shown."""

from zigtui.reader.location import base_label
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.prompt_start import prompt_start
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["all_texts", "error_of", "names_of_project", "workflow_of"]


def workflow_of(snapshot: SessionSnapshot) -> str:
    """The name of the workflow, as recorded."""
    return snapshot.session.workflow_name


def names_of_project(snapshot: SessionSnapshot) -> tuple[str, ...]:
    """The names of the project: as shown, with the name of its base, and that of its directory."""
    label, location = snapshot.project_label, snapshot.location
    names = label, f"{label}@{base_label(location.base)}"
    return names if location.project is None else (*names, location.project)


def error_of(snapshot: SessionSnapshot) -> str:
    """The step whose failure explains why the session failed, and its error; empty if there is none."""
    if not snapshot.session.last_error:  # known sooner
        return snapshot.trouble or ""
    error = snapshot.error
    return snapshot.trouble or "" if error is None else _shown(f"{snapshot.session.failed_step}: {error}")


def all_texts(snapshot: SessionSnapshot, *, of_several_bases: bool) -> str:
    """All texts in which plain words are found, each on a line of its own.

    Args:
        snapshot: the session.
        of_several_bases: whether the name of its base is one of them, which is that of another machine's home.
    """
    session, location = snapshot.session, snapshot.location
    names = f"{session.workflow_name}\n{snapshot.project_label}\n{location.session_id}"
    if of_several_bases:
        names += f"\n{base_label(location.base)}"
    about = f"{prompt_start(session.prompt) or ''}\n{error_of(snapshot)}"
    return f"{names}\n{about}" if names.replace("\n", "").isprintable() else f"{_shown_lines(names)}\n{about}"


def _shown(text: str) -> str:
    return text if text.isprintable() else safe_plain(text)


def _shown_lines(text: str) -> str:
    return "\n".join(map(_shown, text.split("\n")))
