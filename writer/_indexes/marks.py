"""Marks of sessions whose entries in the indexes need an update.

A mark is a symbolic link to the log, in a directory beside the global index. Each update of the indexes updates the
entries of all marked sessions, from their logs. So the next process does the work of one that is killed or exits at
once, and if many begin sessions at the same time, a few do the work for all.

The marks are renamed before the logs are read. So a session that goes on knows by the name of its mark whether what it
has recorded is still to be read, and if not, makes another one.
"""

import os
from contextlib import suppress

from writer._common.directories import make_directories
from writer._common.errors import SessionError
from writer._common.paths import LOG_SUFFIX, log_path_of, pending_directory, session_id_of, workspace_of
from writer._indexes.lock import is_held

__all__ = ["Mark", "make_mark", "marks", "take_marks"]

_TAKEN = ".taken"


class Mark:
    """A mark of a session.

    Attributes:
        path: The path of the mark.
        log_path: The path of the log.
    """

    __slots__ = ("log_path", "path")

    def __init__(self, path: str, log_path: str) -> None:
        self.path = path
        self.log_path = log_path

    @property
    def session_id(self) -> str:
        """The id of the session."""
        return session_id_of(self.log_path)

    def is_untouched(self) -> bool:
        """Whether no process has begun to update the entries."""
        return os.access(self.path, os.F_OK)  # quicker than `islink`

    def exists(self) -> bool:
        """Whether the entries have not been updated yet."""
        return os.path.islink(self.path) or os.path.islink(self.path + _TAKEN)  # in the order of the names

    def taken(self) -> "Mark | None":
        """Return the mark with its other name, before the log is read, or None if it has gone."""
        if self.path.endswith(_TAKEN):  # by a process that has been killed
            return self
        mark = Mark(self.path + _TAKEN, self.log_path)
        try:
            os.replace(self.path, mark.path)
        except OSError:
            return None
        return mark

    def remove(self) -> None:
        """Remove the mark, since the entries have been updated."""
        with suppress(OSError):
            os.unlink(self.path)


def make_mark(base: str, log_path: str, *, is_first: bool = False) -> Mark | None:
    """Mark a session.

    Args:
        base: The base directory.
        log_path: The log.
        is_first: Whether there are no marks yet, and what this process makes needs no care; see `make_directories`.

    Returns:
        The mark, or None if that is not possible.
    """
    directory = pending_directory(base)
    mark = Mark(f"{directory}{os.sep}{session_id_of(log_path)}", log_path)
    try:
        if is_first:
            os.mkdir(directory, 0o700)
        os.symlink(log_path, mark.path)
    except (FileExistsError, FileNotFoundError):
        try:
            make_directories(directory, base)
            with suppress(FileExistsError):
                os.symlink(log_path, mark.path)
        except (OSError, SessionError):
            return None
    except OSError:
        return None
    return mark


def take_marks(base: str) -> list[Mark]:
    """List the marks as `marks` does, for an update of the entries under the lock of the indexes."""
    return [taken for mark in marks(base) if (taken := mark.taken()) is not None]


def marks(base: str) -> list[Mark]:
    """List the marks of sessions that have begun. Those that lead elsewhere than to a log of the base are removed."""
    directory = pending_directory(base)
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    found = []
    for name in names:
        path = f"{directory}{os.sep}{name}"
        with suppress(OSError):
            mark = Mark(path, os.readlink(path))
            if not _is_of_base(mark.log_path, base):
                mark.remove()
            elif os.stat(mark.log_path).st_size or not is_held(mark.log_path):
                found.append(mark)
    return found


def _is_of_base(log_path: str, base: str) -> bool:
    if not log_path.endswith(LOG_SUFFIX) or not os.path.isfile(log_path):
        return False
    workspace = workspace_of(log_path)
    return log_path == log_path_of(workspace, session_id_of(log_path)) and (
        _is_same(os.path.dirname(workspace), os.path.join(base, "projects")) or _is_same(workspace, base)
    )


def _is_same(path: str, other: str) -> bool:
    return path == other or os.path.realpath(path) == os.path.realpath(other)
