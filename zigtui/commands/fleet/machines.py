"""``zigtui fleet add`` and ``zigtui fleet remove``: the machines of a fleet."""

import os
import stat
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.options import directory_option, server_directory
from zigtui.commands.options.file_name import FileName
from zigtui.commands.printing.terminal import write
from zigtui.fleet.join import WATCHER, Join
from zigtui.fleet.server.settings import DirectoryError
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.pause import pause
from zigtui.reader.text.safe_text import safe_plain
from zigtui.state.files import replace_file
from zigtui.system.standard_streams import note

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
@click.option(
    "-o",
    "--output",
    type=FileName(dir_okay=False, allow_dash=True),
    default="-",
    metavar="FILE",
    help="Write the token to FILE, a new one, which only you can read.  [default: standard output]",
)
@directory_option
def add(name: str, output: str, directory: str | None) -> None:
    """Add a machine, and print its join token: one word with the URL, the certificate and the machine's key.

    NAME may have lower-case letters, digits and dashes. The token is a secret. It is written once and not kept: for a
    new one, remove the machine and add it again, and end zigtui ship on it before you start it with the new token. A
    server that runs takes the machine over at once.

    \b
    zigtui fleet add web-07 -o web-07.join
    """
    with explained(), ExitStack() as undo:

        def keep(join: Join) -> None:
            token = f"{join.token}\n"
            if output == "-":
                write(token)
                sys.stdout.flush()  # if it is lost, the machine must not be added
            else:
                _write_secret(Path(output), token.encode())
                undo.callback(_remove, Path(output))

        server_directory(directory).add(name, keep)
        undo.pop_all()
    if output != "-":
        note(f"added {name}; its token is in {safe_plain(output)}")
    elif _may_be_read_by_others():
        note("zigtui: others may read the file of this join token, which is a secret; run chmod 600 on it")


def _write_secret(path: Path, secret: bytes) -> None:
    if os.path.lexists(path):  # perhaps the token of another machine, which is kept nowhere else
        raise DirectoryError(f"{safe_plain(str(path))} exists already; choose another file")
    try:
        replace_file(path, secret, is_durable=True)
    except OSError as error:
        raise DirectoryError(f"{safe_plain(str(path))} cannot be written: {reason_of(error)}") from error


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


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

    If NAME is watch, the watcher gets a new key in place of the old one: give the new watch.join to those who may
    watch.
    """
    server = server_directory(directory)
    with explained():
        revision = server.renew_watcher() if name == WATCHER else server.remove(name)
        deadline = time.monotonic() + _APPLY_SECS
        while server.applied < revision and server.is_running:
            if time.monotonic() > deadline:
                raise DirectoryError(f"the running server has not taken over the removal of {name!r} yet")
            pause(_POLL_SECS)
    if name == WATCHER:
        note(f"removed the key of the watcher; a new one is in {safe_plain(str(server.path / 'watch.join'))}")
    else:
        note(f"removed {name}")
