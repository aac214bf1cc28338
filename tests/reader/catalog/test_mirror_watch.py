"""A watcher of mirrors: one pair of threads for all machines, with the hints of the mirror or without."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.logs import Log, append, live_log
from tests.support.machines import MachinesByHand, mirror_root, mirrored_log
from tests.support.waiting import wait_until
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.watch import Watcher
from zigtui.reader.session.model.session import SessionState

pytestmark = pytest.mark.usefixtures("quick_scans")

UNREACHABLE, RUNNING = SessionState.UNREACHABLE, SessionState.RUNNING


class Fleet:
    """The root of a mirror that is watched."""

    def __init__(self, root: Path, *, gives_hints: bool) -> None:
        self.root = mirror_root(root)
        self.machines = MachinesByHand(root, gives_hints=gives_hints)
        self.catalog = Catalog([str(root)], machines=self.machines)
        self.changes = self.catalog.changes()
        self.reported = threading.Event()
        self.watcher = Watcher(self.catalog, self.reported.set)
        before = set(threading.enumerate())
        self.watcher.start()
        self.threads = set(threading.enumerate()) - before

    def write(self, machine: str, name: str, log: Log | None = None) -> Path:
        """Write a log, with a hint if the mirror gives any."""
        path = mirrored_log(self.root, machine, name, log or live_log())
        self.hint(path)
        return path

    def hint(self, path: Path) -> None:
        if self.machines.gives_hints:
            self.watcher.hint(str(path))

    def grow(self, path: Path) -> None:
        append(path, live_log().says("build", "more").lines[-1] + b"\n")
        self.hint(path)

    @property
    def lines(self) -> dict[str, int]:
        """The number of output lines of each session, by its name."""
        return {one.location.name: one.session.lines for one in self.catalog.sessions()}

    @property
    def states(self) -> dict[str, SessionState]:
        return {one.location.name: one.state for one in self.catalog.sessions()}


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[[bool], Fleet]]:
    """Watches a fleet until the test is over."""
    fleets: list[Fleet] = []

    def start(gives_hints: bool) -> Fleet:
        fleets.append(Fleet(tmp_path / "fleet", gives_hints=gives_hints))
        return fleets[-1]

    yield start
    for fleet in fleets:
        fleet.watcher.stop()


@pytest.fixture(params=[True, False], ids=["with hints of the mirror", "of another process"])
def fleet(watch: Callable[[bool], Fleet], request: pytest.FixtureRequest) -> Fleet:
    return watch(request.param)


def test_machines_join_while_it_runs_and_their_logs_grow(fleet: Fleet) -> None:
    assert fleet.lines == {}
    paths = [fleet.write(f"web-{number:02}", "1" * 8) for number in range(5)]
    wait_until(lambda: len(fleet.lines) == 5, lambda: fleet.lines)
    for path in paths:
        fleet.grow(path)
    wait_until(lambda: set(fleet.lines.values()) == {1}, lambda: fleet.lines)
    reported = {one.location.name for one in fleet.changes.take()[0]}
    assert reported == {f"web-{number:02}/11111111" for number in range(5)}
    assert fleet.watcher.notices == []


def test_a_hundred_machines_share_two_threads(fleet: Fleet) -> None:
    for number in range(100):
        fleet.write(f"web-{number:02}", "1" * 8)
    wait_until(lambda: len(fleet.lines) == 100, lambda: fleet.lines)
    assert len(fleet.threads) == 2
    assert {thread.name.partition(" ")[0] for thread in threading.enumerate()} >= {"read", "watch"}
    assert sum(str(fleet.root) in thread.name for thread in threading.enumerate()) == 2


def test_a_machine_that_falls_silent_and_comes_back_is_noticed_without_any_change_of_its_logs(fleet: Fleet) -> None:
    fleet.write("web-07", "1" * 8)
    fleet.write("db", "2" * 8)
    wait_until(lambda: fleet.states == {"web-07/11111111": RUNNING, "db/22222222": RUNNING}, lambda: fleet.states)
    fleet.changes.take()
    fleet.reported.clear()
    fleet.machines.silences["web-07"] = 7.0
    wait_until(lambda: fleet.states["web-07/11111111"] is UNREACHABLE, lambda: fleet.states)
    assert fleet.states["db/22222222"] is RUNNING
    wait_until(fleet.reported.is_set)
    assert "web-07" in {one.location.machine for one in fleet.changes.take()[0]}
    fleet.machines.silences.clear()
    wait_until(lambda: fleet.states["web-07/11111111"] is RUNNING, lambda: fleet.states)


def test_logs_that_are_removed_are_gone(fleet: Fleet) -> None:
    path = fleet.write("web-07", "1" * 8)
    wait_until(lambda: len(fleet.lines) == 1)
    fleet.changes.take()
    path.unlink()
    wait_until(lambda: fleet.lines == {}, lambda: fleet.lines)
    assert [location.name for location in fleet.changes.take()[1]] == ["web-07/11111111"]


def test_hints_through_a_link_to_the_root_count(tmp_path: Path) -> None:
    mirror_root(tmp_path / "real")
    (tmp_path / "fleet").symlink_to(tmp_path / "real")
    fleet = Fleet(tmp_path / "fleet", gives_hints=True)
    try:
        path = fleet.write("web-07", "1" * 8)
        wait_until(lambda: len(fleet.lines) == 1)
        fleet.grow(path)
        wait_until(lambda: fleet.lines == {"web-07/11111111": 1}, lambda: fleet.lines)
    finally:
        fleet.watcher.stop()


@pytest.mark.parametrize("is_opened_before", [True, False])
def test_an_open_log_is_read_at_once_however_many_others_change(
    watch: Callable[[bool], Fleet], monkeypatch: pytest.MonkeyPatch, *, is_opened_before: bool
) -> None:
    fleet = watch(True)
    paths = [fleet.write(f"web-{number:02}", "1" * 8) for number in range(20)]
    wait_until(lambda: len(fleet.lines) == 20, lambda: fleet.lines)
    location = next(one.location for one in fleet.catalog.sessions() if one.location.machine == "web-07")
    fleet.watcher.note_displayed([])
    monkeypatch.setattr("zigtui.reader.catalog.bases_watch._PAUSE_SECS_PER_HINT", 1000.0)
    monkeypatch.setattr("zigtui.reader.catalog.bases_watch._LONGEST_PAUSE_SECS", 1000.0)
    if is_opened_before:
        log = fleet.catalog.open(location)
    fleet.grow(paths[8])
    wait_until(lambda: fleet.lines["web-08/11111111"] == 1, lambda: fleet.lines)  # the long pause begins now
    if not is_opened_before:
        log = fleet.catalog.open(location)
    for count in range(1, 4):
        for path in paths[9:]:
            fleet.grow(path)
        fleet.reported.clear()
        fleet.grow(paths[7])
        wait_until(lambda count=count: log.snapshot().session.lines == count)  # type: ignore[misc]
        wait_until(fleet.reported.is_set)
    fleet.catalog.close(location)


def test_logs_that_are_not_displayed_are_read_as_well_and_their_ends_reported_at_once(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.reader.catalog.bases_watch._REPORT_SECS", 1000.0)
    log = live_log()
    path = fleet.write("web-07", "1" * 8, log)
    wait_until(lambda: len(fleet.lines) == 1)
    fleet.watcher.note_displayed([])
    for count in range(1, 4):
        fleet.grow(path)
        wait_until(lambda count=count: fleet.lines == {"web-07/11111111": count}, lambda: fleet.lines)  # type: ignore[misc]
    fleet.reported.clear()
    append(path, log.end().lines[-1] + b"\n")
    fleet.hint(path)
    wait_until(fleet.reported.is_set)
    assert fleet.states == {"web-07/11111111": SessionState.SUCCEEDED}


def test_a_follower_that_takes_over_the_mirror_goes_on_with_its_hints(watch: Callable[[bool], Fleet]) -> None:
    fleet = watch(False)
    path = fleet.write("web-07", "1" * 8)
    wait_until(lambda: len(fleet.lines) == 1)
    fleet.machines.gives_hints = True
    fleet.grow(path)
    wait_until(lambda: fleet.lines == {"web-07/11111111": 1}, lambda: fleet.lines)


def test_a_base_that_cannot_be_read_gives_a_notice_and_the_others_go_on(
    watch: Callable[[bool], Fleet], monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = watch(True)
    fleet.write("web-07", "1" * 8)
    wait_until(lambda: len(fleet.lines) == 1)
    scandir = os.scandir
    is_broken = True

    def fails(path: str) -> object:
        if is_broken and "db" in str(path):
            raise ValueError("broken")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fails)
    fleet.write("db", "2" * 8)
    wait_until(lambda: bool(fleet.watcher.notices), lambda: fleet.lines)
    assert fleet.watcher.notices_of(str(fleet.root / "web-07")) == []
    assert "cannot be read, trying again" in fleet.watcher.notices_of(str(fleet.root / "db"))[0]
    fleet.write("web-07", "3" * 8)
    wait_until(lambda: "web-07/33333333" in fleet.lines, lambda: fleet.lines)
    is_broken = False
    wait_until(lambda: "db/22222222" in fleet.lines and not fleet.watcher.notices, lambda: fleet.watcher.notices)


def test_a_root_whose_disk_does_not_answer_gives_a_notice_until_it_does(
    watch: Callable[[bool], Fleet], monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = watch(True)
    fleet.write("web-07", "1" * 8)
    wait_until(lambda: len(fleet.lines) == 1)
    answers, stat = threading.Event(), os.stat

    def hangs(path: str, **options: bool) -> os.stat_result:
        if path == str(fleet.root):
            answers.wait()
        return stat(path, **options)

    monkeypatch.setattr("zigtui.reader.catalog.watch_notices._NO_ANSWER_SECS", 0.05)
    monkeypatch.setattr(os, "stat", hangs)
    try:
        wait_until(lambda: fleet.watcher.notices == [f"{fleet.root} does not answer"])
    finally:
        answers.set()
    wait_until(lambda: fleet.watcher.notices == [])


# One watch of many bases and a watch for each of them see the same


class Step(NamedTuple):
    """A change of a log: by which machine, of which session, and what happens."""

    machine: str
    session: str
    action: str


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["web-01", "web-02", "db"]),
        st.sampled_from(["1" * 8, "2" * 8]),
        st.sampled_from(["grow", "grow", "grow", "end", "remove", "truncate"]),
    ),
    max_size=12,
)


@examples(6)
@given(steps=STEPS, hinted=st.booleans())
def test_one_watch_of_many_bases_sees_what_a_catalog_of_each_base_sees(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], hinted: bool
) -> None:
    fleet = Fleet(tmp_path_factory.mktemp("property") / "fleet", gives_hints=hinted)
    try:
        logs: dict[Path, Log] = {}
        for machine, session, action in steps:
            path = fleet.root / machine / "projects" / "src-shop" / "logs" / "sessions" / f"{session}.jsonl"
            if action == "remove":
                path.unlink(missing_ok=True)
                logs.pop(path, None)
            elif path not in logs or action == "truncate":
                logs[path] = live_log()
                mirrored_log(fleet.root, machine, session, logs[path])
            else:
                log = logs[path]
                count = len(log.lines)
                log = log.says("build", "more") if action == "grow" else log.end()
                append(path, b"".join(line + b"\n" for line in log.lines[count:]))
            fleet.hint(path)
        wait_until(lambda: seen_at_once(fleet.catalog) == seen_anew(fleet.root), lambda: fleet.lines)
    finally:
        fleet.watcher.stop()


def seen_at_once(catalog: Catalog) -> set[tuple[str, int, str | None]]:
    return {(one.location.name, one.session.lines, one.session.status) for one in catalog.sessions()}


def seen_anew(root: Path) -> set[tuple[str, int, str | None]]:
    found: set[tuple[str, int, str | None]] = set()
    for base in root.iterdir():
        if base.is_dir():
            catalog = Catalog([str(base)])
            catalog.read_all()
            found |= seen_at_once(catalog)
    return found
