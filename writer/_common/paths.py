"""The directory layout: the base, the projects inside it, session logs and indexes.

The layout is that of zig-core 0.11::

    <base>/projects/<project>/logs/sessions/<id>.jsonl   one log per session
    <base>/projects/<project>/logs/index.json            the project index
    <base>/logs/...                                      the same, for runs outside any git repository
    <base>/sessions_index.json                           the global index

A *workspace directory* is one that has a ``logs`` directory of this form: a project's, or the base itself.
Paths are plain strings, since importing pathlib takes longer than importing the whole package.
"""

import errno
import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress

from writer._common.errors import SessionError, warn

__all__ = [
    "LOG_SUFFIX",
    "absolute_path",
    "base_of",
    "current_directory",
    "default_base",
    "find_repository",
    "give_to_owner",
    "global_index",
    "log_path_of",
    "make_directories",
    "make_workspace",
    "pending_directory",
    "physical_path",
    "project_index",
    "project_name",
    "session_id_of",
    "sessions_directory",
    "workspace_directories",
    "workspace_of",
]

LOG_SUFFIX = ".jsonl"
"""The suffix of a session log; the rest of its file name is the id of the session."""

_PROJECTS = "projects"
_SESSIONS = os.path.join("logs", "sessions")
_PROJECT_INDEX = os.path.join("logs", "index.json")


def default_base(environ: Mapping[str, str] = os.environ) -> str:
    """Return the user's base directory: ``$HOME/.zig``; on Windows ``%USERPROFILE%`` stands in for an unset HOME.

    Raises:
        SessionError: If there is no home directory, or its path is not absolute.
    """
    home = environ.get("HOME")
    if not home and sys.platform == "win32":
        home = environ.get("USERPROFILE")
    if not home:
        raise SessionError("no home directory: set HOME, or give a base directory")
    if not os.path.isabs(home):
        raise SessionError("the home directory (HOME) must be an absolute path", home)
    return os.path.join(home, ".zig")


def absolute_path(path: str | os.PathLike[str], name: str) -> str:
    """Make ``path`` absolute.

    Raises:
        ValueError: If it is not a path; the message names the argument ``name``.
        SessionError: If it is relative and the working directory has been removed.
    """
    try:
        return os.path.abspath(os.fsdecode(path))
    except TypeError:
        raise ValueError(f"{name} must be a path, not {type(path).__name__}") from None
    except OSError as error:
        raise SessionError.of(error, "find the working directory", os.fsdecode(path)) from error


def physical_path(path: str | os.PathLike[str], name: str) -> str:
    """Make ``path`` absolute and resolve its links. ``link/..`` is the parent of the directory that the link leads to.

    Raises:
        ValueError: See `absolute_path`.
        SessionError: See `absolute_path`.
    """
    absolute_path(path, name)  # raises the errors; its result would take ``link/..`` for the parent of the link
    return os.path.realpath(os.fsdecode(path))


def current_directory() -> str | None:
    """Return the working directory, or None if it has been removed."""
    try:
        return os.getcwd()
    except OSError:
        return None


def find_repository(directory: str) -> str | None:
    """Return the nearest parent of ``directory``, itself included, that has a ``.git`` entry; None if none has."""
    while not os.access(_inside(directory, ".git"), os.F_OK):  # an exception for each parent would be slower
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory


def project_name(repository: str) -> str:
    """Return the name of a repository's directory below ``projects/``: ``/home/dev/shop`` gives ``home-dev-shop``.

    The name cannot be turned back into a path. Bytes that are not valid UTF-8 become replacement characters, since
    directory watchers fail on them.
    """
    name = repository.replace(os.sep, "/").lstrip("/").replace("/", "-")
    return os.fsencode(name).decode("utf-8", "replace").replace(":", "-" if os.name == "nt" else ":")


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
        workspace = _inside(_inside(base, _PROJECTS), project_name(repository))
        try:
            return workspace, make_directories(sessions_directory(workspace), base)
        except SessionError as error:
            if not (isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENAMETOOLONG):
                raise
            warn("the path %s is too long for the name of a project: its session logs go to %s", repository, base)
    return base, make_directories(sessions_directory(base), base)


