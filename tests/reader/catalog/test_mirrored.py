"""The logs of other machines, which a mirror writes: when their sessions are live, and when that is not known."""

import os
from pathlib import Path

import pytest

from tests.reader.test_clock_jumps import Clocks
from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.machines import MachinesByHand, mirror_root, mirrored_log
from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.scan.locations import location_of_file
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot

RUNNING, LOST, UNREACHABLE = SessionState.RUNNING, SessionState.LOST, SessionState.UNREACHABLE


class Mirrored:
    """The catalog of a mirror, by clocks that are set by hand, with one session of a machine."""

    def __init__(self, root: Path, *, gives_hints: bool = True, log: Log | None = None) -> None:
        self.clocks = Clocks()
        self.clocks.now = BEGAN
        self.root = mirror_root(root)
        self.machines = MachinesByHand(root, gives_hints=gives_hints)
        self.log = log or Log().start().tier(0, "build").step("build").beat()
        self.path = mirrored_log(root, "web-07", "11111111", self.log, BEGAN)
        self.catalog = self.open()

    def open(self) -> Catalog:
        """Begin to read, as a program that starts now."""
        catalog = Catalog(
            [str(self.root)], clock=self.clocks.wall, steady_clock=self.clocks.steady, machines=self.machines
        )
        catalog.read_all()
        return catalog

    @property
    def base(self) -> BaseCatalog:
        (base,) = self.catalog.bases
        return base

    def grow(self, *, modified: float | None = None) -> None:
        """Let the mirror write a heartbeat, with a hint if it gives any."""
        size = len(self.log.data)
        self.log.beat()
        append(self.path, self.log.data[size:])
        modified = self.clocks.now if modified is None else modified
        os.utime(self.path, (modified, modified))
        path = os.path.realpath(self.path)
        self.refresh({path} if self.machines.gives_hints else set())

    def refresh(self, hints: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.base.refresh(hints)
        self.base.scan()
        while self.base.is_behind:
            self.base.work(1.0)

    def pass_time(self, seconds: float, *, beats: bool = False) -> None:
        """Let seconds pass, in which the catalog checks the log, and the session may write heartbeats."""
        while seconds > 0:
            step = min(seconds, 5.0)
            seconds -= step
            self.clocks.pass_time(step)
            for machine in self.machines.silences:
                self.machines.silences[machine] += step
            if beats:
                self.grow()
            self.refresh()

    @property
    def session(self) -> SessionSnapshot:
        (session,) = self.catalog.sessions()
        return session

    @property
    def state(self) -> SessionState:
        return self.session.state


@pytest.fixture(params=[True, False], ids=["with hints of the mirror", "of another process"])
def mirrored(tmp_path: Path, request: pytest.FixtureRequest) -> Mirrored:
    return Mirrored(tmp_path / "fleet", gives_hints=request.param)


def test_the_root_of_a_mirror_stands_for_its_machines(tmp_path: Path) -> None:
    root = mirror_root(tmp_path / "fleet")
    for machine in ("web-07", "db"):
        mirrored_log(root, machine, "11111111", Log().start())
    (root / "not a machine").mkdir()
    catalog = Catalog([str(root)])
    catalog.read_all()
    assert {(one.location.machine, one.location.base) for one in catalog.sessions()} == {
        ("web-07", str(root / "web-07")),
        ("db", str(root / "db")),
    }
    assert catalog.find(catalog.sessions()[0].location) is not None


def test_a_machine_that_joins_is_reported_by_records_of_changes_that_exist(tmp_path: Path) -> None:
    root = mirror_root(tmp_path / "fleet")
    catalog = Catalog([str(root)])
    changes = catalog.changes()
    assert changes.take() == ([], [])
    for number, machine in enumerate(("web-07", "db"), 1):
        mirrored_log(root, machine, "11111111", Log().start())
        catalog.read_all()
        changed, gone = changes.take()
        assert ([one.location.machine for one in changed], gone) == ([machine], [])
        assert len(catalog.sessions()) == number


@pytest.mark.parametrize("joins", [True, False], ids=["a machine", "a base"])
@pytest.mark.parametrize("own_bases", [1, 2])
def test_a_log_that_goes_as_a_base_is_added_is_reported(tmp_path: Path, own_bases: int, joins: bool) -> None:
    root, bases = mirror_root(tmp_path / "fleet"), [tmp_path / str(number) for number in range(own_bases)]
    log, *_ = [write_log(base, Log().start().end(), session_id(number)) for number, base in enumerate(bases)]
    catalog = Catalog([*map(str, bases), str(root)])
    catalog.read_all()
    changes = catalog.changes()
    assert len(changes.take()[0]) == own_bases
    log.unlink()
    if joins:
        mirrored_log(root, "web-07", session_id(7), Log().start().end())
    else:
        catalog.add_base(str(tmp_path / "another"))
    catalog.read_all()
    changed, gone = changes.take()
    assert [location.path for location in gone] == [str(log)]
    assert [snapshot.location.machine for snapshot in changed] == ["web-07"] * joins


def test_a_base_that_is_added_is_reported_also_if_it_shares_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for base in (first, second):
        (base / "logs" / "sessions").mkdir(parents=True)
    log = first / "logs" / "sessions" / "11111111-2222-3333-4444-555555555555.jsonl"
    log.write_bytes(Log().start().data)
    catalog = Catalog([str(first)])
    catalog.read_all()
    changes = catalog.changes()
    assert len(changes.take()[0]) == 1
    (second / "logs" / "sessions" / log.name).symlink_to(log)
    catalog.add_base(str(second))
    catalog.add_base(str(second))
    catalog.read_all()
    changed, _ = changes.take()
    assert [one.location.base for one in changed] == [str(first)]
    assert len(catalog.sessions()) == 1


# Signs of life


def test_fresh_bytes_are_signs_of_life(mirrored: Mirrored) -> None:
    mirrored.pass_time(100, beats=True)
    assert mirrored.state is RUNNING
    mirrored.pass_time(31)
    assert mirrored.state is LOST
    mirrored.grow()
    assert mirrored.state is RUNNING


def test_bytes_that_come_late_revive_no_session(mirrored: Mirrored) -> None:
    mirrored.pass_time(100)
    assert mirrored.state is LOST
    for _ in range(3):
        mirrored.grow(modified=BEGAN + 5)
        assert mirrored.state is LOST
        mirrored.pass_time(1)


def test_a_time_that_the_mirror_sets_after_it_has_written_takes_the_sign_of_life_back(tmp_path: Path) -> None:
    mirrored = Mirrored(tmp_path / "fleet", gives_hints=False)
    mirrored.pass_time(100)
    mirrored.grow()  # seen before its time is set
    os.utime(mirrored.path, (BEGAN, BEGAN))
    mirrored.refresh()
    mirrored.pass_time(13)
    assert mirrored.state is LOST


# Silent machines


def test_a_live_session_of_a_silent_machine_is_unreachable_however_long(mirrored: Mirrored) -> None:
    mirrored.pass_time(20, beats=True)
    mirrored.machines.silences["web-07"] = 7.0
    mirrored.pass_time(1)
    for _ in range(3):
        assert mirrored.state is UNREACHABLE
        mirrored.pass_time(200)
    assert mirrored.session.vitals.unheard_since == pytest.approx(mirrored.clocks.now - 608, abs=0.1)


def test_the_change_is_reported_although_the_log_is_the_same(mirrored: Mirrored) -> None:
    changes = mirrored.catalog.changes()
    changes.take()
    mirrored.machines.silences["web-07"] = 7.0
    mirrored.refresh()
    assert [one.state for one in changes.take()[0]] == [UNREACHABLE]
    mirrored.pass_time(10)
    assert changes.take() == ([], [])
    mirrored.machines.silences.clear()
    mirrored.refresh()
    assert [one.state for one in changes.take()[0]] == [RUNNING]


def test_a_session_that_was_lost_before_stays_lost(mirrored: Mirrored) -> None:
    mirrored.pass_time(60)
    mirrored.machines.silences["web-07"] = 7.0
    mirrored.pass_time(60)
    assert mirrored.state is LOST
    mirrored.machines.silences.clear()
    mirrored.pass_time(5)
    assert mirrored.state is LOST


@pytest.mark.parametrize("is_alive", [False, True])
def test_a_session_of_a_machine_that_is_back_is_checked_until_all_is_here(
    mirrored: Mirrored, *, is_alive: bool
) -> None:
    mirrored.pass_time(20, beats=True)
    mirrored.machines.silences["web-07"] = 7.0
    mirrored.pass_time(200)
    mirrored.machines.silences.clear()
    mirrored.machines.known_secs = 207.0
    mirrored.refresh()
    assert (mirrored.state, mirrored.session.is_doubtful) == (RUNNING, True)
    if is_alive:
        mirrored.grow(modified=mirrored.clocks.now - 5)
        assert (mirrored.state, mirrored.session.is_doubtful) == (RUNNING, False)
    mirrored.machines.known_secs = 0.0
    mirrored.refresh()
    assert mirrored.state is (RUNNING if is_alive else LOST)
    assert not mirrored.session.is_doubtful


def test_a_lost_session_is_not_checked_again(mirrored: Mirrored) -> None:
    mirrored.pass_time(600)
    assert mirrored.state is LOST
    mirrored.machines.known_secs = 60.0  # the mirror has been started again
    mirrored.catalog = mirrored.open()
    assert (mirrored.state, mirrored.session.is_doubtful) == (LOST, False)


def test_no_session_is_lost_because_this_program_was_stopped(mirrored: Mirrored) -> None:
    mirrored.pass_time(20, beats=True)
    mirrored.clocks.pass_time(100)
    assert (mirrored.state, mirrored.session.is_doubtful) == (RUNNING, True)
    mirrored.base.notice_silence()
    assert mirrored.state is RUNNING
    mirrored.grow()
    mirrored.pass_time(29)
    assert mirrored.state is RUNNING
    mirrored.pass_time(1)
    assert mirrored.state is LOST


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_no_session_is_lost_because_the_clock_jumps(mirrored: Mirrored, step: float) -> None:
    mirrored.pass_time(20, beats=True)
    mirrored.clocks.now += step
    mirrored.refresh()
    assert mirrored.state is RUNNING
    mirrored.grow(modified=mirrored.clocks.now - 1)  # the mirror sets the times anew
    assert (mirrored.state, mirrored.session.is_doubtful) == (RUNNING, False)
    mirrored.pass_time(28)
    assert mirrored.state is RUNNING
    mirrored.pass_time(1)
    assert mirrored.state is LOST


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_jump_of_the_clock_changes_nothing_for_a_silent_machine(mirrored: Mirrored, step: float) -> None:
    mirrored.pass_time(20, beats=True)
    mirrored.machines.silences["web-07"] = 7.0
    mirrored.pass_time(10)
    mirrored.clocks.now += step
    mirrored.pass_time(10)
    session = mirrored.session
    assert session.state is UNREACHABLE
    assert session.vitals.unheard_since == pytest.approx(mirrored.clocks.now - 27, abs=0.1)
    log = mirrored.catalog.open(session.location)
    assert log.snapshot(mirrored.clocks.now).state is UNREACHABLE


def test_without_a_connection_all_machines_are_silent(mirrored: Mirrored) -> None:
    mirrored.pass_time(20, beats=True)
    mirrored.machines.offline_since = mirrored.clocks.now
    mirrored.pass_time(100)
    assert mirrored.state is UNREACHABLE
    mirrored.machines.offline_since, mirrored.machines.known_secs = None, 100.0
    mirrored.pass_time(1)
    assert (mirrored.state, mirrored.session.is_doubtful) == (RUNNING, True)


def test_what_was_never_known_is_not_known_without_a_connection_either(mirrored: Mirrored) -> None:
    mirrored.machines.known_secs = None
    mirrored.pass_time(100)
    assert (mirrored.state, mirrored.session.is_doubtful) == (RUNNING, True)
    mirrored.machines.offline_since = mirrored.clocks.now
    mirrored.pass_time(100)
    assert mirrored.state is UNREACHABLE


@pytest.mark.parametrize(
    ("silent_secs", "state"),
    [pytest.param(1000.0, UNREACHABLE, id="alive when last heard"), pytest.param(10.0, LOST, id="dead by then")],
)
def test_a_program_that_starts_later_finds_out_what_was_alive(
    mirrored: Mirrored, silent_secs: float, state: SessionState
) -> None:
    mirrored.clocks.pass_time(1010)
    mirrored.machines.silences["web-07"] = silent_secs
    mirrored.catalog = mirrored.open()
    assert mirrored.state is state
    assert not mirrored.session.is_doubtful
    mirrored.pass_time(60)
    assert mirrored.state is state


@pytest.mark.parametrize("ahead", [-3600.0, 0.0, 3600.0], ids=["clock behind", "same clock", "clock ahead"])
def test_all_programs_agree_that_a_session_was_lost_before_its_machine_fell_silent(
    tmp_path: Path, ahead: float
) -> None:
    log = Log().wait(ahead).start().tier(0, "build").step("build").beat()
    mirrored = Mirrored(tmp_path / "fleet", log=log)
    mirrored.pass_time(20, beats=True)
    died_at = mirrored.clocks.now
    mirrored.pass_time(40)
    assert mirrored.state is LOST
    mirrored.machines.silences["web-07"] = 7.0
    for later in (0, 20, 3600):
        mirrored.pass_time(later)
        mirrored.grow(modified=died_at)  # bytes that come late
        catalog = mirrored.open()
        (found,) = catalog.sessions()
        assert (mirrored.state, found.state, found.is_doubtful) == (LOST, LOST, False)
        opened = catalog.open(found.location)
        catalog.read_all()
        assert opened.snapshot(mirrored.clocks.now).state is LOST
    mirrored.catalog = catalog
    mirrored.machines.silences.clear()
    mirrored.pass_time(20)
    assert mirrored.state is LOST
    mirrored.grow()
    assert mirrored.state is RUNNING


@pytest.mark.parametrize(("end", "state"), [("success", SessionState.SUCCEEDED), ("failure", SessionState.FAILED)])
def test_a_session_that_has_ended_is_over_however_silent_its_machine_is(
    tmp_path: Path, end: str, state: SessionState
) -> None:
    mirrored = Mirrored(tmp_path / "fleet", log=Log().start().end(end))
    mirrored.machines.silences["web-07"] = 70.0
    mirrored.pass_time(5)
    assert mirrored.state is state


def test_an_open_log_of_a_silent_machine_is_unreachable(mirrored: Mirrored) -> None:
    location = mirrored.session.location
    log = mirrored.catalog.open(location)
    mirrored.machines.silences["web-07"] = 7.0
    mirrored.pass_time(60)
    assert log.snapshot(mirrored.clocks.now).state is UNREACHABLE
    mirrored.machines.silences.clear()
    mirrored.grow()
    assert log.snapshot(mirrored.clocks.now).state is RUNNING


def test_the_machines_of_one_mirror_say_nothing_about_those_of_another(tmp_path: Path) -> None:
    own, other = mirror_root(tmp_path / "own"), mirror_root(tmp_path / "other")
    live = Log().start().tier(0, "build").step("build").beat()
    for root in (own, other):
        mirrored_log(root, "web-07", "11111111", live, BEGAN)
    machines = MachinesByHand(own)
    machines.silences["web-07"] = 60.0
    clocks = Clocks()
    clocks.now = BEGAN
    catalog = Catalog([str(own), str(other)], clock=clocks.wall, steady_clock=clocks.steady, machines=machines)
    catalog.read_all()
    unheard = {one.location.base: one.vitals.unheard_since for one in catalog.sessions()}
    assert unheard == {str(own / "web-07"): BEGAN - 60.0, str(other / "web-07"): None}
    hinted = {base.base: base.mirrored is not None and base.mirrored.is_hinted for base in catalog.bases}
    assert hinted == {str(own / "web-07"): True, str(other / "web-07"): False}


def test_the_machines_of_a_root_are_recognized_however_long_the_disk_takes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = mirror_root(tmp_path / "fleet")
    catalog = Catalog([str(root)], machines=MachinesByHand(root))
    monkeypatch.setattr("zigtui.reader.machines.results_within", lambda _, __, otherwise: otherwise)
    mirrored_log(root, "web-07", "11111111", Log().start().tier(0, "build"), BEGAN)
    catalog.find_machines(str(root))
    (base,) = catalog.bases
    assert base.mirrored is not None


def test_the_base_of_a_machine_is_that_of_its_root_by_whatever_path_it_is_given(tmp_path: Path) -> None:
    root = mirror_root(tmp_path / "fleet")
    (tmp_path / "link").symlink_to(root)
    path = mirrored_log(root, "web-07", "11111111", Log().start().end(), BEGAN)
    opened = location_of_file(str(path))
    catalog = Catalog([str(tmp_path / "link"), opened.base])
    catalog.read_all()
    assert [one.location.machine for one in catalog.sessions()] == ["web-07"]
    assert catalog.find(opened) is not None
