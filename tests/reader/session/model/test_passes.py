"""Passes: runs of the whole workflow, of which a listener makes one for each event."""

import pytest

from tests.support.logs import Log
from zigtui.reader.session.model.passes import PassCounts


def listener(tier_count: int = 2) -> Log:
    """A session that has just begun."""
    return Log().start(tier_count)


def event(log: Log) -> Log:
    """Add the pass of an event that succeeds."""
    return log.tier(0, "a").step("a").done("a").tier(1, "b").step("b").done("b")


def facts(log: Log) -> tuple[PassCounts, bool]:
    """The counts of the passes, and whether the session waits."""
    session = log.fold()
    return session.passes, session.is_waiting


def test_a_session_without_a_tier_waits() -> None:
    assert facts(listener()) == ((0, 0), True)


def test_a_pass_is_under_way_until_a_step_of_its_last_tier_has_ended_and_none_is_under_way() -> None:
    log = listener().tier(0, "a")
    assert facts(log) == ((1, 0), False)
    assert facts(log.step("a").done("a")) == ((1, 0), False)
    assert facts(log.tier(1, "b", "c")) == ((1, 0), False)
    assert facts(log.step("b").step("c").done("b")) == ((1, 0), False)
    assert facts(log.done("c")) == ((1, 0), True)


def test_each_event_of_a_listener_is_a_pass() -> None:
    log = listener()
    for number in range(1, 5):
        assert facts(event(log)) == ((number, 0), True)
    assert facts(log.tier(0, "a").step("a")) == ((5, 0), False)  # rather than an iteration of a loop
    assert facts(log.done("a").tier(1, "b")) == ((5, 0), False)
    assert facts(log.end()) == ((5, 0), False)


def test_an_iteration_of_a_loop_belongs_to_the_pass_before_it() -> None:
    log = event(listener()).tier(0, "b").step("b")
    assert facts(log) == ((1, 0), False)
    assert facts(log.done("b")) == ((1, 0), True)
    assert facts(log.tier(0, "a").step("a").done("a")) == (
        (1, 0),
        True,
    )  # as the loop's step may be the first tier's
    assert facts(event(log)) == ((2, 0), True)


def test_a_failed_event_waits_once_the_session_has_proved_to_be_a_listener() -> None:
    log = listener().tier(0, "a").step("a").fails("a")
    assert facts(log) == ((1, 1), False)  # it may be tried again
    assert facts(event(log)) == ((2, 1), True)
    assert facts(log.tier(0, "a").step("a").fails("a")) == ((3, 2), True)
    assert facts(log.says("a", "another attempt")) == ((3, 1), False)
    assert facts(log.fails("a", 2)) == ((3, 2), True)
    assert facts(event(log)) == ((4, 2), True)


def test_after_a_failure_a_tier_like_the_first_one_is_a_pass_at_once() -> None:
    log = listener().tier(0, "a").step("a").done("a").tier(1, "b").step("b").fails("b").tier(0, "a")
    assert facts(log) == ((2, 1), False)


def test_a_failure_that_is_followed_by_a_later_tier_does_not_fail_the_pass() -> None:
    log = listener().tier(0, "a").step("a").fails("a").tier(1, "b").step("b").done("b")
    assert facts(log) == ((1, 0), True)
    assert log.fold().failed_steps == 1


def test_siblings_of_a_failed_step_run_on() -> None:
    log = event(event(listener())).tier(0, "a", "c").step("a").step("c").fails("a")
    assert facts(log) == ((2, 0), False)
    assert facts(log.done("c"))[1]


def test_a_pass_whose_failure_is_not_recorded_does_not_wait_and_fails_with_the_next_one() -> None:
    log = event(event(listener())).tier(0, "a").step("a").done("a").tier(0, "a")
    assert facts(log)[0].total >= 2
    assert facts(log.step("a").done("a").tier(1, "b").step("b").done("b"))[1]
    log = event(listener(3).tier(0, "x"))
    assert not facts(log)[1]
    assert facts(log.tier(0, "x")) == ((2, 1), False)


