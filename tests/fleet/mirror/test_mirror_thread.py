"""A mirror on a thread, and two of them on one directory."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.fleet import FleetServer, running_server
from tests.support.machine import Machine, machine
from tests.support.originals import Original
from tests.support.shipping import Fleet, append, log_path
from tests.support.waiting import DEADLINE_SECS, until, wait_until
from zigtui.fleet.join import Join
from zigtui.fleet.mirror.mirror_thread import MirrorThread
from zigtui.fleet.server.keys import new_seed
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Lane
from zigtui.reader.machines import is_mirror_root

LOG = RemoteLog("web-07", "src-shop", "1842419a-6a0f-4a39-9d7f-2f8f6f1f7a11")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServer]:
    with running_server(tmp_path_factory.mktemp("fleet") / "server") as server:
        yield server


@pytest.fixture(scope="module")
def join(server: FleetServer) -> Join:
    return server.add("web-07")


@contextmanager
def mirroring(root: Path, join: Join) -> Iterator[MirrorThread]:
    thread = MirrorThread(root, join)
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()


async def eventually(condition: Callable[[], object], shipper: Machine | None = None) -> None:
    for _ in until(condition):
        if shipper is not None:
            await shipper.beat()
        await asyncio.sleep(0.02)


def connects(thread: MirrorThread) -> bool:
    thread.wait_for_answer(DEADLINE_SECS)
    return thread.gives_hints and thread.offline_since is None and thread.refusal is None


def heard(thread: MirrorThread) -> set[str]:
    return {status.name for status in thread.statuses() if status.beat_age_secs is not None}


async def test_a_hint_comes_for_each_write(server: FleetServer, join: Join, tmp_path: Path) -> None:
    hints: list[str] = []
    original, root = Original(), tmp_path / "fleet"
    file = root / "web-07" / "projects" / "src-shop" / "logs" / "sessions" / f"{LOG.session}.jsonl"
    path = str(file)
    with mirroring(root, server.directory.watcher_join()) as thread:
        thread.pass_hints(hints.append)
        async with machine(join) as shipper:
            await shipper.ship(LOG, original.append(b"one\n"))
            await eventually(lambda: path in hints)
            hints.clear()
            await shipper.ship(LOG, original.append(b"two\n"), Lane.BULK)
            await eventually(lambda: hints)
            assert set(hints) == {path}
            await eventually(lambda: "web-07" in heard(thread), shipper)
    assert file.read_bytes() == b"one\ntwo\n"


async def test_a_hint_comes_for_a_file_that_a_state_changes(server: FleetServer, join: Join, tmp_path: Path) -> None:
    hints: list[str] = []
    original, empty = Original(), RemoteLog("web-07", None, "empty")
    with mirroring(tmp_path / "fleet", server.directory.watcher_join()) as thread:
        thread.pass_hints(lambda path: hints.append(Path(path).name))
        async with machine(join) as shipper:
            shipper.originals = {LOG: original, empty: Original()}
            await shipper.ship(LOG, original.append(b"one\ntwo\n"))
            await eventually(lambda: f"{LOG.session}.jsonl" in hints)
            hints.clear()
            original.replace(b"")
            await shipper.ship_state(LOG)
            await eventually(lambda: f"{LOG.session}.jsonl" in hints)
            await shipper.ship_state(empty)
            await eventually(lambda: "empty.jsonl" in hints)


@pytest.mark.parametrize("fault", ["removed", "moved"])
async def test_a_directory_that_is_gone_is_made_again(server: FleetServer, tmp_path: Path, fault: str) -> None:
    machine = f"{fault}-01"
    fleet = Fleet(server, tmp_path, machine)
    copies = tmp_path / "mirror"
    append(log_path(fleet.base, "before"), b"one\n")
    with mirroring(copies, server.directory.watcher_join()):
        async with fleet.shipping():
            copy = copies / machine / "projects" / "src-shop" / "logs" / "sessions"
            await eventually((copy / "before.jsonl").exists)
        moved = copies.rename(tmp_path / "moved")  # first, so that the mirror cannot write into it meanwhile
        if fault == "removed":
            shutil.rmtree(moved)
        await eventually(lambda: is_mirror_root(str(copies)))
        async with fleet.shipping():
            append(log_path(fleet.base, "after"), b"two\n")
            expected = {"before": b"one\n", "after": b"two\n"}
            await eventually(lambda: {path.stem: path.read_bytes() for path in copy.glob("*.jsonl")} == expected)


async def test_the_time_of_a_file_is_when_its_bytes_were_written_however_late_they_come(
    server: FleetServer, tmp_path: Path
) -> None:
    hints: list[str] = []
    with mirroring(tmp_path / "mirror", server.directory.watcher_join()) as thread:
        thread.pass_hints(lambda path: hints.append(path) if "late-01" in path else None)
        assert await asyncio.to_thread(connects, thread)  # first: a server that adds a machine may refuse others
        fleet = Fleet(server, tmp_path, "late-01")
        path = log_path(fleet.base, "a")
        append(path, b"one\n")
        os.utime(path, (time.time() - 900, time.time() - 900))  # its runner and the shipper have been killed since
        async with fleet.shipping():
            await eventually(lambda: hints)
            copied = log_path(tmp_path / "mirror" / "late-01", "a")
            assert copied.stat().st_mtime < time.time() - 800
            append(path, b"two\n")
            await eventually(lambda: copied.stat().st_mtime > time.time() - 800)


async def test_the_second_one_follows_and_takes_over(server: FleetServer, join: Join, tmp_path: Path) -> None:
    root, watcher = tmp_path / "fleet", server.directory.watcher_join()
    async with machine(join) as shipper:
        with mirroring(root, watcher) as first:
            assert await asyncio.to_thread(connects, first)
            await eventually(lambda: "web-07" in heard(first), shipper)
            with mirroring(root, watcher) as second:
                await asyncio.to_thread(second.wait_for_answer, DEADLINE_SECS)
                assert not second.gives_hints
                assert second.notices == []
                await eventually(lambda: "web-07" in heard(second), shipper)
                assert second.offline_since is None
                first.stop()
                await eventually(lambda: second.gives_hints and second.offline_since is None, shipper)
                original = Original()
                await shipper.ship(LOG._replace(session="other"), original.append(b"one\n"))
                path = root / "web-07" / "projects" / "src-shop" / "logs" / "sessions" / "other.jsonl"
                await eventually(lambda: path.exists() and path.read_bytes() == b"one\n")


def test_a_refusal_ends_the_thread(server: FleetServer, tmp_path: Path) -> None:
    other = server.directory.join("watch", new_seed())
    with mirroring(tmp_path / "fleet", other) as thread:
        thread.wait_for_answer(DEADLINE_SECS)
        assert thread.refusal is not None
        assert "refuses 'watch'" in thread.refusal
        wait_until(lambda: not thread.gives_hints)


@pytest.mark.slow
def test_without_a_server_it_goes_on_trying(tmp_path: Path) -> None:
    with running_server(tmp_path / "server") as server:
        join = server.directory.watcher_join()
        with mirroring(tmp_path / "fleet", join) as thread:
            assert connects(thread)
        server.kill()
        with mirroring(tmp_path / "fleet", join) as thread:
            thread.wait_for_answer(DEADLINE_SECS)
            assert thread.offline_since is not None
            assert [notice for notice in thread.notices if "cannot be reached: Connection refused" in notice]
            server.start()
            wait_until(lambda: thread.offline_since is None and thread.notices == [])


def test_a_directory_is_that_of_a_mirror_at_once_and_only_its_owner_can_enter(tmp_path: Path) -> None:
    root = tmp_path / "cache" / "fleet"
    MirrorThread(root, Join("nats://127.0.0.1:1", "watch"))
    assert is_mirror_root(str(root))
    assert root.stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_a_directory_that_vanishes_is_a_notice_and_no_end(tmp_path: Path) -> None:
    root = tmp_path / "fleet"
    thread = MirrorThread(root, Join("nats://127.0.0.1:1", "watch"))
    shutil.rmtree(root)
    root.write_text("a file")
    thread.start()
    try:
        wait_until(lambda: thread.notices)
        assert "cannot be written" in thread.notices[0]
        root.unlink()
        wait_until(lambda: thread.gives_hints)
    finally:
        thread.stop()
