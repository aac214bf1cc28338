"""A connection that comes back, until the server refuses for good."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.support.fleet import FleetServer, running_server
from tests.support.proxies import Proxy, proxy
from tests.support.shipping import MACHINE
from tests.support.waiting import DEADLINE_SECS, eventually
from zigtui.fleet.connection import RefusedError, UnknownKeyError
from zigtui.fleet.join import Join, host_and_port
from zigtui.fleet.ship import link as link_module
from zigtui.fleet.ship.link import Link

SUBJECT = f"zig.old.{MACHINE}.shop.s1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FleetServer]:
    with running_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def network(server: FleetServer) -> Iterator[Proxy]:
    with proxy(host_and_port(server.directory.fleet().url)[1]) as network:
        yield network


@asynccontextmanager
async def linked(server: FleetServer, network: Proxy, window_bytes: int) -> AsyncIterator[Link]:
    """A link through a network, once it is up."""
    join = msgspec.structs.replace(server.add(MACHINE), url=f"tls://127.0.0.1:{network.port}")
    link = Link(join, window_bytes, lambda text: None)
    task = asyncio.create_task(link.keep())
    try:
        await eventually(lambda: link.is_up)
        yield link
    finally:
        task.cancel()


async def test_whoever_publishes_goes_on_if_the_connection_is_lost_meanwhile(
    server: FleetServer, network: Proxy
) -> None:
    """Otherwise a shipper would wait for ever: of a backlog nothing more would come until it is started again."""
    outcomes: list[bool] = []
    count = 0

    async def publish() -> None:
        nonlocal count
        for _ in range(100):
            count += 1
            await link.publish(SUBJECT, {}, bytes(256 * 1024), outcomes.append)

    counts: list[int] = []

    def is_stuck() -> bool:
        counts.append(count)
        return len(counts) > 20 and counts[-20] == count

    async with linked(server, network, window_bytes=2**20) as link:
        network.passes_on.clear()
        publishing = asyncio.create_task(publish())
        await eventually(is_stuck)
        assert not publishing.done()
        network.cut()
        await eventually(publishing.done)  # not wait_for: nats-py takes its cancellation for the end of the wait
        await eventually(lambda: len(outcomes) == 100)


@pytest.mark.slow
async def test_over_a_slow_network_nothing_is_sent_twice(
    server: FleetServer, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that the window takes would wait in buffers on the way, and count as lost before it arrives."""
    monkeypatch.setattr(link_module, "_ACK_SECS", 1.5)
    monkeypatch.setattr(link_module, "_LATE_ACK_SECS", 0.3)
    network.bytes_per_sec = 1024**2
    outcomes: list[bool] = []
    async with linked(server, network, window_bytes=2 * 1024**2) as link:
        for _ in range(48):
            await link.has_room.wait()
            await link.publish(SUBJECT, {}, bytes(64 * 1024), outcomes.append)
        await eventually(lambda: len(outcomes) == 48)
    assert all(outcomes)


async def test_a_machine_that_is_removed_gives_up_after_a_while(server: FleetServer) -> None:
    reports: list[str] = []
    link = Link(server.add(MACHINE), 1000, reports.append, patience_secs=1.6)
    task = asyncio.create_task(link.keep())
    await eventually(lambda: link.is_up)
    await asyncio.to_thread(server.remove, MACHINE)
    with pytest.raises(RefusedError, match="its key is wrong, or was removed"):
        await asyncio.wait_for(task, DEADLINE_SECS)
    assert reports[1].endswith("its key is wrong, or was removed; trying again for 2 seconds")
    assert len(reports) == 2


async def test_a_server_that_accepts_the_machine_again_is_used_again(server: FleetServer) -> None:
    """As when it was restored from a copy."""
    join, reports = server.add(MACHINE), list[str]()
    before = (server.directory.path / "fleet.json").read_bytes()
    link = Link(join, 1000, reports.append, patience_secs=6.0)
    task = asyncio.create_task(link.keep())
    try:
        await eventually(lambda: link.is_up)
        await asyncio.to_thread(server.remove, MACHINE)
        await eventually(lambda: len(reports) == 2)
        server.kill()
        (server.directory.path / "fleet.json").write_bytes(before)
        await asyncio.to_thread(server.start)
        await eventually(lambda: link.is_up)
    finally:
        task.cancel()


@pytest.mark.slow
async def test_a_machine_that_was_added_just_now_is_waited_for(server: FleetServer) -> None:
    """The server takes it over a moment after `fleet add` has printed the token."""
    reports: list[str] = []
    link = Link(server.directory.add(MACHINE), 1000, reports.append)
    task = asyncio.create_task(link.keep())
    try:
        await eventually(lambda: reports or task.done())
        assert [report.partition("; ")[2] for report in reports] == ["trying again for 5 seconds"]
        await asyncio.to_thread(server.nats.reload_if_changed)
        await eventually(lambda: link.is_up)
    finally:
        task.cancel()


def test_the_server_of_another_token_is_not_tried_again(server: FleetServer, tmp_path: Path) -> None:
    join, reports = server.add(MACHINE), list[str]()
    with running_server(tmp_path / "other") as other:
        wrong = msgspec.structs.replace(join, url=other.directory.fleet().url)
        with pytest.raises(RefusedError, match="is not the server of this join token"):
            asyncio.run(asyncio.wait_for(Link(wrong, 1000, reports.append).keep(), DEADLINE_SECS))
    assert not reports


def test_a_refusal_of_another_kind_is_not_waited_for_as_the_first_one_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as that of another server, which has taken over the address meanwhile."""
    refusals, reports = [UnknownKeyError("its key is wrong"), RefusedError("it is another server")], list[str]()

    async def refuse(join: Join, **_: object) -> None:
        raise refusals.pop(0)

    monkeypatch.setattr(link_module, "connect", refuse)
    link = Link(Join("nats://127.0.0.1:1", MACHINE), 1000, reports.append)
    with pytest.raises(RefusedError, match="it is another server"):
        asyncio.run(asyncio.wait_for(link.keep(), DEADLINE_SECS))
    assert reports == ["its key is wrong; trying again for 5 seconds"]
