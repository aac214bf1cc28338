"""Which logs there are: the directories of a base, listed. Nothing is read of the files."""

import errno
import os
import stat
from collections.abc import Container, Iterator
from typing import NamedTuple

from writer.paths import LOG_SUFFIX, sessions_directory, workspace_directories

__all__ = ["FileFacts", "Listing", "LogPlace", "facts_of", "list_logs", "place_of", "place_of_file"]


class LogPlace(NamedTuple):
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


class FileFacts(NamedTuple):
    """What the file system says of a log; equal facts mean that there is nothing new to read."""

    identity: tuple[int, int]
    size: int
    modified_ns: int

    @property
    def modified(self) -> float:
        """When it was last modified, in seconds since the epoch."""
        return self.modified_ns / 1e9


class Listing(NamedTuple):
    """The logs of one directory.

    Attributes:
        logs: by path.
        trouble: why it cannot be listed, None if it can.
        identity: tells it from another directory in its place; None if it is not there, or may not be read.
    """

    directory: str
    logs: dict[str, tuple[LogPlace, FileFacts]]
    trouble: str | None = None
    identity: tuple[int, int] | None = None


def list_logs(base: str, projects: Container[str | None] | None = None) -> Iterator[Listing]:
    """Every log below ``base``, or those of some projects only, a directory at a time; none if it does not exist.

    First come those directories, without logs, in which the others will be made; then the others, and of these the
    ones where something was added or removed last.
    """
    root = os.path.realpath(base)  # the paths that a watcher will name
    for directory in (root, os.path.join(root, "projects"), os.path.join(root, "logs")):
        yield Listing(directory, {}, None, _identity_and_time(directory)[0])
    try:
        workspaces = workspace_directories(root)
    except OSError as error:
        yield Listing(error.filename or root, {}, error.strerror or str(error))
        workspaces = [root]
    directories = []
    for workspace in workspaces:
        project = None if workspace == root else os.path.basename(workspace)
        if projects is None or project in projects:
            directory = sessions_directory(workspace)
            identity, modified = _identity_and_time(directory)
            directories.append((-modified, directory, project, identity))
    for _, directory, project, identity in sorted(directories, key=lambda entry: entry[:2]):
        try:
            yield _list_directory(directory, base, project, identity)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            yield Listing(directory, {}, error.strerror or str(error))


def place_of(path: str, base: str, projects: Container[str | None] | None = None) -> LogPlace | None:
    """The place of a log below ``base`` by its path; None if no log lies there, or not of these projects."""
    directory, name = os.path.split(path)
    workspace = os.path.dirname(os.path.dirname(directory))
    root = os.path.realpath(base)
    project = None if workspace == root else os.path.basename(workspace)
    if not name.endswith(LOG_SUFFIX) or directory != sessions_directory(workspace):
        return None
    if project is not None and os.path.dirname(os.path.dirname(workspace)) != root:
        return None
    if projects is not None and project not in projects:
        return None
    return LogPlace(path, name.removesuffix(LOG_SUFFIX), base, project)


def place_of_file(path: str) -> LogPlace:
    """The place of a log wherever it lies; its base is the directory it is in if that is no base's."""
    path = os.path.realpath(path)
    directory, name = os.path.split(path)
    session_id = name.removesuffix(LOG_SUFFIX)
    workspace = os.path.dirname(os.path.dirname(directory))
    if directory != sessions_directory(workspace):
        return LogPlace(path, session_id, directory, None)
    base = os.path.dirname(os.path.dirname(workspace))
    if workspace != os.path.join(base, "projects", os.path.basename(workspace)):
        return LogPlace(path, session_id, workspace, None)
    return LogPlace(path, session_id, base, os.path.basename(workspace))


def _list_directory(directory: str, base: str, project: str | None, identity: tuple[int, int] | None) -> Listing:
    logs = {}
    has_names = False
    with os.scandir(directory) as listing:
        for file in listing:
            if file.name.endswith(LOG_SUFFIX):
                has_names = True
                facts = facts_of(file)
                if facts is not None:
                    place = LogPlace(file.path, file.name.removesuffix(LOG_SUFFIX), base, project)
                    logs[file.path] = (place, facts)
    is_closed = has_names and not logs and not os.access(directory, os.X_OK)  # its names can be had, its files cannot
    return Listing(directory, logs, os.strerror(errno.EACCES) if is_closed else None, identity)


def _identity_and_time(directory: str) -> tuple[tuple[int, int] | None, float]:
    try:
        status = os.stat(directory)
    except OSError:
        return None, 0.0
    return (status.st_dev, status.st_ino) if os.access(directory, os.R_OK) else None, status.st_mtime


def facts_of(file: "str | os.DirEntry[str]") -> FileFacts | None:
    """The facts of a log; None if it is not there, or is no regular file (links to one are followed)."""
    try:
        status = os.stat(file) if isinstance(file, str) else file.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return FileFacts((status.st_dev, status.st_ino), status.st_size, status.st_mtime_ns)
