import pytest

from zigtui.fleet.mirror.machines import Machines
from zigtui.fleet.wire.messages import Beat
from zigtui.reader.machines import MachineStatus

BEAT = Beat(n=1, sessions=3, behind=20, version="1.2.0", disk_free=4, disk_size=10)
BASE = "/fleet/web-07"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pass_time(
    machines: Machines, clock: Clock, seconds: float, *, is_connected: bool = True
) -> list[tuple[str, float | None]]:
    changes = []
    for _ in range(round(2 * seconds)):
        clock.now += 0.5
        changes += machines.tick(is_connected=is_connected)
    return changes


def test_a_machine_is_silent_after_three_missed_beats(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_beat("web-07", BEAT)
    assert pass_time(machines, clock, 6.0) == []
    assert pass_time(machines, clock, 60.0) == [("web-07", 6.5)]


def test_a_machine_that_beats_is_not_silent(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    for _ in range(100):
        machines.note_beat("web-07", BEAT)
        assert pass_time(machines, clock, 2.0) == []


def test_a_machine_comes_back(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 60.0)
    machines.note_beat("web-07", BEAT)
    assert pass_time(machines, clock, 1.0) == [("web-07", None)]


def test_the_sleep_of_the_receiver_makes_nobody_silent(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 5.0)
    clock.now += 3600.0
    assert machines.tick(is_connected=True) == []
    assert pass_time(machines, clock, 1.0) == []
    assert pass_time(machines, clock, 1.0) == [("web-07", 6.5)]


def test_the_silence_of_the_server_makes_nobody_silent(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_beat("web-07", BEAT)
    assert pass_time(machines, clock, 60.0, is_connected=False) == []
    assert pass_time(machines, clock, 7.0) == [("web-07", 6.5)]


def test_the_status_has_what_the_last_beat_has(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.add("db-01")
    machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 2.0)
    assert machines.statuses() == [
        MachineStatus("db-01", "/fleet/db-01"),
        MachineStatus("web-07", BASE, None, 3, 20, "1.2.0", 4, 10, 2.0),
    ]
    pass_time(machines, clock, 40.0)
    silent = machines.statuses()[1]
    assert (silent.silent_secs, silent.beat_age_secs, silent.sessions) == (42.0, 42.0, 3)


def test_a_silence_is_that_of_the_machine_of_a_base(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 42.0)
    assert machines.silence_of(BASE) == 42.0
    assert (machines.silence_of("/fleet/db-01"), machines.silence_of("/home/ann/.zig")) == (None, None)
    machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 0.5)
    assert machines.silence_of(BASE) is None


def test_a_machine_that_has_never_been_heard_is_silent_after_a_while(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.add("web-07")
    assert pass_time(machines, clock, 6.0) == []
    assert pass_time(machines, clock, 1.0) == [("web-07", 6.5)]
    assert machines.silence_of(BASE) == 7.0


def test_a_machine_without_a_beat_has_been_silent_since_its_last_message(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_message("web-07", 0.0)
    assert machines.statuses() == []
    machines.add("web-07")
    for age in (600.0, 100.0, 300.0):
        machines.note_message("web-07", age)
    assert pass_time(machines, clock, 7.0) == [("web-07", 6.5)]
    assert machines.silence_of(BASE) == 107.0
    assert machines.statuses()[0].beat_age_secs is None


def test_a_silence_began_with_the_last_message_if_no_beat_came_after_it(clock: Clock) -> None:
    before = Machines("/fleet", clock, clock)
    before.note_beat("web-07", BEAT)
    clock.now += 3600.0
    later = Machines("/fleet", clock, clock)
    later.restore(before.statuses(), clock.now - 3600.0)
    later.note_message("web-07", 60.0)
    pass_time(later, clock, 7.0)
    assert later.silence_of(BASE) == 67.0


@pytest.mark.parametrize(("beats", "silent_secs"), [(1, 49.0), (2, 7.0)])
def test_one_beat_alone_does_not_interrupt_a_silence(clock: Clock, beats: int, silent_secs: float) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 40.0)
    for _ in range(beats):
        pass_time(machines, clock, 2.0 / beats)
        machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 7.0)
    assert machines.silence_of(BASE) == silent_secs


def states(machines: Machines) -> tuple[float | None, float | None]:
    return machines.offline_since, machines.silence_of(BASE)


def test_all_machines_are_silent_while_there_is_no_connection_for_long(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_connection(is_there=True)
    machines.note_beat("web-07", BEAT)
    machines.note_connection(is_there=False)
    lost_at = clock.now
    pass_time(machines, clock, 5.0, is_connected=False)
    machines.note_connection(is_there=False)  # another attempt has failed
    assert states(machines) == (None, None)
    pass_time(machines, clock, 2.0, is_connected=False)
    assert states(machines) == (lost_at, 7.0)
    machines.note_connection(is_there=True)
    assert states(machines) == (None, None)


def test_a_later_run_that_does_not_connect_knows_since_when_machines_are_silent(clock: Clock) -> None:
    before = Machines("/fleet", clock, clock)
    before.note_beat("web-07", BEAT)
    clock.now += 3600.0
    later = Machines("/fleet", clock, clock)
    later.restore(before.statuses(), 1100.0)
    assert states(later) == (None, None)  # it may connect at once
    later.note_connection(is_there=False)
    assert states(later) == (1100.0, 3600.0)
    assert later.statuses()[0].sessions == 3
    later.note_connection(is_there=True)
    assert states(later) == (None, None)


def test_a_run_that_takes_over_knows_who_is_silent(clock: Clock) -> None:
    before = Machines("/fleet", clock, clock)
    before.note_beat("web-07", BEAT)
    pass_time(before, clock, 42.0)
    later = Machines("/fleet", clock, clock)
    later.restore(before.statuses(), None)
    assert later.silence_of(BASE) == 42.0
    later.note_beat("web-07", BEAT)
    assert pass_time(later, clock, 1.0) == [("web-07", None)]
    assert later.silence_of(BASE) is None


@pytest.mark.parametrize("before", [None, 5000.0])
def test_the_first_attempt_that_fails_is_offline_since_now_at_the_latest(clock: Clock, before: float | None) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.restore([], before)
    machines.note_connection(is_there=False)
    assert machines.offline_since == clock.now


def test_a_machine_that_was_added_since_the_server_was_asked_is_not_called_removed(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_fleet(frozenset({"db-01"}))
    machines.note_beat("web-07", BEAT)
    assert [status.is_removed for status in machines.statuses()] == [False]
    assert machines.is_fleet_outdated
    machines.note_fleet(frozenset({"db-01", "web-07"}))
    assert not machines.is_fleet_outdated
    machines.note_fleet(frozenset({"db-01"}))
    pass_time(machines, clock, 10.0)
    assert [status.is_removed for status in machines.statuses()] == [True]
    assert not machines.is_fleet_outdated
