"""Steps under way that print nothing: each by itself, however busy its siblings are."""

from pathlib import Path

import pytest

from tests.support.logs import BEGAN, Log, log_file, read_log
from zigtui.reader.session.model.session import SessionState, StepState
from zigtui.reader.session.model.silent_steps import QuietStep
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import state_until, vitals_of

NAMES = ("a", "b", "c", "d")


def four_steps() -> Log:
    """Four parallel steps, each of which has printed a line; the last event is at second 9."""
    log = Log().start().tier(0, *NAMES)
    for name in NAMES:
        log.step(name)
    for name in NAMES:
        log.says(name, "x")
    return log


def busy_but(name: str, secs: int) -> Log:
    """The same steps some seconds later, in which all but one have printed."""
    log = four_steps().wait(secs)
    for other in NAMES:
        if other != name:
            log.wait(0).says(other, "y")
    return log


def snapshot_of(tmp_path: Path, log: Log, now: float, skew: float = 0.0) -> SessionSnapshot:
    """The session at ``now`` seconds of the writer's clock, which is ahead of ours by ``skew`` seconds."""
    ours = BEGAN + now - skew
    snapshot = read_log(log_file(tmp_path, log.data)).snapshot(ours)
    return snapshot._replace(vitals=vitals_of(snapshot.session, ours, grown=ours, watched=BEGAN - skew))


def test_one_stuck_step_among_busy_siblings_makes_its_session_stalled(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, busy_but("c", 400), 409)
    assert snapshot.state is SessionState.STALLED
    assert snapshot.session.quietest == QuietStep("c", "2026-03-01T12:00:08+00:00")
    assert [snapshot.is_step_stalled(step) for step in snapshot.session.steps] == [False, False, True, False]
    assert snapshot.quiet_ms == snapshot.step_quiet_ms(snapshot.session.steps[2]) == 401_000 - 1000
    assert snapshot.listed().state is SessionState.STALLED


def test_the_state_is_valid_until_the_quietest_step_is_stalled(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, busy_but("c", 290).beat(), 300)
    assert snapshot.state is SessionState.RUNNING
    until = state_until(snapshot.vitals, snapshot.now)
    assert until == pytest.approx(snapshot.now + 9, abs=1)
    assert snapshot.at(until).state is SessionState.STALLED


@pytest.mark.parametrize("skew", [-3600.0, 0.0, 40.0, 7200.0])
def test_silence_is_measured_by_the_clock_of_the_writer(tmp_path: Path, skew: float) -> None:
    snapshot = snapshot_of(tmp_path, busy_but("b", 60), 69, skew)
    assert snapshot.quiet_ms == 61_000
    assert snapshot.at(snapshot.now + 20).quiet_ms == 81_000


def test_the_start_a_failure_and_output_are_signs_of_a_step(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    assert log.fold().quietest == QuietStep("a", "2026-03-01T12:00:02+00:00")
    log.says("a", "x")
    assert log.fold().quietest == QuietStep("a", "2026-03-01T12:00:03+00:00")
    assert log.fails("a").fold().quietest is None
    assert log.step("a").fold().quietest == QuietStep("a", "2026-03-01T12:00:04+00:00")
    log.says("a", "y")
    assert log.fold().quietest == QuietStep("a", "2026-03-01T12:00:06+00:00")
    assert log.done("a").fold().quietest is None


def test_a_listener_that_waits_has_no_quiet_step_although_losers_of_a_race_are_open(tmp_path: Path) -> None:
    log = Log().start(1)
    for _ in range(2):
        log.tier(0, "a", "b").step("a").step("b").done("a")
    snapshot = snapshot_of(tmp_path, log.wait(3600).beat(), 3609)
    assert snapshot.state is SessionState.IDLE
    assert snapshot.quiet_ms is None
    assert {snapshot.step_quiet_ms(step) for step in snapshot.session.steps} == {None}


def test_a_failed_step_is_final_once_its_tier_is_closed_or_its_session_over(tmp_path: Path) -> None:
    log = Log().start(2).tier(0, "a", "b").step("a").step("b").fails("b").fails("a")
    snapshot = snapshot_of(tmp_path, log, 9)
    assert all(snapshot.may_be_retried(step) for step in snapshot.session.steps)
    assert {snapshot.step_state(step) for step in snapshot.session.steps} == {StepState.FAILED}
    assert (snapshot.failed_steps, snapshot.passes.failed, snapshot.error) == (0, 0, None)
    lost = snapshot.at(snapshot.now + 900)
    assert not any(lost.may_be_retried(step) for step in lost.session.steps)
    assert lost.failed_steps == 2
    followed = snapshot_of(tmp_path, log.tier(1, "c"), 9)
    assert not any(followed.may_be_retried(step) for step in followed.session.steps)
    assert followed.failed_steps == 2
    over = snapshot_of(tmp_path, log.end("failure"), 9)
    assert (over.failed_steps, over.passes.failed, over.error) == (2, 1, None)  # both failures were tolerated
