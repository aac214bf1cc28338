"""The state of a session whose machine is not heard: its log says no more than it did."""

import math

import pytest

from tests.reader.session.states.test_liveness import HOUR, NOW, vitals
from tests.support.cases import each_case
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.states.liveness import (
    LARGEST_SKEW_SECS,
    LIKELY_SKEW_SECS,
    is_doubtful,
    session_state,
    state_until,
)


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