def workspace_directories(base: str) -> list[str]:
    """List the directories inside ``base`` that may hold sessions: the base itself, then the projects by name.

    Raises:
        OSError: If ``projects/`` exists but cannot be listed.
    """
    projects = os.path.join(base, _PROJECTS)
    try:
        names = sorted(os.listdir(projects))
    except (FileNotFoundError, NotADirectoryError):
        names = []
    return [base, *(os.path.join(projects, name) for name in names)]


def session_id_of(log_path: str) -> str:
    """Return the id of the session with a log."""
    return log_path.rpartition(os.sep)[2].removesuffix(LOG_SUFFIX)


def workspace_of(log_path: str) -> str:
    """Return the workspace directory of a session log."""
    return os.path.dirname(os.path.dirname(os.path.dirname(log_path)))


def base_of(workspace: str) -> str:
    """Return the base directory of a workspace directory."""
    projects = os.path.dirname(workspace)
    return os.path.dirname(projects) if os.path.basename(projects) == _PROJECTS else workspace


def log_path_of(workspace: str, session_id: str) -> str:
    """Return the path of the log of a session in a workspace directory."""
    return f"{sessions_directory(workspace)}{os.sep}{session_id}{LOG_SUFFIX}"


def sessions_directory(workspace: str) -> str:
    """Return the directory of the session logs of a workspace directory."""
    return _inside(workspace, _SESSIONS)


def project_index(workspace: str) -> str:
    """Return the index of the sessions of a workspace directory."""
    return _inside(workspace, _PROJECT_INDEX)


def global_index(base: str) -> str:
    """Return the index of all sessions of a base."""
    return _inside(base, "sessions_index.json")


def pending_directory(base: str) -> str:
    """Return the directory that names the sessions whose entries in the indexes need an update."""
    return _inside(base, "sessions_index.json.pending")


def _inside(directory: str, path: str) -> str:
    """Join two paths. A session joins so many that `os.path.join` would take a tenth of the time of its start."""
    return directory + path if directory.endswith(os.sep) else f"{directory}{os.sep}{path}"


def make_directories(path: str, base: str) -> bool:
    """Create ``path`` and its missing parents, accessible only to their owner.

    Args:
        path: A directory inside ``base``.
        base: A directory that mostly exists: its own parents are looked at only if it does not.

    Returns:
        Whether nothing of ``path`` was there below the base, and what this process makes there needs no care: it has
        the owner of its directory, and the umask leaves it to this owner.

    Raises:
        SessionError: If one cannot be created.
    """
    if os.access(_inside(path, ""), os.F_OK):  # quicker than `isdir` if there is nothing
        return False
    below = []  # which are created without checking each of them: in a new base all are missing
    while len(path) > len(base):
        below.append(path)
        path = path[: path.rindex(os.sep)]
    try:
        return _make_all(below)
    except SessionError as error:
        if not isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            raise
        return _make_all(below + _missing(base))  # or the error names what is in the way


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
    may_use = False  # whether the umask of the process leaves them to their owner
    is_root = _is_root()
    is_own = False  # whether the directory above is this user's, like all that this process makes in it
    for directory in reversed(directories):
        is_own = is_own or not is_root or _is_own_directory(os.path.dirname(directory))
        try:
            os.mkdir(directory, 0o700)
        except OSError as error:
            # It may have existed, or another runner may have created it; anything else in its place is an error.
            if not (isinstance(error, FileExistsError) and os.path.isdir(directory)):
                raise SessionError.of(error, "make the directory", directory) from error
            is_new = is_own = False
        else:
            if not is_own:
                _give_directory_to_owner(directory)
            elif not may_use:
                with suppress(OSError):
                    may_use = _ensure_access(directory)
    return is_new and is_own and may_use


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
    """Whether a file belongs to this user and group, as what this process makes does anyway."""
    return status.st_uid == os.geteuid() and status.st_gid == os.getegid()


def _is_own_directory(directory: str) -> bool:
    """Whether a directory has the owner and the group of what this process makes in it."""
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
