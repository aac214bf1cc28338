"""What the server knows of each machine."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from zigtui.fleet.server_api import stream_info
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
        sessions: the number of sessions that it ships; None if it is silent.
        behind: the number of bytes that it has not shipped yet; None if it is silent.
        kept_sessions: the number of sessions whose size the server knows.
        kept_messages: the number of messages of the machine that the server keeps.
    """

    machine: str
    is_live: bool = False
    sessions: int | None = None
    behind: int | None = None
    kept_sessions: int = 0
    kept_messages: int = 0


async def machine_statuses(client: "Client", machines: list[str], listen_secs: float) -> list[MachineStatus]:
    """The status of the machines, and of others that the server keeps something of, by name.

    Args:
        client: a connection of the watcher.
        machines: the machines that belong to the fleet, as far as they are known.
        listen_secs: how long to wait for signs of life at most.

    Raises:
        ServerError: if the server does not answer.
    """
    found = {name: MachineStatus(name) for name in machines}
    has_heard_all = asyncio.Event()

    async def take_beat(message: "Msg") -> None:
        try:
            name = beat_machine(message.subject)
            beat = Beat.decoded(message.headers, message.data)
        except WireError:
            return
        status = found.setdefault(name, MachineStatus(name))
        status.is_live, status.sessions, status.behind = True, beat.sessions, beat.behind
        if all(found[name].is_live for name in machines):
            has_heard_all.set()

    await client.subscribe(ALL_BEATS, cb=take_beat)
    for stream in Stream:
        info = await stream_info(client, stream, subjects=">")
        for subject, count in info["state"]["subjects"].items():
            try:
                _, log = log_of(subject)
            except WireError:
                continue
            status = found.setdefault(log.machine, MachineStatus(log.machine))
            status.kept_messages += count
            status.kept_sessions += stream is Stream.STATE
    with suppress(TimeoutError):  # others may be live too where the machines are not known
        await asyncio.wait_for(has_heard_all.wait() if machines else asyncio.sleep(listen_secs), listen_secs)
    return [found[name] for name in sorted(found)]
