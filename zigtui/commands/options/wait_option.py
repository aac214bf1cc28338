"""The option ``--wait``."""

from collections.abc import Callable
from typing import Any

import click

__all__ = ["wait_option"]

Command = Callable[..., Any]


def wait_option(command: Command) -> Command:
    """Add ``--wait`` to a command."""
    return click.option(
        "--wait",
        "waits",
        is_flag=True,
        help="Wait for the session if there is none yet. One of that workflow that is over counts only if it began in "
        "the last 10 seconds.",
    )(command)
