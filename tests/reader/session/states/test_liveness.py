"""The state of a session at a given moment. Every time is given; no clock is read."""

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.examples import examples
from tests.support.logs import BEGAN, Log, at, only
from zigtui.reader.session.model.session import Session, SessionState, StepState, TierState
from zigtui.reader.session.model.silent_steps import DEFAULT_STALL_SECS
from zigtui.reader.session.states.elapsed import (
    last_writer_time,
    likely_start,
    session_elapsed_ms,
    step_elapsed_ms,
    tier_elapsed_ms,
    writer_time,
)
from zigtui.reader.session.states.liveness import (
    LARGEST_SKEW_SECS,
    LIKELY_SKEW_SECS,
    Vitals,
    is_doubtful,
    last_sign_of_life,
    session_state,
    silent_secs,
    state_until,
    vitals_of,
    watch_secs,
)
from zigtui.reader.times import milliseconds_between, seconds

HOUR = 3600.0
NOW = BEGAN + 1000.0

LIVE = [SessionState.RUNNING, SessionState.STALLED]


def vitals(
    *,
    modified: float = NOW,
    grown: float | None = None,
    event: float | None = NOW,
    activity: float | None = NOW,
    began: float | None = BEGAN,
    heartbeat_secs: int = 10,
    watched: float | None = NOW,
) -> Vitals:
    """A session without an end that was at work just now and is watched, but for what is said otherwise."""
    return Vitals(
        started=True,
        status=None,
        began=began,
        last_event=event,
        last_activity=activity,
        modified=modified,
        grown=grown,
        heartbeat_secs=heartbeat_secs,
        watched=watched,
    )


# Alive or not


@pytest.mark.parametrize("heartbeat_secs", [1, 10, 60])
def test_a_session_is_lost_once_three_heartbeats_are_missing(heartbeat_secs: int) -> None:
    session = vitals(heartbeat_secs=heartbeat_secs)
    assert session_state(session, NOW) is SessionState.RUNNING
    assert session_state(session, NOW + 3 * heartbeat_secs - 0.1) is SessionState.RUNNING
    assert session_state(session, NOW + 3 * heartbeat_secs) is SessionState.LOST


def test_a_lost_session_that_writes_again_is_running_again() -> None:
    assert session_state(vitals(), NOW + HOUR) is SessionState.LOST
    later = NOW + HOUR
    assert (
        session_state(vitals(modified=later, event=later, activity=later, grown=later), later) is SessionState.RUNNING
    )


def test_a_session_is_stalled_when_only_its_heart_beats_for_longer_than_the_threshold() -> None:
    assert DEFAULT_STALL_SECS == 300
    assert session_state(vitals(activity=NOW - 300), NOW) is SessionState.RUNNING
    assert session_state(vitals(activity=NOW - 300.1), NOW) is SessionState.STALLED
    assert session_state(vitals(activity=NOW - 295), NOW + 5.1) is SessionState.STALLED


def test_the_threshold_of_stalling_can_be_set() -> None:
    assert session_state(vitals(activity=NOW - 61), NOW, stall_secs=60) is SessionState.STALLED
    assert session_state(vitals(activity=NOW - 400), NOW, stall_secs=HOUR) is SessionState.RUNNING
    assert session_state(vitals(), NOW + 15, stall_secs=10) is SessionState.STALLED


@pytest.mark.parametrize(("status", "state"), [("success", "succeeded"), ("failure", "failed"), ("later", "failed")])
def test_an_end_settles_the_state(status: str, state: str) -> None:
    session = Log().start().end(status).fold()
    assert session_state(vitals_of(session, BEGAN, None), BEGAN + HOUR).value == state
    assert session_state(vitals_of(session, BEGAN, None), BEGAN).value == state


@pytest.mark.parametrize("log", [Log(), Log().tier(0, "a").beat(), Log().end("success")], ids=["empty", "torso", "end"])
def test_without_a_start_a_session_is_unreadable(log: Log) -> None:
    assert session_state(vitals_of(log.fold(), BEGAN, None), BEGAN) is SessionState.UNREADABLE


