"""What a folded session looks like at some moment: alive or not, how long, and what became of its steps.

Pure functions of the model, the facts of the file and the time; nothing here asks the clock or the disk.
"""

from math import inf
from typing import NamedTuple

from writer import HEARTBEAT_SECS
from zigtui.reader.session.model import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.times import milliseconds_between, seconds

__all__ = [
    "DEFAULT_STALL_SECS",
    "Vitals",
    "elapsed_ms",
    "idle_secs",
    "last_sign_of_life",
    "session_state",
    "state_until",
    "step_elapsed_ms",
    "step_state",
    "tier_elapsed_ms",
    "tier_state",
    "vitals_of",
]

DEFAULT_STALL_SECS = 300.0
"""A session without activity for longer than this is stalled, though its heart beats."""

_MISSED_HEARTBEATS = 3
_LONGEST_HEARTBEAT_SECS = 3600  # that is believed: otherwise a dead session could live for ever
_CLOCK_TOLERANCE_SECS = 2.0
_CLOCK_DIFFERENCE_SECS = 600.0  # between the clock of a writer and that of its file server, at the most


class Vitals(NamedTuple):
    """What tells whether a session lives. Times are seconds since the epoch.

    Attributes:
        started: whether the log's start could be read.
        status: the recorded word of the end, None while there is none.
        began: when it started by its own word.
        last_event: when the last event was written, by the writer's clock.
        last_activity: the same without heartbeats.
        modified: when the file was last modified, by the file system's clock.
        grown: when this reader last saw the file grow, by its own clock; None if it has not yet.
        heartbeat_secs: how often the heart is to beat.
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
    """The vitals of a session whose log was last ``modified`` then, and last seen to have ``grown`` then."""
    return Vitals(
        started=session.started,
        status=session.status,
        began=seconds(session.started_at),
        last_event=seconds(session.last_event_at),
        last_activity=seconds(session.last_activity_at),
        modified=modified,
        grown=grown,
        heartbeat_secs=min(session.heartbeat_secs or HEARTBEAT_SECS, _LONGEST_HEARTBEAT_SECS),
    )


def last_sign_of_life(vitals: Vitals, now: float) -> float:
    """When the session last showed that it lives: when its file was seen to grow, if it was, for that is by our clock.

    Otherwise its last event or the file's modification, the later one. Other clocks may be wrong: a time in the future
    proves nothing, and an event that is much later than the modification of its file was stamped by a clock that is
    ahead.

    Returns:
        Seconds since the epoch; 0 if no sign can be believed.
    """
    if vitals.grown is not None:
        return vitals.grown
    return max((sign for sign in _signs_of_life(vitals) if sign <= now + _CLOCK_TOLERANCE_SECS), default=0.0)


def _signs_of_life(vitals: Vitals) -> list[float]:
    signs = [vitals.modified]
    if vitals.last_event is not None and vitals.last_event <= vitals.modified + _CLOCK_DIFFERENCE_SECS:
        signs.append(vitals.last_event)
    return signs


def session_state(vitals: Vitals, now: float, stall_secs: float = DEFAULT_STALL_SECS) -> SessionState:
    """The state of a session at ``now``.

    Without an end it is lost once three heartbeats in a row are missing, and stalled when its heart beats but
    nothing else has happened for ``stall_secs``.
    """
    if not vitals.started:
        return SessionState.UNREADABLE
    if vitals.status is not None:
        return SessionState.SUCCEEDED if vitals.status == "success" else SessionState.FAILED
    if now - last_sign_of_life(vitals, now) >= _MISSED_HEARTBEATS * vitals.heartbeat_secs:
        return SessionState.LOST
    if idle_secs(vitals, now) > stall_secs:
        return SessionState.STALLED
    return SessionState.RUNNING


def state_until(vitals: Vitals, now: float, stall_secs: float = DEFAULT_STALL_SECS) -> float:
    """The time until which the state at ``now`` holds, if nothing is added to the log.

    Returns:
        Seconds since the epoch; infinity if only the log can change the state. From the returned time on the state
        has to be worked out again.
    """
    state = session_state(vitals, now, stall_secs)
    if state is SessionState.UNREADABLE or vitals.status is not None:
        return inf
    changes = []
    if state is not SessionState.LOST:
        changes.append(last_sign_of_life(vitals, now) + _MISSED_HEARTBEATS * vitals.heartbeat_secs)
    if state is SessionState.RUNNING:
        changes.append(now + stall_secs - idle_secs(vitals, now))
    if vitals.grown is None:  # otherwise no other sign counts
        futures = (sign - _CLOCK_TOLERANCE_SECS for sign in _signs_of_life(vitals))
        changes += [future for future in futures if future > now]
    return max(now, min(changes, default=inf))


def idle_secs(vitals: Vitals, now: float) -> float:
    """For how long there has been nothing but heartbeats: between the last events, and in silence since.

    The times of the events are both the writer's, so that it does not matter how far its clock is from ours.
    """
    silent = now - last_sign_of_life(vitals, now)
    if vitals.last_event is None or vitals.last_activity is None:
        return silent
    return silent + vitals.last_event - vitals.last_activity


def elapsed_ms(session: Session, state: SessionState, sign_of_life: float, now: float) -> int | None:
    """How long a session took, or has been running; up to its last sign of life when it is lost."""
    if session.has_ended:
        if session.duration_ms is not None:
            return session.duration_ms
        return milliseconds_between(session.started_at, session.ended_at)
    began = seconds(session.started_at)
    if began is None:
        return None
    until = now if state.is_live else sign_of_life
    return max(0, round((until - began) * 1000))


def step_state(step: StepRun, session_state: SessionState) -> StepState:
    """The state of a step, given that of its session."""
    if step.state is not StepState.PENDING and not step.state.is_active:
        return step.state
    if step.tier.is_open and not session_state.is_over:
        return step.state
    if step.state is StepState.PENDING:
        return StepState.NOT_RUN
    if step.tier.is_followed or session_state is SessionState.SUCCEEDED:
        return StepState.CANCELLED
    return StepState.INTERRUPTED


def tier_state(tier: TierRun, session_state: SessionState) -> TierState:
    """The state of a tier run: running while it is open, then what its steps came to."""
    if tier.is_open and not session_state.is_over:
        return TierState.RUNNING
    states = {step_state(step, session_state) for step in tier.steps.values()}
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
    """How long a step took by the record, or by its events, or has been running; None if it never started."""
    if step.duration_ms is not None:
        return step.duration_ms
    if state.is_active:
        began = seconds(step.started_at)
        return None if began is None else max(0, round((now - began) * 1000))
    return milliseconds_between(step.started_at, step.ended_at or step.last_output_at)


def tier_elapsed_ms(tier: TierRun, state: TierState, now: float, last_event_at: str | None) -> int | None:
    """How long a tier run took, or has been running; up to the last event where nothing closed it."""
    if state is TierState.RUNNING:
        began = seconds(tier.started_at)
        return None if began is None else max(0, round((now - began) * 1000))
    return milliseconds_between(tier.started_at, tier.closed_at or last_event_at)
