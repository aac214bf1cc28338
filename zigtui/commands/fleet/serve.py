"""``zigtui fleet serve``: run the server of a fleet."""

import shutil
import sys

import click

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.options import directory_option, server_directory
from zigtui.commands.options.option_values import parse_size
from zigtui.commands.program.ending_signals import exits_on_signals
from zigtui.exit_codes import ExitCode
from zigtui.fleet.join import is_local
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.fleet.server.settings import MIN_STORE_BYTES, DirectoryError, Fleet, check_encrypted, check_listen
from zigtui.reader.error_reasons import end_of_process
from zigtui.reader.pause import pause
from zigtui.system.standard_streams import note

__all__ = ["serve"]

_POLL_SECS = 0.25


@click.command("serve", short_help="Run the server.")
@directory_option
@click.option(
    "--listen", metavar="ADDR", help="The address to listen on, such as 0.0.0.0:4222.  [default: 127.0.0.1:4222]"
)
@click.option(
    "--url",
    metavar="URL",
    help="How machines reach the server, for join tokens: tls://ci.example.com:4222.  [default: the address, or the "
    "name of this host]",
)
@click.option(
    "--store",
    type=parse_size,
    metavar="SIZE",
    help="The most that the server keeps on its disk, such as 2G.  [default: 24G]",
)
def serve(directory: str | None, listen: str | None, url: str | None, store: int | None) -> None:
    """Run the server of a fleet: nats-server, with a configuration of its own, until Ctrl-C.

    The first start creates the directory with the keys, and with a certificate authority that serves this fleet alone.
    Options are remembered for the next start. All connections are encrypted (TLS 1.3), and each machine has a key of
    its own, with which it can write its own sessions and read nothing. The watcher's key, in watch.join, can read the
    sessions of all machines: copy it only to where they may be watched.

    The server keeps what was shipped for 7 days, and not masked. Its disk has what the logs have, secrets too.
    """
    server = server_directory(directory)
    if store is not None and store < MIN_STORE_BYTES:
        raise click.UsageError(f"--store needs at least {MIN_STORE_BYTES // 1024**2}M")
    with explained():
        address = check_listen(listen) if listen is not None else None
        own_url = check_encrypted(url) if url else None
        server.prepare()
        # Before anything is changed, since a server that runs already takes changes over.
        with exits_on_signals(), server.running() as lock:
            server.create(address, own_url, store)
            sys.exit(_serve(server, lock))


def _serve(directory: ServerDirectory, lock: int) -> int:
    from zigtui.fleet.server.process import NatsServer

    with NatsServer(directory, note, lock) as server:
        server.wait_until_ready()
        fleet = directory.fleet()
        _report_start(directory, fleet)
        trouble = ""
        while server.exit_code is None:
            pause(_POLL_SECS)
            try:
                changed = server.reload_if_changed()
            except DirectoryError as error:  # the machines that are known stay served
                if str(error) != trouble:
                    trouble = str(error)
                    note(f"zigtui: {trouble}")
                continue
            trouble = ""
            if changed is not None:
                _report_change(fleet, changed)
                fleet = changed
                server.announce_machines()
        note(f"zigtui: nats-server {end_of_process(server.exit_code)}")
    return ExitCode.LOST_OR_TIMEOUT


def _report_start(directory: ServerDirectory, fleet: Fleet) -> None:
    count = len(fleet.machines)
    note(f"serving {count} machine{'' if count == 1 else 's'} on {fleet.listen} as {fleet.url}, from {directory.path}")
    note(f"the token of the watcher is in {directory.path / 'watch.join'}")
    if is_local(fleet.url) and not is_local(f"tls://{fleet.listen}"):
        note("zigtui: join tokens name this machine only; --url tls://HOST:PORT sets the address for the others")
    if shutil.disk_usage(directory.path).free < fleet.store_bytes:
        note("zigtui: the disk has less space than the server may use; give a smaller --store")


def _report_change(before: Fleet, after: Fleet) -> None:
    for name in sorted(after.machines.keys() - before.machines.keys()):
        note(f"added {name}")
    for name in sorted(before.machines.keys() - after.machines.keys()):
        note(f"removed {name}")
    if before.watcher != after.watcher:
        note("the watcher has a new key")
