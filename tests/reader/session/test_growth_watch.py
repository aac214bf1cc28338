"""Watching whether a log grows, while the machine sleeps and its clock is set."""

import math

import pytest

from tests.reader.test_clock_jumps import Clocks
from tests.support.cases import each_case
from zigtui.reader.machines import Hearing
from zigtui.reader.session.growth_watch import GrowthWatch
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.states.liveness import LIKELY_SKEW_SECS, Vitals, session_state


class Watched:
    """A log that is checked each second, and the state of its session."""

    def __init__(self, skew: float = 0.0) -> None:
        self.clocks = Clocks()
        self.clocks.now = 1e9
        self.watch = GrowthWatch(self.clocks.wall, self.clocks.steady)
        self._size = 100
        self._written = 1e9 + skew
        self._skew = skew
        self.watch.check(self._size)

    def beat(self) -> None:
        self._size += 60
        self._written = self.clocks.now + self._skew

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clocks.pass_time(1.0)
            self.watch.check(self._size)

    def state(self) -> SessionState:
        written, watch = self._written, self.watch
        skew_secs = math.inf if watch.has_jumped else LIKELY_SKEW_SECS
        vitals = Vitals(True, None, 1e9, written, written, written, watch.grown, 10, watch.watched, skew_secs)
        return session_state(vitals, self.clocks.now)


@each_case("skew", [-3600.0, -35.0, 0.0, 3.0, 20.0, 3600.0])
@each_case("jump", [40.0, 7200.0, 1e6, -40.0, -3600.0, -1e6])
def test_a_jump_of_the_clock_starts_the_watch_again(skew: float, jump: float) -> None:
    log = Watched(skew)
    for _ in range(3):
        log.pass_time(10)
        log.beat()
    log.pass_time(9)
    log.clocks.now += jump
    log.pass_time(1)
    assert log.state() is SessionState.RUNNING
    log.pass_time(28)
    assert log.state() is SessionState.RUNNING
    log.beat()
    log.pass_time(29)
    assert log.state() is SessionState.RUNNING
    log.pass_time(3)
    assert log.state() is SessionState.LOST


@each_case("skew", [-3600.0, -35.0, 45.0, 3600.0])
@each_case("jump", [40.0, 1e6, -1e6])
def test_a_jump_before_any_growth_does_so_too(skew: float, jump: float) -> None:
    log = Watched(skew)
    log.pass_time(11)
    log.clocks.now += jump
    log.pass_time(10)
    assert log.state() is SessionState.RUNNING
    log.pass_time(21)
    assert log.state() is SessionState.LOST


def test_a_pause_of_this_program_starts_the_watch_again() -> None:
    log = Watched()
    log.beat()
    log.pass_time(1)
    log.clocks.pass_time(200)
    log.pass_time(29)
    assert log.state() is SessionState.RUNNING
    log.pass_time(3)
    assert log.state() is SessionState.LOST


# Mirrored logs


def test_the_watch_of_a_mirrored_log_has_what_is_heard_of_its_machine() -> None:
    clocks = Clocks()
    heard = [Hearing(None, 0.0), Hearing(7.0, 7.0), Hearing(8.0, 8.0), Hearing(None, 9.0), Hearing(None, None)]
    watch = GrowthWatch(clocks.wall, clocks.steady, hearing=lambda: heard.pop(0))
    began = clocks.now
    seen = []
    while heard:
        watch.check(100)
        seen.append((watch.unheard_since, watch.known_until))
        clocks.pass_time(1)
    silent = began - 6, began - 6
    assert seen == [(None, math.inf), silent, silent, (None, began - 6), (None, -math.inf)]


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
def test_after_a_jump_only_what_is_heard_later_shows_until_when_a_mirrored_log_is_known(jump: float) -> None:
    """The mirror needs a moment to set the times of its logs by the new clock."""
    clocks = Clocks()
    heard = Hearing(None, 0.0)
    watch = GrowthWatch(clocks.wall, clocks.steady, hearing=lambda: heard)
    watch.check(100)
    clocks.now += jump
    for _ in range(9):
        watch.check(100)
        assert watch.known_until == -math.inf
        clocks.pass_time(1)
    clocks.pass_time(1)
    watch.check(100)
    assert watch.known_until == math.inf
    heard = Hearing(11.0, 11.0)
    watch.check(100)
    assert watch.known_until == -math.inf
    clocks.pass_time(5)
    heard = Hearing(5.0, 5.0)
    watch.check(100)
    assert watch.known_until == clocks.now - 5
