"""A server that has more to do than it can: it gets fewer messages."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fleet import connected, running_server
from tests.support.shipping import Fleet, append, log_path
from tests.support.waiting import DEADLINE_SECS
from zigtui.fleet.server_api import stream_info
from zigtui.fleet.wire.subjects import Stream

LINES = 20


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running_server(tmp_path / "server") as server:
        yield Fleet(server, tmp_path)


async def messages(fleet: Fleet) -> int:
    """The number of messages with new lines that the server has got so far."""
    async with connected(fleet.server.directory.admin_join()) as client:
        return int((await stream_info(client, Stream.LIVE))["state"]["last_seq"])


async def test_lines_are_gathered_until_the_server_has_acknowledged_those_before(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a message for each line, the server would fall behind further and further."""
    monkeypatch.setattr("zigtui.fleet.ship.link._SLOW_ACK_SECS", -DEADLINE_SECS)  # any server is slow
    path = log_path(fleet.base, "s1")
    append(path, b"first\n")
    async with fleet.mirroring(), fleet.shipping():
        await fleet.until_equal()
        before = await messages(fleet)
        os.kill(fleet.server.nats.process_id, signal.SIGSTOP)
        try:
            for number in range(LINES):
                append(path, b"line %d\n" % number)
                await asyncio.sleep(0.06)  # longer than a tick
        finally:
            os.kill(fleet.server.nats.process_id, signal.SIGCONT)
        await fleet.until_equal()
        assert await messages(fleet) - before < LINES / 2