def test_vitals_are_those_of_the_events_and_the_file() -> None:
    session = Log().start().tier(0, "a").beat(interval_secs=25).fold()
    assert vitals_of(session, modified=7.0, grown=8.0) == Vitals(
        started=True,
        status=None,
        began=BEGAN,
        last_event=BEGAN + 2,
        last_activity=BEGAN + 1,
        modified=7.0,
        grown=8.0,
        heartbeat_secs=25,
    )
    assert vitals_of(Log().start().fold(), 0.0, None).heartbeat_secs == 10
    assert vitals_of(Log().start().beat(2**40).fold(), 0.0, None).heartbeat_secs == 3600


# Clocks that do not agree

SKEWS = [-HOUR, -600.0, -60.0, -35.0, -10.0, -3.0, 3.0, 20.0, 60.0, 600.0, HOUR, 12 * HOUR]


def skewed(skew: float, **own: Any) -> Vitals:
    """The same session where another clock has stamped both events and file."""
    return vitals(modified=NOW + skew, event=NOW + skew, activity=NOW + skew, began=BEGAN + skew)._replace(**own)


@each_case("skew", SKEWS)
def test_no_session_is_lost_by_one_look_whatever_the_clocks_of_its_writer_and_its_file_server(skew: float) -> None:
    assert session_state(skewed(skew, watched=None), NOW + 9) is SessionState.RUNNING
    assert session_state(skewed(skew), NOW + 9) is SessionState.RUNNING


@each_case("skew", SKEWS)
def test_one_that_is_seen_to_grow_is_running_whatever_those_clocks_show(skew: float) -> None:
    for passed in range(0, 200, 10):
        session = skewed(skew + passed, grown=NOW + passed)
        assert session_state(session, NOW + passed + 9.9) is SessionState.RUNNING
        assert not is_doubtful(session, NOW + passed + 9.9)


@each_case("skew", SKEWS)
def test_a_dead_one_is_lost_within_three_heartbeats_of_watching(skew: float) -> None:
    assert session_state(skewed(skew), NOW + 31) is SessionState.LOST
    assert session_state(skewed(skew, grown=NOW), NOW + 29) is SessionState.RUNNING
    for later in (31.0, skew, skew + 15, 2 * HOUR, 10 * HOUR):
        assert session_state(skewed(skew, grown=NOW), NOW + max(31.0, later)) is SessionState.LOST
        assert session_state(skewed(skew), NOW + max(31.0, later)) is SessionState.LOST


@each_case("skew", [-HOUR, -600.0, -35.0, 45.0, 600.0, HOUR])
def test_an_old_time_or_one_in_the_future_is_a_reason_to_watch_for_one_heartbeat(skew: float) -> None:
    session = skewed(skew)
    assert is_doubtful(session, NOW)
    assert watch_secs(session) == 12
    assert session_state(session, NOW + 11.9) is SessionState.RUNNING
    assert session_state(session, NOW + 12) is SessionState.LOST
    assert not is_doubtful(session, NOW + 12)


@each_case("skew", [-20.0, -3.0, 0.0, 3.0, 9.0])
def test_recent_times_need_no_watch(skew: float) -> None:
    assert not is_doubtful(skewed(skew, watched=None), NOW)


@each_case("skew", [11.0, 20.0, 45.0, 600.0])
def test_a_time_that_was_in_the_future_shows_nothing_when_it_comes(skew: float) -> None:
    for passed in (12.0, 25.0, skew, skew + 5, skew + 29):
        if passed >= watch_secs(skewed(skew)):
            assert session_state(skewed(skew), NOW + passed) is SessionState.LOST


@pytest.mark.parametrize("age", [2 * HOUR, 100 * HOUR])
def test_a_session_of_long_ago_is_lost_at_once(age: float) -> None:
    for session in (skewed(-age), skewed(-age, watched=None)):
        assert session_state(session, NOW) is SessionState.LOST
        assert not is_doubtful(session, NOW)
    followed = skewed(-2 * HOUR, skew_secs=LARGEST_SKEW_SECS)
    assert session_state(followed, NOW) is SessionState.RUNNING


@pytest.mark.parametrize("age", [400.0, HOUR, 20 * HOUR])
def test_a_touched_log_of_a_dead_session_is_lost_after_one_heartbeat(age: float) -> None:
    touched = vitals(event=NOW - age, activity=NOW - age)
    assert is_doubtful(touched, NOW)
    assert session_state(touched, NOW + 11) is SessionState.RUNNING
    assert session_state(touched, NOW + 12) is SessionState.LOST


