"""The directories of a base in which logs may appear."""

import os
from collections.abc import Container, Iterable
from functools import partial
from typing import NamedTuple

from writer import sessions_directory, workspace_directories
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.threads import results_within

__all__ = ["Directory", "directories_of", "first_spellings"]

_NO_ANSWER_SECS = 0.5


class Directory(NamedTuple):
    """A directory in which logs may appear.

    Attributes:
        path: its path; it need not exist.
        project: see `LogLocation`.
        identity: device and inode, which differ when another directory takes its place; None if it does not exist or
            cannot be listed.
        modified_ns: when a name was last added or removed, in nanoseconds since the epoch.
        holds_logs: whether it is a directory for logs, rather than a parent of such directories.
        trouble: why the directories below it are unknown; None if they are known.
    """

    path: str
    project: str | None = None
    identity: tuple[int, int] | None = None
    modified_ns: int = 0
    holds_logs: bool = False
    trouble: str | None = None

    @property
    def modified(self) -> float:
        """When a name was last added or removed, in seconds since the epoch."""
        return self.modified_ns / 1e9


def first_spellings(bases: Iterable[str]) -> dict[str, str]:
    """Map each base to the first of the bases that leads to the same directory.

    A base whose disk does not answer is taken to differ from all others, so that it cannot delay them.
    """
    bases = list(dict.fromkeys(bases))
    if len(bases) < 2:
        return {base: base for base in bases}
    real_paths = results_within(_NO_ANSWER_SECS, [partial(os.path.realpath, base) for base in bases], otherwise=bases)
    firsts: dict[str, str] = {}
    return {base: firsts.setdefault(real_path, base) for base, real_path in zip(bases, real_paths, strict=True)}


def directories_of(base: str, projects: Container[str | None] | None = None) -> list[Directory]:
    """List the directories in which logs of a base may appear.

    Args:
        base: the base directory; it need not exist.
        projects: only directories of these projects (None in it is the base itself); all if it is None.

    Returns:
        Parents first, which hold no logs; then session directories, newest first. A directory that several projects
        share through symbolic links is listed once.
    """
    root = os.path.realpath(base)  # watchfiles reports real paths
    parents = [_directory(path) for path in (root, os.path.join(root, "projects"), os.path.join(root, "logs"))]
    try:
        workspaces = workspace_directories(root)
    except OSError as error:
        parents.append(Directory(error.filename or root, trouble=reason_of(error)))
        workspaces = [root]
    directories: dict[object, Directory] = {}
    for workspace in workspaces:
        project = None if workspace == root else os.path.basename(workspace)
        if projects is None or project in projects:
            directory = _directory(sessions_directory(workspace), project, holds_logs=True)
            key = directory.identity or directory.path
            other = directories.setdefault(key, directory)
            if other is not directory and _directory_rank(directory) < _directory_rank(other):
                directories[key] = directory
    return parents + sorted(directories.values(), key=lambda directory: (-directory.modified_ns, directory.path))


def _directory_rank(directory: Directory) -> tuple[bool, str]:
    return os.path.realpath(directory.path) != directory.path, directory.path


def _directory(path: str, project: str | None = None, *, holds_logs: bool = False) -> Directory:
    try:
        status = os.stat(path)
    except OSError:
        return Directory(path, project, holds_logs=holds_logs)
    identity = (status.st_dev, status.st_ino) if os.access(path, os.R_OK) else None
    return Directory(path, project, identity, status.st_mtime_ns, holds_logs=holds_logs)
