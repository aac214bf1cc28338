import asyncio
import errno
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client

from tests.support.fleet import FleetServer, running_server
from tests.support.machine import machine
from tests.support.originals import Original
from tests.support.waiting import eventually, until
from zigtui.fleet.connection import RefusedError, connect
from zigtui.fleet.join import Join
from zigtui.fleet.mirror.machines import Machines
from zigtui.fleet.mirror.mirror import Mirror, MirrorInUseError
from zigtui.fleet.server.keys import new_seed
from zigtui.fleet.server_api import ServerError, stream_info
from zigtui.fleet.ship.beats import Beats
from zigtui.fleet.wire.chunk import CHUNK_HEADER, MAX_CHUNK_BYTES
from zigtui.fleet.wire.messages import State
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Lane, Stream, beat_subject
from zigtui.reader.recorded_machines import MACHINES_FILE, RecordedMachines

LOG = RemoteLog("web-07", "src-shop", "1842419a-6a0f-4a39-9d7f-2f8f6f1f7a11")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FleetServer]:
    with running_server(tmp_path / "server") as server:
        yield server


@asynccontextmanager
async def running(server: FleetServer, root: Path, report: Callable[[str], object] = print) -> AsyncIterator[Mirror]:
    """A mirror that runs until the block is left."""
    mirror = Mirror(root, report)
    task = asyncio.create_task(mirror.run(server.directory.watcher_join()))
    try:
        yield mirror
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        mirror.close()


@asynccontextmanager
async def mirroring(server: FleetServer, root: Path) -> AsyncIterator[list[str]]:
    """What a mirror reports that runs until the block is left."""
    lines: list[str] = []
    async with running(server, root, lines.append):
        yield lines


def path_of(root: Path, log: RemoteLog = LOG) -> Path:
    assert log.project is not None
    return root / log.machine / "projects" / log.project / "logs" / "sessions" / f"{log.session}.jsonl"


def has(root: Path, data: bytes, log: RemoteLog = LOG) -> bool:
    path = path_of(root, log)
    return path.exists() and path.read_bytes() == data


def logs_below(directory: Path) -> set[Path]:
    return set(directory.rglob("*.jsonl"))


async def test_what_a_machine_ships_is_mirrored(server: FleetServer, tmp_path: Path) -> None:
    original = Original()
    async with machine(server.add("web-07")) as shipper, mirroring(server, tmp_path / "fleet"):
        await shipper.ship(LOG, original.append(b"one\n"))
        await eventually(lambda: has(tmp_path / "fleet", b"one\n"))
        await shipper.ship(LOG, original.append(b"two\n" * 1000), Lane.BULK)
        await shipper.ship(LOG, original.append(b"three\n"))
        await eventually(lambda: has(tmp_path / "fleet", original.data))


async def test_the_largest_chunks_of_a_backlog_fit_what_is_requested_at_once(
    server: FleetServer, tmp_path: Path
) -> None:
    log, original = RemoteLog("m" * 63, "ä" * 127, "ä" * 124), Original()
    async with machine(server.add(log.machine)) as shipper, mirroring(server, tmp_path / "fleet"):
        for _ in range(4):
            data = os.urandom(MAX_CHUNK_BYTES - 1).replace(b"\n", b" ") + b"\n"
            await shipper.ship(log, original.append(data), Lane.BULK)
        await eventually(lambda: has(tmp_path / "fleet", original.data, log))


@pytest.mark.slow
async def test_a_lost_chunk_is_asked_for(server: FleetServer, tmp_path: Path) -> None:
    original = Original()
    async with machine(server.add("web-07")) as shipper, mirroring(server, tmp_path / "fleet"):
        shipper.originals[LOG] = original
        original.append(b"one\n")
        await shipper.ship(LOG, original.append(b"two\n"))
        await eventually(lambda: has(tmp_path / "fleet", b"one\ntwo\n"))
        assert [ask.offset for ask in shipper.asks] == [0]


