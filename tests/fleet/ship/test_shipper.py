"""A shipper, a real server and a mirror: the mirrored logs end equal to the originals."""

import asyncio
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.fleet import connected, running_server
from tests.support.redactors import masking
from tests.support.shipping import MACHINE, Fleet, append, log_path, masked_lines, whole_lines
from tests.support.waiting import eventually
from zigtui.fleet.join import Join
from zigtui.fleet.server import streams
from zigtui.fleet.ship.notes import Notes
from zigtui.fleet.ship.shared import Shared
from zigtui.fleet.ship.shipped_log import Kept
from zigtui.fleet.wire.chunk import anchor_of
from zigtui.fleet.wire.messages import Ask
from zigtui.fleet.wire.names import RemoteLog

LINES = b'{"event":"step_output","line":"hello"}\n' * 50


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running_server(tmp_path / "server") as server:
        yield Fleet(server, tmp_path)


async def test_logs_are_mirrored_as_they_begin_and_grow(fleet: Fleet) -> None:
    before = log_path(fleet.base, "before")
    append(before, LINES)
    async with fleet.mirroring(), fleet.shipping():
        await fleet.until_equal()
        paths = [before, log_path(fleet.base, "outside", None), log_path(fleet.base, "böse name 1", "a project.x")]
        for number in range(5):
            for path in paths:
                append(path, b"line %d\n" % number)
            append(log_path(fleet.base, f"new {number}", f"project-{number}"), LINES)
            await fleet.until_equal()
    assert fleet.reports == [f"connected to {fleet.join.url}"]


async def test_torn_lines_are_not_sent_and_long_ones_arrive_whole(fleet: Fleet) -> None:
    path = log_path(fleet.base, "s1")
    async with fleet.mirroring(), fleet.shipping():
        append(path, LINES + b"torn")
        await fleet.until_equal()
        append(path, b"x" * 3_000_000)
        await asyncio.sleep(0.2)
        append(path, b"\n" + LINES)
        await fleet.until_equal()


@pytest.mark.parametrize("content", [b"", b"other\n", LINES * 100], ids=["nothing", "shorter", "longer"])
@pytest.mark.parametrize("replaces", [False, True], ids=["truncated", "replaced"])
async def test_another_file_at_the_same_path_takes_the_place_of_the_old_one(
    fleet: Fleet, content: bytes, replaces: bool
) -> None:
    path = log_path(fleet.base, "s1")
    append(path, LINES + b"the end\n")
    async with fleet.mirroring(), fleet.shipping():
        await fleet.until_equal()
        if replaces:
            path.with_suffix(".new").write_bytes(content)
            path.with_suffix(".new").replace(path)
        else:
            path.write_bytes(content)
        await fleet.until_equal()
        append(path, LINES)
        await fleet.until_equal()


async def test_nothing_is_lost_while_the_server_is_away(fleet: Fleet) -> None:
    paths = [log_path(fleet.base, f"s{number}") for number in range(5)]
    async with fleet.mirroring(), fleet.shipping():
        for path in paths:
            append(path, LINES)
        await fleet.until_equal()
        fleet.server.kill()
        for path in paths:
            append(path, LINES)
        append(log_path(fleet.base, "new"), LINES)
        await eventually(lambda: any("cannot be reached" in report for report in fleet.reports))
        await asyncio.to_thread(fleet.server.start)
        await fleet.until_equal()
    assert len([report for report in fleet.reports if "cannot be reached" in report]) == 1
    assert fleet.reports[-1] == f"connected to {fleet.join.url}"


TOKEN = b"ghp_abcdefghijklmnopqrstuvwxyz0123456789"
SECRETS = (
    b'{"type":"step_output","step_name":"a","stream":"stdout","line":"token %s"}\n' % TOKEN
    + b'{"type":"step_output","step_name":"a","stream":"stdout","line":"-----BEGIN RSA PRIVATE KEY-----"}\n'
    + b'{"type":"step_output","step_name":"a","stream":"stdout","line":"MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn"}\n'
    + b'{"type":"step_output","step_name":"a","stream":"stdout","line":"-----END RSA PRIVATE KEY-----"}\n'
)


