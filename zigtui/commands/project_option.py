"""The option ``--project``: the project whose sessions a command works on."""

import os
from pathlib import Path

import click

from writer import project_name
from zigtui.reader.catalog.find import current_project
from zigtui.reader.catalog.locations import Logs
from zigtui.reader.safe_text import safe_plain

__all__ = ["only_project", "project_named"]


def only_project(logs: Logs, value: str | None) -> Logs:
    """The logs of one project; all logs if the option is not given."""
    if value is None:
        return logs
    project = project_named(value)
    return [log for log in logs if log[0].project == project]


def project_named(value: str) -> str:
    """The name of a project, given a directory in it or its directory name below ``projects/``.

    Raises:
        click.UsageError: if the directory is not in a git repository.
    """
    if not Path(value).is_dir():
        if Path(value).name == value:
            return value
        return project_name(os.path.abspath(value))  # noqa: PTH100  # of a repository that has been removed
    project = current_project(value)
    if project is None:
        raise click.UsageError(f"{safe_plain(value)} is in no git repository, so it belongs to no project")
    return project
