"""Connections to the server of a fleet."""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from nats.aio.msg import Msg

from tests.support.commands import run_python
from tests.support.fleet import FleetServer, connected, running_server
from tests.support.proxies import proxy
from tests.support.waiting import DEADLINE_SECS, eventually
from zigtui.fleet import connection
from zigtui.fleet.client import TolerantClient
from zigtui.fleet.connection import SERVER_NAME, UnreachableError, close, connect
from zigtui.fleet.join import Join, host_and_port
from zigtui.fleet.server.certificates import authority_certificate, new_key, pem_of_key, server_certificate
from zigtui.fleet.server.keys import new_seed

NOW = datetime.now(UTC)


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
    transport: Any = client._transport
    transport._io_writer.transport.abort()
    await close(client)
    async with asyncio.timeout(DEADLINE_SECS):
        await asyncio.gather(*asyncio.all_tasks() - before - {asyncio.current_task()}, return_exceptions=True)


async def test_a_network_that_is_slow_but_brings_something_is_not_given_up(
    server: FleetServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a ping waits behind a backlog: a mirror would lose its connection again and again."""
    monkeypatch.setattr(connection, "_PING_SECS", 0.3)
    received, lost = list[bytes](), list[bool]()

    async def receive(message: Msg) -> None:
        received.append(message.data)

    watcher = server.directory.watcher_join()
    with proxy(host_and_port(watcher.url)[1]) as network:
        join = msgspec.structs.replace(watcher, url=f"tls://127.0.0.1:{network.port}")
        client = await connect(join, timeout_secs=DEADLINE_SECS, on_lost=lambda: lost.append(True))
        await client.subscribe("zig.beat.*", cb=receive)
        await client.flush()
        network.answered_per_sec = 1024**2
        async with connected(server.add("web-07")) as machine:
            for _ in range(48):
                await machine.publish("zig.beat.web-07", bytes(64 * 1024))
        await eventually(lambda: len(received) == 48 or lost)
        assert not lost
        await close(client)


async def test_the_fault_of_a_subscription_is_logged(server: FleetServer, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(message: Msg) -> None:
        raise RuntimeError("a fault")

    machine = await connect(server.add("web-07"), timeout_secs=DEADLINE_SECS)
    try:
        await machine.subscribe("zig.ask.web-07", cb=fail)
        await machine.flush()
        async with connected(server.directory.watcher_join()) as watcher:
            await watcher.publish("zig.ask.web-07", b"x")
            await eventually(lambda: "RuntimeError: a fault" in caplog.text)
    finally:
        await close(machine)


class EndedTransport:
    """The transport of an encrypted connection that has ended, as Python 3.11.2 has it."""

    def abort(self) -> None:
        raise AttributeError("'NoneType' object has no attribute '_abort'")


async def test_a_connection_that_has_ended_already_can_be_closed() -> None:
    client: Any = TolerantClient()
    writer = SimpleNamespace(transport=EndedTransport())
    client._transport = SimpleNamespace(_io_writer=writer, _bare_io_writer=writer)
    await close(client)


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


async def test_a_server_that_is_away_behind_another_one_is_told(server: FleetServer) -> None:
    """As behind a load balancer, which ends the connection."""

    async def end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    join = server.add("web-07")
    async with await asyncio.start_server(end, "127.0.0.1", 0) as balancer:
        url = f"tls://127.0.0.1:{balancer.sockets[0].getsockname()[1]}"
        with pytest.raises(UnreachableError) as raised:
            await connect(msgspec.structs.replace(join, url=url), timeout_secs=DEADLINE_SECS)
    assert str(raised.value) == f"{url} cannot be reached: it ended the connection"


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


@pytest.mark.parametrize(
    ("now", "reason"),
    [(NOW.replace(year=NOW.year + 2), "not yet valid"), (NOW.replace(year=NOW.year - 40), "has expired")],
    ids=["clock-behind", "clock-ahead"],
)
async def test_a_certificate_that_is_not_valid_today_may_be_valid_later(
    tmp_path: Path, now: datetime, reason: str
) -> None:
    """As on a machine that starts before its clock is set: it must go on trying."""
    authority, key = new_key(), new_key()
    (tmp_path / "server.pem").write_text(server_certificate(key, authority, [SERVER_NAME], now))
    (tmp_path / "server.key").write_text(pem_of_key(key))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0, ssl=serving) as server:
        url = f"tls://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        join = Join(url, "web-07", new_seed(), authority_certificate(authority, now))
        with pytest.raises(UnreachableError, match=f"{reason}, by the clock of this machine"):
            await connect(join, timeout_secs=DEADLINE_SECS)


_MIRROR = """
from pathlib import Path
from zigtui.fleet.join import Join, host_and_port
from zigtui.fleet.mirror.mirror import Mirror

mirror, trouble = Mirror(Path("mirror"), lambda line: trouble.set()), asyncio.Event()

async def until_trouble():
    running = asyncio.create_task(mirror.run(Join("nats://127.0.0.1:1", "watch", "", "")))
    await trouble.wait()
    running.cancel()

asyncio.run(until_trouble())
"""
_SCREEN = """
from zigtui.commands.fleet.watched import watched_fleet

with watched_fleet("nats://127.0.0.1:1", None):
    pass
"""


@pytest.mark.parametrize("code", ["import zigtui.fleet.client", _MIRROR, _SCREEN], ids=["client", "mirror", "screen"])
def test_what_is_needed_for_websockets_only_is_not_loaded(tmp_path: Path, code: str) -> None:
    end = """
print("nats" in sys.modules, "aiohttp" in sys.modules)
import aiohttp
print(aiohttp.__name__)
"""
    assert run_python(f"import asyncio\nimport sys\n{code}{end}", tmp_path).stdout == "True False\naiohttp\n"
