"""What earlier commands saw of a log, and what it means for the next one."""

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log, append, read_log
from tests.support.skewed import skewed_log
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.observations import (
    Moment,
    Observation,
    Observations,
    ObservedLog,
    combined,
    current_moment,
    merged,
    secs_between,
)
from zigtui.reader.session.settle import settle, watched_log

RECENT = 30.0


class Shared:
    """What commands share: the observations, and two clocks, of which the second does not stop for sleep."""

    def __init__(self) -> None:
        self.kept: list[Observation] = []
        self.writes = 0
        self.moment: Moment = (100.0, 100.0)

    def pass_time(self, *seconds: float) -> None:
        self.moment = tuple(before + after for before, after in zip(self.moment, seconds, strict=True))

    def observations(self) -> Observations:
        return Observations(lambda: self.kept, self._save, lambda: self.moment)

    def _save(self, new: list[Observation]) -> None:
        self.writes += 1
        self.kept = merged(self.kept, new, 1000)


@pytest.fixture
def shared() -> Shared:
    return Shared()


def observed(size: int = 100, since: float = 0.0, *, has_grown: bool = False, inode: int = 7) -> Observation:
    return Observation(1, inode, size, size * 10, (since, since), has_grown)


# Times


def test_the_present_is_after_the_past() -> None:
    before = current_moment()
    passed = secs_between(before, current_moment())
    assert passed is not None
    assert 0 <= passed < 60


@each_case(
    ("earlier", "later", "passed"),
    [
        ((5.0, 50.0), (7.0, 52.0), 2.0),
        ((5.0, 50.0), (7.0, 3652.0), 2.0),  # the machine slept for an hour
        ((5.0, 50.0), (3607.0, 52.0), 2.0),  # the process has another monotonic clock
        ((5.0,), (7.0,), 2.0),
        ((5.0, 50.0), (5.0, 50.0), 0.0),
        ((5.0, 50.0), (4.0, 60.0), None),
        ((5.0, 50.0), (7.0,), None),
        ((), (), None),
    ],
)
def test_the_clock_that_ran_for_the_shortest_time_counts(earlier: Moment, later: Moment, passed: float | None) -> None:
    assert secs_between(earlier, later) == passed


# Two observations


def test_an_unchanged_log_has_been_watched_since_the_earlier_observation() -> None:
    earlier = observed(since=5, has_grown=True)
    assert combined(earlier, observed(since=5000), RECENT) is earlier


@each_case(
    ("earlier", "grown"),
    [
        (observed(90, 80), True),
        (observed(90, 60), False),  # it may have died after it grew
        (observed(110, 80), False),  # truncated
        (observed(100, 80)._replace(changed_ns=1), False),  # written over, or its times were set
        (observed(90, 80, inode=8), False),
        (observed(90, 110), False),  # in the future
        (observed(90, 80)._replace(since=(80.0,)), False),
        (observed(90, 80)._replace(since=()), False),
        (None, False),
    ],
)
def test_growth_counts_if_it_is_recent(earlier: Observation | None, grown: bool) -> None:
    present = observed(100, 100)
    assert combined(earlier, present, RECENT) == present._replace(has_grown=grown)


def test_of_observations_of_an_unchanged_file_the_first_one_is_kept() -> None:
    assert merged([observed(since=5)], [observed(since=8, has_grown=True)], 9) == [observed(since=5, has_grown=True)]
    assert merged([observed(since=50)], [observed(since=8)], 9) == [observed(since=8)]  # one from the future is not
    assert merged([observed(100, 5)], [observed(90, 8)], 9) == [observed(90, 8)]
    assert merged([observed(since=5), observed(since=5)], [], 9) == [observed(since=5)]


def test_the_newest_observations_are_kept() -> None:
    numbers = [3, 1, 4, 0, 2]
    kept = merged([observed(since=at, inode=at) for at in numbers], [observed(since=9, inode=9)], 3)
    assert [observation.inode for observation in kept] == [3, 4, 9]


# Commands one after the other. The sessions have a heartbeat each second, and seem to be old.


