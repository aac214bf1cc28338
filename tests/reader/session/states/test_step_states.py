"""The states of steps and tiers, given the state of their session."""

from tests.support.cases import each_case
from tests.support.logs import Log, only, state_of_step, state_of_tier
from zigtui.reader.session.model.session import Session, SessionState, StepState, TierState

LIVE = [SessionState.RUNNING, SessionState.STALLED]
INTERRUPTED_BY = [SessionState.FAILED, SessionState.LOST]


def two_tiers(log: Log) -> Session:
    """The tier that ``log`` ends in is followed by another."""
    return log.tier(1, "next").fold()


RUNNING_A = [
    (Log().start().tier(0, "a").step("a"), StepState.RUNNING),
    (Log().start().tier(0, "a").step("a").fails("a").says("a", "x"), StepState.RETRYING),
]


@each_case("state", LIVE)
@each_case(("log", "step"), RUNNING_A, ids=["running", "retrying"])
def test_a_step_is_under_way_while_tier_and_session_are(log: Log, step: StepState, state: SessionState) -> None:
    session = log.fold()
    assert state_of_step(session, "a", state) is step
    assert state_of_tier(session, session.tiers[0], state) is TierState.RUNNING
    pending = Log().start().tier(0, "a").fold()
    assert state_of_step(pending, "a", state) is StepState.PENDING


@each_case("state", INTERRUPTED_BY)
@each_case(("log", "step"), RUNNING_A, ids=["running", "retrying"])
def test_a_step_under_way_is_interrupted_when_its_session_fails_or_is_lost(
    log: Log, step: StepState, state: SessionState
) -> None:
    session = log.fold()
    assert only(session, "a").state is step
    assert state_of_step(session, "a", state) is StepState.INTERRUPTED
    assert state_of_tier(session, session.tiers[0], state) is TierState.INTERRUPTED


def test_a_step_under_way_is_cancelled_when_its_session_succeeds() -> None:
    session = Log().start().tier(0, "a").step("a").end().fold()
    assert state_of_step(session, "a", SessionState.SUCCEEDED) is StepState.CANCELLED
    assert state_of_tier(session, session.tiers[0], SessionState.SUCCEEDED) is TierState.CANCELLED


@each_case("state", [*LIVE, SessionState.SUCCEEDED, *INTERRUPTED_BY])
def test_a_step_under_way_is_cancelled_when_the_next_tier_starts_whatever_comes_then(state: SessionState) -> None:
    session = two_tiers(Log().start().tier(0, "a").step("a"))
    assert state_of_step(session, "a", state) is StepState.CANCELLED
    assert state_of_tier(session, session.tiers[0], state) is TierState.CANCELLED


@each_case("state", [*LIVE, SessionState.SUCCEEDED, *INTERRUPTED_BY])
def test_a_pending_step_of_a_closed_tier_is_not_run(state: SessionState) -> None:
    session = two_tiers(Log().start().tier(0, "a"))
    assert state_of_step(session, "a", state) is StepState.NOT_RUN
    assert state_of_tier(session, session.tiers[0], state) is TierState.NOT_RUN


@each_case("state", [*LIVE, SessionState.SUCCEEDED, *INTERRUPTED_BY])
def test_what_an_event_states_of_a_step_stays(state: SessionState) -> None:
    session = two_tiers(Log().start().tier(0, "a", "b", "c").step("a").done("a").step("b").fails("b").skips("c"))
    assert [state_of_step(session, name, state).value for name in "abc"] == ["succeeded", "failed", "skipped"]


@each_case(
    ("log", "state"),
    [
        (Log().start().tier(0, "a", "b").done("a").fails("b"), TierState.FAILED),
        (Log().start().tier(0, "a", "b").step("a").fails("b"), TierState.FAILED),
        (Log().start().tier(0, "a", "b").fails("a").done("a"), TierState.SUCCEEDED),
        (Log().start().tier(0, "a", "b").step("a").done("b"), TierState.SUCCEEDED),
        (Log().start().tier(0, "a", "b").step("a").skips("b"), TierState.CANCELLED),
        (Log().start().tier(0, "a", "b").step("a"), TierState.CANCELLED),
        (Log().start().tier(0, "a", "b").skips("a").skips("b"), TierState.SUCCEEDED),
        (Log().start().tier(0, "a", "b").skips("a"), TierState.SUCCEEDED),
        (Log().start().tier(0, "a", "b"), TierState.NOT_RUN),
        (Log().start().tier(0), TierState.SUCCEEDED),
    ],
    ids=[
        "a failure beside a success",
        "a failure beside a cancelled one",
        "a retry and one not run",
        "a winner and a loser",
        "a cancelled one beside a skipped one",
        "a cancelled one beside one not run",
        "all skipped",
        "one skipped and one not run",
        "none run",
        "no steps",
    ],
)
def test_a_closed_tier_is_what_its_steps_came_to(log: Log, state: TierState) -> None:
    session = two_tiers(log)
    assert state_of_tier(session, session.tiers[0], SessionState.RUNNING) is state


def test_the_open_tier_of_a_session_that_is_over_is_what_its_steps_came_to() -> None:
    session = Log().start().tier(0, "a").step("a").done("a").fold()
    assert state_of_tier(session, session.tiers[0], SessionState.RUNNING) is TierState.RUNNING
    assert state_of_tier(session, session.tiers[0], SessionState.LOST) is TierState.SUCCEEDED
