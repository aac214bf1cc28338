"""A catalog finds every session, whether or not an index lists it, and follows changes of the files."""

import gc
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import tracemalloc
import weakref
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.reader.test_clock_jumps import Clocks
from tests.support.logs import BEGAN, Log, append
from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.project import Project
from zigtui.reader.catalog.scan.locations import location_of_file
from zigtui.reader.lines.decode import Event
from zigtui.reader.lines.parallel_read import ParallelReader
from zigtui.reader.location import LogLocation
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.session.model.session import SessionState, StepState, TierState
from zigtui.reader.session.observations import Observation, Observations, merged
from zigtui.reader.session.snapshot import SessionSnapshot

SESSIONS = Path("projects", "src-shop", "logs", "sessions")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base directory with a project and no session."""
    (tmp_path / "base" / SESSIONS).mkdir(parents=True)
    return tmp_path / "base"


@pytest.fixture
def recorded(tmp_path: Path, reference: Path) -> Path:
    """A copy of the recorded sessions."""
    shutil.copytree(reference / "dot-zig", tmp_path / "dot-zig")
    return tmp_path / "dot-zig"


@pytest.fixture
def only_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """No scan runs without a hint, however slow this machine is."""
    monkeypatch.setattr("zigtui.reader.catalog.scan.inventory._SCAN_SECS", math.inf)


def log_at(base: Path, name: str, data: bytes | Log, modified: float = BEGAN) -> Path:
    path = base / SESSIONS / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.data)
    os.utime(path, (modified, modified))
    return path


def read(*bases: Path) -> Catalog:
    catalog = Catalog([str(base) for base in bases], clock=lambda: BEGAN + 5)
    catalog.read_all()
    return catalog


def ids(catalog: Catalog | BaseCatalog) -> set[str]:
    return {snapshot.location.session_id for snapshot in catalog.sessions()}


def only(catalog: Catalog) -> SessionSnapshot:
    (snapshot,) = catalog.sessions()
    return snapshot


def catch_up(base: BaseCatalog) -> None:
    while base.is_behind:
        base.work(1.0)


# What is a session


def test_sessions_of_the_base_and_of_its_projects_are_found(recorded: Path, reference: Path) -> None:
    recorded_ids = {line.split()[1] for line in (reference / "ids.txt").read_text().splitlines()}
    catalog = read(recorded)
    assert ids(catalog) == recorded_ids
    projects = {snapshot.location.session_id[:8]: snapshot.location.project for snapshot in catalog.sessions()}
    assert projects.pop("63c27bc6") is None
    assert set(projects.values()) == {"home-dev-src-shop"}


def test_sessions_are_found_without_any_index(recorded: Path) -> None:
    for index in recorded.rglob("*index.json"):
        index.unlink()
    assert len(ids(read(recorded))) == 13


def test_indexes_that_lie_change_nothing(recorded: Path) -> None:
    lie = {"sessions": [{"id": "11111111-2222-3333-4444-555555555555", "log_path": "/nowhere.jsonl"}]}
    (recorded / "sessions_index.json").write_text(json.dumps(lie))
    (recorded / "projects" / "home-dev-src-shop" / "logs" / "index.json").write_bytes(b"\x00 not JSON")
    assert len(ids(read(recorded))) == 13


def test_only_regular_files_that_end_in_jsonl_are_sessions(base: Path) -> None:
    log_at(base, "real", Log().start().tier(0, "a").step("a"))
    (base / SESSIONS / "directory.jsonl").mkdir()
    os.mkfifo(base / SESSIONS / "pipe.jsonl")
    (base / SESSIONS / "dangling.jsonl").symlink_to("nothing")
    (base / SESSIONS / "notes.txt").write_bytes(Log().start().tier(0, "a").step("a").data)
    assert ids(read(base)) == {"real"}


def test_links_to_anything_but_a_log_are_passed_over(base: Path, tmp_path: Path) -> None:
    log_at(base, "real", Log().start().tier(0, "a").step("a"))
    os.mkfifo(tmp_path / "pipe")
    targets = {"up": "/", "self": ".", "pipe": str(tmp_path / "pipe"), "null": "/dev/null", "zero": "/dev/zero"}
    for name, target in {**targets, "loop": "loop.jsonl"}.items():
        (base / SESSIONS / f"{name}.jsonl").symlink_to(target)
    assert ids(read(base)) == {"real"}


@pytest.mark.parametrize("skew", [-3600, 3600], ids=["an hour behind", "an hour ahead"])
def test_the_file_shows_whether_a_session_is_live_whatever_the_clock_of_its_writer(base: Path, skew: int) -> None:
    ahead = Log().wait(skew).start().tier(0, "a").step("a")
    live = log_at(base, "live", ahead, modified=BEGAN)
    log_at(base, "dead", ahead, modified=BEGAN - 600)
    now = [BEGAN + 5]
    catalog = Catalog([str(base)], clock=lambda: now[0])
    catalog.read_all()
    assert {snapshot.state for snapshot in catalog.sessions()} == {SessionState.RUNNING}
    for second in range(1, 13):
        now[0] = BEGAN + 5 + second
        if second == 4:
            append(live, Log().wait(skew).beat().data, modified=now[0])
        catalog.read_all()
    states = {snapshot.location.session_id: snapshot.state.value for snapshot in catalog.sessions()}
    assert states == {"live": "running", "dead": "lost"}


def test_links_to_logs_and_to_project_directories_are_followed(base: Path, tmp_path: Path) -> None:
    archived = log_at(tmp_path / "archive", "archived", Log().start().tier(0, "a").step("a"))
    (base / SESSIONS).mkdir(parents=True, exist_ok=True)
    (base / SESSIONS / "linked.jsonl").symlink_to(archived)
    log_at(tmp_path / "elsewhere", "far", Log().start().tier(0, "a").step("a"))
    (base / "projects" / "by-link").symlink_to(tmp_path / "elsewhere" / "projects" / "src-shop")
    catalog = read(base)
    found = {(snapshot.location.project, snapshot.location.session_id) for snapshot in catalog.sessions()}
    assert found == {("src-shop", "linked"), ("by-link", "far")}


def test_files_in_the_place_of_directories_are_passed_over(base: Path) -> None:
    log_at(base, "real", Log().start().tier(0, "a").step("a"))
    (base / "logs").write_text("a file")
    (base / "projects" / "stray.json").write_text("{}")
    catalog = read(base)
    assert ids(catalog) == {"real"}
    assert catalog.troubles == []


def test_a_file_name_that_is_not_utf8_is_a_session_like_others(base: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    log_at(base, name, Log().start().tier(0, "a").step("a"))
    assert ids(read(base)) == {name}


def test_a_log_without_a_start_is_a_session_that_cannot_be_read_as_one(base: Path) -> None:
    log_at(base, "empty", b"")
    log_at(base, "noise", b"\x00\xff not a log\n[]\n")
    states = {snapshot.at(BEGAN).state for snapshot in read(base).sessions()}
    assert states == {SessionState.UNREADABLE}


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_directory_that_cannot_be_read_is_reported_and_the_others_are_shown(mode: int) -> None:
    code = (
        "import os, sys; from zigtui.reader.catalog.catalog import Catalog; os.geteuid() or os.setuid(65534);"  # nobody
        "catalog = Catalog([sys.argv[1]]); catalog.read_all(); catalog.bases[0].refresh(['']);"
        "print([snapshot.location.session_id for snapshot in catalog.sessions()], catalog.troubles)"
    )
    with tempfile.TemporaryDirectory() as directory:  # pytest's own may be entered by its owner only
        base = Path(directory)
        locked = base / "projects" / "locked" / "logs" / "sessions"
        locked.mkdir(parents=True)
        log_at(base, "readable", Log().start().tier(0, "a").step("a"))
        base.chmod(0o755)
        (locked / "unknown.jsonl").touch()
        locked.chmod(mode)
        done = subprocess.run([sys.executable, "-c", code, base], capture_output=True, text=True, check=True)
        assert done.stdout == f"['readable'] ['{locked}: Permission denied']\n"


# Several bases


def test_sessions_of_several_bases_are_one_list_and_each_knows_its_base(base: Path, recorded: Path) -> None:
    log_at(base, "here", Log().start().tier(0, "a").step("a"))
    catalog = read(base, recorded, base)
    assert len(ids(catalog)) == 14
    for snapshot in catalog.sessions():
        assert catalog.find(snapshot.location) == snapshot
        assert snapshot.location.base == str(base if snapshot.location.session_id == "here" else recorded)


def test_a_base_that_appears_later_is_found(tmp_path: Path) -> None:
    base = tmp_path / "later"
    catalog = read(base)
    assert catalog.sessions() == []
    assert catalog.troubles == []
    log_at(base, "first", Log().start().tier(0, "a").step("a"))
    catalog.read_all()
    assert ids(catalog) == {"first"}


def test_a_base_is_known_by_its_real_path_which_watchers_name(base: Path, tmp_path: Path) -> None:
    log_at(base, "here", Log().start().tier(0, "a").step("a"))
    (tmp_path / "link").symlink_to(base)
    location = only(read(tmp_path / "link")).location
    assert [location.path, location.base] == [str((base / SESSIONS / "here.jsonl").resolve()), str(tmp_path / "link")]


# What becomes of the files


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
    tracemalloc.start()
    for cycle in range(4):
        for number in range(200):
            log_at(base, f"{cycle}-{number}", Log().start().end())
        catalog.read_all()
        assert len(changes.take()[0]) == 200
        shutil.rmtree(base / SESSIONS)
        (base / SESSIONS).mkdir()
        catalog.read_all()
        assert len(changes.take()[1]) == 200
        gc.collect()
        blocks.append(sum(trace.count for trace in tracemalloc.take_snapshot().statistics("filename")))
    tracemalloc.stop()
    assert blocks[-1] - blocks[1] < 200 * 2  # fewer than one for each of the 400 logs after the second cycle


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


# Jumps of the clock


JUMPS = [40.0, 7200.0, 86_400.0, 1e7, -40.0, -3600.0, -86_400.0, -1e7]


class JumpingClocks(Clocks):
    """Clocks that also run a catalog: it is scanned each second."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.now = BEGAN + 5
        self.catalog = Catalog([str(base)], clock=self.wall, steady_clock=self.steady)
        self.catalog.read_all()

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.pass_time(1.0)
            self.catalog.now()
            self.catalog.read_all()

    @property
    def states(self) -> dict[str, str]:
        return {snapshot.location.session_id: snapshot.state.value for snapshot in self.catalog.sessions()}


