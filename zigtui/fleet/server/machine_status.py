"""What the server knows of each machine."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from zigtui.fleet.server.stored_states import stored_states
from zigtui.fleet.server_api import machines_in, stream_info
from zigtui.fleet.wire.messages import Beat
from zigtui.fleet.wire.subjects import ALL_BEATS, Stream, beat_machine, log_of
from zigtui.fleet.wire.wire_error import WireError

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

__all__ = ["MachineStatus", "machine_statuses"]


class MachineStatus(msgspec.Struct):
    """What the server knows of a machine.

    Attributes:
        machine: its name.
        is_live: whether it has given a sign of life while we listened.
        is_removed: whether it does not belong to the fleet any more; None if that is unknown.
        sessions: the number of sessions that it ships; None if it is silent.
        behind: the number of bytes that it has not shipped yet; None if it is silent.
        kept_sessions: the number of sessions whose size the server knows.
        kept_messages: the number of messages of the machine that the server keeps.
        log_bytes: the size of the logs of these sessions.
    """

    machine: str
    is_live: bool = False
    is_removed: bool | None = None
    sessions: int | None = None
    behind: int | None = None
    kept_sessions: int = 0
    kept_messages: int = 0
    log_bytes: int = 0


async def machine_statuses(
    client: "Client", machines: Collection[str] | None, listen_secs: float
) -> list[MachineStatus]:
    """The status of the machines, and of others that the server keeps something of, by name.

    Args:
        client: a connection of the watcher.
        machines: the machines that belong to the fleet; None for those that the server names.
        listen_secs: how long to wait for signs of life at most.

    Raises:
        ServerError: if the server does not answer.
    """
    if machines is None:
        machines = machines_in(await stream_info(client, Stream.STATE))
    found: dict[str, MachineStatus] = {}

    def status_of(name: str) -> MachineStatus:
        if name not in found:
            found[name] = MachineStatus(name, is_removed=None if machines is None else name not in machines)
        return found[name]

    for name in machines or ():
        status_of(name)
    has_heard_all = asyncio.Event()

    async def take_beat(message: "Msg") -> None:
        try:
            name = beat_machine(message.subject)
            beat = Beat.decoded(message.headers, message.data)
        except WireError:
            return
        status = status_of(name)
        status.is_live, status.sessions, status.behind = True, beat.sessions, beat.behind
        if machines and all(found[name].is_live for name in machines):
            has_heard_all.set()

    await client.subscribe(ALL_BEATS, cb=take_beat)
    for stream in Stream:
        info = await stream_info(client, stream, subjects=">")
        for subject, count in info["state"]["subjects"].items():
            with suppress(WireError):
                _, log = log_of(subject)
                status_of(log.machine).kept_messages += count
    async for log, state in stored_states(client):
        status = status_of(log.machine)
        status.kept_sessions += 1
        status.log_bytes += state.size
    with suppress(TimeoutError):  # others may be live too where the machines are not known
        async with asyncio.timeout(listen_secs):
            await has_heard_all.wait()
    return [found[name] for name in sorted(found)]
