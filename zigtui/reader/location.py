"""The location of a session's log."""

import os
import re
from functools import lru_cache
from typing import NamedTuple

from writer import LOG_SUFFIX

__all__ = [
    "LogLocation",
    "base_label",
    "begins_id",
    "is_log_name",
    "is_log_or_index",
    "is_session_id",
    "machine_label",
    "project_label",
    "recorded_repository",
    "session_id_of",
]

_SESSION_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_log_name(name: str) -> bool:
    """Whether a file of this name may be a session's log.

    Names that start with a dot do not count: archives and macOS leave files such as ``._x.jsonl`` beside real logs.
    """
    return name.endswith(LOG_SUFFIX) and not name.startswith(".")


def is_log_or_index(real_path: str) -> bool:
    """Whether a path without links is that of a log or an index of sessions, which only runners may write."""
    *_, above, parent, name = ["", "", *real_path.split(os.sep)]
    is_log = is_log_name(name) and (above, parent) == ("logs", "sessions")
    return is_log or name == "sessions_index.json" or (parent, name) == ("logs", "index.json")


class LogLocation(NamedTuple):
    """The location of a session's log. Equal locations mean the same session.

    Attributes:
        path: the path of the log: ``<base>/projects/<project>/logs/sessions/<id>.jsonl`` or
            ``<base>/logs/sessions/<id>.jsonl``, or any other path if the log was opened by it.
        base: the base directory, as given by the caller; the log's own directory if the log belongs to no base.
        project: the name of the directory below ``projects/``; None for a session that ran outside any repository.
        machine: the name of the machine whose log is mirrored here; None for a log of this machine.
    """

    path: str
    base: str
    project: str | None
    machine: str | None = None

    @property
    def session_id(self) -> str:
        """The session's id, which is the name of its log without ``.jsonl``."""
        return session_id_of(self.path)

    @property
    def name(self) -> str:
        """The session's id; if its log is mirrored, with the machine: ``web-07/<id>``."""
        return self.session_id if self.machine is None else f"{self.machine}/{self.session_id}"

    @property
    def has_session_id(self) -> bool:
        """Whether the name of the log is a UUID in lower case, as runners choose it.

        Other names belong to copies, and to files that are not logs. These are listed last.
        """
        return is_session_id(self.session_id)


def project_label(location: LogLocation, cwd: str | None) -> str:
    """The name of the repository's directory; without a repository, that of the working directory.

    Args:
        location: the location of a session's log.
        cwd: the working directory that the log records.
    """
    return _label(location.project, cwd)


@lru_cache(maxsize=4096)  # many sessions share few directories
def _label(project: str | None, cwd: str | None) -> str:
    if project is None:
        parts = _parts(cwd)
        return parts[-1] if parts else ""
    repository = recorded_repository(project, cwd)
    return project if repository is None else repository.rpartition("/")[2]


def machine_label(location: LogLocation) -> str:
    """The name of the machine of a mirrored log; for any other log, that of its base directory."""
    return base_label(location.base) if location.machine is None else location.machine


def base_label(base: str) -> str:
    """The name that distinguishes a base directory from others: that of the directory itself, or of the one above.

    The latter if it is named ``.zig``: the home directory of another machine that is mounted or copied here.
    """
    parts = _parts(base)
    return parts[-2] if len(parts) > 1 and parts[-1] == ".zig" else parts[-1] if parts else ""


def recorded_repository(project: str, cwd: str | None) -> str | None:
    """The path of a project's repository, as the log of one of its sessions records it.

    Args:
        project: the name of the project.
        cwd: the working directory that the log records.

    Returns:
        The nearest parent of the working directory that gives the project its name; None if there is none.
    """
    parts, length = _parts(cwd), -1
    for end, part in enumerate(parts, 1):
        length += len("-") + len(part)
        if length >= len(project):  # the only parent whose name may be as long
            return "/" + "/".join(parts[:end]) if "-".join(parts[:end]) == project else None
    return None


def _parts(path: str | None) -> list[str]:
    return [part for part in (path or "").replace("\\", "/").split("/") if part]


def is_session_id(name: str) -> bool:
    """Whether a name is a UUID in lower case."""
    return _SESSION_ID.fullmatch(name) is not None


def begins_id(session_id: str, word: str) -> bool:
    """Whether a typed word is the beginning of an id, or all of it. Case is ignored: some programs print upper case."""
    return session_id.lower().startswith(word.lower())


def session_id_of(path: str) -> str:
    """The id of the session whose log is at ``path``."""
    return os.path.basename(path).removesuffix(LOG_SUFFIX)
