"""Whether a session is alive at a given moment. Every time is given; no clock is read."""

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.examples import examples
from tests.support.logs import BEGAN, Log
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.model.silent_steps import DEFAULT_STALL_SECS
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
