"""Lines that take long to mask, as hostile ones do: the lines of other logs go on meanwhile."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.fleet.ship.test_masked_log import KeyMasking
from tests.support.fleet import connected, running_server
from tests.support.shipping import MACHINE, Fleet, append, log_path
from tests.support.waiting import eventually
from zigtui.fleet.ship.notes import Notes
from zigtui.fleet.wire.messages import Ask
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import ask_subject
from zigtui.reader.machines import machine_bases


class SlowMasking(KeyMasking):
    """Masks lines that begin with ``slow`` only after `goes_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.waits = threading.Event()

    def lines(self) -> Callable[[bytes], bytes]:
        mask = super().lines()

        def slowly(line: bytes) -> bytes:
            if line.startswith(b"slow"):
                self.waits.set()
                self.goes_on.wait()
            return mask(line)

        return slowly


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running_server(tmp_path / "server") as server:
        yield Fleet(server, tmp_path)


@pytest.fixture
def masking() -> Iterator[SlowMasking]:
    masking = SlowMasking()
    yield masking
    masking.goes_on.set()  # also if the test has failed


def copies(fleet: Fleet) -> dict[str, bytes]:
    """The content of each mirrored log, by its session."""
    return {path.stem: path.read_bytes() for path in fleet.mirrored.rglob("*.jsonl")}


def has_lines(fleet: Fleet, session: str, count: int) -> bool:
    return copies(fleet)[session].count(b"\n") == count


@pytest.mark.parametrize("first", [b"", b"begins\n"])
async def test_the_lines_of_other_logs_go_on(fleet: Fleet, masking: SlowMasking, first: bytes) -> None:
    slow, quick = log_path(fleet.base, "slow"), log_path(fleet.base, "quick")
    append(slow, first)
    append(quick, b"a secret\n")
    async with fleet.mirroring(), fleet.shipping(masking=masking):
        await eventually(lambda: copies(fleet).get("quick") == b"a ******\n")
        append(slow, b"slow secret\n")
        await eventually(masking.waits.is_set)
        for count in range(2, 7):
            append(quick, b"a secret\n")
            await eventually(partial(has_lines, fleet, "quick", count))
        append(log_path(fleet.base, "new"), b"new secret\n")
        await eventually(lambda: copies(fleet).get("new") == b"new ******\n")
        append(slow, b"later secret\n")
        assert b"slow" not in copies(fleet).get("slow", b"")
        masking.goes_on.set()
        await eventually(lambda: copies(fleet).get("slow") == first + b"slow ******\nlater ******\n")
    assert [Path(base).name for base in machine_bases(str(fleet.mirror_root))] == [fleet.mirrored.name]


async def test_a_shipper_ends_while_a_line_is_masked(fleet: Fleet, masking: SlowMasking) -> None:
    append(log_path(fleet.base, "slow"), b"slow secret\n")
    async with fleet.shipping(masking=masking):
        await eventually(masking.waits.is_set)


async def test_a_backlog_that_is_masked_slowly_delays_no_new_lines(fleet: Fleet, masking: SlowMasking) -> None:
    append(log_path(fleet.base, "large"), b"large secret\n" * 60_000 + b"slow secret\n")
    quick = log_path(fleet.base, "quick")
    async with fleet.mirroring(), fleet.shipping(masking=masking):
        await eventually(masking.waits.is_set)
        append(quick, b"a secret\n")
        await eventually(lambda: copies(fleet).get("quick") == b"a ******\n")
        masking.goes_on.set()
        await eventually(lambda: copies(fleet).get("large") == b"large ******\n" * 60_000 + b"slow ******\n")


async def test_states_that_are_masked_slowly_delay_no_lines(
    fleet: Fleet, masking: SlowMasking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.fleet.ship.log_set._NOTES_SECS", 0.05)
    for number in range(4):
        append(log_path(fleet.base, f"slow-{number}"), b"slow secret\n")
    async with fleet.shipping(masking=KeyMasking()):
        await eventually(lambda: len(fleet.kept()) == 4)
    kept = {path: kept._replace(masked_crc=-1) for path, kept in fleet.kept().items()}  # so all states are masked anew
    Notes(fleet.state, fleet.join).save(kept.items())
    async with fleet.mirroring(), fleet.shipping(masking=masking):
        await eventually(masking.waits.is_set)
        append(log_path(fleet.base, "quick"), b"a secret\n")
        await eventually(lambda: copies(fleet).get("quick") == b"a ******\n")
        masking.goes_on.set()
        await eventually(lambda: len(copies(fleet)) == 5)


async def test_what_is_asked_for_while_a_line_is_masked_is_sent_after_that(
    fleet: Fleet, masking: SlowMasking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mirror would ask again only after seconds, and each time later."""
    monkeypatch.setattr("zigtui.fleet.ship.log_set._NOTES_SECS", 0.05)
    slow, quick = log_path(fleet.base, "slow"), log_path(fleet.base, "quick")
    for path in (slow, quick):
        append(path, b"begins\n")

    def gen_of(path: Path) -> int:
        kept = fleet.kept().get(str(path))
        return 0 if kept is None else kept.gen

    async with fleet.shipping(masking=masking), connected(fleet.server.directory.watcher_join()) as watcher:
        await eventually(lambda: gen_of(slow) and gen_of(quick))
        append(slow, b"slow secret\n")
        await eventually(masking.waits.is_set)
        newer = max(gen_of(slow), gen_of(quick)) + 1_000_000  # so that a newer generation is what answers
        for path in (slow, slow, quick):
            ask = Ask.for_log(RemoteLog(MACHINE, "src-shop", path.stem), 0, newer)
            await watcher.publish(ask_subject(MACHINE), ask.payload, headers=ask.headers)
        await eventually(lambda: gen_of(quick) > newer)  # so the other ask has been received too
        assert gen_of(slow) < newer
        masking.goes_on.set()
        await eventually(lambda: gen_of(slow) > newer)
