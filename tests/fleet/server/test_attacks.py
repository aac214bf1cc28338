"""What a hostile client can do against a real server: nothing but what its user may do."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import nats.errors
import pytest
from nats.aio.client import Client

from tests.support.fleet import FleetServer, connected, running_server
from tests.support.machine import machine as machine_of
from tests.support.waiting import DEADLINE_SECS, until
from zigtui.fleet.connection import RefusedError, UnreachableError, connect
from zigtui.fleet.join import ADMIN, Join, host_and_port
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.fleet.server.keys import new_seed
from zigtui.fleet.server_api import stream_info
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Lane, Stream

CHUNK = {"Zig-Chunk": "1 1 0 3 00000000 r"}

API = [
    "INFO",
    "STREAM.NAMES",
    "STREAM.LIST",
    "STREAM.INFO.ZIG_STATE",
    "STREAM.CREATE.MINE",
    "STREAM.UPDATE.ZIG_LIVE",
    "STREAM.PURGE.ZIG_LIVE",
    "STREAM.DELETE.ZIG_LIVE",
    "STREAM.MSG.GET.ZIG_LIVE",
    "STREAM.MSG.DELETE.ZIG_LIVE",
    "STREAM.SNAPSHOT.ZIG_LIVE",
    "DIRECT.GET.ZIG_LIVE",
    "DIRECT.GET.ZIG_LIVE.zig.log.web-07.a.b",
    "CONSUMER.CREATE.ZIG_STATE",
    "CONSUMER.CREATE.ZIG_STATE.x.zig.state.web-07.a.b",
    "CONSUMER.DURABLE.CREATE.ZIG_STATE.x",
    "CONSUMER.MSG.NEXT.ZIG_STATE.x",
    "CONSUMER.NAMES.ZIG_STATE",
    "CONSUMER.DELETE.ZIG_STATE.x",
]
OF_WATCHER = {
    "STREAM.INFO.ZIG_STATE",
    "CONSUMER.CREATE.ZIG_STATE.x.zig.state.web-07.a.b",
    "CONSUMER.MSG.NEXT.ZIG_STATE.x",
}
OF_ADMIN = {
    "STREAM.INFO.ZIG_STATE",
    "STREAM.UPDATE.ZIG_LIVE",
    "STREAM.PURGE.ZIG_LIVE",
    "CONSUMER.NAMES.ZIG_STATE",
    "CONSUMER.DELETE.ZIG_STATE.x",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServer]:
    with running_server(tmp_path_factory.mktemp("server") / "fleet") as server:
        yield server


@pytest.fixture(scope="module")
def machine(server: FleetServer) -> Join:
    return server.add("web-07")


async def settle(client: Client) -> None:
    """Wait until the server has answered everything. The ping of a flush overtakes what is still buffered."""
    await client.flush()
    await client.flush()


async def publish(join: Join, *subjects: str, reply: str = "") -> list[str]:
    """Publish on subjects, and return those that the server refuses."""
    errors: list[str] = []
    async with connected(join, errors) as client:
        for subject in subjects:
            await client.publish(subject, b"{}\n", headers=CHUNK, reply=reply)
        await settle(client)
    return [subject for subject in subjects if any(f'publish to "{subject}"'.lower() in error for error in errors)]


async def subscribe(join: Join, *subjects: str) -> list[str]:
    """Subscribe to subjects, and return those that the server refuses."""
    errors: list[str] = []
    async with connected(join, errors) as client:
        for subject in subjects:
            await client.subscribe(subject)
        await settle(client)
    return [subject for subject in subjects if any(f'subscription to "{subject}"'.lower() in error for error in errors)]


async def messages(server: FleetServer, stream: str) -> int:
    async with connected(server.directory.admin_join()) as client:
        answer = await client.request(f"$JS.API.STREAM.INFO.{stream}", b"")
    return int(json.loads(answer.data)["state"]["messages"])


async def test_a_machine_publishes_its_own_sessions_and_is_answered(server: FleetServer, machine: Join) -> None:
    async with connected(machine) as client:
        for lane, stream in {"log": "ZIG_LIVE", "old": "ZIG_BULK", "state": "ZIG_STATE"}.items():
            answer = await client.request(f"zig.{lane}.web-07.shop.s1", b"{}\n", headers=CHUNK, timeout=DEADLINE_SECS)
            assert json.loads(answer.data)["stream"] == stream
    assert await publish(machine, "zig.beat.web-07") == []
    assert await subscribe(machine, "_INBOX_web-07.>", "zig.ask.web-07") == []


async def test_the_number_of_subjects_in_memory_is_limited(server: FleetServer) -> None:
    """Otherwise tiny messages on ever new subjects would exhaust it long before they fill the disk."""
    async with connected(server.directory.admin_join()) as client:
        limits = [(await stream_info(client, stream))["config"]["max_msgs"] for stream in Stream]
    assert all(0 < limit <= 5_000_000 for limit in limits)


async def test_the_longest_names_are_accepted_and_longer_subjects_are_not(server: FleetServer) -> None:
    join = server.add("m" * 63)
    log = RemoteLog(join.user, "ä" * 127, "ä" * 124)
    async with connected(join) as client:
        answer = await client.request(Lane.BULK.subject(log), b"{}\n", headers=CHUNK, timeout=DEADLINE_SECS)
        assert json.loads(answer.data)["stream"] == "ZIG_BULK"
    async with connected(join) as client:
        await client.publish(f"zig.log.{join.user}.a.{'x' * 2100}", b"")
        for _ in until(lambda: not client.is_connected):
            await asyncio.sleep(0.01)


async def test_a_machine_publishes_nothing_for_others(server: FleetServer, machine: Join) -> None:
    before = await messages(server, "ZIG_LIVE")
    foreign = [
        *(f"zig.{lane}.web-08.shop.s1" for lane in ("log", "old", "state")),
        "zig.log.web-07.shop.s1.more",
        "zig.log.web-07.shop",
        "zig.beat.web-08",
        "zig.ask.web-07",
        "zig.ask.web-08",
        "_INBOX_web-08.x",
        "_INBOX_watch.x",
        "_INBOX_admin.x",
        "$SYS.REQ.SERVER.PING",
        "anything",
    ]
    assert await publish(machine, *foreign) == foreign
    assert await messages(server, "ZIG_LIVE") == before


async def test_a_machine_receives_nothing_of_others(machine: Join) -> None:
    foreign = [
        ">",
        "zig.>",
        "zig.log.>",
        "zig.log.web-07.*.*",
        "zig.beat.*",
        "zig.ask.*",
        "zig.ask.web-08",
        "_INBOX.>",
        "_INBOX_web-08.>",
        "_INBOX_watch.>",
        "$JS.>",
        "$SYS.>",
    ]
    assert await subscribe(machine, *foreign) == foreign


async def test_a_machine_has_no_right_to_the_api(machine: Join) -> None:
    subjects = [f"$JS.API.{name}" for name in API]
    assert await publish(machine, *subjects, reply="zig.beat.web-08") == subjects


async def test_a_watcher_can_only_read_and_ask(server: FleetServer) -> None:
    watcher = server.directory.watcher_join()
    refused = [f"$JS.API.{name}" for name in API if name not in OF_WATCHER]
    refused += ["zig.log.web-07.shop.s1", "zig.state.web-07.shop.s1", "zig.beat.web-07", "_INBOX_web-07.x"]
    allowed = [f"$JS.API.{name}" for name in OF_WATCHER] + ["zig.ask.web-07"]
    assert await publish(watcher, *refused, *allowed) == refused
    foreign = ["zig.>", "zig.log.>", "zig.ask.*", "_INBOX_web-07.>", "_INBOX_admin.>"]
    assert await subscribe(watcher, *foreign, "zig.beat.*", "_INBOX_watch.>") == foreign


async def test_the_administrator_reads_no_session(server: FleetServer) -> None:
    admin = server.directory.admin_join()
    refused = [f"$JS.API.{name}" for name in API if name not in OF_ADMIN] + ["zig.log.web-07.shop.s1"]
    allowed = [f"$JS.API.{name}" for name in OF_ADMIN] + ["zig.ask.web-07"]
    assert await publish(admin, *refused, *allowed) == refused
    foreign = ["zig.>", "zig.beat.*", "_INBOX_watch.>"]
    assert await subscribe(admin, *foreign, f"_INBOX_{ADMIN}.>") == foreign


async def test_an_answer_of_the_server_that_is_sent_elsewhere_lacks_our_header(
    server: FleetServer, machine: Join
) -> None:
    """The reply subject of a published message is not checked, so the server's answer may arrive anywhere."""
    async with connected(server.directory.watcher_join()) as watcher, connected(machine) as client:
        beats = await watcher.subscribe("zig.beat.*")
        await watcher.flush()
        forged = None
        async with asyncio.timeout(DEADLINE_SECS):
            while forged is None:  # while the server takes over its configuration, it may answer nothing
                await client.publish("zig.log.web-07.shop.s1", b"{}\n", headers=CHUNK, reply="zig.beat.web-08")
                with suppress(TimeoutError):
                    forged = await beats.next_msg(timeout=1)
        assert (forged.subject, forged.headers) == ("zig.beat.web-08", None)


