"""The streams of the server, by requests to its API."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from zigtui.fleet.server_api import checked, machines_metadata, request
from zigtui.fleet.wire.chunk import MAX_CHUNK_BYTES
from zigtui.fleet.wire.messages import StatesAsk
from zigtui.fleet.wire.names import check_machine, escape
from zigtui.fleet.wire.subjects import STREAM_SUBJECTS, Lane, Stream, ask_subject

if TYPE_CHECKING:
    from nats.aio.client import Client

__all__ = ["create_streams", "purge", "remove_consumers"]

_DAY_NS = 86_400 * 10**9
_HEADER_BYTES = 4 * 1024
_STATE_BYTES = 4 * 1024
_NOT_FOUND = 404

# The server keeps each subject in memory, with 150 bytes and its names. A machine with a valid key could publish on any
# number of them, and what tiny messages take on the disk would never reach the limit in bytes. So the number of
# messages, and with it that of subjects, is limited to what takes about a gigabyte.
_MAX_LIVE_MESSAGES, _MAX_BULK_MESSAGES, _MAX_STATES = 4_000_000, 1_000_000, 500_000


def _configurations(store_bytes: int) -> dict[Stream, dict[str, Any]]:
    """The configuration of each stream, which together take ``store_bytes`` at most."""
    states = min(256 * 1024**2, store_bytes // 16)
    live = (store_bytes - states) // 3
    limits: dict[Stream, dict[str, Any]] = {
        Stream.LIVE: {
            "max_bytes": live,
            "max_msgs": _MAX_LIVE_MESSAGES,
            "max_age": 7 * _DAY_NS,
            "max_msg_size": MAX_CHUNK_BYTES + _HEADER_BYTES,
            "compression": "s2",
        },
        Stream.BULK: {  # its messages are compressed already
            "max_bytes": store_bytes - states - live,
            "max_msgs": _MAX_BULK_MESSAGES,
            "max_age": 7 * _DAY_NS,
            "max_msg_size": MAX_CHUNK_BYTES + _HEADER_BYTES,
        },
        Stream.STATE: {
            "max_bytes": states,
            "max_msgs": _MAX_STATES,
            "max_age": 90 * _DAY_NS,
            "max_msg_size": _STATE_BYTES,
            "max_msgs_per_subject": 1,
        },
    }
    fixed: dict[str, Any] = {"storage": "file", "retention": "limits", "discard": "old", "allow_direct": False}
    return {
        stream: {"name": stream.value, "subjects": [STREAM_SUBJECTS[stream]], **fixed, **limits[stream]}
        for stream in Stream
    }


async def create_streams(client: "Client", store_bytes: int, machines: Collection[str] = ()) -> None:
    """Create the streams, or give them these limits if they exist. Their metadata names the machines to watchers.

    Args:
        client: a connection of the administrator.
        store_bytes: the most that they may take on the disk together.
        machines: the machines of the fleet.

    Raises:
        ServerError: if the server refuses.
    """
    configurations = _configurations(store_bytes)
    configurations[Stream.STATE]["metadata"] = machines_metadata(machines)
    for stream, wanted in configurations.items():
        answer = await request(client, f"STREAM.UPDATE.{stream}", wanted)
        if answer.get("error", {}).get("code") == _NOT_FOUND:
            answer = await request(client, f"STREAM.CREATE.{stream}", wanted)
        checked(answer, f"the stream {stream} cannot be created")


async def remove_consumers(client: "Client") -> None:
    """Remove what watchers have created to read the streams. Mirrors create theirs again, and go on where they were.

    A watcher can create some that outlast it, up to the most that the server allows: then no mirror could read.

    Args:
        client: a connection of the administrator.

    Raises:
        ServerError: if the server refuses.
    """
    for stream in Stream:
        names: list[str] = []
        while True:  # an answer takes a part of them
            answer = await request(client, f"CONSUMER.NAMES.{stream}", {"offset": len(names)})
            page = checked(answer, f"the readers of the stream {stream} cannot be listed")["consumers"] or []
            names += page
            if not page or len(names) >= answer["total"]:
                break
        for name in names:
            await request(client, f"CONSUMER.DELETE.{stream}.{name}", {})


async def purge(
    client: "Client", machines: Iterable[str], machine: str | None = None, session: str | None = None
) -> int:
    """Remove messages from the server; those of one machine or of one session, or all.

    The machines send the states of their logs again, so that a mirror that lacks some finds out.

    Args:
        client: a connection of the administrator.
        machines: the machines of the fleet.
        machine: remove only what this one has sent.
        session: remove only this session of the machine.

    Returns:
        The number of messages removed.

    Raises:
        ServerError: if the server refuses.
        WireError: if a name is none.
    """
    removed = 0
    for stream in Stream:
        question = {}
        if machine is not None:
            end = "*.*" if session is None else f"*.{escape(session)}"
            question = {"filter": f"zig.{Lane[stream.name]}.{check_machine(machine)}.{end}"}
        answer = await request(client, f"STREAM.PURGE.{stream}", question)
        removed += checked(answer, f"the stream {stream} cannot be purged").get("purged", 0)
    ask = StatesAsk()
    for name in machines:
        if machine in (None, name):
            await client.publish(ask_subject(name), ask.payload, headers=ask.headers)
    await client.flush()
    return removed