def leaks(root: Path) -> list[Path]:
    """The files below a directory that contain one of the secrets."""
    files = [path for path in root.rglob("*") if path.is_file()]
    return [path for path in files if TOKEN in (data := path.read_bytes()) or b"MIIEpAIBAAKCAQEA0Z3" in data]


async def until_masked(fleet: Fleet) -> None:
    """Wait until the mirrored logs equal the masked originals."""
    await eventually(lambda: fleet.sizes(fleet.mirrored) == fleet.sizes(fleet.base))  # to mask takes longer
    await eventually(lambda: whole_lines(fleet.mirrored) == masked_lines(fleet.base, masking()))


async def test_secrets_are_masked_before_they_leave_the_machine(fleet: Fleet) -> None:
    path = log_path(fleet.base, "s1")
    append(path, SECRETS)
    async with fleet.mirroring():
        for _ in range(2):  # a shipper that starts again sends the same bytes
            async with fleet.shipping(masking=masking()):
                for part in (SECRETS[:150], SECRETS[150:170], SECRETS[170:]):
                    append(path, part)
                    await asyncio.sleep(0.06)  # in several chunks
                append(path, b"l" * 60_000 + b" token=%s " % TOKEN + b"l" * 40_000 + b"\n" + b"l" * 600_000 + b"\n")
                append(log_path(fleet.base, "s2"), SECRETS)
                await until_masked(fleet)
            append(path, SECRETS)
    assert leaks(fleet.base)
    assert leaks(fleet.mirror_root) == []
    assert leaks(fleet.server.directory.path) == []


async def test_what_was_sent_unmasked_is_replaced(fleet: Fleet) -> None:
    path, old = log_path(fleet.base, "s1"), log_path(fleet.base, "old")
    append(path, SECRETS)
    append(old, SECRETS)
    async with fleet.mirroring():
        async with fleet.shipping():
            await fleet.until_equal()
        assert len(leaks(fleet.mirrored)) == 2
        os.utime(old, (1, 1))  # of long ago by now
        async with fleet.shipping(masking=masking()):
            await until_masked(fleet)
    assert leaks(fleet.mirrored) == []
    (report,) = (report for report in fleet.reports if "--redact" in report)
    assert f"zigtui fleet purge --machine {MACHINE}" in report
    async with fleet.shipping(masking=masking()):
        await eventually(lambda: len(fleet.reports) > 3)
    assert len([report for report in fleet.reports if "--redact" in report]) == 1


async def test_what_was_sent_unmasked_of_other_projects_is_not_called_replaced(fleet: Fleet) -> None:
    for project in ("src-shop", "src-other"):
        append(log_path(fleet.base, "s1", project), SECRETS)
    async with fleet.shipping():
        await eventually(lambda: len(fleet.kept()) == 2)
    fleet.reports.clear()
    async with fleet.shipping(masking=masking(), projects={"src-new"}):
        await eventually(lambda: len(fleet.reports) > 1)
    (report,) = (report for report in fleet.reports if "--redact" in report)
    assert report.startswith("logs of other projects or base directories that were sent without --redact stay as they")
    async with fleet.shipping(masking=masking(), projects={"src-shop"}):
        await eventually(lambda: len(fleet.reports) > 4)
    assert [report.partition(" ")[0] for report in fleet.reports if "--redact" in report] == ["logs", "what", "logs"]


