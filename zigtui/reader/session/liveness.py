"""The state and the elapsed time of a session, its tiers and its steps at a given moment.

These are pure functions of the model, the file's metadata and the time. Nothing here reads the clock or the disk.
"""

import math
from typing import NamedTuple

from writer import HEARTBEAT_SECS, SessionStatus
from zigtui.reader.session.model import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.times import milliseconds_between, seconds

__all__ = [
    "DEFAULT_STALL_SECS",
    "Vitals",
    "idle_secs",
    "last_sign_of_life",
    "session_elapsed_ms",
    "session_state",
    "state_despite_damage",
    "state_until",
    "step_elapsed_ms",
    "step_state",
    "tier_elapsed_ms",
    "tier_state",
    "vitals_of",
]

DEFAULT_STALL_SECS = 300.0
"""A live session is stalled if it had no activity for longer than this, in seconds."""

_MISSED_HEARTBEATS = 3
_LONGEST_HEARTBEAT_SECS = 3600  # a longer interval is ignored: with it a dead session could seem alive forever
_CLOCK_TOLERANCE_SECS = 2.0
_CLOCK_DIFFERENCE_SECS = 600.0  # the largest expected difference between the clocks of a writer and its file server


class Vitals(NamedTuple):
    """The facts that show whether a session is alive. Times are seconds since the epoch.

    Attributes:
        started: whether the log's start could be read.
        status: the status recorded at the end; None while there is no end.
        began: when the session started, by the writer's clock.
        last_event: when the last event was written, by the writer's clock.
        last_activity: when the last event that is not a heartbeat was written, by the writer's clock.
        modified: when the file was last modified, by the file system's clock.
        grown: when this reader last saw the file grow, by its own clock; None if it has not yet.
        heartbeat_secs: the interval between two heartbeats, in seconds.
    """

    started: bool
    status: str | None
    began: float | None
    last_event: float | None
    last_activity: float | None
    modified: float
    grown: float | None
    heartbeat_secs: int


def vitals_of(session: Session, modified: float, grown: float | None) -> Vitals:
    """The vitals of a session.

    Args:
        session: the session as recorded.
        modified: when its log was last modified, in seconds since the epoch.
        grown: when this reader last saw the log grow, in seconds since the epoch; None if it has not yet.
    """
    last_event = seconds(session.last_event_at)
    is_same = session.last_activity_at == session.last_event_at  # one object then, for many sessions
    return Vitals(
        started=session.started,
        status=session.status,
        began=seconds(session.started_at),
        last_event=last_event,
        last_activity=last_event if is_same else seconds(session.last_activity_at),
        modified=modified,
        grown=grown,
        heartbeat_secs=min(session.heartbeat_secs or HEARTBEAT_SECS, _LONGEST_HEARTBEAT_SECS),
    )


def last_sign_of_life(vitals: Vitals, now: float) -> float:
    """The time when the session last showed that it is alive.

    If this reader saw the log grow, that time counts, since it is from our own clock. Otherwise the later one of the
    last event and the file's modification counts. Other clocks may be wrong: a time in the future proves nothing, and
    an event much later than the modification of its file was stamped by a clock that is ahead.

    Returns:
        Seconds since the epoch; 0 if no time can be trusted.
    """
    if vitals.grown is not None:
        return vitals.grown
    return max((sign for sign in _signs(vitals) if sign <= now + _CLOCK_TOLERANCE_SECS), default=0.0)


def _signs(vitals: Vitals) -> list[float]:
    signs = [vitals.modified]
    if vitals.last_event is not None and vitals.last_event <= vitals.modified + _CLOCK_DIFFERENCE_SECS:
        signs.append(vitals.last_event)
    return signs


def session_state(vitals: Vitals, now: float, stall_secs: float = DEFAULT_STALL_SECS) -> SessionState:
    """The state of a session at ``now``.

    A session without an end is lost once three heartbeats in a row are missing. It is stalled if it sends heartbeats,
    but nothing else has happened for ``stall_secs``.
    """
    if not vitals.started:
        return SessionState.UNREADABLE
    if vitals.status is not None:
        return SessionState.SUCCEEDED if vitals.status == SessionStatus.SUCCESS else SessionState.FAILED
    if now >= _lost_at(vitals, now):
        return SessionState.LOST
    if idle_secs(vitals, now) > stall_secs:
        return SessionState.STALLED
    return SessionState.RUNNING