@pytest.mark.parametrize("jump", JUMPS)
def test_a_jump_of_the_clock_makes_no_live_session_lost_and_no_lost_one_live(base: Path, jump: float) -> None:
    live = log_at(base, "live", Log().start().tier(0, "a").step("a").wait(0).tier(0, "a"), modified=BEGAN)
    log_at(base, "dead", Log().wait(-40).start().tier(0, "a").step("a"), modified=BEGAN - 40)
    log_at(base, "long dead", Log().wait(-90_000).start().tier(0, "a").step("a"), modified=BEGAN - 90_000)
    clocks = JumpingClocks(base)
    clocks.run(10)
    append(live, Log().beat().data, modified=clocks.now)
    clocks.run(9)
    assert clocks.states == {"live": "running", "dead": "lost", "long dead": "lost"}
    clocks.now += jump
    now = clocks.catalog.now()  # as a screen does before its next frame
    assert {one.location.session_id: one.at(now).state.value for one in clocks.catalog.sessions()} == clocks.states
    clocks.run(29)
    assert clocks.states == {"live": "running", "dead": "lost", "long dead": "lost"}
    append(live, Log().beat().data, modified=clocks.now)
    clocks.run(29)
    assert clocks.states["live"] == "running"
    clocks.run(3)
    assert set(clocks.states.values()) == {"lost"}