async def test_a_session_that_was_removed_from_the_server_returns_to_a_new_mirror(fleet: Fleet) -> None:
    """Its machine sends its state again at once, though nothing has changed."""
    append(log_path(fleet.base, "ended"), LINES)
    append(log_path(fleet.base, "other"), LINES)
    async with fleet.shipping():
        async with fleet.mirroring():
            await fleet.until_equal()
        shutil.rmtree(fleet.mirror_root)
        async with connected(fleet.server.directory.admin_join()) as admin:
            assert await streams.purge(admin, [MACHINE], MACHINE, "ended")
        async with fleet.mirroring():
            await fleet.until_equal()


@pytest.mark.slow
async def test_what_the_server_has_lost_is_sent_again(fleet: Fleet) -> None:
    for number in range(5):
        append(log_path(fleet.base, f"s{number}"), LINES * (1 + 200 * (number == 4)))
    async with fleet.shipping():
        async with fleet.mirroring():
            await fleet.until_equal()
        fleet.server.kill()
        store = fleet.server.directory.path / "store"
        shutil.rmtree(store)
        store.mkdir()
        shutil.rmtree(fleet.mirror_root)  # so nobody but the machine has the sessions
        append(log_path(fleet.base, "s0"), LINES)
        await asyncio.to_thread(fleet.server.start)
        async with fleet.mirroring():
            await fleet.until_equal()


async def test_a_shipper_goes_on_where_the_last_one_ended(fleet: Fleet) -> None:
    path = log_path(fleet.base, "s1")
    append(path, LINES)
    async with fleet.mirroring():
        async with fleet.shipping():
            await fleet.until_equal()
        kept = Notes(fleet.state, fleet.join).load()
        assert (kept[str(path)].acked, kept[str(path)].crc) == (len(LINES), anchor_of(LINES))
        append(path, LINES)
        append(log_path(fleet.base, "s2"), LINES)
        async with fleet.shipping():
            await fleet.until_equal()
        assert Notes(fleet.state, fleet.join).load()[str(path)].gen > kept[str(path)].gen  # the log has changed


@pytest.mark.parametrize("content", [b"", b'{"fleet":"x","logs":{}}', b'{"logs":{"a":[1]}}', b"\xff"])
async def test_without_its_notes_everything_is_sent_again_and_recognised(fleet: Fleet, content: bytes) -> None:
    append(log_path(fleet.base, "s1"), LINES)
    async with fleet.mirroring():
        async with fleet.shipping():
            await fleet.until_equal()
        (fleet.state / "ship.json").write_bytes(content)
        append(log_path(fleet.base, "s1"), LINES)
        async with fleet.shipping():
            await fleet.until_equal()


async def test_a_clock_that_was_set_back_does_not_silence_a_log(fleet: Fleet) -> None:
    """The mirror knows a generation that began later, and accepts no older one."""
    path = log_path(fleet.base, "s1")
    append(path, LINES)
    later = round((time.time() + 30 * 86_400) * 1000)
    Notes(fleet.state, fleet.join).save([(str(path), Kept(later, 0, anchor_of(b"")))])
    async with fleet.mirroring():
        async with fleet.shipping():
            await fleet.until_equal()
        (fleet.state / "ship.json").unlink()
        append(path, LINES)
        async with fleet.shipping():
            await fleet.until_equal()
    assert Notes(fleet.state, fleet.join).load()[str(path)].gen > later


async def test_old_sessions_are_sent_when_they_are_asked_for(fleet: Fleet) -> None:
    old, new = log_path(fleet.base, "old"), log_path(fleet.base, "new")
    for path in (old, new):
        append(path, LINES)
    os.utime(old, (1_600_000_000, 1_600_000_000))
    async with fleet.mirroring(), fleet.shipping():
        await eventually(lambda: whole_lines(fleet.mirrored).keys() == {"projects/src-shop/logs/sessions/new.jsonl"})
        async with connected(fleet.server.directory.watcher_join()) as watcher:
            ask = Ask.for_log(RemoteLog(MACHINE, "src-shop", "old"), 0, 0)
            await watcher.publish(f"zig.ask.{MACHINE}", ask.payload, headers=ask.headers)
        await fleet.until_equal()


