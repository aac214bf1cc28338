"""A mirror whose machine's clock is set while it runs."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.mirror.test_mirror import LOG, has, path_of, running
from tests.support.fleet import FleetServer, running_server
from tests.support.machine import machine
from tests.support.originals import Original
from tests.support.waiting import eventually

HOUR = 3600.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FleetServer]:
    with running_server(tmp_path / "server") as server:
        yield server


async def test_the_times_of_all_logs_are_set_by_the_new_clock_and_no_connection_is_called_lost(
    server: FleetServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, original = tmp_path / "fleet", Original()
    lines: list[str] = []
    async with machine(server.add("web-07")) as shipper, running(server, root, lines.append) as mirror:
        shipper.originals[LOG] = original
        await shipper.ship(LOG, original.append(b"one\n"))
        await shipper.ship_state(LOG)
        await eventually(lambda: has(root, original.data))
        for part in (mirror.machines, mirror.machines._jumps, mirror._store):
            monkeypatch.setattr(part, "_clock", lambda: time.time() + HOUR)
        await eventually(lambda: path_of(root).stat().st_mtime > time.time() + HOUR / 2)
        assert "the clock was set: the times of all logs are set again" in lines
        assert not [line for line in lines if "lost" in line]
