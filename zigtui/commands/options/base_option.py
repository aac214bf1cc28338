"""The option ``--base``: the directories whose sessions a command works on."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from writer import SessionError
from zigtui.commands.options.option_values import complete_directory
from zigtui.reader.catalog.scan.locations import Listing, Logs, list_all
from zigtui.reader.sessions import default_bases
from zigtui.reader.text.safe_text import safe_plain
from zigtui.standard_streams import note

__all__ = ["base_option", "bases_of", "listed_logs", "logs_of", "named_bases"]

Command = Callable[..., Any]


def base_option(command: Command) -> Command:
    """Add ``--base`` to a command. Values given before and after the command's name are both used."""
    return click.option(
        "--base",
        "bases",
        multiple=True,
        metavar="DIR",
        shell_complete=complete_directory,
        help="A directory with sessions; may be repeated.  [default: $ZIGTUI_BASE, else ~/.zig]",
    )(command)


def bases_of(context: click.Context, bases: tuple[str, ...]) -> list[str]:
    """The absolute paths of the bases: those of the options, else of the environment, else the user's own base.

    Args:
        context: the command's context.
        bases: the values of the command's own option.

    Raises:
        click.UsageError: if a base is empty, or there is no home directory.
    """
    try:
        return named_bases(context, bases) or default_bases()
    except SessionError as error:
        raise click.UsageError(str(error)) from error


def logs_of(context: click.Context, bases: tuple[str, ...], *, needs_sessions: bool = True) -> Logs:
    """All logs of the bases. Directories that cannot be listed are reported on standard error.

    Args:
        context: the command's context.
        bases: the values of the command's own option.
        needs_sessions: whether the default base must exist too. Bases that the command line names must always exist.

    Raises:
        click.UsageError: if a base does not exist.
    """
    directories = bases_of(context, bases)
    may_be_missing = not needs_sessions and not named_bases(context, bases)
    for base in directories:
        if not Path(base).is_dir() and not (may_be_missing and not os.path.lexists(base)):
            raise click.UsageError(f"there is no base directory {safe_plain(base)}")
    return listed_logs(directories)


def listed_logs(bases: list[str]) -> Logs:
    """All logs of the bases, which need not exist. Directories that cannot be listed are reported.

    Raises:
        click.UsageError: if there are directories that cannot be listed, and no logs in others.
    """
    closed: list[Listing] = []
    logs = list_all(bases, closed.append)
    if closed:
        more = f" (and {len(closed) - 1:,} more)" if len(closed) > 1 else ""
        message = f"cannot list {safe_plain(closed[0].directory.path)}: {closed[0].trouble}{more}"
        if not logs:
            raise click.UsageError(message)
        note(f"zigtui: {message}")
    return logs


def named_bases(context: click.Context, bases: tuple[str, ...]) -> list[str]:
    """The absolute paths of the bases that the command line names, before or after the name of the command.

    Args:
        context: the command's context.
        bases: the values of the command's own option.

    Raises:
        click.UsageError: if a base is empty.
    """
    named = [*(context.find_root().params.get("bases") or ()), *(bases if context.parent is not None else ())]
    if "" in named:  # probably an unset variable; as a path it would mean the working directory
        raise click.UsageError("--base needs a directory")
    return list(dict.fromkeys(map(os.path.abspath, named)))