async def test_hostile_asks_change_nothing(fleet: Fleet) -> None:
    path = log_path(fleet.base, "s1")
    append(path, LINES)
    async with fleet.mirroring(), fleet.shipping():
        await fleet.until_equal()
        good = Ask.for_log(RemoteLog(MACHINE, "src-shop", "s1"), 0, 0)
        async with connected(fleet.server.directory.watcher_join()) as watcher:
            for payload in (
                b"",
                b"[]",
                b"\xff",
                b"x" * 100_000,
                msgspec.json.encode({"p": "..", "s": "=2E=2E", "from": 0}),
                msgspec.json.encode({"p": "=", "s": "none", "from": 0}),
                msgspec.json.encode({"p": "src-shop", "s": "s1", "from": -1}),
                msgspec.json.encode({"p": "src-shop", "s": "s1", "from": 2**53}),
                msgspec.json.encode({"p": "src-shop", "s": "s1", "from": 0, "gen": 2**53}),
            ):
                await watcher.publish(f"zig.ask.{MACHINE}", payload, headers=good.headers)
                await watcher.publish(f"zig.ask.{MACHINE}", payload)
            await watcher.flush()
        append(path, LINES)
        await fleet.until_equal()
    gen = Notes(fleet.state, fleet.join).load()[str(path)].gen
    assert gen < time.time() * 1000 + 1000


async def test_a_name_that_cannot_travel_is_reported_once(fleet: Fleet) -> None:
    append(log_path(fleet.base, "line\nbreak"), LINES)
    append(log_path(fleet.base, "s1"), LINES)
    async with fleet.mirroring(), fleet.shipping():
        for name in ("s1", "s2", "s3"):
            append(log_path(fleet.base, "line\nbreak"), LINES)
            path = log_path(fleet.base, name)
            append(path, LINES)
            await eventually((fleet.mirrored / path.relative_to(fleet.base)).exists)
    assert len([report for report in fleet.reports if "is not a valid name for a project or a session" in report]) == 1


async def test_a_base_whose_path_is_not_utf8_is_shipped(fleet: Fleet, tmp_path: Path) -> None:
    fleet.base = tmp_path / os.fsdecode(b"b\xffse")
    append(log_path(fleet.base, "s1"), LINES)
    async with fleet.mirroring():
        for _ in range(2):
            async with fleet.shipping():
                append(log_path(fleet.base, "s1"), LINES)
                await fleet.until_equal()


async def test_only_sessions_of_the_projects_are_sent(fleet: Fleet) -> None:
    for project in ("src-shop", "src-other", None):
        append(log_path(fleet.base, f"of {project}", project), LINES)
    async with fleet.mirroring(), fleet.shipping(projects={"src-shop"}):
        await eventually(lambda: whole_lines(fleet.mirrored))
        append(log_path(fleet.base, "of other", "src-other"), LINES)
        append(log_path(fleet.base, "second"), LINES)
        await eventually(lambda: len(whole_lines(fleet.mirrored)) == 2)
    assert {name.split("/")[1] for name in whole_lines(fleet.mirrored)} == {"src-shop"}


async def test_new_lines_do_not_wait_for_a_backlog(fleet: Fleet) -> None:
    large, live = log_path(fleet.base, "large"), log_path(fleet.base, "live")
    noise = random.Random(1)
    append(large, b"".join(b"%x\n" % noise.getrandbits(8 * 1000) for _ in range(2000)))
    async with fleet.mirroring(), fleet.shipping(shared=Shared(str(fleet.base), 1_000_000)):
        await eventually(lambda: whole_lines(fleet.mirrored))  # the backlog is under way
        append(live, LINES)
        name = str(live.relative_to(fleet.base))
        await eventually(lambda: whole_lines(fleet.mirrored).get(name) == LINES)
        large_name = str(large.relative_to(fleet.base))
        assert len(whole_lines(fleet.mirrored)[large_name]) < large.stat().st_size
        await fleet.until_equal()