@pytest.mark.parametrize("pause", [15.0, 45.0, 3600.0, 200_000.0])
def test_a_pause_of_this_program_makes_no_live_session_lost_and_no_lost_one_live(base: Path, pause: float) -> None:
    """As when it was stopped, or its machine was suspended where the steady clock goes on."""
    live = log_at(base, "live", Log().start().tier(0, "a").step("a"), modified=BEGAN)
    log_at(base, "dead", Log().wait(-40).start().tier(0, "a").step("a"), modified=BEGAN - 40)
    clocks = JumpingClocks(base)
    (watched,) = clocks.catalog.bases

    def run(seconds: int) -> dict[str, str]:
        for _ in range(seconds):
            clocks.pass_time(1.0)
            watched.refresh([str(live)])
            while watched.is_behind:
                watched.work(1.0)
        return clocks.states

    run(10)
    append(live, Log().beat().data, modified=clocks.now)
    assert run(9) == {"live": "running", "dead": "lost"}
    clocks.pass_time(pause)
    clocks.catalog.now()  # as a screen does before its next frame
    assert clocks.states == {"live": "running", "dead": "lost"}
    assert run(29) == {"live": "running", "dead": "lost"}
    assert set(run(4).values()) == {"lost"}


class JumpingWithinReads(JumpingClocks):
    """Clocks that jump at a chosen read of the clock by the reading thread; the screen notices that at once."""

    def __init__(self, base: Path, jump: float) -> None:
        self.jump = jump
        self.reads_left: int | None = None
        super().__init__(base)

    def wall(self) -> float:
        self._count_down()
        return super().wall()

    def steady(self) -> float:
        self._count_down()
        return super().steady()

    def _count_down(self) -> None:
        if self.reads_left is None or threading.current_thread() is not threading.main_thread():
            return
        self.reads_left -= 1
        if self.reads_left < 0:
            self.reads_left = None
            self.now += self.jump
            screen = threading.Thread(target=self.catalog.now)
            screen.start()
            screen.join(0.02)  # it may have to wait for the reading thread


