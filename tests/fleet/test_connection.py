"""Connections to the server of a fleet."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nats.aio.msg import Msg

from tests.support.fleet import FleetServer, running_server
from tests.support.waiting import DEADLINE_SECS
from zigtui.fleet.connection import close, connect


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
