"""``zigtui fleet status``: the machines of a fleet."""

import asyncio
from collections.abc import Collection

import click
import msgspec

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.options import directory_option, join_option, server_directory, watcher_join
from zigtui.commands.printing.terminal import write
from zigtui.fleet.join import Join
from zigtui.fleet.server.machine_status import MachineStatus, machine_statuses
from zigtui.wording.amounts import byte_size

__all__ = ["status"]

_LISTEN_SECS = 2.5  # a machine gives a sign of life every 2 s
_COLUMNS = ("MACHINE", "STATE", "SHIPS", "BEHIND", "SESSIONS", "LOGS", "MESSAGES")


@click.command("status", short_help="List the machines.")
@directory_option
@join_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each machine.")
def status(directory: str | None, join: str | None, as_json: bool) -> None:
    """List the machines.

    \b
    STATE      live; silent, if it gave no sign of life for 2.5 s; not seen, if
               the server has nothing of it either; or removed
    SHIPS      the number of sessions that it ships now
    BEHIND     how much of their logs is not sent yet
    SESSIONS   the number of its sessions that the server knows
    LOGS       the size of their logs
    MESSAGES   the number of messages of the machine that the server keeps

    Run it on the server; elsewhere, give the token of the watcher with --join. What a removed machine has shipped is
    listed until zigtui fleet purge removes it.
    """
    with explained():
        token = watcher_join(join, directory)
        known = server_directory(directory).fleet().machines if join is None else None
        found = asyncio.run(_statuses(token, known))
    if as_json:
        write("".join(f"{msgspec.json.encode(machine).decode()}\n" for machine in found))
    else:
        write(_table(found))


async def _statuses(join: Join, known: Collection[str] | None) -> list[MachineStatus]:
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
                _state(machine),
                _count(machine.sessions),
                _size(machine.behind),
                _count(machine.kept_sessions),
                _size(machine.log_bytes),
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


def _state(machine: MachineStatus) -> str:
    if machine.is_removed:
        return "removed"
    if machine.is_live:
        return "live"
    return "silent" if machine.kept_messages else "not seen"


def _size(size: int | None) -> str:
    return "–" if size is None else byte_size(size)


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"