@pytest.mark.parametrize("jump", [86_400.0, 7200.0, -86_400.0])
def test_a_jump_while_a_log_is_being_read_makes_no_live_session_lost(base: Path, jump: float) -> None:
    for reads in count():
        live = log_at(base, "live", Log().start().tier(0, "a").step("a"), modified=BEGAN)
        clocks = JumpingWithinReads(base, jump)
        clocks.run(9)
        append(live, Log().beat().data, modified=clocks.now)
        clocks.pass_time(1.0)
        clocks.reads_left = reads
        clocks.catalog.read_all()
        has_jumped, clocks.reads_left = clocks.reads_left is None, None
        now = clocks.catalog.now()
        assert [one.at(now).state.value for one in clocks.catalog.sessions()] == ["running"], reads
        clocks.run(10)
        assert clocks.states == {"live": "running"}, reads
        append(live, Log().beat().data, modified=clocks.now)
        clocks.run(29)
        assert clocks.states == {"live": "running"}, reads
        clocks.run(4)
        assert clocks.states == {"live": "lost"}, reads
        if not has_jumped:
            break
    assert reads > 5


def test_an_opened_log_outside_the_base_is_not_lost_by_a_jump_of_the_clock(base: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.jsonl"
    outside.write_bytes(Log().start().tier(0, "a").step("a").data)
    os.utime(outside, (BEGAN, BEGAN))
    clocks = JumpingClocks(base)
    log = clocks.catalog.open(LogLocation(str(outside), str(base), None))
    clocks.run(9)
    append(outside, Log().beat().data, modified=clocks.now)
    clocks.run(5)
    clocks.now += 86_400
    assert log.snapshot(clocks.catalog.now()).state is SessionState.RUNNING
    clocks.run(28)
    assert log.snapshot(clocks.catalog.now()).state is SessionState.RUNNING
    clocks.run(4)
    assert log.snapshot(clocks.catalog.now()).state is SessionState.LOST


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("age", [5, 45], ids=["recent", "doubtful"])
def test_a_session_that_has_not_grown_yet_is_watched_after_a_jump(base: Path, jump: float, age: int) -> None:
    live = log_at(base, "live", Log().wait(5 - age).start().tier(0, "a").step("a"), modified=BEGAN + 5 - age)
    clocks = JumpingClocks(base)
    clocks.run(8)
    clocks.now += jump
    clocks.run(11)
    assert clocks.states == {"live": "running"}
    append(live, Log().beat().data, modified=clocks.now)
    clocks.run(29)
    assert clocks.states == {"live": "running"}
    clocks.run(4)
    assert clocks.states == {"live": "lost"}


def test_a_jump_of_the_clock_is_a_change_of_the_sessions_that_it_concerns(base: Path) -> None:
    log_at(base, "live", Log().start().tier(0, "a").step("a"), modified=BEGAN)
    log_at(base, "ended", Log().start().end(), modified=BEGAN)
    clocks = JumpingClocks(base)
    changes = clocks.catalog.changes()
    changes.take()
    clocks.now += 40
    clocks.catalog.now()
    changed, _ = changes.take()
    assert [snapshot.location.session_id for snapshot in changed] == ["live"]


def rewrite(path: Path, data: bytes) -> None:
    """Truncate a log, and write something else into it."""
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(data)


RUNNING_STEP = Log().start(2).tier(0, "a").step("a").says("a", *map(str, range(5)))
REWRITTEN = {
    "unchanged": RUNNING_STEP.data,
    "cut off": RUNNING_STEP.data[: len(RUNNING_STEP.data) // 2],
    "without its start": b"".join(line + b"\n" for line in RUNNING_STEP.lines[1:]),
    "empty": b"",
    "large": RUNNING_STEP.data + Log().says("a", *["x" * 1000] * 3000).data,
}


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "unread"])
@pytest.mark.parametrize("data", REWRITTEN.values(), ids=REWRITTEN.keys())
def test_no_step_of_an_opened_log_runs_on_once_it_has_been_truncated_and_deleted(
    base: Path, data: bytes, *, is_read: bool
) -> None:
    path = log_at(base, "one", RUNNING_STEP, modified=BEGAN + 5)
    clocks = JumpingClocks(base)
    log = clocks.catalog.open(clocks.catalog.sessions()[0].location)
    clocks.run(1)
    rewrite(path, data)
    if is_read:
        log.advance(100_000)  # of a large log, a part
    path.unlink()
    clocks.run(1)
    assert log.trouble == "the log is gone"
    clocks.run(35)
    snapshot = log.snapshot(clocks.catalog.now())
    assert snapshot.is_over
    assert {snapshot.step_state(step) for step in snapshot.session.steps} <= {StepState.INTERRUPTED}
    assert {snapshot.tier_state(tier) for tier in snapshot.session.tiers} <= {TierState.INTERRUPTED}


