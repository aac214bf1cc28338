"""The option ``--base`` of the commands that record."""

from typing import Any

import click

from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.option_values import complete_directory

__all__ = ["base_option"]


def base_option(command: Any) -> Any:
    """Add ``--base`` to a command."""
    return click.option(
        "--base",
        type=FileName(file_okay=False),
        metavar="DIR",
        shell_complete=complete_directory,
        help="Record below this directory.  [default: ~/.zig]",
    )(command)