async def test_the_logs_are_only_read(fleet: Fleet) -> None:
    for number in range(3):
        append(log_path(fleet.base, f"s{number}"), LINES)
    before = {path: path.stat() for path in fleet.base.rglob("*")}
    async with fleet.mirroring(), fleet.shipping():
        await fleet.until_equal()
    after = {path: path.stat() for path in fleet.base.rglob("*")}
    assert after.keys() == before.keys()
    assert all((after[path].st_mtime_ns, after[path].st_ino) == (s.st_mtime_ns, s.st_ino) for path, s in before.items())


async def test_a_log_that_is_gone_is_forgotten(fleet: Fleet) -> None:
    gone, stays = log_path(fleet.base, "gone"), log_path(fleet.base, "stays")
    for path in (gone, stays):
        append(path, LINES)
    async with fleet.mirroring(), fleet.shipping():
        await fleet.until_equal()
        gone.unlink()
        append(stays, LINES)
        name = str(stays.relative_to(fleet.base))
        await eventually(lambda: len(whole_lines(fleet.mirrored)[name]) == 2 * len(LINES))
    assert Notes(fleet.state, fleet.join).load().keys() == {str(stays)}
    assert fleet.reports == [f"connected to {fleet.join.url}"]


class Network:
    """What lies between a machine and its server: it can be cut, or become silent."""

    def __init__(self, join: Join) -> None:
        self._host, _, port = join.url.removeprefix("tls://").rpartition(":")
        self._port = int(port)
        self._writers: list[asyncio.StreamWriter] = []
        self._flows = asyncio.Event()
        self._flows.set()
        self.is_cut = False
        self.connections = 0

    async def start(self) -> str:
        """Listen, and return the URL."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self._server = server
        return f"tls://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """End all connections, and take no more."""
        self.is_cut = True
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def silence(self) -> None:
        """Let no more bytes through, while the connections seem to stay."""
        self._flows.clear()

    def mend(self) -> None:
        """Let new connections work again. Silent ones stay silent for ever."""
        self.is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()

    def close(self) -> None:
        """End."""
        self.cut()
        self._server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut or not self._flows.is_set():
            writer.transport.abort()
            return
        self.connections += 1
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._writers += [writer, far_writer]
        flows = self._flows
        await asyncio.gather(self._pass(reader, far_writer, flows), self._pass(far_reader, writer, flows))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event) -> None:
        try:
            while data := await reader.read(65536):
                await flows.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()


async def test_nothing_is_lost_when_the_network_is_cut(fleet: Fleet) -> None:
    network = Network(fleet.join)
    join = msgspec.structs.replace(fleet.join, url=await network.start())
    paths = [log_path(fleet.base, f"s{number}") for number in range(5)]
    async with fleet.mirroring(), fleet.shipping(join):
        for _ in range(3):
            for path in paths:
                append(path, LINES * 30)
            await asyncio.sleep(0.05)
            network.cut()
            for path in paths:
                append(path, LINES)
            await asyncio.sleep(0.05)
            network.mend()
            await fleet.until_equal()
    network.close()
    assert network.connections > 4


@pytest.mark.slow
async def test_a_connection_that_falls_silent_is_replaced(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigtui.fleet.connection._PING_SECS", 1)  # the test waits for three of them
    network = Network(fleet.join)
    join = msgspec.structs.replace(fleet.join, url=await network.start())
    path = log_path(fleet.base, "s1")
    async with fleet.mirroring(), fleet.shipping(join):
        append(path, LINES)
        await fleet.until_equal()
        network.silence()
        append(path, LINES)
        await asyncio.sleep(0.2)
        network.mend()
        await fleet.until_equal()
    network.close()
