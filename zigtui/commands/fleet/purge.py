"""``zigtui fleet purge``: remove what the server keeps."""

import asyncio

import click

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.machines import complete_machine
from zigtui.commands.fleet.options import directory_option, server_directory
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note

__all__ = ["purge"]


@click.command("purge", short_help="Remove what the server keeps.")
@click.option("--machine", metavar="NAME", shell_complete=complete_machine, help="Only what this machine has shipped.")
@click.option("--session", metavar="ID", help="Only this session of the machine.")
@click.option("--all", "everything", is_flag=True, help="What all machines have shipped.")
@directory_option
def purge(machine: str | None, session: str | None, everything: bool, directory: str | None) -> None:
    """Remove what the server keeps: of one session, of one machine, or all of it. Run it on the server.

    Logs on the machines and copies at watchers stay as they are. If a watcher lacks a session that is still on its
    machine, the machine sends it again.
    """
    if session is not None and machine is None:
        raise click.UsageError("--session needs --machine")
    if everything == (machine is not None):
        raise click.UsageError("name what to remove: --machine NAME, or --all")
    with explained():
        removed = asyncio.run(_purge(server_directory(directory), machine, session))
    if not removed and machine is not None:
        of = f"the machine {machine}" if session is None else f"the session {session} of {machine}"
        raise click.ClickException(f"the server keeps nothing of {safe_plain(of)}")
    note(f"removed {removed:,} message{'' if removed == 1 else 's'}")


async def _purge(server: ServerDirectory, machine: str | None, session: str | None) -> int:
    from zigtui.fleet.connection import close, connect
    from zigtui.fleet.server import streams

    client = await connect(server.admin_join())
    try:
        return await streams.purge(client, server.fleet().machines, machine, session)
    finally:
        await close(client)
