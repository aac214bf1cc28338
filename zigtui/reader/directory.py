"""Which logs there are: the directories of a base, listed. Nothing is read of the files."""

import os
import stat
from collections.abc import Container
from dataclasses import dataclass

from writer.paths import LOG_SUFFIX, sessions_directory, workspace_directories

__all__ = ["FileFacts", "Listing", "LogPlace", "facts_of", "list_logs"]


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where a log lies.

    Attributes:
        path: the file.
        session_id: the id that its name tells.
        base: the base directory it was found in.
        project: the directory name below ``projects/``, None for the base's own sessions.
    """

    path: str
    session_id: str
    base: str
    project: str | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the file system says of a log; equal facts mean that there is nothing new to read."""

    identity: tuple[int, int]
    size: int
    modified_ns: int

    @property
    def modified(self) -> float:
        """When it was last modified, in seconds since the epoch."""
        return self.modified_ns / 1e9


@dataclass(frozen=True, slots=True)
class Listing:
    """The logs of a base.

    Attributes:
        logs: by path.
        troubles: directories that cannot be listed, and why.
    """

    logs: dict[str, tuple[LogPlace, FileFacts]]
    troubles: dict[str, str]


def list_logs(base: str, projects: Container[str | None] | None = None) -> Listing:
    """Every log below ``base``, or those of some projects only; none if it does not exist."""
    logs: dict[str, tuple[LogPlace, FileFacts]] = {}
    troubles: dict[str, str] = {}
    root = os.path.realpath(base)  # the paths that a watcher will name
    try:
        workspaces = workspace_directories(root)
    except OSError as error:
        troubles[error.filename or root] = error.strerror or str(error)
        workspaces = [root]
    for workspace in workspaces:
        directory = sessions_directory(workspace)
        project = None if workspace == root else os.path.basename(workspace)
        if projects is not None and project not in projects:
            continue
        try:
            with os.scandir(directory) as listing:
                for file in listing:
                    if file.name.endswith(LOG_SUFFIX):
                        facts = facts_of(file)
                        if facts is not None:
                            place = LogPlace(file.path, file.name.removesuffix(LOG_SUFFIX), base, project)
                            logs[file.path] = (place, facts)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            troubles[directory] = error.strerror or str(error)
    return Listing(logs, troubles)


def facts_of(file: "str | os.DirEntry[str]") -> FileFacts | None:
    """The facts of a log; None if it is not there, or is no regular file (links to one are followed)."""
    try:
        status = os.stat(file) if isinstance(file, str) else file.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return FileFacts((status.st_dev, status.st_ino), status.st_size, status.st_mtime_ns)