def state_despite_damage(vitals: Vitals, now: float, stall_secs: float = DEFAULT_STALL_SECS) -> SessionState:
    """The state by the other vitals alone if the log's start cannot be read: such a session ends or is lost as well."""
    return session_state(vitals._replace(started=True), now, stall_secs)


def state_until(vitals: Vitals, now: float, stall_secs: float = DEFAULT_STALL_SECS) -> float:
    """The time until which the state at ``now`` holds if the log does not change, in seconds since the epoch.

    Returns:
        Infinity if only a change of the log can change the state.
    """
    if not vitals.started or vitals.status is not None:
        return math.inf
    stalled_after = now + stall_secs - idle_secs(vitals, now)
    changes = [_lost_at(vitals, now), math.nextafter(stalled_after, math.inf)]
    if vitals.grown is None:
        changes += [sign - _CLOCK_TOLERANCE_SECS for sign in _signs(vitals)]  # a time in the future counts from then on
    return min((change for change in changes if change > now), default=math.inf)


def _lost_at(vitals: Vitals, now: float) -> float:
    return last_sign_of_life(vitals, now) + _MISSED_HEARTBEATS * vitals.heartbeat_secs


def idle_secs(vitals: Vitals, now: float) -> float:
    """How long there has been no activity except heartbeats, in seconds.

    This is the time from the last activity to the last event, plus the silence since then. Both events have the
    writer's timestamps, so a difference between its clock and ours does not matter.
    """
    silent = now - last_sign_of_life(vitals, now)
    if vitals.last_event is None or vitals.last_activity is None:
        return silent
    return silent + vitals.last_event - vitals.last_activity


def session_elapsed_ms(session: Session, state: SessionState, sign_of_life: float, now: float) -> int | None:
    """How long a session took or has been running, in milliseconds; a lost one, up to its last sign of life."""
    if session.has_ended:
        if session.duration_ms is not None:
            return session.duration_ms
        return milliseconds_between(session.started_at, session.ended_at)
    began = seconds(session.started_at)
    if began is None:
        return None
    until = now if state.is_live else sign_of_life
    return max(0, round((until - began) * 1000))


def step_state(step: StepRun, tier: TierRun, session_state: SessionState) -> StepState:
    """The state of a step run, given its tier run and the state of its session."""
    return _final_state(step.state, tier, session_state)


def _final_state(state: StepState, tier: TierRun, session_state: SessionState) -> StepState:
    if state.is_settled:
        return state
    if tier.is_open and not session_state.is_over:
        return state
    if state is StepState.PENDING:
        return StepState.NOT_RUN
    if tier.is_followed or session_state is SessionState.SUCCEEDED:
        return StepState.CANCELLED
    return StepState.INTERRUPTED


def tier_state(tier: TierRun, session_state: SessionState) -> TierState:
    """The state of a tier run: running while it is open, then the combined outcome of its steps."""
    if tier.is_open and not session_state.is_over:
        return TierState.RUNNING
    states = {_final_state(state, tier, session_state) for state in tier.step_states}
    if StepState.FAILED in states:
        return TierState.FAILED
    if StepState.SUCCEEDED not in states:
        if StepState.INTERRUPTED in states:
            return TierState.INTERRUPTED
        if StepState.CANCELLED in states:
            return TierState.CANCELLED
        if states == {StepState.NOT_RUN}:
            return TierState.NOT_RUN
    return TierState.SUCCEEDED


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


def tier_elapsed_ms(tier: TierRun, state: TierState, now: float, last_event_at: str | None) -> int | None:
    """How long a tier run took or has been running, in milliseconds; up to the last event if nothing closed it."""
    if state is TierState.RUNNING:
        began = seconds(tier.started_at)
        return None if began is None else max(0, round((now - began) * 1000))
    return milliseconds_between(tier.started_at, tier.closed_at or last_event_at)