# What other processes saw


class SharedObservations:
    """Observations that processes share, in memory, by a clock that is set by hand."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._kept: list[Observation] = []

    def of_process(self) -> Observations:
        return Observations(lambda: self._kept, self._keep, lambda: (self._clocks.steady_now,))

    def _keep(self, new: list[Observation]) -> None:
        self._kept = merged(self._kept, new, 100)


class Restarts(JumpingClocks):
    """Clocks of a machine on which one program after another reads the same base."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self.shared = SharedObservations(self)
        super().__init__(base)
        self.restart()

    def start_without_reading(self) -> None:
        self.catalog = Catalog(
            [str(self._base)], clock=self.wall, steady_clock=self.steady, observations=self.shared.of_process()
        )

    def restart(self) -> None:
        self.start_without_reading()
        self.catalog.read_all()

    @property
    def is_doubtful(self) -> bool:
        (snapshot,) = self.catalog.sessions()
        return snapshot.is_doubtful


def test_a_log_that_was_watched_before_is_not_watched_for_as_long_again(base: Path) -> None:
    log_at(base, "killed", Log().wait(-60).start().tier(0, "a").step("a"), modified=BEGAN - 60)
    clocks = Restarts(base)
    clocks.run(5)
    assert (clocks.is_doubtful, clocks.states) == (True, {"killed": "running"})
    clocks.restart()
    clocks.run(6)
    assert clocks.is_doubtful
    clocks.run(1)
    assert (clocks.is_doubtful, clocks.states) == (False, {"killed": "lost"})
    clocks.restart()
    assert clocks.is_doubtful  # for a moment: a writer that was stopped until now writes at once
    clocks.run(1)
    assert clocks.states == {"killed": "lost"}


def test_a_log_that_has_grown_since_another_process_saw_it_is_live(base: Path) -> None:
    live = log_at(base, "live", Log().wait(-60).start().tier(0, "a").step("a"), modified=BEGAN - 60)
    clocks = Restarts(base)
    clocks.run(5)
    append(live, Log().beat().data, modified=BEGAN - 50)
    clocks.restart()
    assert (clocks.is_doubtful, clocks.states) == (False, {"live": "running"})
    clocks.run(31)
    assert clocks.states == {"live": "lost"}


@pytest.mark.parametrize("grows", [True, False])
def test_a_session_that_is_lost_on_one_screen_is_lost_on_the_next_one(base: Path, grows: bool) -> None:
    ahead = Log().wait(25).start().tier(0, "a")  # by the clock of its machine
    path = log_at(base, "killed", ahead, modified=BEGAN + 25)
    clocks = Restarts(base)
    if grows:
        clocks.run(2)
        append(path, ahead.beat().data[len(path.read_bytes()) :], modified=BEGAN + 27)
        clocks.run(32)
    else:
        clocks.run(14)
    assert clocks.states == {"killed": "lost"}
    clocks.restart()
    clocks.run(1)
    assert (clocks.is_doubtful, clocks.states) == (False, {"killed": "lost"})
    clocks.run(12)
    clocks.restart()
    clocks.run(1)
    assert (clocks.is_doubtful, clocks.states) == (False, {"killed": "lost"})


@pytest.mark.parametrize("is_listed", [True, False])
@pytest.mark.parametrize("silent_secs", [60, 1200, 5000, 20_000])
def test_a_log_that_is_opened_is_judged_by_what_is_known_of_it(
    base: Path, silent_secs: int, *, is_listed: bool
) -> None:
    begun = Log().wait(-silent_secs).start().tier(0, "a").step("a")
    log_at(base, "killed", begun, modified=BEGAN - silent_secs)
    clocks = Restarts(base)
    clocks.run(14)
    (known,) = clocks.catalog.sessions()
    assert known.state is SessionState.LOST
    if not is_listed:
        clocks.start_without_reading()
    log = clocks.catalog.open(known.location)
    clocks.catalog.read_all()
    if not is_listed:
        clocks.pass_time(0.5)  # for which no log counts as lost at first
    opened = log.snapshot(clocks.catalog.now())
    assert opened.is_complete
    assert (opened.is_doubtful, opened.state) == (False, SessionState.LOST)