@pytest.mark.parametrize("skew", [-1000 * HOUR, 1000 * HOUR], ids=["copied", "ahead"])
def test_if_the_events_are_from_another_day_the_file_shows_whether_a_session_is_live(skew: float) -> None:
    odd = vitals(event=NOW + skew, activity=NOW + skew)
    assert not is_doubtful(odd, NOW)
    assert session_state(odd, NOW + 29) is SessionState.RUNNING
    assert session_state(odd, NOW + 30) is SessionState.LOST
    assert session_state(odd._replace(watched=None), NOW + 35) is SessionState.LOST
    assert session_state(odd._replace(watched=NOW + 35, skew_secs=LARGEST_SKEW_SECS), NOW + 35) is SessionState.RUNNING


@each_case("skew", [-200.0, -60.0, 60.0, 200.0])
def test_minutes_between_the_clocks_of_writer_and_file_server_are_normal(skew: float) -> None:
    for session in (vitals(modified=NOW + skew), vitals(event=NOW + skew, activity=NOW + skew)):
        assert not is_doubtful(session, NOW)
        assert session_state(session, NOW) is SessionState.RUNNING
        assert session_state(session, NOW + 31) is SessionState.LOST


def test_a_watch_that_starts_again_spares_a_session_for_three_more_heartbeats() -> None:
    again = vitals(grown=NOW - 25, watched=NOW)
    assert session_state(again, NOW + 29) is SessionState.RUNNING
    assert session_state(again, NOW + 30) is SessionState.LOST


@pytest.mark.parametrize("skew", [-HOUR, HOUR], ids=["behind", "ahead"])
def test_the_writers_clock_does_not_matter_to_who_is_stalled(skew: float) -> None:
    for grown in (None, NOW):
        quiet = vitals(event=NOW + skew, activity=NOW + skew - 299, grown=grown)
        assert session_state(quiet, NOW) is SessionState.RUNNING
        assert session_state(quiet._replace(last_activity=NOW + skew - 301), NOW) is SessionState.STALLED


def test_a_session_is_not_quiet_because_its_clocks_are_behind() -> None:
    assert session_state(skewed(-HOUR), NOW + 5) is SessionState.RUNNING
    assert silent_secs(skewed(-HOUR), NOW + 5) == 5


@each_case("skew", SKEWS)
def test_a_sign_of_life_is_never_in_the_future(skew: float) -> None:
    sign = last_sign_of_life(skewed(skew), NOW)
    assert sign == (None if skew > 300 else min(NOW, NOW + skew))
    assert last_sign_of_life(skewed(skew, grown=NOW - 5), NOW) == NOW - 5


def test_without_any_time_there_is_no_sign_of_life() -> None:
    assert last_sign_of_life(vitals(modified=0.0, event=None), NOW) is None
    assert last_sign_of_life(vitals(modified=0.0), NOW) == NOW


def test_an_event_later_than_its_file_counts_unless_its_clock_is_far_ahead() -> None:
    assert last_sign_of_life(vitals(modified=NOW - 60, event=NOW), NOW) == NOW
    assert last_sign_of_life(vitals(modified=NOW - HOUR, event=NOW), NOW) == NOW - HOUR


@pytest.mark.parametrize("age", [25 * HOUR, 72 * HOUR, 400 * 24 * HOUR])
def test_a_file_with_a_time_of_long_ago_does_not_make_a_session_at_work_silent(age: float) -> None:
    session = vitals(modified=NOW - age, watched=None)
    assert session_state(session, NOW + 5) is SessionState.RUNNING
    assert last_sign_of_life(session, NOW + 5) == NOW
    assert silent_secs(session, NOW + 5) == 5
    assert session_state(session, NOW + 31) is SessionState.LOST


@pytest.mark.parametrize("session", [vitals(event=None), vitals(activity=None), vitals(event=None, activity=None)])
def test_events_without_a_readable_time_leave_the_file_to_tell(session: Vitals) -> None:
    assert session_state(session, NOW + 29) is SessionState.RUNNING
    assert session_state(session, NOW + 31) is SessionState.LOST


# The writer's clock


@each_case("skew", [*SKEWS, -30 * HOUR, 30 * HOUR])
def test_times_of_the_log_are_compared_with_the_clock_of_its_writer(skew: float) -> None:
    tolerance = 5 if abs(skew) <= 30 else 0.001
    grown = skewed(skew, grown=NOW)
    assert writer_time(grown, NOW + 7) == pytest.approx(NOW + 7 + skew, abs=tolerance)
    before_growth = NOW if -600 < skew < 0 else NOW + skew  # a writer that is silent looks the same for some time
    assert writer_time(skewed(skew), NOW) == pytest.approx(before_growth, abs=tolerance)


