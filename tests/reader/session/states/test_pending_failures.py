"""Failures of a listener's last pass: nothing is recorded between two attempts, nor between two events."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.logs import BEGAN, Log, log_file, read_log
from zigtui.otlp.ship.due import due_passes
from zigtui.otlp.ship.notes import Sent
from zigtui.reader.session.model.passes import PassCounts
from zigtui.reader.session.model.session import SessionState, StepState, TierState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import vitals_of
from zigtui.wording.session_row import concerns, now_at, progress

NOT_SENT = Sent("x.jsonl")


def snapshot_of(tmp_path: Path, log: Log, later: float = 0.0) -> SessionSnapshot:
    """The session some seconds after its last event, with heartbeats meanwhile."""
    if later:
        log.wait(later).beat()
    now = BEGAN + log.second
    found = read_log(log_file(tmp_path, log.data)).snapshot(now)
    return found._replace(vitals=vitals_of(found.session, now, grown=now, watched=BEGAN))


def events(number: int, *tiers: str) -> Log:
    """A listener that has handled some events without a failure."""
    log = Log().start(len(tiers))
    for _ in range(number):
        for index, name in enumerate(tiers):
            log.tier(index, name).step(name).done(name)
    return log


def one_step() -> Log:
    return events(3, "a").tier(0, "a").step("a").fails("a")


def first_step() -> Log:
    return events(3, "a", "b").tier(0, "a").step("a").fails("a")


def last_step() -> Log:
    return events(3, "a", "b").tier(0, "a").step("a").done("a").tier(1, "b").step("b").fails("b", attempt=2)


def siblings() -> Log:
    log = events(3, "a", "b").tier(0, "a").step("a").done("a").tier(1, "b", "c").step("b").step("c")
    return log.fails("b").done("c")


@pytest.mark.parametrize("make", [one_step, first_step, last_step, siblings])
def test_a_pass_has_not_failed_for_good_while_its_step_may_be_retried(tmp_path: Path, make: Callable[[], Log]) -> None:
    snapshot = snapshot_of(tmp_path, make(), 40)
    run, step = snapshot.session.recent[-1], snapshot.session.steps[-1]
    assert snapshot.state is SessionState.IDLE
    assert (snapshot.passes, snapshot.listed().passes) == (PassCounts(4, 0), PassCounts(4, 0))
    assert (snapshot.failed_steps, snapshot.failed_steps_of(run)) == (0, 0)
    assert snapshot.pass_state(run) is TierState.RUNNING
    assert snapshot.tier_state(snapshot.session.tiers[-1]) is TierState.RUNNING
    assert StepState.FAILED in (snapshot.step_state(step), snapshot.step_state(snapshot.session.steps[-2]))
    assert progress(snapshot) == "pass 4"
    assert "failed 4" in now_at(snapshot.listed())
    assert now_at(snapshot).endswith("s ago, may be retried")
    assert concerns(snapshot) == now_at(snapshot)
    assert due_passes(snapshot, NOT_SENT) == range(1, 4)


@pytest.mark.parametrize("make", [one_step, first_step, last_step, siblings])
def test_it_has_once_a_retry_is_overdue(tmp_path: Path, make: Callable[[], Log]) -> None:
    snapshot = snapshot_of(tmp_path, make(), 400)
    run = snapshot.session.recent[-1]
    assert snapshot.state is SessionState.IDLE
    assert (snapshot.passes, snapshot.failed_steps, snapshot.failed_steps_of(run)) == (PassCounts(4, 1), 1, 1)
    assert snapshot.pass_state(run) is TierState.FAILED
    assert progress(snapshot) == "pass 4 · 1 failed"
    assert now_at(snapshot) == "waiting 6m"
    assert not any(map(snapshot.may_be_retried, snapshot.session.steps))
    assert due_passes(snapshot, NOT_SENT) == range(1, 5)


@pytest.mark.parametrize("make", [one_step, first_step, last_step, siblings])
def test_it_has_as_soon_as_another_event_or_the_end_follows(tmp_path: Path, make: Callable[[], Log]) -> None:
    after = snapshot_of(tmp_path, make().tier(0, "a").step("a"))
    assert (after.passes, after.failed_steps) == (PassCounts(5, 1), 1)
    ended = snapshot_of(tmp_path, make().end())
    assert (ended.passes, ended.failed_steps) == (PassCounts(4, 1), 1)
    lost = snapshot_of(tmp_path, make())
    lost = lost.at(lost.now + 900)
    assert (lost.state, lost.passes, lost.failed_steps) == (SessionState.LOST, PassCounts(4, 1), 1)
    assert not any(map(lost.may_be_retried, lost.session.steps))


def test_a_retried_pass_never_was_a_failed_one(tmp_path: Path) -> None:
    log = one_step()
    assert snapshot_of(tmp_path, log, 60).passes == PassCounts(4, 0)
    assert snapshot_of(tmp_path, log.says("a", "again")).passes == PassCounts(4, 0)
    assert snapshot_of(tmp_path, log.done("a")).passes == PassCounts(4, 0)


def test_failures_that_are_final_count_beside_one_that_may_be_retried(tmp_path: Path) -> None:
    log = events(2, "a").tier(0, "a").step("a").fails("a").tier(0, "a").step("a").fails("a")
    snapshot = snapshot_of(tmp_path, log, 40)
    assert (snapshot.passes, snapshot.failed_steps) == (PassCounts(4, 1), 1)
    assert [snapshot.pass_state(run) for run in snapshot.session.recent[-2:]] == [TierState.FAILED, TierState.RUNNING]


def test_an_iteration_of_a_loop_does_not_make_up_for_the_failure_before_it(tmp_path: Path) -> None:
    log = events(2, "a", "b").tier(0, "a").step("a").done("a").tier(1, "b").step("b").fails("b")
    snapshot = snapshot_of(tmp_path, log.tier(0, "b").step("b").fails("b"), 40)
    assert (snapshot.passes, snapshot.failed_steps) == (PassCounts(3, 1), 1)
    assert snapshot.pass_state(snapshot.session.recent[-1]) is TierState.FAILED