@pytest.mark.parametrize("seed", [new_seed(), "SUANOSEED", "nonsense"], ids=["another", "too short", "no seed"])
async def test_a_wrong_key_is_refused(machine: Join, seed: str) -> None:
    with pytest.raises(RefusedError):
        await connect(msgspec.structs.replace(machine, seed=seed), timeout_secs=DEADLINE_SECS)


async def test_a_machine_cannot_be_another_one(server: FleetServer, machine: Join) -> None:
    """The name in the token is only what the machine believes; the key decides."""
    server.add("web-09")
    as_other = msgspec.structs.replace(machine, user="web-09")
    assert await publish(as_other, "zig.log.web-09.shop.s1") == ["zig.log.web-09.shop.s1"]


async def test_a_client_without_a_key_is_refused(machine: Join) -> None:
    with pytest.raises(RefusedError, match="refuses"):
        await connect(msgspec.structs.replace(machine, seed=""), timeout_secs=DEADLINE_SECS)


async def test_the_server_of_another_fleet_is_not_trusted(machine: Join, tmp_path: Path) -> None:
    other = ServerDirectory(tmp_path / "other")
    other.create("127.0.0.1:1", None, None)
    with pytest.raises(RefusedError, match="is not the server of this join token"):
        await connect(msgspec.structs.replace(machine, ca=other.keys().ca), timeout_secs=DEADLINE_SECS)


