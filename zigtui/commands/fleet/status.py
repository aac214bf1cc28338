"""``zigtui fleet status``: the machines of a fleet."""

import asyncio

import click
import msgspec

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.options import directory_option, join_option, server_directory, watcher_join
from zigtui.commands.printing.terminal import write
from zigtui.fleet.join import Join
from zigtui.fleet.server.machine_status import MachineStatus, machine_statuses

__all__ = ["status"]

_LISTEN_SECS = 2.5  # a machine gives a sign of life every 2 s
_COLUMNS = ("MACHINE", "", "SESSIONS", "BEHIND", "KEPT SESSIONS", "MESSAGES")


@click.command("status", short_help="List the machines.")
@directory_option
@join_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each machine.")
def status(directory: str | None, join: str | None, as_json: bool) -> None:
    """List the machines: whether they give signs of life, how many sessions they ship and how far they are behind.

    Run it on the server; elsewhere, give the token of the watcher with --join. Machines that belong to the fleet but
    have never connected are listed on the server only.
    """
    with explained():
        token = watcher_join(join, directory)
        known = sorted(server_directory(directory).fleet().machines) if join is None else []
        found = asyncio.run(_statuses(token, known))
    if as_json:
        write("".join(f"{msgspec.json.encode(machine).decode()}\n" for machine in found))
    else:
        write(_table(found))


async def _statuses(join: Join, known: list[str]) -> list[MachineStatus]:
    from zigtui.fleet.connection import close, connect

    client = await connect(join)
    try:
        return await machine_statuses(client, known, _LISTEN_SECS)
    finally:
        await close(client)


def _table(machines: list[MachineStatus]) -> str:
    rows = [
        _COLUMNS,
        *(
            (
                machine.machine,
                "live" if machine.is_live else "silent",
                _count(machine.sessions),
                _count(machine.behind),
                _count(machine.kept_sessions),
                _count(machine.kept_messages),
            )
            for machine in machines
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    left = 2  # columns of text
    return "".join(
        "  ".join(
            cell.ljust(width) if number < left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        + "\n"
        for row in rows
    )


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"