def test_losers_of_a_race_are_settled_once_an_earlier_pass_has_left_them_open() -> None:
    def race(log: Log, *losers: str) -> Log:
        log.tier(0, "a").step("a").done("a").tier(1, "b", "c", "d")
        for name in ("b", "c", "d"):
            log.step(name)
        for name in {"b", "c", "d"} - set(losers):
            log.done(name)
        return log

    log = race(listener(), "c", "d")
    assert not facts(log)[1]
    assert facts(race(log, "c", "d")) == ((2, 0), True)
    assert not facts(race(log, "b", "d"))[1]
    assert facts(race(log, "b", "d")) == ((4, 0), True)


def test_every_tier_of_a_workflow_with_a_single_one_is_a_pass() -> None:
    log = listener(1)
    for number in range(1, 4):
        assert facts(log.tier(0, "a").step("a")) == ((number, 0), False)
        assert facts(log.done("a")) == ((number, 0), True)


def test_skipped_steps_complete_a_pass() -> None:
    assert facts(listener().tier(0, "a").skips("a").tier(1, "b").skips("b")) == ((1, 0), True)


@pytest.mark.parametrize("tier_count", [0, -3])
def test_a_session_that_does_not_tell_its_tiers_waits_only_before_the_first(tier_count: int) -> None:
    assert not facts(event(listener(tier_count)))[1]


def counted(log: Log) -> set[int]:
    """The number of passes, however they are counted."""
    session = log.fold()
    return {session.passes.total, len(session.recent) or 1, session.pass_count or 1}


def test_a_tier_like_the_first_one_is_a_pass_of_a_listener_as_long_as_it_is_under_way() -> None:
    log = event(event(listener()))
    assert counted(log) == {2}
    assert counted(log.tier(0, "a")) == {3}
    assert counted(log.step("a").says("a", "x")) == {3}
    assert counted(log.done("a")) == {2}  # it may have been an iteration of a loop, and the listener waits
    assert counted(log.tier(1, "b")) == {3}


def test_an_iteration_of_a_loop_is_no_pass_once_it_is_settled() -> None:
    log = event(event(listener())).tier(0, "a").step("a").done("a")
    assert (counted(log), log.fold().is_waiting) == ({2}, True)
    assert counted(event(log)) == {3}
    plain = event(listener()).tier(0, "a").step("a")
    assert counted(plain) == counted(plain.done("a")) == {1}


def test_a_first_tier_of_several_steps_is_a_pass_for_good_since_a_loop_runs_one_step() -> None:
    def parallel(log: Log) -> Log:
        return log.tier(0, "a", "b").step("a").step("b").done("a").done("b")

    log = listener()
    for _ in range(2):
        parallel(log).tier(1, "c").step("c").done("c")
    assert counted(log.tier(0, "a", "b")) == {3}
    assert counted(log.step("a").step("b").done("a").done("b")) == {3}
    assert not log.fold().is_waiting  # for an event, but for the second tier
    assert (counted(log.end()), facts(log)[0]) == ({3}, (3, 0))


def test_a_failure_in_a_first_tier_of_several_steps_that_is_not_recorded_ends_the_pass_early() -> None:
    def passed(log: Log) -> Log:
        return log.tier(0, "a", "b").step("a").step("b").done("a").done("b").tier(1, "c").step("c").done("c")

    log = passed(passed(listener())).tier(0, "a", "b").step("a").done("a")
    assert facts(passed(log)) == ((4, 1), True)
    assert [run.ended_early for run in log.fold().recent] == [False, False, True, False]


@pytest.mark.parametrize("fails", [True, False])
def test_the_counts_are_those_of_the_passes_that_are_shown_at_every_event(fails: bool) -> None:
    log = listener()
    for number in range(5):
        log.tier(0, "a").step("a")
        if fails and number == 3:
            log.fails("a")
            continue
        log.done("a").tier(1, "b").step("b").done("b").tier(0, "a").step("a").done("a")
    for end in range(1, len(log.lines) + 1):
        part = Log()
        part.lines = log.lines[:end]
        session = part.fold()
        if session.pass_count:
            assert session.passes.total == session.pass_count
            assert session.passes.failed == sum(run.is_failed for run in session.recent)


def test_the_end_of_a_session_makes_no_listener_of_one_whose_loop_was_under_way() -> None:
    log = event(listener()).tier(0, "a").step("a")
    assert counted(log) == {1}
    assert counted(log.end()) == {1}
    assert counted(event(event(listener())).tier(0, "a").step("a").end()) == {3}
