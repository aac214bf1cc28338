"""Which logs there are: the directories of a base, listed. Nothing is read of the files."""

import errno
import os
import stat
from collections.abc import Container
from typing import NamedTuple

from writer import LOG_SUFFIX, sessions_directory, workspace_directories
from zigtui.reader.location import LogLocation

__all__ = [
    "Directory",
    "FileFacts",
    "Listing",
    "directories_of",
    "facts_of",
    "list_logs",
    "location_of",
    "location_of_file",
]


class FileFacts(NamedTuple):
    """What the file system says of a log; equal facts mean that there is nothing new to read."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @property
    def modified(self) -> float:
        """When it was last modified, in seconds since the epoch."""
        return self.modified_ns / 1e9

    def is_same_file(self, other: "FileFacts") -> bool:
        """Whether these are facts of the same file, at another time perhaps."""
        return (self.device, self.inode) == (other.device, other.inode)


class Directory(NamedTuple):
    """Where logs may appear.

    Attributes:
        project: see `LogLocation`.
        identity: tells it from another directory in its place; None if it is not there, or may not be read.
        modified_ns: when a name was last added to it or removed, in nanoseconds since the epoch.
        holds_logs: whether logs lie in it, and not only such directories.
        trouble: why those cannot be told, None if they can.
    """

    path: str
    project: str | None = None
    identity: tuple[int, int] | None = None
    modified_ns: int = 0
    holds_logs: bool = False
    trouble: str | None = None

    @property
    def modified(self) -> float:
        """When a name was last added to it or removed, in seconds since the epoch."""
        return self.modified_ns / 1e9


class Listing(NamedTuple):
    """The logs of one directory.

    Attributes:
        logs: by path.
        passed_over: paths of logs that are known.
        trouble: why it cannot be listed, None if it can.
    """

    directory: Directory
    logs: dict[str, tuple[LogLocation, FileFacts]]
    passed_over: list[str]
    trouble: str | None = None


def directories_of(base: str, projects: Container[str | None] | None = None) -> list[Directory]:
    """Where logs of ``base`` may lie or appear, or those of some projects only; it need not exist.

    First come those directories, without logs, in which the others will be made; then the others, and of these the
    ones where something was added or removed last.
    """
    root = os.path.realpath(base)  # the paths that a watcher will name
    above = [_directory(path) for path in (root, os.path.join(root, "projects"), os.path.join(root, "logs"))]
    try:
        workspaces = workspace_directories(root)
    except OSError as error:
        above.append(Directory(error.filename or root, trouble=error.strerror or str(error)))
        workspaces = [root]
    directories = []
    for workspace in workspaces:
        project = None if workspace == root else os.path.basename(workspace)
        if projects is None or project in projects:
            directories.append(_directory(sessions_directory(workspace), project, holds_logs=True))
    return above + sorted(directories, key=lambda directory: (-directory.modified_ns, directory.path))


def list_logs(directory: Directory, base: str, known: Container[str] = ()) -> Listing:
    """The logs in a directory of ``base``; the files of those ``known`` are not looked at."""
    if not directory.holds_logs:
        return Listing(directory, {}, [], directory.trouble)
    try:
        with os.scandir(directory.path) as names:
            files = [file for file in names if file.name.endswith(LOG_SUFFIX)]
    except (FileNotFoundError, NotADirectoryError):
        return Listing(directory, {}, [])
    except OSError as error:
        return Listing(directory, {}, [], error.strerror or str(error))
    logs: dict[str, tuple[LogLocation, FileFacts]] = {}
    passed_over = []
    for file in files:
        if file.path in known:
            passed_over.append(file.path)
        elif (facts := facts_of(file)) is not None:
            logs[file.path] = (LogLocation(file.path, base, directory.project), facts)
    if files and not logs and not os.access(directory.path, os.X_OK):
        return Listing(directory, {}, [], os.strerror(errno.EACCES))  # its names can be had, its files cannot
    return Listing(directory, logs, passed_over)


def location_of(path: str, base: str, projects: Container[str | None] | None = None) -> LogLocation | None:
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
    return LogLocation(path, base, project)


def location_of_file(path: str) -> LogLocation:
    """The place of a log wherever it lies; its base is the directory it is in if that is no base's."""
    path = os.path.realpath(path)
    directory = os.path.dirname(path)
    workspace = os.path.dirname(os.path.dirname(directory))
    if directory != sessions_directory(workspace):
        return LogLocation(path, directory, None)
    base = os.path.dirname(os.path.dirname(workspace))
    if workspace != os.path.join(base, "projects", os.path.basename(workspace)):
        return LogLocation(path, workspace, None)
    return LogLocation(path, base, os.path.basename(workspace))


def _directory(path: str, project: str | None = None, *, holds_logs: bool = False) -> Directory:
    try:
        status = os.stat(path)
    except OSError:
        return Directory(path, project, holds_logs=holds_logs)
    identity = (status.st_dev, status.st_ino) if os.access(path, os.R_OK) else None
    return Directory(path, project, identity, status.st_mtime_ns, holds_logs=holds_logs)


def facts_of(file: "str | os.DirEntry[str]") -> FileFacts | None:
    """The facts of a log; None if it is not there, or is no regular file (links to one are followed)."""
    try:
        status = os.stat(file) if isinstance(file, str) else file.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return FileFacts(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
