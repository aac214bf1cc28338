"""A catalog follows changes of the files, and reads no more than it must."""

import gc
import os
import shutil
import threading
import tracemalloc
import weakref
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.reader.catalog.catalogs import SESSIONS, catch_up, ids, log_at, only, read
from tests.support.logs import BEGAN, Log, append
from tests.support.waiting import DEADLINE_SECS
from zigtui import reader
from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.project import Project
from zigtui.reader.catalog.scan.locations import location_of_file
from zigtui.reader.lines.decode import Event
from zigtui.reader.lines.parallel_read import ParallelReader
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.session.model.session import SessionState


def test_a_hint_makes_a_log_be_read_on(base: Path) -> None:
    log = Log().start().tier(0, "lint").step("lint")
    path = log_at(base, "one", log)
    catalog = read(base)
    (watched,) = catalog.bases
    append(path, log.says("lint", "hello", "world").data[len(path.read_bytes()) :])
    watched.refresh([str(path)])
    catch_up(watched)
    assert only(catalog).session.lines == 2


@pytest.mark.parametrize("hint", [f"{SESSIONS}/one.jsonl", "sessions_index.json"], ids=["unchanged log", "index"])
def test_a_hint_at_an_unchanged_file_reads_nothing(base: Path, hint: str, only_hints: None) -> None:
    log_at(base, "one", Log().start().tier(0, "a").step("a"))
    (watched,) = read(base).bases
    log_at(base, "two", Log().start().tier(0, "a").step("a"))
    watched.refresh([str(base / hint)])
    assert not watched.is_behind


@pytest.mark.parametrize("hint", ["projects/new", "projects/new/logs/sessions", f"{SESSIONS}/two.jsonl"])
def test_a_hint_at_something_unknown_makes_everything_be_looked_at(base: Path, hint: str) -> None:
    (watched,) = read(base).bases
    log_at(base, "two", Log().start().tier(0, "a").step("a"))
    watched.refresh([str(base / hint)])
    catch_up(watched)
    assert ids(watched) == {"two"}


def test_the_sessions_of_all_projects_come_without_waiting_for_the_next_scan(base: Path, only_hints: None) -> None:
    log_at(base, "one", Log().start().end())
    other = base / "projects" / "src-other" / "logs" / "sessions" / "two.jsonl"
    other.parent.mkdir(parents=True)
    other.write_bytes(Log().start().end().data)
    catalog = Catalog([str(base)], projects=[Project("src-shop")])
    catalog.read_all()
    assert ids(catalog) == {"one"}
    catalog.include_all_projects()
    (watched,) = catalog.bases
    assert watched.is_scanning  # so that a watcher calls `refresh` now
    watched.refresh()
    catch_up(watched)
    assert ids(catalog) == {"one", "two"}
    assert not watched.is_scanning


@pytest.mark.parametrize("hinted", [True, False])
def test_a_log_that_was_opened_elsewhere_than_logs_lie_is_kept_up_to_date(
    tmp_path: Path, hinted: bool, only_hints: None
) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "one", "two")
    path = tmp_path / "some.jsonl"
    path.write_bytes(log.data)
    (watched,) = read(tmp_path).bases
    opened = watched.open(location_of_file(str(path)))
    catch_up(watched)
    assert opened.snapshot().session.lines == 2
    append(path, log.says("a", "three").data[path.stat().st_size :])
    watched.refresh([str(path)]) if hinted else watched.scan()
    catch_up(watched)
    assert opened.snapshot().session.lines == 3
    path.write_bytes(b"\n".join(log.lines[:4]) + b"\n")
    watched.refresh([str(path)]) if hinted else watched.scan()
    catch_up(watched)
    assert opened.snapshot().session.lines == 1


def test_a_deleted_log_is_gone(base: Path) -> None:
    path = log_at(base, "one", Log().start().tier(0, "a").step("a"))
    log_at(base, "two", Log().start().tier(0, "a").step("a"))
    catalog = read(base)
    (watched,) = catalog.bases
    path.unlink()
    assert watched.refresh([str(path)])
    assert ids(catalog) == {"two"}