class Command:
    """A command that reads a log, and observes it if its session is doubtful."""

    def __init__(self, path: Path) -> None:
        self.log = read_log(path)
        self.watched = watched_log(self.log)
        assert self.is_doubtful

    @property
    def is_doubtful(self) -> bool:
        return self.log.snapshot().is_doubtful

    @property
    def state(self) -> SessionState:
        return self.log.snapshot().state

    def resume(self, shared: Shared) -> Self:
        """Take over what earlier commands saw, without a wait."""
        watched = self.watched
        shared.observations().resume([ObservedLog(watched.path, watched.watch, watched.vitals())])
        self.watched.check()
        return self

    def settle(self, shared: Shared, on_wait: Callable[[], object] = lambda: None) -> Self:
        """Wait until the state is known."""
        settle([self.watched], shared.observations(), lambda count, secs: on_wait())
        return self


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The log of a session."""
    return skewed_log(tmp_path, "old", -600)


def beat(path: Path) -> None:
    now = time.time() - 600
    append(path, Log().wait(now - BEGAN).beat(1).data, modified=now)


def never() -> None:
    pytest.fail("there is no reason to wait")


@pytest.mark.slow
def test_only_the_first_command_waits_for_a_session_that_is_lost(
    path: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.reader.session.states.liveness._LATE_SECS", 0.1)  # no heartbeat comes
    waits: list[str] = []
    assert Command(path).settle(shared, lambda: waits.append("first")).state is SessionState.LOST
    assert waits == ["first"]
    shared.pass_time(3.1, 3.1)
    for _ in range(3):
        assert Command(path).settle(shared, never).state is SessionState.LOST
    assert shared.writes == 1


@pytest.mark.parametrize("clocks", [(0.5, 3600.0), (3600.0, 0.5), (-3600.0, 0.5)])
def test_sleep_and_other_clocks_do_not_count(path: Path, shared: Shared, clocks: tuple[float, float]) -> None:
    Command(path).resume(shared)
    shared.pass_time(*clocks)
    assert Command(path).resume(shared).is_doubtful


def test_a_part_of_the_watch_counts_too(path: Path, shared: Shared) -> None:
    Command(path).resume(shared)
    shared.pass_time(2, 2)
    command = Command(path).resume(shared)
    assert command.is_doubtful
    assert 2 <= time.time() - command.watched.watch.watched < 60


def test_a_session_that_has_grown_since_is_live_and_later_lost(path: Path, shared: Shared) -> None:
    Command(path).resume(shared)
    beat(path)
    shared.pass_time(2, 2)
    assert Command(path).settle(shared, never).state is SessionState.RUNNING
    shared.pass_time(2, 2)
    assert Command(path).settle(shared, never).state is SessionState.RUNNING  # it was seen to grow two seconds ago
    shared.pass_time(1.1, 1.1)
    assert Command(path).settle(shared, never).state is SessionState.LOST


def test_growth_long_ago_shows_nothing(path: Path, shared: Shared) -> None:
    Command(path).resume(shared)
    beat(path)
    shared.pass_time(60, 60)
    assert Command(path).resume(shared).is_doubtful


def test_growth_that_a_command_waited_for_counts_for_the_next_one(path: Path, shared: Shared) -> None:
    assert Command(path).settle(shared, lambda: beat(path)).state is SessionState.RUNNING
    shared.pass_time(2, 2)
    assert Command(path).settle(shared, never).state is SessionState.RUNNING


def test_a_writer_that_was_stopped_along_with_everything_else_gets_its_chance(path: Path, shared: Shared) -> None:
    Command(path).resume(shared)
    shared.pass_time(3600, 3600)  # as long as its container was stopped
    command = Command(path)
    checks = itertools.count()

    def check() -> None:
        if next(checks):  # not yet at the first check, when the file is compared
            beat(path)
        command.watched.check()

    settle([command.watched._replace(check=check)], shared.observations(), lambda count, secs: never())
    assert command.state is SessionState.RUNNING


def test_a_log_that_was_written_over_is_watched_anew(path: Path, shared: Shared) -> None:
    Command(path).resume(shared)
    shared.pass_time(60, 60)
    status = path.stat()
    time.sleep(0.02)  # longer than the steps of the file system's clock
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as programs do that copy files
    assert Command(path).resume(shared).is_doubtful


def test_a_log_that_has_gone_is_not_observed(path: Path, shared: Shared) -> None:
    command = Command(path)
    path.unlink()
    assert command.resume(shared).is_doubtful
    assert shared.kept == []