def test_a_small_difference_is_only_the_time_in_which_an_event_is_noticed() -> None:
    assert writer_time(vitals(event=NOW - 1, grown=NOW), NOW + 7) == NOW + 7


@each_case("skew", SKEWS)
def test_no_time_elapsed_is_negative_or_absurd(skew: float) -> None:
    session = Log().start().wait(990).beat().fold()
    for grown in (None, NOW):
        found = skewed(skew, grown=grown, began=BEGAN, last_event=BEGAN + 1000, modified=BEGAN + 1000 + skew)
        now = NOW + skew + 5
        elapsed = session_elapsed_ms(
            session, SessionState.RUNNING, last_writer_time(found, now), writer_time(found, now)
        )
        assert elapsed is not None
        assert 0 <= elapsed <= (1000 + max(0, skew) + 35) * 1000
        lost = session_elapsed_ms(session, SessionState.LOST, last_writer_time(found, now), writer_time(found, now))
        assert lost is not None
        assert 1_000_000 <= lost <= 1_600_000


def test_a_lost_session_whose_log_was_copied_later_took_until_its_last_event() -> None:
    assert last_writer_time(vitals(modified=NOW + 500 * HOUR), NOW + 500 * HOUR) == NOW


def test_a_lost_session_took_as_long_to_a_reader_that_noticed_its_growth_later() -> None:
    written, noticed, later = NOW + 0.02, NOW + 0.9, NOW + HOUR
    assert last_writer_time(vitals(modified=written), later) == written
    assert last_writer_time(vitals(modified=written, grown=noticed), later) == written


# The start


def recorded(*seconds_after: float, beats: bool = True) -> Session:
    """A session whose events have these times, in seconds: start, tier, step, output and heartbeats."""
    log = Log()
    before = 0.0
    for number, second in enumerate(seconds_after):
        log.wait(second - before + (number == 0))
        before = second
        match number:
            case 0:
                log.start()
            case 1:
                log.tier(0, "a")
            case 2:
                log.step("a")
            case _ if number == 3 or not beats:
                log.says("a", "x")
            case _:
                log.beat()
    return log.fold()


@each_case(
    ("recorded_at", "start"),
    [
        ([0, 0, 1, 5, 15], 0),
        ([HOUR, 0, 1, 5, 15], 0),
        ([-HOUR, 0, 1, 5, 15], 0),
        ([90 * HOUR, 0, 1, 5, 15], 0),
        ([-90 * HOUR, 0, 1, 5, 15], 0),
        ([0, HOUR, 1, 5, 15], 0),
        ([0, -HOUR, 1, 5, 15], 0),
        ([0, 45, 46, 50, 60], 0),
        ([0, 1, HOUR, 5, 15], 0),  # a later time is wrong
        ([0, 1, 5, -HOUR, -HOUR + 10], 0),  # the clock is set back later
        ([0, 0], 0),
        ([0], 0),
    ],
)
def test_a_start_with_a_wrong_time_is_corrected(recorded_at: list[float], start: float) -> None:
    assert likely_start(recorded(*recorded_at)) == BEGAN + start


def test_without_heartbeats_there_may_be_a_long_silence_after_the_start() -> None:
    assert likely_start(recorded(0, HOUR, HOUR + 1, HOUR + 5, HOUR + 15, beats=False)) == BEGAN
    assert likely_start(recorded(HOUR, 0, 1, 5, 15, beats=False)) == BEGAN


@pytest.mark.parametrize("wrong", [HOUR, -HOUR, -90 * HOUR])
def test_the_recorded_duration_shows_which_time_is_wrong(wrong: float) -> None:
    session = recorded(wrong, 0, 1, 5, 100, beats=False)._replace(ended_at=at(101), duration_ms=101_000)
    assert likely_start(session) == BEGAN
    session = recorded(0, wrong, 1, 5, 100, beats=False)._replace(ended_at=at(101), duration_ms=101_000)
    assert likely_start(session) == BEGAN
    silent = recorded(0, HOUR, HOUR + 1, beats=False)._replace(ended_at=at(HOUR + 2), duration_ms=3_602_000)
    assert likely_start(silent) == BEGAN


