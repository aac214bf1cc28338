"""The sessions of one project: which logs belong to a repository."""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from writer import find_repository, project_name
from zigtui.reader.catalog.scan.found_session import found_at
from zigtui.reader.catalog.scan.locations import Logs
from zigtui.reader.location import LogLocation, recorded_repository

__all__ = [
    "Project",
    "RealPath",
    "current_project",
    "membership",
    "names_of",
    "of_projects",
    "project_of",
    "projects_here",
    "projects_of_directory",
    "recorded_directory",
    "recorded_real_path",
    "with_linked_projects",
]

RealPath: TypeAlias = Callable[[str], str]
"""Returns the path that a recorded one leads to."""

_SURE_NAME_BYTES = 143
"""The longest name that every file system in use can store: eCryptfs has this limit, most others have 255."""

_LONGEST_PATH = 4096
"""The most characters of a path that leads anywhere: the limit of Linux in bytes. Other systems take fewer."""

_MOST_OPENED = 10
"""How many logs of a project are opened to find one that records its repository."""


class Project(NamedTuple):
    """A project, or sessions that ran outside any repository.

    Attributes:
        name: the name of its directory below ``projects/``; None for the base's own sessions.
        directory: of the base's own sessions, only those that ran in this directory or below it. None for all of them
            if there is no name, and for none of them if there is one.
        base: only sessions of this base directory; None for all bases.
    """

    name: str | None
    directory: str | None = None
    base: str | None = None

    def includes(self, location: LogLocation, cwd: str | None, real_path: RealPath | None = None) -> bool:
        """Whether a session belongs to the project.

        Args:
            location: the location of its log.
            cwd: the working directory that the log records.
            real_path: see `membership`.
        """
        if self.base not in (None, location.base):
            return False
        if location.project is not None or self.directory is None:
            return location.project == self.name
        if cwd is None:
            return False
        above = f"{self.directory.rstrip('/')}/"
        return f"{cwd}/".startswith(above) or f"{(real_path or recorded_real_path)(cwd)}/".startswith(above)


def project_of(repository: str) -> Project:
    """The project of a repository, given its real path.

    If the path is too long for the name of a directory, the writer records the sessions in the base itself.
    """
    name = project_name(repository)
    is_long = len(os.fsencode(name)) > _SURE_NAME_BYTES
    return Project(name, recorded_directory(repository) if is_long else None)


def current_project() -> Project:
    """The project of the working directory; the base's own sessions outside any repository."""
    try:
        repository = find_repository(os.getcwd())
    except OSError:  # the working directory is gone
        return Project(None)
    return Project(None) if repository is None else project_of(repository)


def projects_of_directory(directory: str) -> list[Project]:
    """The projects that a directory means; it may be given through symbolic links.

    They are those of the repository around it. Outside any repository, they are the sessions that ran in it or below
    it, and if it has been removed also the project of the repository that it was. Nothing is looked up in the logs.

    Args:
        directory: the path; a relative one begins at the working directory.

    Raises:
        OSError: if the path is relative, and the working directory has been removed.
        ValueError: if there is a null character in the path.
    """
    spellings = dict.fromkeys([os.path.realpath(directory), os.path.abspath(directory)])
    is_there = os.path.isdir(directory)
    repositories = [find_repository(path) for path in spellings] if is_there else []
    if any(repositories):
        return list(dict.fromkeys(project_of(repository) for repository in repositories if repository is not None))
    return [Project(None if is_there else project_name(path), recorded_directory(path)) for path in spellings]


def projects_here() -> list[Project]:
    """The projects of the working directory, which ``--project .`` selects. Empty if it has been removed."""
    try:
        return projects_of_directory(".")
    except OSError:
        return []


def with_linked_projects(projects: Sequence[Project], logs: Logs) -> list[Project]:
    """Add the projects whose repositories are the same through symbolic links.

    Some writers record a repository by the path that was typed, and one may be moved and replaced by a link. Of each
    project only the first log that records its repository is opened.

    Args:
        projects: the projects.
        logs: all logs.
    """
    names = {project.name for project in projects} - {None}
    known = {(project.base, project.name) for project in projects}
    found: list[Project] = []
    left: dict[tuple[str, str], int] = {}  # how many more logs of a project to open
    for location, facts in logs if names else ():
        name, base = location.project, location.base
        if name is None or not known.isdisjoint(((None, name), (base, name))):
            continue
        tries = left.setdefault((base, name), _MOST_OPENED)
        if not tries:
            continue
        repository = recorded_repository(name, found_at(location, facts).cwd)
        left[base, name] = tries - 1 if repository is None else 0
        if repository is not None and project_name(recorded_real_path(repository)) in names:
            found.append(Project(name, base=base))
    return [*projects, *found]


def membership(
    projects: Sequence[Project], real_path: RealPath | None = None
) -> Callable[[LogLocation, str | None], bool]:
    """Whether a session belongs to one of some projects, given the location of its log and its working directory.

    It belongs to them too if its repository is the same through symbolic links, as in `with_linked_projects`.

    Args:
        projects: the projects.
        real_path: returns the path that a recorded one leads to; by default, `recorded_real_path`, which waits for the
            disk.
    """
    names = {project.name for project in projects} - {None}
    real_path = real_path or recorded_real_path

    @lru_cache(maxsize=10_000)  # many sessions share few directories
    def is_linked(name: str, cwd: str | None) -> bool:
        repository = recorded_repository(name, cwd)
        return repository is not None and project_name(real_path(repository)) in names

    def includes(location: LogLocation, cwd: str | None) -> bool:
        if any(project.includes(location, cwd, real_path) for project in projects):
            return True
        return bool(names) and location.project is not None and is_linked(location.project, cwd)

    return includes


@lru_cache(maxsize=10_000)
def recorded_real_path(path: str) -> str:
    """The path that a recorded one leads to on this machine, in the form in which logs record it."""
    if len(path) > _LONGEST_PATH:
        return path
    try:
        return recorded_directory(os.path.realpath(path))
    except ValueError:  # a null character
        return path


def recorded_directory(path: str) -> str:
    """The form in which logs record the path of a directory: bytes that are not UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", "replace")


def names_of(projects: Iterable[Project]) -> frozenset[str | None]:
    """The names of the directories that may hold sessions of some projects; None in it is the base itself."""
    names: set[str | None] = {project.name for project in projects}
    return frozenset(names | ({None} if any(project.directory is not None for project in projects) else set()))


def of_projects(logs: Logs, projects: Sequence[Project]) -> Logs:
    """The logs of some projects, as of `with_linked_projects`.

    Args:
        logs: all logs. Others are opened only if their working directory matters.
        projects: the projects.
    """
    projects = with_linked_projects(projects, logs)
    names = names_of(projects)
    needs_cwd = any(project.directory is not None for project in projects)
    kept = []
    for location, facts in logs:
        if location.project in names:
            cwd = found_at(location, facts).cwd if needs_cwd and location.project is None else None
            if any(project.includes(location, cwd) for project in projects):
                kept.append((location, facts))
    return kept
