"""How long a session, its tiers and its steps took, by whatever clock they were recorded."""

import pytest

from tests.reader.session.states.test_liveness import HOUR, LIVE, NOW, SKEWS, skewed, vitals
from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log, at, only
from zigtui.reader.session.model.session import Session, SessionState, StepState, TierState
from zigtui.reader.session.states.elapsed import (
    last_writer_time,
    likely_start,
    session_elapsed_ms,
    step_elapsed_ms,
    tier_elapsed_ms,
    writer_time,
)
from zigtui.reader.session.states.liveness import (
    Vitals,
    vitals_of,
)
from zigtui.reader.times import milliseconds_between, seconds


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