def test_without_a_start_there_is_only_the_time_of_the_next_event() -> None:
    assert likely_start(Session()) is None
    assert likely_start(Session(second_event_at=at(5))) == BEGAN + 5


# How long


@pytest.mark.parametrize("state", LIVE)
def test_a_live_session_has_been_running_since_its_start(state: SessionState) -> None:
    session = Log().start().fold()
    assert session_elapsed_ms(session, state, last_sign=BEGAN + 5, now=BEGAN + 90.5) == 90_500


def test_a_lost_session_ran_until_its_last_sign_of_life() -> None:
    session = Log().start().fold()
    assert session_elapsed_ms(session, SessionState.LOST, last_sign=BEGAN + 5, now=BEGAN + HOUR) == 5000


def test_a_session_that_ended_took_what_is_recorded() -> None:
    session = Log().start().end().fold()
    assert session_elapsed_ms(session, SessionState.SUCCEEDED, BEGAN + 5, BEGAN + HOUR) == 4321


def test_without_a_recorded_duration_a_session_took_from_its_start_to_its_end() -> None:
    session = Log().start().wait(7).event("zig_session_ended", status="success", duration_ms=None).fold()
    assert session_elapsed_ms(session, SessionState.SUCCEEDED, BEGAN + 50, BEGAN + HOUR) == 7000


def test_no_time_elapses_backwards_and_none_without_a_start() -> None:
    assert session_elapsed_ms(Log().start().fold(), SessionState.RUNNING, NOW, now=BEGAN - HOUR) == 0
    assert session_elapsed_ms(Log().beat().fold(), SessionState.UNREADABLE, NOW, NOW) is None
    assert (
        session_elapsed_ms(Log().event("zig_session_started", ts="noon").fold(), SessionState.RUNNING, NOW, NOW) is None
    )


def test_a_running_step_has_been_running_since_its_start_through_all_attempts() -> None:
    log = Log().start().tier(0, "a").step("a")
    assert step_elapsed_ms(only(log.fold(), "a"), StepState.RUNNING, BEGAN + 12) == 10_000
    assert step_elapsed_ms(only(log.fails("a").says("a", "x").fold(), "a"), StepState.RETRYING, BEGAN + 22) == 20_000


def test_a_completed_step_took_what_is_recorded() -> None:
    step = only(Log().start().tier(0, "a").step("a").says("a", "x").done("a", 1234).fold(), "a")
    assert step_elapsed_ms(step, StepState.SUCCEEDED, NOW) == 1234


def test_a_failed_step_took_until_its_failure() -> None:
    step = only(Log().start().tier(0, "a").step("a").says("a", "x").wait(6).fails("a").fold(), "a")
    assert step_elapsed_ms(step, StepState.FAILED, NOW) == 7000


@pytest.mark.parametrize("state", [StepState.CANCELLED, StepState.INTERRUPTED])
def test_a_step_without_an_end_took_until_its_last_output(state: StepState) -> None:
    log = Log().start().tier(0, "a").step("a")
    assert step_elapsed_ms(only(log.fold(), "a"), state, NOW) is None
    assert step_elapsed_ms(only(log.wait(5).says("a", "x").fold(), "a"), state, NOW) == 5000


def test_a_step_that_never_ran_took_no_time() -> None:
    session = Log().start().tier(0, "a", "b").skips("b").fold()
    assert step_elapsed_ms(only(session, "a"), StepState.NOT_RUN, NOW) is None
    assert step_elapsed_ms(only(session, "b"), StepState.SKIPPED, NOW) is None


def tier_ms(session: Session, ordinal: int, state: TierState, now: float = NOW) -> int | None:
    """How long a tier run took or has been running."""
    tier = session.tiers[ordinal - 1]
    return tier_elapsed_ms(tier, state, session.steps_of(tier), now, session.last_event_at)


def test_a_tier_took_until_the_last_end_or_output_of_its_steps() -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").says("b", "x").done("a").wait(90).beat().tier(1, "c")
    assert tier_ms(log.fold(), 1, TierState.SUCCEEDED) == 4000
    assert tier_ms(log.fold(), 2, TierState.RUNNING, BEGAN + 156) == 60_000
    log = Log().start().tier(0, "a", "b").step("a").step("b").done("a").says("b", "x").wait(90).tier(0, "a")
    assert tier_ms(log.fold(), 1, TierState.SUCCEEDED) == 4000


