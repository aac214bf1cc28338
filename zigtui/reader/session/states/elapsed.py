"""How long a session, its tiers and its steps took, or have been running, at a given moment.

These are pure functions of the model and the time. Durations are differences between times of one clock, the writer's.
"""

from collections.abc import Sequence

from writer import HEARTBEAT_SECS
from zigtui.reader.session.model.session import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.states.liveness import Vitals, last_sign_of_life
from zigtui.reader.times import latest, milliseconds_between, seconds

__all__ = [
    "last_writer_time",
    "likely_start",
    "session_elapsed_ms",
    "step_elapsed_ms",
    "tier_elapsed_ms",
    "writer_time",
]

_SAME_CLOCK_SECS = 5.0  # a smaller difference may be the time that it takes to notice an event
_LATE_MODIFICATION_SECS = 600.0  # after the last event; a later one is that of a copy, or from another clock
_RECENT_HEARTBEATS = 3
_LONGEST_SILENCE_SECS = 60.0  # between a start and the next event, if there are heartbeats
_COMPARED_STEPS = 10  # the first ones, whose times show whether the start is wrong


def writer_time(vitals: Vitals, now: float) -> float:
    """The current time by the writer's clock, as far as it can be known, in seconds since the epoch.

    The times in the log are compared with it. If the clocks agree, it is ``now``. Otherwise it is the time of the last
    event, plus the time since this reader learned of the event.
    """
    event = vitals.last_event
    if event is None:
        return now
    if vitals.grown is not None:
        known = vitals.grown
    elif event - _SAME_CLOCK_SECS <= now < event + _LATE_MODIFICATION_SECS:
        return now
    elif vitals.modified <= now < vitals.modified + _RECENT_HEARTBEATS * vitals.heartbeat_secs:
        known = vitals.modified
    else:
        known = now if vitals.watched is None else vitals.watched
    present = event + max(0.0, now - known)
    return now if abs(present - now) <= _SAME_CLOCK_SECS else present


def session_elapsed_ms(session: Session, state: SessionState, last_sign: float | None, now: float) -> int | None:
    """How long a session took or has been running, in milliseconds.

    That of a lost or an unreachable one ends with its last sign of life.

    Args:
        session: the session as recorded.
        state: its state.
        last_sign: its last sign of life by the writer's clock, in seconds since the epoch; None if it is not known.
        now: the current time by the writer's clock.
    """
    if session.has_ended:
        if session.duration_ms is not None:
            return session.duration_ms
        return milliseconds_between(session.started_at, session.ended_at)
    began = seconds(session.started_at)
    until = now if state.is_live and state is not SessionState.UNREACHABLE else last_sign
    return None if began is None or until is None else max(0, round((until - began) * 1000))


def last_writer_time(vitals: Vitals, now: float) -> float | None:
    """The last sign of life by the writer's clock, in seconds since the epoch; None if it is not known."""
    # By the time of the file: this reader may have seen its growth a second later, and others not at all.
    sign, event = last_sign_of_life(vitals._replace(grown=None), now), vitals.last_event
    if sign is None or event is None:
        return sign if event is None else event
    latest = _SAME_CLOCK_SECS if vitals.grown is not None else _LATE_MODIFICATION_SECS
    return sign if event <= sign <= event + latest else event


def likely_start(session: Session) -> float | None:
    """When a session started, in seconds since the epoch; None if that is not known.

    This is the recorded time, unless the next event contradicts it: it is earlier, or so late that heartbeats are
    missing in between. Then one of the two times is wrong. The recorded duration shows which one; without it, the later
    one is wrong if the following events are before it.
    """
    started, second = seconds(session.started_at), seconds(session.second_event_at)
    if started is None or second is None:
        return second if started is None else started
    longest_secs = _RECENT_HEARTBEATS * (session.heartbeat_secs or HEARTBEAT_SECS)
    if started - _SAME_CLOCK_SECS <= second <= started + max(longest_secs, _LONGEST_SILENCE_SECS):
        return started
    ended = seconds(session.ended_at)
    if ended is not None and session.duration_ms is not None:
        by_duration = ended - session.duration_ms / 1000
        nearest = min((started, second), key=lambda time: abs(time - by_duration))
        if abs(nearest - by_duration) <= _LONGEST_SILENCE_SECS:
            return nearest
    if session.heartbeat_secs is None and second > started:
        return started  # there may have been nothing to record
    following = [seconds(step.started_at) for step in session.steps[:_COMPARED_STEPS]]
    following.append(seconds(session.last_event_at))
    third = next((time for time in following if time is not None and time != second), second)
    earlier, later = sorted((started, second))
    return later if third >= later else earlier


def step_elapsed_ms(step: StepRun, state: StepState, now: float) -> int | None:
    """How long a step run took or has been running, in milliseconds; None if it never started.

    The recorded duration counts; without one, the time between its events.
    """
    if step.duration_ms is not None:
        return step.duration_ms
    if state.is_active:
        began = seconds(step.started_at)
        return None if began is None else max(0, round((now - began) * 1000))
    return milliseconds_between(step.started_at, step.ended_at or step.last_output_at)


def tier_elapsed_ms(
    tier: TierRun, state: TierState, steps: Sequence[StepRun], now: float, last_event_at: str | None
) -> int | None:
    """How long a tier run took or has been running, in milliseconds; None if that is not known.

    It ends with the last end or output of its steps. What follows may be the wait for the next event, which belongs to
    no tier. An interrupted tier run ends with its session.

    Args:
        tier: the tier run.
        state: its state.
        steps: its step runs.
        now: the current time by the writer's clock.
        last_event_at: when the last event of the session was written.
    """
    if state is TierState.RUNNING:
        began = seconds(tier.started_at)
        return None if began is None else max(0, round((now - began) * 1000))
    if state is TierState.INTERRUPTED:
        return milliseconds_between(tier.started_at, tier.closed_at or last_event_at)
    times = [time for step in steps for time in (step.ended_at, step.last_output_at) if time is not None]
    return milliseconds_between(tier.started_at, latest(times))
