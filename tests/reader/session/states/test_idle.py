"""Sessions that wait rather than work: what is idle, and that waiting is charged to nothing."""

from pathlib import Path

from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log, log_file, read_log
from zigtui.reader.session.model.session import SessionState, StepState, TierState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import session_state, vitals_of

LATER = 3600.0


def event(log: Log) -> Log:
    """Add the pass of an event that succeeds."""
    return log.tier(0, "a").step("a").done("a").tier(1, "b").step("b").done("b")


def race(log: Log) -> Log:
    """Add the pass of an event whose last tier is a race that leaves a loser without an end."""
    return log.tier(0, "a").step("a").done("a").tier(1, "b", "c").step("b").step("c").done("b")


def beating(path: Path, log: Log) -> SessionSnapshot:
    """The session an hour later, after heartbeats only."""
    data = log.wait(LATER).beat().data
    now = BEGAN + len(log.lines) + LATER
    return read_log(log_file(path, data)).snapshot(now)._replace(vitals=vitals_of(log.fold(), now, grown=now))


@each_case(
    "log",
    [
        Log().start(2),
        event(Log().start(2)),
        event(Log().start(2)).tier(0, "b").step("b").done("b"),
        event(event(Log().start(2))).tier(0, "a").step("a").fails("a"),
        event(event(Log().start(2))).tier(0, "a", "c").step("a").step("c").fails("a").done("c"),
        race(race(Log().start(2))),
        Log().start(1).tier(0, "a").skips("a"),
    ],
    ids=["no event yet", "after an event", "after a loop", "failed", "siblings ran on", "losers of a race", "skipped"],
)
def test_a_session_that_waits_is_idle_however_long(tmp_path: Path, log: Log) -> None:
    snapshot = beating(tmp_path, log)
    assert snapshot.state is SessionState.IDLE
    assert snapshot.state.is_live
    assert not snapshot.state.is_over
    assert snapshot.at(snapshot.now + 29).state is SessionState.IDLE
    assert snapshot.at(snapshot.now + 30).state is SessionState.LOST


@each_case(
    "log",
    [
        Log().start(2).tier(0, "a"),
        Log().start(2).tier(0, "a").step("a").done("a"),
        Log().start(2).tier(0, "a").step("a").fails("a"),
        event(event(Log().start(2))).tier(0, "a").step("a"),
        event(event(Log().start(2))).tier(0, "a", "c").step("a").step("c").fails("a"),
        event(Log().start(3)).tier(0, "a").step("a").done("a").tier(1, "b"),
    ],
    ids=["no step", "no second tier", "may be retried", "in an event", "a sibling hangs", "failed without a record"],
)
def test_a_session_whose_step_hangs_or_does_not_come_is_stalled(tmp_path: Path, log: Log) -> None:
    assert beating(tmp_path, log).state is SessionState.STALLED


def test_waiting_is_charged_to_no_tier_and_no_step(tmp_path: Path) -> None:
    snapshot = beating(tmp_path, race(race(Log().start(2)).wait(LATER)))
    session = snapshot.session
    assert [snapshot.tier_state(tier) for tier in session.tiers] == [TierState.SUCCEEDED] * 4
    assert [snapshot.step_state(step) for step in session.steps if step.name == "c"] == [StepState.CANCELLED] * 2
    assert [snapshot.tier_elapsed_ms(tier) for tier in session.tiers] == [2000, 3000, 2000, 3000]
    assert {snapshot.step_elapsed_ms(step) for step in session.steps} == {1500, None}


def test_nothing_was_interrupted_in_a_session_that_was_lost_while_it_waited(tmp_path: Path) -> None:
    snapshot = beating(tmp_path, race(race(Log().start(2))))
    snapshot = snapshot.at(snapshot.now + LATER)
    assert snapshot.state is SessionState.LOST
    assert snapshot.tier_state(snapshot.session.tiers[-1]) is TierState.SUCCEEDED
    assert snapshot.step_state(snapshot.session.steps[-1]) is StepState.CANCELLED


def test_an_ended_session_is_not_idle() -> None:
    session = event(Log().start(2)).end().fold()
    assert session_state(vitals_of(session, BEGAN, None), BEGAN) is SessionState.SUCCEEDED