def test_a_tier_of_which_nothing_but_its_start_is_recorded_took_an_unknown_time() -> None:
    session = Log().start().tier(0, "a").wait(3600).tier(0, "a").skips("a").fold()
    assert tier_ms(session, 1, TierState.NOT_RUN) is None
    assert tier_ms(session, 2, TierState.SUCCEEDED) == 1000


def test_an_interrupted_tier_took_until_the_last_event() -> None:
    session = Log().start().tier(0, "a").step("a").wait(15).beat().fold()
    assert tier_ms(session, 1, TierState.INTERRUPTED) == 16_000
    assert tier_ms(session._replace(last_event_at=None), 1, TierState.INTERRUPTED) is None


# The silence of a machine


@pytest.mark.parametrize("silent_secs", [6.0, HOUR, 1000 * HOUR])
def test_a_session_that_was_alive_when_its_machine_was_last_heard_is_unreachable(silent_secs: float) -> None:
    session = vitals()._replace(unheard_since=NOW + 5, known_until=NOW + 5)
    assert session_state(session, NOW + 5 + silent_secs) is SessionState.UNREACHABLE
    assert session_state(session._replace(is_waiting=True), NOW + 5 + silent_secs) is SessionState.UNREACHABLE
    assert math.isinf(state_until(session, NOW + 5 + silent_secs))


@pytest.mark.parametrize(
    ("modified", "state"),
    [
        pytest.param(NOW, SessionState.UNREACHABLE, id="just now"),
        pytest.param(NOW - 29.9, SessionState.UNREACHABLE, id="less than three heartbeats before"),
        pytest.param(NOW - 30, SessionState.LOST, id="three heartbeats before"),
        pytest.param(NOW + 20, SessionState.UNREACHABLE, id="later, as bytes came after the last beat"),
        pytest.param(NOW - 1000, SessionState.LOST, id="long before"),
    ],
)
def test_a_program_that_has_not_watched_a_log_goes_by_its_time(modified: float, state: SessionState) -> None:
    session = vitals(modified=modified, event=modified, activity=modified, watched=None)
    session = session._replace(unheard_since=NOW, known_until=NOW)
    assert session_state(session, NOW + HOUR) is state
    assert not is_doubtful(session, NOW + HOUR)


def test_the_watch_while_the_machine_is_silent_does_not_count() -> None:
    session = vitals(modified=NOW - 20, event=NOW - 20, watched=NOW + 100)
    session = session._replace(unheard_since=NOW, known_until=NOW)
    assert session_state(session, NOW + HOUR) is SessionState.UNREACHABLE


@each_case("skew", [-HOUR, 0.0, 60.0, HOUR])
@each_case("grown", [None, NOW - 60])
@each_case("skew_secs", [LIKELY_SKEW_SECS, LARGEST_SKEW_SECS])
def test_the_clock_of_a_silent_machine_does_not_matter(skew: float, grown: float | None, skew_secs: float) -> None:
    event = NOW - 60 + skew
    session = vitals(modified=NOW - 60, event=event, activity=event, grown=grown, watched=NOW - 100 if grown else None)
    session = session._replace(unheard_since=NOW, known_until=NOW, skew_secs=skew_secs)
    assert session_state(session, NOW + HOUR) is SessionState.LOST
    alive = session._replace(modified=NOW - 5, grown=grown and NOW - 5)
    assert session_state(alive, NOW + HOUR) is SessionState.UNREACHABLE


