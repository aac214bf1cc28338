import os
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.shipping import MACHINE, append, log_path
from tests.support.waiting import until, wait_until
from zigtui.fleet.join import Join
from zigtui.fleet.ship.log_set import LogSet
from zigtui.fleet.ship.notes import LogNotes, Notes
from zigtui.fleet.ship.old_notes import OldNotes
from zigtui.fleet.ship.shipped_log import Kept

JOIN = Join("tls://ci.example.com:4222", MACHINE)


def log_set(directory: Path, notes: LogNotes | None = None) -> LogSet:
    notes = notes or Notes(directory / "state", JOIN)
    return LogSet(MACHINE, [str(directory / "base")], notes, print, since_secs=60.0, projects=None)


def test_an_entry_is_no_longer_had_once_its_log_is_gone_even_if_another_one_comes(tmp_path: Path) -> None:
    """What was lost of it must not be sent again: a new log of the same path has a generation of its own."""
    path = log_path(tmp_path / "base", "s1")
    append(path, b"line\n")
    logs = log_set(tmp_path)
    logs.discover(0.0)
    (entry,) = logs.entries.values()
    assert logs.has(entry)
    path.unlink()

    def is_gone() -> bool:
        logs.discover(0.0)
        return not logs.entries

    wait_until(is_gone)
    assert not logs.has(entry)
    append(path, b"another line\n")

    def is_back() -> bool:
        logs.discover(0.0)
        return bool(logs.entries)

    wait_until(is_back)
    assert not logs.has(entry)
    assert [logs.has(other) for other in logs.entries.values()] == [True]


def test_a_quiet_log_takes_little_memory(tmp_path: Path) -> None:
    """There may be many thousands that have changed within three days."""
    count = 500
    for number in range(count):
        append(log_path(tmp_path / "base", f"s{number}"), b"line\n")
    logs = log_set(tmp_path)
    tracemalloc.start()
    try:
        for _ in until(lambda: len(logs.entries) == count):
            logs.discover(0.0)
        for entry in logs.entries.values():
            entry.log.check()
            while (chunk := entry.log.next_chunk()[0]) is not None:
                entry.acknowledge(chunk.gen, chunk.offset, chunk.end)
            entry.log.rest()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / count < 2500  # 500 of them for knowing that there is the file


def test_an_old_log_takes_almost_no_memory(tmp_path: Path) -> None:
    count = 2000
    for number in range(count):
        path = log_path(tmp_path / "base", f"s{number}")
        append(path, b"line\n")
        os.utime(path, (1_600_000_000, 1_600_000_000))
    logs = log_set(tmp_path)
    tracemalloc.start()
    try:
        for _ in until(lambda: logs.has_scanned):
            logs.discover(0.0)
        taken, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not logs.entries
    assert taken / count < 50
    assert most / count < 100


def test_of_several_hard_links_the_one_is_shipped_that_the_log_fits(tmp_path: Path) -> None:
    name = "3f2b8c1e-0000-4000-8000-000000000001"
    paths = [log_path(tmp_path / "base", name, project) for project in ("src-copy", "src-shop", "src-zoo")]
    append(paths[0], b'{"type":"zig_session_started","cwd":"/src/shop"}\n')
    for path in paths[1:]:
        path.hardlink_to(paths[0])
    logs = log_set(tmp_path)
    for _ in until(lambda: logs.has_scanned):
        logs.discover(0.0)
    assert logs.entries.keys() == {str(paths[1])}


def test_a_log_that_becomes_old_leaves_memory_and_goes_on_where_it_was(tmp_path: Path) -> None:
    path = log_path(tmp_path / "base", "s1")
    append(path, b"line\n")
    logs = log_set(tmp_path)
    for _ in until(lambda: logs.entries):
        logs.discover(0.0)
    (entry,) = logs.entries.values()
    entry.log.check()
    while (chunk := entry.log.next_chunk()[0]) is not None:
        entry.acknowledge(chunk.gen, chunk.offset, chunk.end)
    gen = entry.log.gen
    os.utime(path, (1_600_000_000, 1_600_000_000))
    entry.log.check()
    logs.hot.clear()
    logs.keep_if_due(1.0)
    assert not logs.entries
    assert Notes(tmp_path / "state", JOIN).load() == {}
    logs = log_set(tmp_path)  # as at the next start
    append(path, b"another line\n")
    for _ in until(lambda: logs.entries):
        logs.discover(0.0)
    (entry,) = logs.entries.values()
    assert (entry.log.gen > gen, entry.log.acked) == (True, len(b"line\n"))  # a new generation, which continues
    assert entry.log.state().after == gen


class CountedNotes:
    """Notes about many logs of other base directories, which count how often they are saved."""

    def __init__(self, directory: Path, count: int) -> None:
        self.saves = 0
        self.old = OldNotes(directory / "old.jsonl", "")
        self._kept = {f"/elsewhere/logs/sessions/{number}.jsonl": Kept(1, 1, 1) for number in range(count)}

    def load(self) -> dict[str, Kept]:
        return self._kept

    def save(self, logs: Iterable[tuple[str, Kept]]) -> None:
        assert dict(logs) == self._kept
        self.saves += 1


@pytest.mark.parametrize(("count", "least"), [(1, 5), (10_000, 5), (40_000, 20)])
def test_notes_about_many_logs_are_written_less_often(tmp_path: Path, count: int, least: int) -> None:
    notes = CountedNotes(tmp_path, count)
    logs = log_set(tmp_path, notes)
    for second in range(1, 61):
        logs.keep_if_due(float(second))
    assert notes.saves == 60 // least
    logs.keep_soon()
    logs.keep_if_due(60.5)
    assert notes.saves == 60 // least + 1
