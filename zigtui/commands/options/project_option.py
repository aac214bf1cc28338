"""The option ``--project``: the project whose sessions a command works on."""

from collections.abc import Sequence
from pathlib import Path

import click

from zigtui.reader.catalog.project import (
    Project,
    of_projects,
    projects_of_directory,
    recorded_directory,
    with_linked_projects,
)
from zigtui.reader.catalog.scan.found_session import found_at
from zigtui.reader.catalog.scan.locations import Logs
from zigtui.reader.location import project_label
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note
from zigtui.wording.session_row import project_shown

__all__ = ["only_project", "projects_named"]


def only_project(logs: Logs, value: str | None) -> Logs:
    """The logs of one project; all logs if the option is not given.

    Raises:
        click.UsageError: see `projects_named`.
    """
    if value is None:
        return logs
    kept = of_projects(logs, projects_named(value, logs))
    if not kept:
        note(f"zigtui: the project of {safe_plain(value)} has no sessions yet")
    return kept


def projects_named(value: str, logs: Logs) -> Sequence[Project]:
    """The projects that the value of the option means.

    The first of these that fits is taken:

    1. the directory of a repository;
    2. a name, as the column of a list shows it, or the name of a directory below ``projects/``;
    3. any directory in a repository;
    4. a directory outside any repository in which, or below which, sessions ran;
    5. the path of a repository that has been removed.

    Args:
        value: the value.
        logs: all logs. A repository that exists may have none yet.

    Raises:
        click.UsageError: if the value can match no session.
    """
    if "\0" in value or not value:
        raise click.UsageError("--project needs a directory or the name of a project")
    shown = safe_plain(value)
    is_name = Path(value).name == value
    if is_name and not Path(value, ".git").exists() and (named := _with_name(value, logs)):
        return named
    is_there = Path(value).is_dir()
    if is_there or not is_name:
        projects = projects_of_directory(value)
        if any(project.name is not None for project in projects) and is_there:
            return with_linked_projects(projects, logs)
        if of_projects(logs, projects):
            return projects
        if is_there:
            raise click.UsageError(f"{shown} is in no git repository, and no session ran there")
        name = Path(value).name
        hint = f"; for the project of that name, write --project {safe_plain(name)}" if _with_name(name, logs) else ""
        raise click.UsageError(f"there is no directory {shown}, and no session of a project there{hint}")
    raise click.UsageError(f"no session belongs to a project named {shown}, and there is no such directory")


def _with_name(name: str, logs: Logs) -> Sequence[Project]:
    """The projects that have a name, as a list shows it or as the directory is named."""
    name = recorded_directory(name)
    ends = f"-{name}", f"-{name.rpartition('@')[0] or name}"
    projects: dict[Project, None] = {}
    for location, facts in logs:
        directory_name, base = location.project, location.base
        known = Project(directory_name), Project(directory_name, base=base)
        if directory_name is not None and (
            not f"-{directory_name}".endswith(ends) or not projects.keys().isdisjoint(known)
        ):
            continue
        cwd = found_at(location, facts).cwd
        label = project_label(location, cwd)
        directory = cwd if directory_name is None else None
        if name in (directory_name, label, project_shown(label, None)):
            projects[Project(directory_name, directory)] = None
        elif name == project_shown(label, base):
            projects[Project(directory_name, directory, base)] = None
    return list(projects)
