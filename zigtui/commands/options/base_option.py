"""The option ``--base``: the directories whose sessions a command works on."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from writer import SessionError
from zigtui.commands.options.option_values import complete_directory
from zigtui.reader.bases import default_bases
from zigtui.reader.catalog.scan.locations import Listing, Logs, list_all
from zigtui.reader.machines import is_mirror_root
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note

__all__ = ["base_option", "bases_of", "check_received", "fleet_option", "listed_logs", "logs_of", "named_bases"]

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


def fleet_option(command: Command) -> Command:
    """Add ``--fleet`` to the program. With it, commands work on the logs of the fleet that the screen has received."""
    return click.option(
        "--fleet",
        metavar="NAME|URL",
        callback=_check_fleet,
        help="The sessions of all machines of a fleet. Only the screen and serve connect; commands read what they have"
        " received.",
    )(command)


def _check_fleet(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        _fleet_directory(value)
    return value


def _fleet_directory(fleet: str) -> str:
    """The directory with the received logs of a fleet.

    Raises:
        click.UsageError: if it is neither the name nor the address of a server.
    """
    from zigtui.fleet.join import JoinError, check_url  # which few users need
    from zigtui.state.fleet_cache import fleet_cache_directory

    try:
        return str(fleet_cache_directory(check_url(fleet) if "://" in fleet else fleet))
    except (JoinError, ValueError) as error:
        raise click.BadParameter(safe_plain(str(error))) from None


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
    check_received(context)
    for base in directories:
        if not Path(base).is_dir() and not (may_be_missing and not os.path.lexists(base)):
            raise click.UsageError(f"there is no base directory {safe_plain(base)}")
    return listed_logs(directories)


def check_received(context: click.Context) -> None:
    """Check that the logs of a fleet have been received if the command line names one.

    Raises:
        click.UsageError: if there are none.
    """
    fleet = context.find_root().params.get("fleet")
    if fleet is not None and not is_mirror_root(_fleet_directory(fleet)):
        raise click.UsageError(
            f"nothing has been received from the fleet {safe_plain(fleet)} yet; open zigtui --fleet {safe_plain(fleet)}"
        )


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

    A fleet is the base in which its logs are received.

    Args:
        context: the command's context.
        bases: the values of the command's own option.

    Raises:
        click.UsageError: if a base is empty.
    """
    root = context.find_root().params
    named = [*(root.get("bases") or ()), *(bases if context.parent is not None else ())]
    if "" in named:  # probably an unset variable; as a path it would mean the working directory
        raise click.UsageError("--base needs a directory")
    fleets = [] if root.get("fleet") is None else [_fleet_directory(root["fleet"])]
    return list(dict.fromkeys(map(os.path.abspath, [*fleets, *named])))
