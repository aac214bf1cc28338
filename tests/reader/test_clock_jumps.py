"""Jumps of the clock, by clocks that are set by hand."""

import pytest

from zigtui.reader.clock_jumps import ClockJump, ClockJumps


class Clocks:
    """The wall clock and the steady clock of a machine."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.steady_now = 5.0

    def wall(self) -> float:
        return self.now

    def steady(self) -> float:
        return self.steady_now

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.steady_now += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def jumps(clocks: Clocks) -> ClockJumps:
    return ClockJumps(clocks.wall, clocks.steady)


def test_time_that_passes_is_no_jump(clocks: Clocks, jumps: ClockJumps) -> None:
    for _ in range(100):
        clocks.pass_time(1.0)
        clocks.now += 0.5  # a clock that is corrected little by little
        assert jumps.take() is None


@pytest.mark.parametrize("by", [40.0, 3600.0, -3.0, -3600.0])
def test_a_machine_that_slept_and_a_clock_that_was_set_are_noticed_once(
    clocks: Clocks, jumps: ClockJumps, by: float
) -> None:
    jumps.take()
    clocks.pass_time(1.0)
    clocks.now += by
    jump = jumps.take()
    assert jump is not None
    assert jump.secs == pytest.approx(by)
    assert jump.unobserved_secs == 0
    clocks.pass_time(1.0)
    assert jumps.take() is None


def test_a_long_time_without_an_observation_is_noticed_once(clocks: Clocks, jumps: ClockJumps) -> None:
    jumps.take()
    for _ in range(11):
        clocks.pass_time(1.0)
        found = jumps.take(observes=False)
    assert found == ClockJump(0.0, 11.0)
    assert jumps.take(observes=False) is None
