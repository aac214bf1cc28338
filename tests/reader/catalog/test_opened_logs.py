"""An opened log is judged by all that is known of it, also by what other processes saw of it before."""

from pathlib import Path

import pytest

from tests.reader.catalog.catalogs import log_at
from tests.reader.catalog.test_catalog_clocks import JumpingClocks
from tests.reader.test_clock_jumps import Clocks
from tests.support.logs import BEGAN, Log, append
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.session.model.session import SessionState, StepState, TierState
from zigtui.reader.session.observations import Observation, Observations, merged


def rewrite(path: Path, data: bytes) -> None:
    """Truncate a log, and write something else into it."""
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(data)


RUNNING_STEP = Log().start(2).tier(0, "a").step("a").says("a", *map(str, range(5)))


REWRITTEN = {
    "unchanged": RUNNING_STEP.data,
    "cut off": RUNNING_STEP.data[: len(RUNNING_STEP.data) // 2],
    "without its start": b"".join(line + b"\n" for line in RUNNING_STEP.lines[1:]),
    "empty": b"",
    "large": RUNNING_STEP.data + Log().says("a", *["x" * 1000] * 3000).data,
}


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "unread"])
@pytest.mark.parametrize("data", REWRITTEN.values(), ids=REWRITTEN.keys())
def test_no_step_of_an_opened_log_runs_on_once_it_has_been_truncated_and_deleted(
    base: Path, data: bytes, *, is_read: bool
) -> None:
    path = log_at(base, "one", RUNNING_STEP, modified=BEGAN + 5)
    clocks = JumpingClocks(base)
    log = clocks.catalog.open(clocks.catalog.sessions()[0].location)
    clocks.run(1)
    rewrite(path, data)
    if is_read:
        log.advance(100_000)  # of a large log, a part
    path.unlink()
    clocks.run(1)
    assert log.trouble == "the log is gone"
    clocks.run(35)
    snapshot = log.snapshot(clocks.catalog.now())
    assert snapshot.is_over
    assert {snapshot.step_state(step) for step in snapshot.session.steps} <= {StepState.INTERRUPTED}
    assert {snapshot.tier_state(tier) for tier in snapshot.session.tiers} <= {TierState.INTERRUPTED}


# What other processes saw


class SharedObservations:
    """Observations that processes share, in memory, by a clock that is set by hand."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._kept: list[Observation] = []

    def of_process(self) -> Observations:
        return Observations(lambda: self._kept, self._keep, lambda: (self._clocks.steady_now,))

    def _keep(self, new: list[Observation]) -> None:
        self._kept = merged(self._kept, new, 100)


class Restarts(JumpingClocks):
    """Clocks of a machine on which one program after another reads the same base."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self.shared = SharedObservations(self)
        super().__init__(base)
        self.restart()

    def start_without_reading(self) -> None:
        self.catalog = Catalog(
            [str(self._base)], clock=self.wall, steady_clock=self.steady, observations=self.shared.of_process()
        )

    def restart(self) -> None:
        self.start_without_reading()
        self.catalog.read_all()

    @property
    def is_doubtful(self) -> bool:
        (snapshot,) = self.catalog.sessions()
        return snapshot.is_doubtful


def test_a_log_that_was_watched_before_is_not_watched_for_as_long_again(base: Path) -> None:
    log_at(base, "killed", Log().wait(-60).start().tier(0, "a").step("a"), modified=BEGAN - 60)
    clocks = Restarts(base)
    clocks.run(5)
    assert (clocks.is_doubtful, clocks.states) == (True, {"killed": "running"})
    clocks.restart()
    clocks.run(6)
    assert clocks.is_doubtful
    clocks.run(1)
    assert (clocks.is_doubtful, clocks.states) == (False, {"killed": "lost"})
    clocks.restart()
    assert clocks.is_doubtful  # for a moment: a writer that was stopped until now writes at once
    clocks.run(1)
    assert clocks.states == {"killed": "lost"}


def test_a_log_that_has_grown_since_another_process_saw_it_is_live(base: Path) -> None:
    live = log_at(base, "live", Log().wait(-60).start().tier(0, "a").step("a"), modified=BEGAN - 60)
    clocks = Restarts(base)
    clocks.run(5)
    append(live, Log().beat().data, modified=BEGAN - 50)
    clocks.restart()
    assert (clocks.is_doubtful, clocks.states) == (False, {"live": "running"})
    clocks.run(31)
    assert clocks.states == {"live": "lost"}


@pytest.mark.parametrize("grows", [True, False])
def test_a_session_that_is_lost_on_one_screen_is_lost_on_the_next_one(base: Path, grows: bool) -> None:
    ahead = Log().wait(25).start().tier(0, "a")  # by the clock of its machine
    path = log_at(base, "killed", ahead, modified=BEGAN + 25)
    clocks = Restarts(base)
    if grows:
        clocks.run(2)
        append(path, ahead.beat().data[len(path.read_bytes()) :], modified=BEGAN + 27)
        clocks.run(32)
    else:
        clocks.run(14)
    assert clocks.states == {"killed": "lost"}
    clocks.restart()
    clocks.run(1)
    assert (clocks.is_doubtful, clocks.states) == (False, {"killed": "lost"})
    clocks.run(12)
    clocks.restart()
    clocks.run(1)
    assert (clocks.is_doubtful, clocks.states) == (False, {"killed": "lost"})


@pytest.mark.parametrize("is_listed", [True, False])
@pytest.mark.parametrize("silent_secs", [60, 1200, 5000, 20_000])
def test_a_log_that_is_opened_is_judged_by_what_is_known_of_it(
    base: Path, silent_secs: int, *, is_listed: bool
) -> None:
    begun = Log().wait(-silent_secs).start().tier(0, "a").step("a")
    log_at(base, "killed", begun, modified=BEGAN - silent_secs)
    clocks = Restarts(base)
    clocks.run(14)
    (known,) = clocks.catalog.sessions()
    assert known.state is SessionState.LOST
    if not is_listed:
        clocks.start_without_reading()
    log = clocks.catalog.open(known.location)
    clocks.catalog.read_all()
    if not is_listed:
        clocks.pass_time(0.5)  # for which no log counts as lost at first
    opened = log.snapshot(clocks.catalog.now())
    assert opened.is_complete
    assert (opened.is_doubtful, opened.state) == (False, SessionState.LOST)
