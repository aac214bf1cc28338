"""Several base directories, some of which are on disks that do not answer."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.fleet import running_server
from tests.support.shipping import MACHINE, Fleet, append, log_path
from tests.support.waiting import DEADLINE_SECS, eventually
from zigtui.fleet.connection import RefusedError
from zigtui.fleet.ship.each_base import Report, ship_each_base
from zigtui.fleet.ship.notes import Notes
from zigtui.fleet.ship.shared import Shared
from zigtui.fleet.ship.shipper import Shipper


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running_server(tmp_path / "server") as server:
        yield Fleet(server, tmp_path)


@asynccontextmanager
async def shipping(fleet: Fleet, bases: Sequence[Path]) -> AsyncIterator["asyncio.Task[None]"]:
    """Ship some base directories until the block is left."""
    notes, shared = Notes(fleet.state, fleet.join), Shared(str(bases[0]))

    def shipper_of(base: str, report: Report) -> Shipper:
        return Shipper(fleet.join, [base], notes.below(base), report, since_secs=86_400.0, shared=shared)

    task = asyncio.create_task(ship_each_base([str(base) for base in bases], shipper_of, fleet.reports.append))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, RefusedError):
            await task


class Disk:
    """A disk that stops answering, as that of a network mount whose server is away."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers = threading.Event()
        self.answers.set()
        stat = os.stat

        def wait_and_stat(file: str, **options: object) -> os.stat_result:
            if threading.current_thread().name.startswith("ship ") and str(file).startswith(str(path)):
                self.answers.wait()
            return stat(file, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(os, "stat", wait_and_stat)


@asynccontextmanager
async def idle_shippers(bases: Sequence[str], reports: list[str]) -> AsyncIterator[list[str]]:
    """The bases whose shippers were started, which do nothing. They end when the block is left."""
    started = list[str]()

    class Idle:
        async def run(self) -> None:
            await asyncio.Event().wait()

    def shipper_of(base: str, report: Report) -> Any:
        started.append(base)
        return Idle()

    task = asyncio.create_task(ship_each_base(bases, shipper_of, reports.append))
    try:
        yield started
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def copies(fleet: Fleet) -> dict[str, bytes]:
    """The content of each mirrored log, by its session."""
    return {path.stem: path.read_bytes() for path in fleet.mirrored.rglob("*.jsonl")}


@pytest.mark.parametrize("dead", [0, 1])
@pytest.mark.parametrize("from_the_start", [True, False])
async def test_a_disk_that_does_not_answer_holds_up_no_other_base(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: int, from_the_start: bool
) -> None:
    bases = [tmp_path / "first", tmp_path / "second"]
    disk = Disk(bases[dead], monkeypatch)
    if from_the_start:
        disk.answers.clear()
    for number, base in enumerate(bases):
        append(log_path(base, f"s{number}"), b"one\n")
    async with fleet.mirroring(), shipping(fleet, bases):
        await eventually(lambda: len(copies(fleet)) == (1 if from_the_start else 2))
        disk.answers.clear()
        monkeypatch.setattr("zigtui.fleet.ship.each_base._ANSWER_SECS", 0.5)  # not before: connecting may take longer
        monkeypatch.setattr("zigtui.fleet.ship.each_base._CHECK_SECS", 0.1)
        await eventually(lambda: f"{bases[dead]} does not answer; its sessions are sent when it does" in fleet.reports)
        for number, base in enumerate(bases):
            append(log_path(base, f"s{number}"), b"two\n")
        await eventually(lambda: copies(fleet)[f"s{1 - dead}"] == b"one\ntwo\n")
        disk.answers.set()
        await eventually(lambda: copies(fleet) == {"s0": b"one\ntwo\n", "s1": b"one\ntwo\n"})
        await eventually(lambda: f"{bases[dead]} answers again" in fleet.reports)
    if not from_the_start:
        assert len([report for report in fleet.reports if report.startswith("connected to")]) == 1
    assert {Path(path).stem for path in Notes(fleet.state, fleet.join).load()} == {"s0", "s1"}


async def test_the_same_session_in_two_bases_is_shipped_once(fleet: Fleet, tmp_path: Path) -> None:
    bases = [tmp_path / "first", tmp_path / "second"]
    for base in bases:
        append(log_path(base, "same"), base.name.encode() + b"\n")
    async with fleet.mirroring(), shipping(fleet, bases):
        await eventually(lambda: any("the same project and id in another base" in report for report in fleet.reports))
        await eventually(lambda: copies(fleet).get("same"))
    assert copies(fleet)["same"] in (b"first\n", b"second\n")


async def test_a_refusal_ends_all(fleet: Fleet, tmp_path: Path) -> None:
    await asyncio.to_thread(fleet.server.remove, MACHINE)
    async with shipping(fleet, [tmp_path / "first", tmp_path / "second"]) as task:
        with pytest.raises(RefusedError):
            await task


async def test_a_refusal_ends_all_while_another_shipper_has_just_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigtui.fleet.ship.each_base._STOP_SECS", 0.01)
    has_closed, goes_on, run = threading.Event(), threading.Event(), asyncio.run

    def run_and_wait(main: Any) -> None:
        """Keep the thread of the second shipper when its loop is closed."""
        try:
            run(main)
        finally:
            if threading.current_thread().name == "ship second":
                has_closed.set()
                goes_on.wait(DEADLINE_SECS)

    class Refused:
        def __init__(self, base: str) -> None:
            self._base = base

        async def run(self) -> None:
            if self._base == "first":
                has_closed.wait(DEADLINE_SECS)
                raise RefusedError("no")

    monkeypatch.setattr(asyncio, "run", run_and_wait)

    def shipper_of(base: str, report: Report) -> Any:
        return Refused(base)

    try:
        with pytest.raises(RefusedError):
            await ship_each_base(["first", "second"], shipper_of, print)
    finally:
        goes_on.set()


async def test_a_pause_of_the_whole_program_is_no_silence_of_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """As by SIGSTOP and SIGCONT."""
    monkeypatch.setattr("zigtui.fleet.ship.each_base._CHECK_SECS", 0.01)
    monotonic, pause_secs = time.monotonic, 0.0
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + pause_secs)
    reports = list[str]()
    async with idle_shippers(["first", "second"], reports) as started:
        await eventually(lambda: len(started) == 2)
        pause_secs = 60.0
        for _ in range(20):
            await asyncio.sleep(0.02)
    assert reports == []


async def test_a_base_that_is_named_twice_is_shipped_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigtui.reader.catalog.scan.directories._NO_ANSWER_SECS", DEADLINE_SECS)
    first, second, link = tmp_path / "first", tmp_path / "second", tmp_path / "link"
    first.mkdir()
    link.symlink_to(first)
    async with idle_shippers(list(map(str, [first, link, second, first])), []) as started:
        await eventually(lambda: {str(first), str(second)} <= set(started))
    assert sorted(started) == [str(first), str(second)]
    async with idle_shippers([str(link), str(first)], []) as started:
        await eventually(lambda: started)
    assert started == [str(link)]
