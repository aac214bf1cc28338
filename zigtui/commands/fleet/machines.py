"""``zigtui fleet add`` and ``zigtui fleet remove``: the machines of a fleet."""

import os
import stat
import sys
import time

import click
from click.shell_completion import CompletionItem

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.options import directory_option, server_directory
from zigtui.commands.printing.terminal import write
from zigtui.fleet.server.settings import DirectoryError
from zigtui.standard_streams import note

__all__ = ["add", "complete_machine", "remove"]

_APPLY_SECS = 15.0
_POLL_SECS = 0.05


def complete_machine(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The machines of the server on this machine."""
    try:
        machines = server_directory(context.params.get("directory")).fleet().machines
    except DirectoryError:
        return []
    return [CompletionItem(name) for name in sorted(machines) if name.startswith(incomplete)]


@click.command("add", short_help="Add a machine, and print its join token.")
@click.argument("name")
@directory_option
def add(name: str, directory: str | None) -> None:
    """Add a machine, and print its join token: one word with the URL, the certificate and the machine's key.

    NAME may have lower-case letters, digits and dashes. The token is a secret. It is printed once and not kept: for a
    new one, remove the machine and add it again. A server that runs takes the machine over at once.

    \b
    (umask 077; zigtui fleet add web-07 > web-07.join)
    """
    with explained():
        join = server_directory(directory).add(name)
    if _may_be_read_by_others():
        note("zigtui: others may read the file of this join token, which is a secret; run chmod 600 on it")
    write(f"{join.token}\n")


def _may_be_read_by_others() -> bool:
    """Whether standard output is a file that other users may read."""
    try:
        mode = os.fstat(sys.stdout.fileno()).st_mode
    except (OSError, ValueError):  # it is closed, or no file of the system
        return False
    return stat.S_ISREG(mode) and bool(mode & (stat.S_IRGRP | stat.S_IROTH))


@click.command("remove", short_help="Remove a machine: the server refuses it from then on.")
@click.argument("name", shell_complete=complete_machine)
@directory_option
def remove(name: str, directory: str | None) -> None:
    """Remove a machine. The server ends its connections and refuses its key.

    What the machine has shipped stays; zigtui fleet purge removes it from the server.
    """
    server = server_directory(directory)
    with explained():
        revision = server.remove(name)
        deadline = time.monotonic() + _APPLY_SECS
        while server.applied < revision and server.is_running:
            if time.monotonic() > deadline:
                raise DirectoryError(f"the running server has not taken over the removal of {name!r} yet")
            time.sleep(_POLL_SECS)
    note(f"removed {name}")
