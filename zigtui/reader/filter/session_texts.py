"""The texts of a session that a filter searches, as they are shown."""

from functools import lru_cache

from writer import LOG_SUFFIX
from zigtui.reader.location import base_label, machine_label
from zigtui.reader.session.model.prompt_start import prompt_start
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_plain

__all__ = ["all_texts", "error_of", "machine_of", "names_of_project", "workflow_of"]


def workflow_of(snapshot: SessionSnapshot) -> str:
    """The name of the workflow, as recorded."""
    return snapshot.session.workflow_name


def machine_of(snapshot: SessionSnapshot) -> str:
    """The name of the machine, or of the base directory, which may be the home of another machine."""
    return machine_label(snapshot.location)


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
    names = _names(session.workflow_name, snapshot.project_label, location.base if of_several_bases else None)
    session_id = location.path.rpartition("/")[2].removesuffix(LOG_SUFFIX)  # quicker than the property
    return f"{names}\n{session_id}\n{prompt_start(session.prompt) or ''}\n{error_of(snapshot)}"


@lru_cache(maxsize=4096)  # many sessions share few names
def _names(workflow: str, project: str, base: str | None) -> str:
    names = (workflow, project) if base is None else (workflow, project, base_label(base))
    return "\n".join(map(_shown, names))


def _shown(text: str) -> str:
    return text if text.isprintable() else safe_plain(text)
