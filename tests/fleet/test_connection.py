"""Connections to the server of a fleet."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nats.aio.msg import Msg

from tests.support.fleet import FleetServer, running_server
from tests.support.waiting import DEADLINE_SECS
from zigtui.fleet.connection import UnreachableError, close, connect
from zigtui.fleet.join import Join


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FleetServer]:
    with running_server(tmp_path) as server:
        yield server


async def take(message: Msg) -> None:
    """Do nothing: no message comes."""


async def test_nothing_is_left_of_a_connection_that_breaks_while_data_is_pending(server: FleetServer) -> None:
    join = server.add("web-07")
    before = asyncio.all_tasks()
    client = await connect(join, timeout_secs=DEADLINE_SECS)
    await client.subscribe(f"_INBOX_{join.user}.>", cb=take)
    client._pending.append(b"PING\r\n")
    client._pending_data_size += len(b"PING\r\n")
    connection: Any = client._transport
    connection._io_writer.transport.abort()
    await close(client)
    async with asyncio.timeout(DEADLINE_SECS):
        await asyncio.gather(*asyncio.all_tasks() - before - {asyncio.current_task()}, return_exceptions=True)


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
async def test_a_server_that_does_not_greet_as_nats_does_is_told(greeting: bytes) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        url = f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(UnreachableError) as raised:
            await connect(Join(url, "web-07"), timeout_secs=DEADLINE_SECS)
    assert str(raised.value) == (
        f"{url} does not answer as a NATS server does; a server of zigtui fleet serve needs tls:// and a join token"
    )


async def test_a_server_that_waited_too_long_for_an_answer_refuses_nobody() -> None:
    """As when the network or this machine is very slow: another attempt may succeed."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id":"x","version":"2.15.1","proto":1,"max_payload":1048576}\r\n')
        await reader.readline()
        writer.write(b"-ERR 'Authentication Timeout'\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        url = f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(UnreachableError, match="the answer took too long"):
            await connect(Join(url, "web-07"), timeout_secs=DEADLINE_SECS)