def test_the_whole_base_may_go_and_come_back(base: Path) -> None:
    log_at(base, "one", Log().start().tier(0, "a").step("a"))
    catalog = read(base)
    shutil.rmtree(base)
    catalog.read_all()
    assert catalog.sessions() == []
    log_at(base, "one", Log().start().end())
    catalog.read_all()
    assert only(catalog).at(BEGAN).state is SessionState.SUCCEEDED


@pytest.mark.parametrize("in_place", [True, False], ids=["truncated", "replaced"])
def test_a_log_that_becomes_another_one_is_read_anew(base: Path, in_place: bool) -> None:
    path = log_at(base, "one", Log().start().tier(0, "a").step("a").says("a", *["line"] * 50).end("failure"))
    catalog = read(base)
    other = Log().start(7).tier(0, "b")
    if in_place:
        path.write_bytes(other.data)
    else:
        (base / "new").write_bytes(other.data)
        (base / "new").replace(path)
    catalog.read_all()
    snapshot = only(catalog)
    assert [snapshot.session.tier_count, snapshot.session.lines, snapshot.session.duration_ms] == [7, 0, None]
    os.utime(path, (BEGAN + 5, BEGAN + 5))
    catalog.read_all()
    assert only(catalog).state is SessionState.RUNNING


def test_a_log_is_read_in_pieces_that_leave_room_for_others(base: Path) -> None:
    large = Log().start().tier(0, "a").step("a").says("a", "x" * 3_000_000).end()
    log_at(base, "large", large, modified=BEGAN + 1)
    log_at(base, "small", Log().start().end())
    watched = BaseCatalog(str(base), lambda: BEGAN + 5, 300)
    watched.scan()
    watched.work(0)  # the newer one first, and a piece of it only
    assert ids(watched) == {"large"}
    assert watched.is_behind
    catch_up(watched)
    assert {snapshot.at(BEGAN).state for snapshot in watched.sessions()} == {SessionState.SUCCEEDED}


# Opened logs