async def test_a_certificate_that_is_damaged_is_refused(machine: Join) -> None:
    with pytest.raises(RefusedError, match="certificate in the join token is damaged"):
        await connect(msgspec.structs.replace(machine, ca="-----BEGIN CERTIFICATE-----\nx"), timeout_secs=DEADLINE_SECS)


def test_nothing_is_sent_in_clear_text(machine: Join) -> None:
    with socket.create_connection(host_and_port(machine.url), timeout=DEADLINE_SECS) as plain:
        plain.sendall(b'CONNECT {"verbose":true}\r\nPING\r\n')
        received = b""
        while data := plain.recv(4096):
            received += data
    assert b"INFO" not in received
    assert b"PONG" not in received


async def test_a_server_that_asks_for_clear_text_gets_nothing(machine: Join) -> None:
    """Whoever is in between could announce a server without encryption, and be told the session in clear text."""
    received = bytearray()

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id":"x","max_payload":1048576,"nonce":"abc"}\r\n')
        received.extend(await reader.read(4096))
        writer.close()

    pretender = await asyncio.start_server(pretend, "127.0.0.1", 0)
    async with pretender:
        url = f"tls://127.0.0.1:{pretender.sockets[0].getsockname()[1]}"
        with pytest.raises(UnreachableError):
            await connect(msgspec.structs.replace(machine, url=url), timeout_secs=DEADLINE_SECS)
    assert b"CONNECT" not in received
    assert bytes(received[:1]) in (b"", b"\x16")  # a TLS handshake at most


async def test_a_removed_machine_is_cut_off_and_refused(server: FleetServer) -> None:
    join = server.add("web-66")
    async with connected(join) as client:
        server.remove("web-66")
        for _ in until(lambda: client.is_closed):
            await asyncio.sleep(0.01)
    with pytest.raises(RefusedError, match="its key is wrong, or was removed"):
        await connect(join, timeout_secs=DEADLINE_SECS)
    assert await publish(server.add("web-66"), "zig.beat.web-66") == []
    with pytest.raises(RefusedError):  # the old key stays refused
        await connect(join, timeout_secs=DEADLINE_SECS)


async def test_a_message_that_is_too_large_is_not_kept(server: FleetServer, machine: Join) -> None:
    async with connected(machine) as client:
        answer = await client.request("zig.log.web-07.shop.s1", b"x" * 400_000, headers=CHUNK, timeout=DEADLINE_SECS)
        assert json.loads(answer.data)["error"]["code"] == 400
        with pytest.raises(nats.errors.MaxPayloadError):
            await client.publish("zig.log.web-07.shop.s1", b"x" * 600_000)


async def test_subjects_that_look_the_same_are_listed_once(server: FleetServer) -> None:
    async with machine_of(server.add("web-10")) as hostile:
        for name in (b"\xfe", b"\xff"):
            await hostile.publish_raw(b"zig.state.web-10.p.%b" % name, b"NATS/1.0\r\n\r\n", b"{}")
    async with connected(server.directory.watcher_join()) as watcher, asyncio.timeout(DEADLINE_SECS):
        info = await stream_info(watcher, Stream.STATE, subjects="zig.state.web-10.>")
    assert list(info["state"]["subjects"]) == ["zig.state.web-10.p.\ufffd"]


async def test_a_flood_of_errors_does_not_flood_the_log(server: FleetServer, machine: Join) -> None:
    before = len(server.log)
    async with connected(machine) as client:
        for number in range(500):
            await client.publish(f"zig.log.web-08.shop.s{number}", b"{}")
        await settle(client)
    assert len(server.log) - before <= 51
