import pytest
from msgspec.structs import replace

from zigtui.fleet.mirror.machines import Machines
from zigtui.fleet.wire.messages import Beat
from zigtui.reader.machines import Hearing, MachineStatus

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
    assert machines.hearing_of(BASE).silent_secs == 42.0
    assert machines.hearing_of("/fleet/db-01") == machines.hearing_of("/home/ann/.zig") == Hearing()
    machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 0.5)
    assert machines.hearing_of(BASE).silent_secs is None


def test_a_machine_that_has_never_been_heard_is_silent_after_a_while(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.add("web-07")
    assert pass_time(machines, clock, 6.0) == []
    assert pass_time(machines, clock, 1.0) == [("web-07", 6.5)]
    assert machines.hearing_of(BASE).silent_secs == 7.0


def test_a_machine_without_a_beat_has_been_silent_since_its_last_message(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_message("web-07", 0.0)
    assert machines.statuses() == []
    machines.add("web-07")
    for age in (600.0, 100.0, 300.0):
        machines.note_message("web-07", age)
    assert pass_time(machines, clock, 7.0) == [("web-07", 6.5)]
    assert machines.hearing_of(BASE).silent_secs == 107.0
    assert machines.statuses()[0].beat_age_secs is None


def test_a_silence_began_with_the_last_message_if_no_beat_came_after_it(clock: Clock) -> None:
    before = Machines("/fleet", clock, clock)
    before.note_beat("web-07", BEAT)
    clock.now += 3600.0
    later = Machines("/fleet", clock, clock)
    later.restore(before.statuses(), clock.now - 3600.0)
    later.note_message("web-07", 60.0)
    pass_time(later, clock, 7.0)
    assert later.hearing_of(BASE).silent_secs == 67.0


def hear(machines: Machines, clock: Clock, seconds: float, *, late_secs: float = 0.0) -> None:
    """Let time pass in which a machine beats."""
    for _ in range(round(seconds / 2)):
        machines.note_beat("web-07", BEAT)
        for _ in range(4):
            clock.now += 0.5
            machines.tick(is_connected=True, late_secs=late_secs)
    machines.note_beat("web-07", BEAT)


def test_what_a_machine_has_written_is_known_once_it_has_been_heard_for_a_while(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    hear(machines, clock, 10.0)
    assert machines.hearing_of(BASE) == Hearing(None, None)
    hear(machines, clock, 2.0)
    assert machines.hearing_of(BASE) == Hearing(None, 0.0)
    pass_time(machines, clock, 5.0)
    assert machines.hearing_of(BASE) == Hearing(None, 5.0)  # two beats are overdue
    pass_time(machines, clock, 95.0)
    assert machines.hearing_of(BASE) == Hearing(100.0, 100.0)
    hear(machines, clock, 10.0)  # what it has written in the meantime may be on its way
    assert machines.hearing_of(BASE) == Hearing(None, 110.0)
    pass_time(machines, clock, 20.0)
    assert machines.hearing_of(BASE) == Hearing(20.0, 130.0)
    hear(machines, clock, 12.0)
    assert machines.hearing_of(BASE) == Hearing(None, 0.0)


def test_nothing_more_is_known_while_messages_of_the_server_have_not_been_read(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    hear(machines, clock, 20.0)
    hear(machines, clock, 60.0, late_secs=7.0)
    assert machines.hearing_of(BASE).known_secs == 60.0
    hear(machines, clock, 14.0)
    assert machines.hearing_of(BASE).known_secs == 0.0


def test_after_a_short_break_of_the_connection_all_machines_are_heard_anew(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_connection(is_there=True)
    hear(machines, clock, 20.0)
    machines.note_connection(is_there=False)
    pass_time(machines, clock, 2.0, is_connected=False)
    machines.note_connection(is_there=True)
    hear(machines, clock, 10.0)
    assert machines.hearing_of(BASE).known_secs == 12.0
    hear(machines, clock, 2.0)
    assert machines.hearing_of(BASE).known_secs == 0.0


def test_a_stop_of_the_receiver_is_a_break(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    hear(machines, clock, 20.0)
    clock.now += 300.0
    machines.note_beat("web-07", BEAT)  # which has waited
    assert machines.hearing_of(BASE) == Hearing(None, 300.0)


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
def test_after_a_jump_of_the_clock_nothing_is_known_until_the_times_of_files_are_set_anew(
    clock: Clock, jump: float
) -> None:
    wall = Clock()
    machines = Machines("/fleet", clock, lambda: clock.now + wall.now)
    hear(machines, clock, 20.0)
    assert not machines.take_jump()
    wall.now += jump
    machines.tick(is_connected=True)
    assert machines.hearing_of(BASE) == Hearing(None, None)
    assert (machines.take_jump(), machines.take_jump()) == (True, False)
    hear(machines, clock, 14.0)
    assert machines.hearing_of(BASE) == Hearing(None, 0.0)


def test_a_later_run_knows_what_was_known(clock: Clock) -> None:
    before = Machines("/fleet", clock, clock)
    hear(before, clock, 20.0)
    clock.now += 1.0
    later = Machines("/fleet", clock, clock)
    later.restore(before.statuses(), None)
    later.note_connection(is_there=True)
    hear(later, clock, 10.0)
    assert later.hearing_of(BASE) == Hearing(None, 10.0)


def test_a_message_that_was_published_just_now_ends_a_silence(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_beat("web-07", BEAT)
    pass_time(machines, clock, 40.0)
    machines.note_message("web-07", 10.0)
    assert machines.hearing_of(BASE).silent_secs == 10.0
    machines.note_message("web-07", 0.1)
    assert machines.hearing_of(BASE).silent_secs is None
    assert pass_time(machines, clock, 0.5) == [("web-07", None)]


def states(machines: Machines) -> tuple[float | None, float | None]:
    return machines.offline_since, machines.hearing_of(BASE).silent_secs


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
    assert later.hearing_of(BASE).silent_secs == 42.0
    later.note_beat("web-07", BEAT)
    assert pass_time(later, clock, 1.0) == [("web-07", None)]
    assert later.hearing_of(BASE).silent_secs is None


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


def test_a_machine_that_was_removed_is_called_so_before_it_counts_as_silent(clock: Clock) -> None:
    machines = Machines("/fleet", clock, clock)
    machines.note_fleet(frozenset({"web-07"}))
    hear(machines, clock, 10.0)
    assert not machines.is_any_overdue
    pass_time(machines, clock, 3.5)
    assert machines.is_any_overdue  # so that the server is asked
    machines.note_fleet(frozenset())
    assert not machines.is_any_overdue  # it was asked just now
    (status,) = machines.statuses()
    assert (status.is_removed, status.silent_secs, machines.is_fleet_outdated) == (True, None, False)
    pass_time(machines, clock, 20.0)
    assert not machines.is_any_overdue
    machines.note_beat("web-07", BEAT)  # it was added again
    pass_time(machines, clock, 0.5)
    assert machines.is_fleet_outdated
    assert not machines.statuses()[0].is_removed


def test_two_shippers_with_one_name_are_told_from_one_that_was_started_again(clock: Clock) -> None:
    """As when a machine is copied with its token."""
    machines = Machines("/fleet", clock, clock)
    for run in (1, 1, 2, 2, 3, None, 3):
        machines.note_beat("web-07", replace(BEAT, run=run))
        assert machines.shared() == set()
    for run in (4, 3, 4):
        machines.note_beat("web-07", replace(BEAT, run=run))
    machines.note_beat("web-08", BEAT)
    assert machines.shared() == {"web-07"}
    for _ in range(10):
        machines.note_beat("web-07", replace(BEAT, run=3))
        pass_time(machines, clock, 2.0)
    assert machines.shared() == set()
