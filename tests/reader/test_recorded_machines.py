"""The record of a mirror's machines, as processes read it that only read the mirrored logs."""

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reader.test_clock_jumps import Clocks
from tests.support.cases import each_case
from tests.support.machines import mirror_root
from tests.support.waiting import DEADLINE_SECS, until
from zigtui.reader.machines import MIRROR_MARKER, Hearing, MachineStatus
from zigtui.reader.machines_file import MachinesRecord, decode_machines, encode_machines
from zigtui.reader.recorded_machines import MACHINES_FILE, RecordedMachines


class Recorded:
    """A record that a mirror keeps, and a reader of it, by clocks that are set by hand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clocks = Clocks()
        self._written = 0

    def write(self, *statuses: MachineStatus, offline_since: float | None = None) -> None:
        self.write_bytes(encode_machines(statuses, self.clocks.now, offline_since))

    def write_bytes(self, content: bytes) -> None:
        self._written += 1
        new = self.root / f"new-{self._written}"  # the mirror replaces the file
        new.write_bytes(content)
        new.replace(self.root / MACHINES_FILE)

    def read(self) -> RecordedMachines:
        return RecordedMachines(str(self.root), self.clocks.wall, self.clocks.steady)

    def status(self, name: str, silent_secs: float | None = None, beat_age_secs: float | None = 1.0) -> MachineStatus:
        return MachineStatus(
            name, str(self.root / name), silent_secs, 12, 0, "1.2.3", 10**9, 10**10, beat_age_secs=beat_age_secs
        )

    def base(self, name: str) -> str:
        return str(self.root / name)


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path)


def test_what_a_mirror_writes_is_read_again(recorded: Recorded) -> None:
    statuses = [recorded.status("web-07", 42.0), recorded.status("db")]
    recorded.write(*statuses)
    machines = recorded.read()
    assert machines.statuses() == statuses
    assert machines.hearing_of(recorded.base("web-07")).silent_secs == 42.0
    assert machines.hearing_of(recorded.base("db")).silent_secs is None
    assert machines.offline_since is None
    assert not machines.gives_hints


def test_time_passes_for_silent_machines(recorded: Recorded) -> None:
    recorded.write(recorded.status("web-07", 42.0, 42.0), recorded.status("db"))
    recorded.clocks.pass_time(5)
    machines = recorded.read()
    recorded.clocks.pass_time(3)
    web, db = machines.statuses()
    assert (web.silent_secs, web.beat_age_secs) == (50.0, 50.0)
    assert (db.silent_secs, db.beat_age_secs) == (None, 9.0)
    assert machines.hearing_of(recorded.base("web-07")).silent_secs == 50.0


def test_a_new_record_is_read_about_a_second_later(recorded: Recorded) -> None:
    recorded.write(recorded.status("web-07"))
    machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None
    recorded.clocks.pass_time(5)
    recorded.write(recorded.status("web-07", 7.0))
    assert machines.hearing_of(recorded.base("web-07")).silent_secs == 7.0
    recorded.clocks.pass_time(5)
    recorded.write(recorded.status("web-07"))
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None


@pytest.mark.parametrize("starts_later", [False, True])
def test_if_the_mirror_has_ended_all_machines_are_silent(recorded: Recorded, *, starts_later: bool) -> None:
    recorded.write(recorded.status("web-07", beat_age_secs=2.0), recorded.status("db", 100.0, 100.0))
    written_at = recorded.clocks.now
    machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None
    recorded.clocks.pass_time(3600)
    if starts_later:
        machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).silent_secs == 3602.0
    assert machines.hearing_of(recorded.base("db")).silent_secs == 3700.0
    assert machines.hearing_of(recorded.base("not known")).silent_secs == 3600.0
    assert machines.offline_since == written_at


def test_a_mirror_without_a_connection_hears_no_machine(recorded: Recorded) -> None:
    recorded.write(recorded.status("web-07", beat_age_secs=20.0), offline_since=recorded.clocks.now - 20)
    machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).silent_secs == 20.0
    assert machines.offline_since == recorded.clocks.now - 20


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_a_step_of_the_clock_makes_no_machine_silent(recorded: Recorded, step: float) -> None:
    recorded.write(recorded.status("web-07"))
    machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None
    recorded.clocks.now += step
    recorded.clocks.pass_time(5)
    recorded.write(recorded.status("web-07"))
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None
    recorded.clocks.pass_time(5)
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None
    assert machines.offline_since is None


@pytest.mark.parametrize("starts_later", [False, True])
@pytest.mark.parametrize("pause", [0, 60])
def test_what_was_known_does_not_move_with_a_clock_that_is_set_forward(
    recorded: Recorded, pause: float, *, starts_later: bool
) -> None:
    written_at = recorded.clocks.now
    recorded.write(replace(recorded.status("web-07"), known_secs=0.0))
    machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).known_secs == 0.0
    recorded.clocks.pass_time(pause)
    recorded.clocks.now += 3600
    recorded.clocks.pass_time(60)  # and the mirror has ended
    if starts_later:
        machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).known_until(recorded.clocks.now) == written_at
    assert [status.known_secs for status in machines.statuses()] == [recorded.clocks.now - written_at]


@pytest.mark.parametrize("starts_later", [False, True])
def test_nothing_is_known_of_a_record_from_before_the_clock_was_set_back(
    recorded: Recorded, *, starts_later: bool
) -> None:
    recorded.write(replace(recorded.status("web-07"), known_secs=0.0), replace(recorded.status("db"), known_secs=9.0))
    machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).known_secs == 0.0
    recorded.clocks.now -= 3600
    if starts_later:
        machines = recorded.read()
    assert [machines.hearing_of(recorded.base(name)).known_secs for name in ("web-07", "db")] == [None, None]
    recorded.clocks.pass_time(0 if starts_later else 60)  # one from before counts as that of a mirror that has ended
    assert [status.known_secs for status in machines.statuses()] == [None, None]
    assert [status.silent_secs is None for status in machines.statuses()] == [False, False]


def test_a_mirror_whose_clock_is_a_little_ahead_is_believed(recorded: Recorded) -> None:
    recorded.write(replace(recorded.status("web-07"), known_secs=0.0))
    recorded.clocks.now -= 100  # it runs on another machine with the same home directory
    assert recorded.read().hearing_of(recorded.base("web-07")) == Hearing(known_secs=0.0)


@each_case(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{}",
        b"[" * 100_000,
        b'{"version":2,"written_at":1,"offline_since":null,"machines":[]}',
        b'{"version":1,"written_at":"soon","offline_since":null,"machines":[]}',
        b'{"version":1,"written_at":1,"offline_since":null,"machines":[{"name":"a","silent_secs":-1}]}',
    ],
)
def test_a_damaged_record_is_none(recorded: Recorded, content: bytes) -> None:
    recorded.write_bytes(content)
    machines = recorded.read()
    assert machines.statuses() == []
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None
    assert machines.offline_since is None


def test_a_damaged_record_is_read_once(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    contents: list[bytes] = []

    def decode(content: bytes) -> MachinesRecord | None:
        contents.append(content)
        return decode_machines(content)

    monkeypatch.setattr("zigtui.reader.machines_file.decode_machines", decode)
    machines = recorded.read()
    for damaged in (b"damaged", b"again"):
        recorded.write_bytes(damaged)
        for _ in range(5):
            recorded.clocks.pass_time(2)
            assert machines.statuses() == []
    assert contents == [b"damaged", b"again"]
    recorded.write(recorded.status("web-07"))
    recorded.clocks.pass_time(2)
    assert [status.name for status in machines.statuses()] == ["web-07"]


def test_without_a_record_nothing_is_known(recorded: Recorded) -> None:
    machines = recorded.read()
    assert (machines.statuses(), machines.hearing_of(recorded.base("a")), machines.offline_since) == (
        [],
        Hearing(),
        None,
    )


def test_a_mirror_without_a_record_has_ended(recorded: Recorded) -> None:
    marker = mirror_root(recorded.root) / MIRROR_MARKER
    os.utime(marker, (recorded.clocks.now, recorded.clocks.now))
    machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")) == Hearing()  # it may be just starting
    recorded.clocks.pass_time(60)
    for reader in (machines, recorded.read()):
        assert reader.hearing_of(recorded.base("web-07")) == Hearing(silent_secs=60.0)
        assert reader.offline_since == recorded.clocks.now - 60
    recorded.write(recorded.status("web-07"))
    recorded.clocks.pass_time(2)
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None
    assert machines.offline_since is None


def test_a_disk_that_stops_answering_stops_no_reader(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded.write(recorded.status("web-07"))
    machines = recorded.read()
    assert machines.hearing_of(recorded.base("web-07")).silent_secs is None
    answers, stat = threading.Event(), os.stat
    unanswered = []
    monkeypatch.setattr("zigtui.reader.recorded_machines._ANSWER_SECS", 0.01)

    def hangs(path: str) -> os.stat_result:
        if not answers.wait(DEADLINE_SECS):
            unanswered.append(path)
        return stat(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", hangs)
        recorded.clocks.pass_time(20)
        assert machines.hearing_of(recorded.base("web-07")).silent_secs == 21.0
        assert [status.silent_secs for status in machines.statuses()] == [21.0]
        assert machines.offline_since is not None
        assert unanswered == []
        answers.set()
    for _ in until(lambda: machines.hearing_of(recorded.base("web-07")).silent_secs is None):
        recorded.write(recorded.status("web-07"))
        recorded.clocks.pass_time(1)
        time.sleep(0.01)
