"""Where things lie: the base, a project's directory inside it, the session logs and the indexes.

The layout is that of zig-core 0.11::

    <base>/projects/<project>/logs/sessions/<id>.jsonl   one log per session
    <base>/projects/<project>/logs/index.json            the project index
    <base>/logs/...                                      the same, outside any git repository
    <base>/sessions_index.json                           the global index

Paths are plain strings here: importing pathlib takes longer than all the rest of the package.
"""

import os
import sys
from collections.abc import Mapping

from writer._errors import SessionError

__all__ = [
    "LOG_SUFFIX",
    "absolute_path",
    "current_directory",
    "default_base",
    "find_repository",
    "global_index",
    "make_directories",
    "project_index",
    "project_name",
    "sessions_directory",
    "workspace_directories",
    "workspace_directory",
]

LOG_SUFFIX = ".jsonl"
_PROJECTS = "projects"


def default_base(environ: Mapping[str, str] = os.environ) -> str:
    """The base directory of the user: ``$HOME/.zig`` (on Windows ``%USERPROFILE%`` when HOME is not set).

    Raises:
        SessionError: if there is no home directory, or its path is not absolute.
    """
    home = environ.get("HOME")
    if not home and sys.platform == "win32":
        home = environ.get("USERPROFILE")
    if not home:
        raise SessionError("no home directory: set HOME, or name the base directory")
    if not os.path.isabs(home):
        raise SessionError("the home directory (HOME) must be an absolute path", home)
    return os.path.join(home, ".zig")


def absolute_path(path: str | os.PathLike[str], name: str) -> str:
    """``path`` from the root on, as text.

    Raises:
        ValueError: if it is no path at all; ``name`` is the argument's name for the message.
        SessionError: if it is relative to a working directory that has been removed.
    """
    try:
        return os.path.abspath(os.fsdecode(path))
    except TypeError:
        raise ValueError(f"{name} must be a path, not {type(path).__name__}") from None
    except OSError as error:
        raise SessionError.of(error, "tell the working directory", os.fsdecode(path)) from error


def current_directory() -> str | None:
    """The working directory, or None if it has been removed."""
    try:
        return os.getcwd()
    except OSError:
        return None


def find_repository(directory: str) -> str | None:
    """The nearest directory, from ``directory`` upwards, that has a ``.git`` entry; None if there is none."""
    while not os.path.exists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory


def project_name(repository: str) -> str:
    """The name of a repository's directory below ``projects/``: ``/home/dev/shop`` gives ``home-dev-shop``.

    Bytes that are not valid Unicode become replacement characters, since watchers of directories trip over
    them. The name cannot be turned back into a path.
    """
    name = repository.replace(os.sep, "/").lstrip("/").replace("/", "-")
    return os.fsencode(name).decode("utf-8", "replace").replace(":", "-" if os.name == "nt" else ":")


def workspace_directory(base: str, directory: str | None) -> str:
    """Where inside ``base`` the sessions of a run in ``directory`` belong: the project's directory or the base."""
    repository = find_repository(directory) if directory is not None else None
    return base if repository is None else os.path.join(base, _PROJECTS, project_name(repository))


def workspace_directories(base: str) -> list[str]:
    """Every directory inside ``base`` that may hold sessions: the base itself, then the projects by name.

    Raises:
        OSError: if ``projects/`` is there but cannot be listed.
    """
    projects = os.path.join(base, _PROJECTS)
    try:
        names = sorted(os.listdir(projects))
    except (FileNotFoundError, NotADirectoryError):
        names = []
    return [base, *(os.path.join(projects, name) for name in names)]


def sessions_directory(workspace: str) -> str:
    """The directory of the session logs of a workspace directory."""
    return os.path.join(workspace, "logs", "sessions")


def project_index(workspace: str) -> str:
    """The index of the sessions of a workspace directory."""
    return os.path.join(workspace, "logs", "index.json")


def global_index(base: str) -> str:
    """The index of all sessions of a base."""
    return os.path.join(base, "sessions_index.json")


def make_directories(path: str) -> None:
    """Make ``path`` and its missing parents, all of them for their owner only.

    Raises:
        SessionError: if one of them cannot be made.
    """
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        parent = os.path.dirname(path)
        if parent == path:
            break
        path = parent
    for directory in reversed(missing):
        try:
            os.mkdir(directory, 0o700)
        except FileExistsError as error:
            if not os.path.isdir(directory):  # another runner may have been quicker, but a file is in the way
                raise SessionError.of(error, "make the directory", directory) from error
        except OSError as error:
            raise SessionError.of(error, "make the directory", directory) from error
