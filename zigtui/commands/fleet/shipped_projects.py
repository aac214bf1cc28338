"""The projects that ``zigtui ship --project`` means."""

from collections.abc import Sequence
from functools import partial

import click

from zigtui.commands.options.project_option import projects_named
from zigtui.reader.catalog.scan.locations import Logs, list_all
from zigtui.reader.text.safe_text import safe_plain
from zigtui.reader.threads import results_within
from zigtui.system.standard_streams import note

__all__ = ["projects_to_ship"]

_ANSWER_SECS = 10.0


def projects_to_ship(value: str, bases: Sequence[str]) -> set[str | None]:
    """The directories below ``projects/`` that the option means.

    Of several base directories, one whose disk does not answer is left out: it must not delay the others.

    Args:
        value: the value of the option.
        bases: the base directories.

    Raises:
        click.UsageError: if it means something else: more would be sent than was asked for.
    """
    projects = projects_named(value, _logs_of(bases))
    if any(project.name is None or project.base is not None for project in projects):
        raise click.UsageError("--project needs a repository, or the name of one")
    return {project.name for project in projects}


def _logs_of(bases: Sequence[str]) -> Logs:
    if len(bases) < 2:
        return list_all(bases)
    listed: list[Logs | None] = results_within(
        _ANSWER_SECS, [partial(list_all, [base]) for base in bases], otherwise=[None] * len(bases)
    )
    for base, logs in zip(bases, listed, strict=True):
        if logs is None:
            note(f"zigtui: {safe_plain(base)} does not answer; what it has does not count for the meaning of --project")
    return [log for logs in listed for log in logs or ()]