@pytest.mark.parametrize("skew", [-3 * HOUR, 0.0, 3 * HOUR])
@pytest.mark.parametrize(
    ("modified", "known_until", "state", "is_checked"),
    [
        pytest.param(NOW - 29, math.inf, SessionState.RUNNING, False, id="alive"),
        pytest.param(NOW - 30, math.inf, SessionState.LOST, False, id="lost"),
        pytest.param(NOW - 545, math.inf, SessionState.LOST, False, id="lost for long"),
        pytest.param(
            NOW + HOUR, math.inf, SessionState.LOST, False, id="its time was set before our clock was set back"
        ),
        pytest.param(NOW - 545, NOW - 600, SessionState.RUNNING, True, id="its machine has just come back"),
        pytest.param(NOW - 545, NOW - 500, SessionState.LOST, False, id="lost before its machine fell silent"),
        pytest.param(NOW - 5, NOW - 600, SessionState.RUNNING, False, id="alive since its machine is back"),
        pytest.param(NOW - 545, -math.inf, SessionState.RUNNING, True, id="nothing is known"),
        pytest.param(0.0, math.inf, SessionState.RUNNING, True, id="its time is unknown"),
    ],
)
def test_a_session_of_another_machine_is_judged_by_the_time_of_its_log_alone(
    skew: float, modified: float, known_until: float, state: SessionState, *, is_checked: bool
) -> None:
    event = NOW - 1 + skew
    for grown, watched in ((None, None), (NOW - 1, NOW - 100), (None, NOW - 100)):
        session = vitals(modified=modified, event=event, activity=event, grown=grown, watched=watched)
        session = session._replace(known_until=known_until)
        assert (session_state(session, NOW), is_doubtful(session, NOW)) == (state, is_checked)
        silent = session._replace(unheard_since=NOW, known_until=min(known_until, NOW - 1))
        unreachable = state is SessionState.RUNNING or modified in (NOW - 30, NOW + HOUR)
        assert session_state(silent, NOW) is (SessionState.UNREACHABLE if unreachable else SessionState.LOST)
        assert not is_doubtful(silent, NOW)


def test_no_session_of_a_machine_that_is_back_is_stalled_before_its_events_are_here() -> None:
    session = vitals(modified=NOW, event=NOW, activity=NOW)._replace(known_until=NOW + 5)
    assert session_state(session, NOW + HOUR) is SessionState.RUNNING
    session = session._replace(modified=NOW + HOUR, last_event=NOW + HOUR, known_until=math.inf)
    assert session_state(session, NOW + HOUR) is SessionState.STALLED


def test_a_session_of_another_machine_is_lost_without_any_change_of_its_log() -> None:
    session = vitals(modified=NOW, event=NOW)._replace(known_until=math.inf)
    assert state_until(session, NOW + 1) == NOW + 30
    assert (session_state(session, NOW + 29.9), session_state(session, NOW + 30)) == (
        SessionState.RUNNING,
        SessionState.LOST,
    )
    assert math.isinf(state_until(session._replace(modified=0.0, is_waiting=True), NOW))


# Recorded times


@each_case(
    "time",
    [
        "2026-03-01T12:00:00+00:00",
        "2026-03-01T12:00:00.000+00:00",
        "2026-03-01T12:00:00.000000+00:00",
        "2026-03-01T12:00:00.000000999+00:00",
        "2026-03-01T12:00:00Z",
        "2026-03-01T14:00:00+02:00",
        "2026-03-01T12:00:00",
    ],
)
def test_a_recorded_time_is_read_with_any_fraction_and_offset(time: str) -> None:
    assert seconds(time) == BEGAN


@each_case("time", [None, "", "noon", "2026-13-01T00:00:00Z", "2026-03-01T12:00:60Z", "\x00", "9" * 5000])
def test_a_value_that_is_not_a_time_is_none(time: str | None) -> None:
    assert seconds(time) is None
    assert milliseconds_between(time, "2026-03-01T12:00:00Z") is None


times = st.floats(-10 * HOUR, 10 * HOUR).map(lambda offset: NOW + offset)


@examples(500)
@given(
    vitals=st.builds(
        Vitals,
        started=st.booleans(),
        status=st.sampled_from([None, None, None, "success", "failure"]),
        began=times,
        last_event=st.none() | times,
        last_activity=st.none() | times,
        modified=times,
        grown=st.none() | times,
        heartbeat_secs=st.sampled_from([1, 10, 3600]),
        watched=st.none() | times,
        skew_secs=st.sampled_from([0.0, LIKELY_SKEW_SECS, LARGEST_SKEW_SECS]),
        is_waiting=st.booleans(),
        quiet_since=st.none() | times,
        unheard_since=st.none(),
        known_until=st.none() | times | st.sampled_from([-math.inf, math.inf]),
    ),
    now=times,
    share=st.floats(0.001, 0.999),
)
def test_a_state_holds_until_the_time_that_is_given_for_it(vitals: Vitals, now: float, share: float) -> None:
    until = state_until(vitals, now)
    last = now + HOUR * 30 if math.isinf(until) else until
    assert now < last
    assume(last - now > 1e-3)  # between neighbouring numbers there is no time to ask for
    assert session_state(vitals, now + (last - now) * share) is session_state(vitals, now)
