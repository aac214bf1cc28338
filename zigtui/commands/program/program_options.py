"""What all commands share: the settings, and the program's options ``--log``, ``--debug`` and ``--version``."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from writer import LOG_SUFFIX
from zigtui import __version__
from zigtui.commands.options.file_name import FileName
from zigtui.settings import Settings
from zigtui.settings.faults import SettingsError
from zigtui.settings.file import read_settings
from zigtui.settings.location import settings_path

__all__ = ["ProgramOptions", "add_program_options", "add_version_option", "settings_of"]

Command = Callable[..., Any]


@dataclass
class ProgramOptions:
    """The ``obj`` of all contexts. The options' values are set when they are parsed.

    Attributes:
        given_settings: the settings to use instead of those of the user's file.
        log_file: the debug log; None for the one in the user's state directory.
        show_traceback: whether to print the traceback of an unexpected exception.
    """

    given_settings: Settings | None = None
    log_file: Path | None = None
    show_traceback: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The user's settings.

        Raises:
            click.ClickException: if there is a fault in the file.
        """
        if self.given_settings is not None:
            return self.given_settings
        try:
            return read_settings(settings_path()).settings
        except SettingsError as error:
            raise click.ClickException(str(error)) from error


def settings_of(context: click.Context) -> Settings:
    """The settings of the program that a command is run with.

    Raises:
        click.ClickException: if there is a fault in the user's file.
    """
    return context.ensure_object(ProgramOptions).settings


def add_program_options(command: Command) -> Command:
    """Add the options to a command."""
    log = click.option(
        "--log",
        type=FileName(dir_okay=False, path_type=Path),
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=_set_log_file,
        help="Write the debug log to FILE.  [default: zigtui.log in the user's state directory]",
    )
    debug = click.option(
        "--debug",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_set_show_traceback,
        help="Print the traceback of an internal error.",
    )
    return log(debug(command))


def add_version_option(command: click.Command) -> click.Command:
    """Add ``--version`` to a command that does not have it."""
    if any("--version" in parameter.opts for parameter in command.params):
        return command
    return click.version_option(__version__, prog_name="zigtui", message="%(prog)s %(version)s")(command)


def _set_log_file(context: click.Context, parameter: click.Parameter, value: Path | None) -> None:
    if value is not None and value.name.endswith(LOG_SUFFIX):
        raise click.BadParameter("the debug log would be appended to the log of a session")
    if value is not None:
        _check_can_write(value)
    context.ensure_object(ProgramOptions).log_file = value


def _check_can_write(path: Path) -> None:
    """Raise an error if a file cannot be written. The debug log is created only when there is something to record.

    Raises:
        click.BadParameter: if it cannot.
    """
    directory = path.parent
    if not directory.is_dir():
        raise click.BadParameter(f"there is no directory {str(directory)!r}: create it, or name another file")
    if not os.access(path if path.exists() else directory, os.W_OK):
        raise click.BadParameter(f"{str(path)!r} cannot be written: name another file")


def _set_show_traceback(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.ensure_object(ProgramOptions).show_traceback = value
