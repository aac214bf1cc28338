"""Neither a jump of the clock nor a pause of the program makes a catalog take live sessions for lost ones."""

import os
import threading
from itertools import count
from pathlib import Path

import pytest

from tests.reader.catalog.catalogs import log_at
from tests.reader.test_clock_jumps import Clocks
from tests.support.logs import BEGAN, Log, append
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import SessionState

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
