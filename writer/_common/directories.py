"""Create the directories of a base, and give what root creates in them to their owner."""

import errno
import os
import stat
import sys
from contextlib import suppress

from writer._common.errors import SessionError, warn
from writer._common.paths import find_repository, project_directory, sessions_directory

__all__ = ["give_to_owner", "make_directories", "make_workspace"]


def make_workspace(base: str, directory: str | None) -> tuple[str, bool]:
    """Create the workspace directory for a session that runs in ``directory``, with its directory for session logs.

    If ``directory`` belongs to a repository, the workspace is the directory of its project inside ``base``; else it is
    ``base`` itself. The name of a project contains the whole path of the repository. If it is too long for the file
    system, the workspace is ``base`` too, and a warning is logged.

    Returns:
        The workspace directory, and whether the base is new and needs no care; see `make_directories`.

    Raises:
        SessionError: If a directory cannot be created.
    """
    repository = find_repository(directory) if directory is not None else None
    if repository is not None:
        workspace = project_directory(base, repository)
        try:
            return workspace, make_directories(sessions_directory(workspace), base)
        except SessionError as error:
            if not (isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENAMETOOLONG):
                raise
            warn("the path %s is too long for the name of a project: its session logs go to %s", repository, base)
    return base, make_directories(sessions_directory(base), base)


def make_directories(path: str, base: str) -> bool:
    """Create ``path`` and its missing parents, accessible only to their owner.

    Args:
        path: A directory inside ``base``.
        base: A directory that usually exists. Its own parents are checked only if it does not.

    Returns:
        Whether all directories below the base are new, and what this process creates there needs no care: it has the
        owner of its directory, and the umask gives this owner all access.

    Raises:
        SessionError: If one cannot be created.
    """
    if os.access(path + os.sep, os.F_OK):  # quicker than `isdir` if there is nothing
        return False
    below = []  # to be created without checks, since all of them are missing in a new base
    while len(path) > len(base):
        below.append(path)
        path = path.rpartition(os.sep)[0]
    try:
        return _make_all(below)
    except SessionError as error:
        if not isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            raise
        return _make_all(below + _missing(base))  # an error names what is in the way


def _missing(path: str) -> list[str]:
    """List a directory and its parents that do not exist, the innermost first."""
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        parent = os.path.dirname(path)
        if parent == path:
            break
        path = parent
    return missing


def _make_all(directories: list[str]) -> bool:
    """Create directories that lie in one another, the innermost first; return what `make_directories` does."""
    is_new = True
    may_use = False  # whether the umask is known to give the owner all access
    is_root = _is_root()
    is_own = False  # whether the parent has the user and group of this process, and so has what is created in it
    for directory in reversed(directories):
        is_own = is_own or not is_root or _is_own_directory(directory.rpartition(os.sep)[0] or os.sep)
        try:
            os.mkdir(directory, 0o700)
        except OSError as error:
            # It may have existed, or another runner may have created it; anything else in its place is an error.
            if not (isinstance(error, FileExistsError) and os.path.isdir(directory)):
                raise SessionError.of(_explained(error, directory), "make the directory", directory) from error
            is_new = is_own = False
        else:
            if not is_own:
                _give_directory_to_owner(directory)
            elif not may_use:
                with suppress(OSError):
                    may_use = _ensure_access(directory)
    return is_new and is_own and may_use


def _explained(error: OSError, directory: str) -> OSError:
    """Name where a link leads that is in the way, such as one to a disk that is not mounted."""
    try:
        target = os.readlink(directory)
    except OSError:  # not a link
        return error
    return OSError(error.errno, f"it is a link to {target}, where there is no directory")


def _ensure_access(directory: str | int) -> bool:
    """Give the owner of a new directory all access, whatever the umask is. Return whether the umask has left it all."""
    mode = os.stat(directory).st_mode
    if mode & stat.S_IRWXU == stat.S_IRWXU:
        return True
    os.chmod(directory, stat.S_IMODE(mode) | stat.S_IRWXU)
    return False


def give_to_owner(descriptor: int, path: str) -> None:
    """Give a new file to the owner of its directory, if this process is root.

    Otherwise a single run as root in the home of a user would leave files there that the user cannot read, and
    directories in which the user cannot record.
    """
    if _is_root():
        with suppress(OSError):
            owner = os.stat(os.path.dirname(path))
            if not _is_own(owner):
                os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _is_own(status: os.stat_result) -> bool:
    """Whether a file belongs to the user and group of this process."""
    return status.st_uid == os.geteuid() and status.st_gid == os.getegid()


def _is_own_directory(directory: str) -> bool:
    """Whether a directory belongs to the user and group of this process; False if it is missing."""
    try:
        return _is_own(os.stat(directory))
    except OSError:
        return False


def _give_directory_to_owner(directory: str) -> None:
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            # The owner of its parent could have put another directory in its place.
            if os.fstat(descriptor).st_uid == os.geteuid():
                _ensure_access(descriptor)
                give_to_owner(descriptor, directory)
        finally:
            os.close(descriptor)