async def test_a_later_run_goes_on(server: FleetServer, tmp_path: Path) -> None:
    original = Original()
    async with machine(server.add("web-07")) as shipper:
        async with mirroring(server, tmp_path / "fleet"):
            await shipper.ship(LOG, original.append(b"one\n"))
            await eventually(lambda: has(tmp_path / "fleet", b"one\n"))
        await shipper.ship(LOG, original.append(b"two\n"))
        async with mirroring(server, tmp_path / "fleet"):
            await eventually(lambda: has(tmp_path / "fleet", b"one\ntwo\n"))
        assert shipper.asks == []


async def test_the_server_comes_back(server: FleetServer, tmp_path: Path) -> None:
    original, join = Original(), server.add("web-07")
    async with mirroring(server, tmp_path / "fleet") as lines:
        async with machine(join) as shipper:
            await shipper.ship(LOG, original.append(b"one\n"))
            await eventually(lambda: has(tmp_path / "fleet", b"one\n"))
        server.kill()
        await eventually(lambda: "is lost" in lines[-1])
        await asyncio.to_thread(server.start)
        async with machine(join) as shipper:
            await shipper.ship(LOG, original.append(b"two\n"))
            await eventually(lambda: has(tmp_path / "fleet", b"one\ntwo\n"))


async def test_a_connection_that_is_lost_at_once_ends_nothing(
    server: FleetServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter(range(2))

    async def connect_and_lose(join: Join) -> Client:
        client = await connect(join)
        if next(losses, None) is not None:
            await client.close()
        return client

    monkeypatch.setattr("zigtui.fleet.mirror.mirror.connect", connect_and_lose)
    async with machine(server.add("web-07")) as shipper, mirroring(server, tmp_path / "fleet"):
        await shipper.ship(LOG, Original().append(b"one\n"))
        await eventually(lambda: has(tmp_path / "fleet", b"one\n"))


@pytest.mark.slow
async def test_a_server_that_has_lost_its_store_is_filled_again(server: FleetServer, tmp_path: Path) -> None:
    original, join = Original(), server.add("web-07")
    async with mirroring(server, tmp_path / "fleet"):
        async with machine(join) as shipper:
            await shipper.ship(LOG, original.append(b"one\n"))
            await eventually(lambda: has(tmp_path / "fleet", b"one\n"))
        server.kill()
        shutil.rmtree(server.directory.path / "store")
        original.append(b"two\n")  # which the server has acknowledged, for all that the machine knows
        await asyncio.to_thread(server.start)
        async with machine(join) as shipper:
            shipper.originals[LOG] = original
            await shipper.ship(LOG, original.append(b"three\n"))
            await eventually(lambda: has(tmp_path / "fleet", b"one\ntwo\nthree\n"))


@pytest.mark.parametrize(
    ("headers", "payload", "reason"),
    [
        ({}, b'{"stream":"ZIG_LIVE","seq":1}', "another machine may have made the server send it"),
        ({"A": "b"}, b'{"stream":"ZIG_LIVE","seq":1}', "the header is not that of a chunk"),
        (
            {CHUNK_HEADER: "1 1 0 4 00000000 r", "Nats-Subject": "zig.log.web-08.p.s"},
            b"one\n",
            "not published by the user whom its subject names",
        ),
        ({CHUNK_HEADER: "1 1 0 4 00000000 z"}, b"one\n", "not compressed"),
    ],
    ids=["acknowledgement", "of another kind", "forwarded", "damaged"],
)
async def test_a_message_of_another_kind_is_refused(
    server: FleetServer, tmp_path: Path, headers: dict[str, str], payload: bytes, reason: str
) -> None:
    original = Original()
    async with machine(server.add("web-07")) as shipper, mirroring(server, tmp_path / "fleet") as lines:
        await shipper.publish(Lane.LIVE.subject(LOG), payload, headers)
        await shipper.ship(LOG, original.append(b"two\n"))
        await eventually(lambda: has(tmp_path / "fleet", b"two\n"))
        assert sum("a message of web-07 is refused" in line and reason in line for line in lines) == 1


async def test_hostile_names_lead_nowhere(server: FleetServer, tmp_path: Path) -> None:
    hostile = ["=2E=2E", "=2E=2E=2Foutside", "=2Fetc", "=00", "=1B=5B2J", "=2Egit", "=61", "=2e", "x" * 256, "=FF", "="]
    original, root = Original(), tmp_path / "fleet"
    header, payload = Original(b"one\n").chunks()[0].encoded()
    async with machine(server.add("web-07")) as shipper, mirroring(server, root) as lines:
        for name in hostile:
            for subject in (f"zig.log.web-07.p.{name}", f"zig.old.web-07.{name}.s"):
                with suppress(Exception):  # nats-py refuses some subjects itself
                    await shipper.publish(subject, payload, {CHUNK_HEADER: header})
        await shipper.ship(LOG, original.append(b"two\n"))
        await eventually(lambda: has(root, b"two\n"))
        await eventually((root / "web-07" / "logs" / "sessions" / "s.jsonl").exists)  # "=" is no project
        assert any("a message of web-07 is refused" in line for line in lines)
    assert logs_below(tmp_path) == {path_of(root), root / "web-07" / "logs" / "sessions" / "s.jsonl"}


async def test_beats_that_no_machine_has_sent_do_not_count(server: FleetServer, tmp_path: Path) -> None:
    async with machine(server.add("web-07")) as shipper, mirroring(server, tmp_path / "fleet") as lines:
        for _ in until(lambda: any("another machine may have made" in line for line in lines)):
            await shipper.publish(beat_subject("web-07"), b'{"stream":"ZIG_LIVE","seq":1}', {})
            await asyncio.sleep(0.05)


async def test_a_token_that_is_used_in_two_places_is_reported(server: FleetServer, tmp_path: Path) -> None:
    beats = [Beats(str(tmp_path)) for _ in range(2)]
    async with machine(server.add("web-07")) as shipper, mirroring(server, tmp_path / "fleet") as lines:
        for _ in until(lambda: any("in two places with the token of web-07" in line for line in lines)):
            for one in beats:
                beat = one.next(str(tmp_path), 0, 0)
                await shipper.publish(beat_subject("web-07"), beat.payload, beat.headers)
            await asyncio.sleep(0.05)
        assert sum("in two places" in line for line in lines) == 1


@pytest.mark.parametrize("kind", [b"log", b"old", b"state", b"beat"])
async def test_malformed_messages_stop_nothing(server: FleetServer, tmp_path: Path, kind: bytes) -> None:
    """The server delivers any bytes, those of a stream again with each connection."""
    original, root = Original(), tmp_path / "fleet"
    own = b"zig.beat.web-07" if kind == b"beat" else b"zig.%b.web-07.p.s" % kind
    well_formed = b"NATS/1.0\r\nA: b\r\n\r\n"
    headers = [
        b"NATS/1.0",
        b"NATS/1.0 \xff\xff\xff\r\n\r\n",
        b"NATS/1.0 100 \xff\r\n\r\n",
        b"NATS/1.0\r\n\xff: \xff\r\n\r\n",
    ]
    odd = [b"\xff", b"a\x0bb", b"a\x0cb", b"a\x00b", b"\x85"]
    subjects = [b"%b %b" % (own, text) for text in odd] if kind == b"beat" else [own + text for text in odd]
    async with machine(server.add("web-07")) as shipper, mirroring(server, root) as lines:
        await shipper.ship(LOG, original.append(b"one\n"))
        await eventually(lambda: has(root, b"one\n"))  # so beats are received too
        for header in headers:
            await shipper.publish_raw(own, header, b"x")
        for subject in subjects:
            await shipper.publish_raw(subject, well_formed, b"x")
        await shipper.ship(LOG, original.append(b"two\n"))
        await shipper.ship(LOG, original.append(b"three\n"), Lane.BULK)
        await eventually(lambda: has(root, original.data))
        await eventually(lambda: any("a message of web-07 is refused" in line for line in lines))
        assert not any("is lost" in line for line in lines)


@pytest.mark.slow
async def test_a_machine_that_falls_silent_is_reported(server: FleetServer, tmp_path: Path) -> None:
    join = server.add("web-07")
    async with machine(join) as shipper, mirroring(server, tmp_path / "fleet") as lines:
        await shipper.ship(LOG, Original().append(b"one\n"))
        await eventually(lambda: has(tmp_path / "fleet", b"one\n"))  # the mirror listens
        await shipper.beat()
        await eventually(lambda: "web-07 is silent" in lines[-1])
        await shipper.beat()
        await eventually(lambda: "web-07 is back" in lines[-1])


@pytest.mark.slow
async def test_a_machine_that_was_removed_is_told_from_a_silent_one(server: FleetServer, tmp_path: Path) -> None:
    root, names = tmp_path / "fleet", ["web-07", "web-08"]
    joins = [server.add(name) for name in names]

    def removed(machines: Machines | RecordedMachines) -> list[str]:
        return [status.name for status in machines.statuses() if status.is_removed]

    async with running(server, root) as mirror:
        async with machine(joins[0]) as first, machine(joins[1]) as second:
            for sender, name in ((first, names[0]), (second, names[1])):
                await sender.ship(LOG._replace(machine=name), Original().append(b"one\n"))
            await eventually(lambda: len(logs_below(root)) == 2)
            assert removed(mirror.machines) == []
        server.remove("web-07")
        await eventually(lambda: removed(mirror.machines) == ["web-07"])
        assert {status.name for status in mirror.machines.statuses() if status.silent_secs is not None} == set(names)
    assert removed(RecordedMachines(str(root))) == ["web-07"]
    other = Mirror(root, print)
    assert removed(other.machines) == ["web-07"]  # before it has a connection
    other.close()
    server.add("web-07")
    async with running(server, root) as mirror:
        await eventually(lambda: mirror.machines.has_connected and removed(mirror.machines) == [])


async def test_a_machine_that_was_removed_is_not_said_to_be_silent(server: FleetServer, tmp_path: Path) -> None:
    join = server.add("web-07")
    async with mirroring(server, tmp_path / "fleet") as lines:
        async with machine(join) as sender:
            await sender.ship(LOG, Original().append(b"one\n"))
            await eventually(lambda: logs_below(tmp_path / "fleet"))
        server.remove("web-07")
        await eventually(lambda: "web-07 was removed from the fleet" in lines)
    (tmp_path / "fleet" / MACHINES_FILE).unlink()
    async with mirroring(server, tmp_path / "fleet") as again:  # its log is still here
        await eventually(lambda: "web-07 was removed from the fleet" in again)
    assert not any("silent" in line for line in [*lines, *again])


async def test_a_full_disk_delays_and_loses_nothing(
    server: FleetServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Original(b"".join(b"%d\n" % number for number in range(1000)))
    async with machine(server.add("web-07")) as shipper, mirroring(server, tmp_path / "fleet") as lines:
        await eventually(lambda: lines)
        full = os.statvfs_result((4096, 4096, 1000, 10, 10, 1000, 1000, 1000, 0, 255))
        with monkeypatch.context() as patch:
            patch.setattr(os, "statvfs", lambda path: full)
            await shipper.ship(LOG, original.chunks(limit=100))
            await eventually(lambda: "less than 5% of the disk is free" in lines[-1])
            empty, state = RemoteLog("web-07", "src-shop", "empty"), State(gen=1, size=0, crc=0)
            await shipper.publish(Lane.STATE.subject(empty), state.payload, state.headers)  # it needs no room
            await eventually(lambda: has(tmp_path / "fleet", b"", empty))
            assert "less than 5% of the disk is free" in lines[-1]
        await eventually(lambda: has(tmp_path / "fleet", original.data))
        assert lines[-1] == "logs are written again"
        assert lines.count(lines[-1]) == 1
        assert shipper.asks == []


async def end_after(server: FleetServer, root: Path, pauses: int) -> None:
    async with mirroring(server, root) as lines:
        for _ in until(lambda: lines):  # connected
            await asyncio.sleep(0)
        for _ in range(pauses):
            await asyncio.sleep(0)


async def test_a_mirror_ends_at_any_moment(server: FleetServer, tmp_path: Path) -> None:
    for pauses in range(60):  # until all its requests have been answered
        await end_after(server, tmp_path / "fleet", pauses)


async def test_a_second_mirror_in_the_directory_is_refused(server: FleetServer, tmp_path: Path) -> None:
    async with mirroring(server, tmp_path / "fleet"):
        with pytest.raises(MirrorInUseError, match="another mirror writes"):
            Mirror(tmp_path / "fleet", print)


def descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def fails(*_: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("name", ["mirror.machine_bases", "store.Quota"])
def test_a_mirror_that_could_not_be_opened_keeps_no_lock_and_no_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = descriptors()
    with monkeypatch.context() as patch:
        patch.setattr(f"zigtui.fleet.mirror.{name}", fails)
        with pytest.raises(PermissionError):
            Mirror(tmp_path / "fleet", print)
    assert descriptors() == before
    Mirror(tmp_path / "fleet", print).close()
    assert descriptors() == before


def test_a_mirror_that_waits_for_another_one_does_not_measure_all_logs_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fleet" / "web-07").mkdir(parents=True)
    first = Mirror(tmp_path / "fleet", print)
    monkeypatch.setattr("zigtui.fleet.mirror.quota.measured", fails)
    with pytest.raises(MirrorInUseError):
        Mirror(tmp_path / "fleet", print)
    first.close()


async def test_a_refusal_is_a_notice_until_there_is_a_connection(server: FleetServer, tmp_path: Path) -> None:
    async with running(server, tmp_path / "fleet") as mirror:
        with pytest.raises(RefusedError):
            await mirror.run(server.directory.join("watch", new_seed()))
        assert [notice for notice in mirror.notices if "refuses 'watch'" in notice and "trying again" in notice]
        server.kill()
        await eventually(lambda: [notice for notice in mirror.notices if "cannot be reached" in notice])
        await asyncio.to_thread(server.start)
        await eventually(lambda: mirror.notices == [])


async def test_a_stream_that_is_missing_is_a_notice_until_it_is_read_again(
    server: FleetServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_missing = True

    async def stream_info_or_error(client: Client, stream: Stream) -> dict[str, Any]:
        if is_missing and stream is Stream.BULK:
            raise ServerError(f"the stream {stream} is missing")
        return await stream_info(client, stream)

    monkeypatch.setattr("zigtui.fleet.mirror.stream_reader.stream_info", stream_info_or_error)
    monkeypatch.setattr("zigtui.fleet.mirror.stream_reader._PATIENCE_SECS", 0.0)
    async with running(server, tmp_path / "fleet") as mirror:
        await eventually(lambda: mirror.notices == ["the stream ZIG_BULK is missing; trying again"])
        is_missing = False
        await eventually(lambda: mirror.notices == [])


async def test_a_server_that_is_silent_is_as_good_as_away(
    server: FleetServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection stays open: nobody tells of a cable that was cut."""
    monkeypatch.setattr("zigtui.fleet.connection._PING_SECS", 1000)
    monkeypatch.setattr("zigtui.fleet.mirror.machines._SILENT_SECS", 0.0)
    monkeypatch.setattr("zigtui.fleet.server_api._TIMEOUT_SECS", 1000)
    join = server.add("web-07")
    async with running(server, tmp_path / "fleet") as mirror, machine(join) as sender:
        for _ in until(mirror.machines.statuses):
            await sender.beat()
            await asyncio.sleep(0.01)
        os.kill(server.nats.process_id, signal.SIGSTOP)
        try:
            await eventually(lambda: mirror.machines.offline_since is not None)
            assert RecordedMachines(str(tmp_path / "fleet")).offline_since is not None
        finally:
            os.kill(server.nats.process_id, signal.SIGCONT)
        await eventually(lambda: mirror.machines.offline_since is None)