def test_a_log_that_cannot_be_read_for_whatever_reason_holds_up_no_other(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        log_at(base, str(number), Log().start().tier(0, "a").step("a").says("a", *["line"] * 50).done("a").end())
    really_apply, applied = Fold.apply, Counter[str | None]()

    def apply(fold: Fold, event: Event) -> int | None:
        applied[fold.session_id] += 1
        if applied[fold.session_id] == 2:  # amid what was read at once
            raise ValueError("unheard of")
        return really_apply(fold, event)

    with monkeypatch.context() as patch:
        patch.setattr(Fold, "apply", apply)
        catalog = read(base)
    reported = {snapshot.location.session_id: snapshot.trouble for snapshot in catalog.sessions()}
    assert len(reported) == 5
    assert "the log cannot be read: unexpected error" in reported.values()
    catalog.read_all()
    catalog.read_all()
    assert {(snapshot.trouble, snapshot.session.lines, snapshot.vitals.status) for snapshot in catalog.sessions()} == {
        (None, 50, "success")
    }


def test_an_opened_log_that_was_deleted_is_listed_again_when_it_is_back(base: Path, only_hints: None) -> None:
    path = log_at(base, "one", Log().start().tier(0, "a").step("a"))
    catalog = read(base)
    (watched,) = catalog.bases
    catalog.open(only(catalog).location)
    path.unlink()
    watched.scan()
    assert catalog.sessions() == []
    log_at(base, "one", Log().start(3))
    watched.refresh([str(path)])
    catch_up(watched)
    assert only(catalog).session.tier_count == 3


def test_another_process_is_started_only_for_logs_that_a_user_waits_for(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    class Recorded(ParallelReader):
        def __init__(self, path: str, *arguments: Any, **options: Any) -> None:
            begun.append(path)
            super().__init__(path, *arguments, **options)

    monkeypatch.setattr("zigtui.reader.lines.parallel_read.ParallelReader", Recorded)
    monkeypatch.setattr("zigtui.reader.lines.parallel_start._WORTH_A_PROCESS", 100_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    large = Log().start().tier(0, "a").step("a").says("a", *["x" * 10_000] * 400).end()
    paths = [str(log_at(base, str(number), large)) for number in range(3)]
    (watched,) = Catalog([str(base)]).bases
    watched.scan()
    watched.open(location_of_file(paths[1]))
    catch_up(watched)
    assert begun == [paths[1]]
    assert {snapshot.session.lines for snapshot in watched.sessions()} == {400}


def test_an_opened_log_stays_up_to_date_after_its_session_is_over(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    path = log_at(base, "one", log)
    catalog = read(base)
    location = only(catalog).location
    opened = catalog.open(location)
    assert catalog.open(location) is opened
    log_at(base, "one", log.end(), BEGAN + 1)
    catalog.read_all()
    assert opened.snapshot().session.has_ended
    log_at(base, "one", log.says("a", "late"), BEGAN + 2)
    catalog.read_all()
    assert opened.snapshot().session.lines == 1
    path.unlink()
    catalog.read_all()
    assert opened.trouble == "the log is gone"
    assert catalog.find(location) is None
    log_at(base, "one", Log().start(3), BEGAN + 3)
    catalog.read_all()
    assert [opened.trouble, opened.snapshot().session.tier_count] == [None, 3]


def test_a_closed_log_is_released_once_its_session_is_over(base: Path) -> None:
    log_at(base, "one", Log().start().tier(0, "a").step("a").end())
    catalog = read(base)
    location = only(catalog).location
    opened = weakref.ref(catalog.open(location))
    catalog.open(location)
    catalog.close(location)
    gc.collect()
    assert opened() is not None  # it was opened twice
    catalog.close(location)
    catalog.read_all()
    gc.collect()
    assert opened() is None
    assert only(catalog).at(BEGAN).state is SessionState.SUCCEEDED


def test_changes_are_each_taken_once(base: Path) -> None:
    path = log_at(base, "one", Log().start().tier(0, "a").step("a"))
    log_at(base, "two", Log().start().tier(0, "a").step("a"))
    catalog = read(base)
    first = catalog.changes()
    changed, gone = first.take()
    assert {snapshot.location.session_id for snapshot in changed} == {"one", "two"}
    assert (gone, first.take()) == ([], ([], []))
    second = catalog.changes()
    log_at(base, "two", Log().start().end())
    path.unlink()
    catalog.read_all()
    for changes in (first, second):
        changed, gone = changes.take()
        assert [(snapshot.location.session_id, snapshot.session.status) for snapshot in changed] == [("two", "success")]
        assert [location.session_id for location in gone] == ["one"]
        assert changes.take() == ([], [])


def test_logs_that_are_gone_are_forgotten(base: Path) -> None:
    catalog = read(base)
    changes = catalog.changes()
    blocks = []  # of memory; their size would also grow with the interpreter's table of interned names
    # Sessions of other tests may still have threads, which take memory too.
    of_reader = tracemalloc.Filter(True, str(Path(reader.__file__).parent / "*"), all_frames=True)
    tracemalloc.start(8)
    for cycle in range(4):
        for number in range(100):
            log_at(base, f"{cycle}-{number}", Log().start().end())
        catalog.read_all()
        assert len(changes.take()[0]) == 100
        shutil.rmtree(base / SESSIONS)
        (base / SESSIONS).mkdir()
        catalog.read_all()
        assert len(changes.take()[1]) == 100
        gc.collect()
        traces = tracemalloc.take_snapshot().filter_traces([of_reader])
        blocks.append(sum(trace.count for trace in traces.statistics("filename")))
    tracemalloc.stop()
    assert blocks[-1] - blocks[1] < 100 * 2  # fewer than one for each of the 200 logs after the second cycle


def test_a_base_is_behind_until_the_sessions_that_it_has_read_are_in_it(base: Path) -> None:
    log_at(base, "one", Log().start().end())
    has_read, may_go_on = threading.Event(), threading.Event()

    def clock() -> float:
        if threading.current_thread() is not threading.main_thread():  # all logs have been read by now
            has_read.set()
            may_go_on.wait(DEADLINE_SECS)
        return BEGAN + 5

    catalog = Catalog([str(base)], clock=clock)
    catalog.bases[0].scan()
    worker = threading.Thread(target=catalog.bases[0].work, args=(DEADLINE_SECS,))
    worker.start()
    assert has_read.wait(DEADLINE_SECS)
    assert catalog.bases[0].is_behind
    may_go_on.set()
    worker.join(DEADLINE_SECS)
    assert ids(catalog) == {"one"}
    assert not catalog.bases[0].is_behind
