"""The directory layout: the base, the projects inside it, session logs and indexes.

The layout is that of zig-core 0.11::

    <base>/projects/<project>/logs/sessions/<id>.jsonl   one log per session
    <base>/projects/<project>/logs/index.json            the project index
    <base>/logs/...                                      the same, for runs outside any git repository
    <base>/sessions_index.json                           the global index

A *workspace directory* is one that has a ``logs`` directory of this form: a project's, or the base itself.
Paths are plain strings, since importing pathlib takes longer than importing the whole package.
"""

import os
import sys
from collections.abc import Mapping

from writer._common.errors import SessionError, StorageError

__all__ = [
    "LOG_SUFFIX",
    "absolute_path",
    "base_of",
    "current_directory",
    "default_base",
    "find_repository",
    "global_index",
    "inside",
    "log_path_of",
    "pending_directory",
    "physical_path",
    "project_directory",
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

    Example:
        >>> default_base({"HOME": "/home/dev"})
        '/home/dev/.zig'
    """
    home = environ.get("HOME")
    if not home and sys.platform == "win32":
        home = environ.get("USERPROFILE")
    if not home:
        raise StorageError("no home directory: set HOME, or give a base directory")
    if not os.path.isabs(home):
        raise StorageError("the home directory (HOME) must be an absolute path", home)
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
    """Return the nearest parent of ``directory``, itself included, that has a ``.git`` entry; None if none has.

    Example:
        >>> repository = find_repository(os.getcwd())
    """
    while not os.access(inside(directory, ".git"), os.F_OK):  # an exception for each parent would be slower
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory


def project_name(repository: str) -> str:
    """Return the name of a repository's directory below ``projects/``: ``/home/dev/shop`` gives ``home-dev-shop``.

    The name cannot be turned back into a path. Bytes that are not valid UTF-8 become replacement characters, since
    directory watchers fail on them.

    Example:
        >>> project_name("/home/dev/shop")
        'home-dev-shop'
    """
    name = repository.replace(os.sep, "/").lstrip("/").replace("/", "-")
    return os.fsencode(name).decode("utf-8", "replace").replace(":", "-" if os.name == "nt" else ":")


def project_directory(base: str, repository: str) -> str:
    """Return the workspace directory of a repository's project."""
    return inside(inside(base, _PROJECTS), project_name(repository))


def workspace_directories(base: str) -> list[str]:
    """List the directories inside ``base`` that may hold sessions: the base itself, then the projects by name.

    Raises:
        OSError: If ``projects/`` exists but cannot be listed.

    Example:
        >>> for workspace in workspace_directories(default_base()):
        ...     logs = glob.glob(f"{sessions_directory(workspace)}/*{LOG_SUFFIX}")
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
    """Return the base directory of a workspace directory.

    A base may lie in a directory named ``projects`` too. It is known by its own projects and by its global index.
    """
    projects = os.path.dirname(workspace)
    has_own = os.path.exists(global_index(workspace)) or os.path.isdir(inside(workspace, _PROJECTS))
    return workspace if has_own or os.path.basename(projects) != _PROJECTS else os.path.dirname(projects)


def log_path_of(workspace: str, session_id: str) -> str:
    """Return the path of the log of a session in a workspace directory."""
    return f"{sessions_directory(workspace)}{os.sep}{session_id}{LOG_SUFFIX}"


def sessions_directory(workspace: str) -> str:
    """Return the directory of the session logs of a workspace directory.

    Example:
        >>> sessions_directory("/home/dev/.zig/projects/home-dev-shop")
        '/home/dev/.zig/projects/home-dev-shop/logs/sessions'
    """
    return inside(workspace, _SESSIONS)


def project_index(workspace: str) -> str:
    """Return the index of the sessions of a workspace directory."""
    return inside(workspace, _PROJECT_INDEX)


def global_index(base: str) -> str:
    """Return the index of all sessions of a base."""
    return inside(base, "sessions_index.json")


def pending_directory(base: str) -> str:
    """Return the directory that names the sessions whose entries in the indexes need an update."""
    return inside(base, "sessions_index.json.pending")


def inside(directory: str, path: str) -> str:
    """Join two paths. A session joins so many that `os.path.join` would take a tenth of the time of its start."""
    return directory + path if directory.endswith(os.sep) else f"{directory}{os.sep}{path}"
