import asyncio
from pathlib import Path

import pytest

from tests.support.fleet import FleetServer, connected, running_server
from tests.support.waiting import DEADLINE_SECS, eventually
from zigtui.fleet.server import stored_states as module
from zigtui.fleet.server.stored_states import stored_states
from zigtui.fleet.server_api import ServerError
from zigtui.fleet.wire.messages import State


def test_states_that_were_read_in_part_are_not_taken_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 1)
    with running_server(tmp_path / "server") as server:
        asyncio.run(read_in_part(server))


async def read_in_part(server: FleetServer) -> None:
    state = State(gen=1, size=2, crc=3)
    async with connected(server.add("web-07")) as client:
        for session in ("s1", "s2"):
            await client.request(
                f"zig.state.web-07.shop.{session}", state.payload, timeout=DEADLINE_SECS, headers=state.headers
            )
    async with connected(server.directory.watcher_join()) as client:
        assert [found async for _, found in stored_states(client)] == [state, state]
        states = stored_states(client)
        await anext(states)
        server.kill()
        await eventually(lambda: not client.is_connected)
        with pytest.raises(ServerError, match="cannot be read"):
            await anext(states)
