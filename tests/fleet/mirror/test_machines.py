import pytest

from zigtui.fleet.mirror.machines import Machines


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
    machines = Machines(clock)
    machines.note_beat("web-07")
    assert pass_time(machines, clock, 6.0) == []
    assert pass_time(machines, clock, 60.0) == [("web-07", 6.5)]


def test_a_machine_that_beats_is_not_silent(clock: Clock) -> None:
    machines = Machines(clock)
    for _ in range(100):
        machines.note_beat("web-07")
        assert pass_time(machines, clock, 2.0) == []


def test_a_machine_comes_back(clock: Clock) -> None:
    machines = Machines(clock)
    machines.note_beat("web-07")
    pass_time(machines, clock, 60.0)
    machines.note_beat("web-07")
    assert pass_time(machines, clock, 1.0) == [("web-07", None)]


def test_the_sleep_of_the_receiver_makes_nobody_silent(clock: Clock) -> None:
    machines = Machines(clock)
    machines.note_beat("web-07")
    pass_time(machines, clock, 5.0)
    clock.now += 3600.0
    assert machines.tick(is_connected=True) == []
    assert pass_time(machines, clock, 1.0) == []
    assert pass_time(machines, clock, 1.0) == [("web-07", 6.5)]


def test_the_silence_of_the_server_makes_nobody_silent(clock: Clock) -> None:
    machines = Machines(clock)
    machines.note_beat("web-07")
    assert pass_time(machines, clock, 60.0, is_connected=False) == []
    assert pass_time(machines, clock, 7.0) == [("web-07", 6.5)]
