"""The state of a session at a given moment.

These are pure functions of the model, the file's metadata and the time. Nothing here reads the clock or the disk.

A session without a recorded end is alive as long as its log grows. Only growth that this reader has seen is a proof,
since it is timed by our own clock. The times in the log and of the file are from other clocks, which may differ from
ours by minutes or an hour, and a copied file has a new time. So an old time is only a reason to watch the log for one
heartbeat interval before the session counts as lost. A time that no such difference explains needs no watch. If the
events are from another day, the log is a copy or its writer's clock is wrong, and only the file's time counts.

Of the log of another machine, only the file's time counts; see `zigtui.reader.session.states.mirrored_times`.
"""

import math
from functools import lru_cache
from typing import NamedTuple

from writer import HEARTBEAT_SECS, SessionStatus
from zigtui.reader.session.model.session import Session, SessionState
from zigtui.reader.session.model.silent_steps import DEFAULT_STALL_SECS
from zigtui.reader.session.states.mirrored_times import EARLY_SECS, is_mirrored_lost, is_mirrored_recent, last_written
from zigtui.reader.times import seconds

__all__ = [
    "LARGEST_SKEW_SECS",
    "LIKELY_SKEW_SECS",
    "Vitals",
    "is_doubtful",
    "is_observed_to_be_lost",
    "is_unobserved",
    "last_sign_of_life",
    "longest_silence_secs",
    "observed_silence_secs",
    "recent_secs",
    "session_state",
    "silent_secs",
    "state_despite_damage",
    "state_until",
    "vitals_of",
    "watch_secs",
]

LIKELY_SKEW_SECS = 3900.0
"""How far another clock is expected to be behind ours, in seconds: an hour and a few minutes."""

LARGEST_SKEW_SECS = 24 * 3600.0
"""How far it is expected to be ahead; and behind, if a user follows the session: there is only one log to watch."""

_MISSED_HEARTBEATS = 3
_LONGEST_HEARTBEAT_SECS = 3600  # a longer interval is ignored: with it a dead session could seem alive forever
_LATE_SECS = 2.0  # how late a heartbeat may be: its writer's machine is busy, or its file server reports it late
_SMALL_SKEW_SECS = 300.0  # normal between a machine and its file server


class Vitals(NamedTuple):
    """The facts that show whether a session is alive. Times are seconds since the epoch.

    Attributes:
        started: whether the log's start could be read.
        status: the status recorded at the end; None while there is no end.
        began: when the session started, by the writer's clock.
        last_event: when the last event was written, by the writer's clock.
        last_activity: when the last event that is not a heartbeat was written, by the writer's clock.
        modified: when the file was last modified, by the file system's clock; 0 if that is not known.
        grown: when this reader last saw the file grow, by its own clock; None if it has not yet.
        heartbeat_secs: the interval between two heartbeats, in seconds.
        watched: since when this reader has watched the file without a break, by its own clock; None if it has only
            read it once.
        skew_secs: how far another clock may be behind ours, in seconds. Infinity if the times prove nothing, since
            our own clock has jumped after they were recorded.
        is_waiting: whether the session waits for its next event, if it is alive.
        quiet_since: when the step under way that has been silent for longest gave its last sign, by the writer's clock;
            None if there is none.
        unheard_since: since when the machine of the session has been silent, by our own clock; None while it gives
            signs of life, or if the log is one of this machine.
        known_until: until when the mirror of the log is known to have what was written, by the clock that has set the
            file's time. Infinity if it has all, minus infinity if that is not known for any time; None if the log is
            one of this machine. Of such a log `grown`, `watched` and `skew_secs` do not count.
    """

    started: bool
    status: str | None
    began: float | None
    last_event: float | None
    last_activity: float | None
    modified: float
    grown: float | None
    heartbeat_secs: int
    watched: float | None = None
    skew_secs: float = LIKELY_SKEW_SECS
    is_waiting: bool = False
    quiet_since: float | None = None
    unheard_since: float | None = None
    known_until: float | None = None

    @property
    def assumed_begin(self) -> float:
        """When the session began; when the file was last modified, if that is not known."""
        return self.modified if self.began is None else self.began


def vitals_of(
    session: Session,
    modified: float,
    grown: float | None,
    watched: float | None = None,
    skew_secs: float = LIKELY_SKEW_SECS,
) -> Vitals:
    """The vitals of a session.

    Args:
        session: the session as recorded.
        modified: see `Vitals`, as for the other arguments.
        grown: when this reader last saw the log grow.
        watched: since when it has watched the log.
        skew_secs: how far another clock may be behind ours.
    """
    last_event = seconds(session.last_event_at)
    is_same = session.last_activity_at == session.last_event_at  # one object then, for many sessions
    last_activity = last_event if is_same else seconds(session.last_activity_at)
    quiet_at = None if session.quietest is None else session.quietest.since
    return Vitals(
        started=session.started,
        status=session.status,
        began=seconds(session.started_at),
        last_event=last_event,
        last_activity=last_activity,
        modified=modified,
        grown=grown,
        heartbeat_secs=min(session.heartbeat_secs or HEARTBEAT_SECS, _LONGEST_HEARTBEAT_SECS),
        watched=watched,
        skew_secs=skew_secs,
        is_waiting=session.is_waiting,
        quiet_since=last_activity if quiet_at == session.last_activity_at else seconds(quiet_at),
    )


# The times of other clocks


def _signs(vitals: Vitals) -> list[float]:
    """The times at which the session was alive, by other clocks."""
    return [sign for sign in (vitals.modified, vitals.last_event) if sign]


def _is_of_today(sign: float, now: float) -> bool:
    return sign - LARGEST_SKEW_SECS <= now < sign + LARGEST_SKEW_SECS


def _is_fresh(vitals: Vitals, now: float) -> bool:
    """Whether the times show a live session: one of them is recent, and the other one does not contradict it.

    A time may be a little in the future. One that was in the future when the watch began shows nothing even once it has
    come: its clock is ahead, and the log has not grown since.
    """
    signs = [sign for sign in _signs(vitals) if _is_of_today(sign, now)]
    recent = recent_secs(vitals)
    other_secs = recent + _SMALL_SKEW_SECS
    latest = vitals.heartbeat_secs + (now if vitals.watched is None else min(now, vitals.watched))
    is_recent = any(sign <= latest and now < sign + recent for sign in signs)
    return is_recent and all(sign - other_secs <= now < sign + other_secs for sign in signs)


def _may_be_skewed(vitals: Vitals, now: float) -> bool:
    """Whether the session may be alive although its times do not show it."""
    if math.isinf(vitals.skew_secs):
        return True
    if vitals.skew_secs < LARGEST_SKEW_SECS and not all(_is_of_today(sign, now) for sign in _signs(vitals)):
        return False
    largest = vitals.skew_secs + recent_secs(vitals)
    return any(sign - LARGEST_SKEW_SECS <= now < sign + largest for sign in _signs(vitals))


def last_sign_of_life(vitals: Vitals, now: float) -> float | None:
    """The time when the session last showed that it is alive.

    If this reader saw the log grow, that time counts, since it is from our own clock; the time of a mirrored log is
    from it too. Otherwise the later one of the last event and the file's modification counts. An event much later than
    the modification of its file was stamped by a clock that is ahead, and does not count, unless the event is recent
    and the file's time from another day. A time a little in the future is taken as now.

    Returns:
        Seconds since the epoch; None if no time can be trusted.
    """
    if vitals.known_until is not None:
        return last_written(vitals.modified, now)
    if vitals.grown is not None:
        return vitals.grown
    signs = [vitals.modified] if vitals.modified else []
    event = vitals.last_event
    is_ahead = bool(signs) and event is not None and event > vitals.modified + 2 * _SMALL_SKEW_SECS
    if event is not None and (not is_ahead or _is_fresh(vitals, now)):
        signs.append(event)
    past = [sign for sign in signs if now >= sign - _SMALL_SKEW_SECS]
    return min(now, max(past)) if past else None


# The state


@lru_cache(maxsize=64)  # a frame needs the state of each session many times
def session_state(vitals: Vitals, now: float, stall_secs: float = DEFAULT_STALL_SECS) -> SessionState:
    """The state of a session at ``now``.

    A session without an end is lost once its log has not grown for three heartbeats. If its times show that it has been
    silent for that long, watching the log for one heartbeat is enough. A live session is idle, however long, if it
    waits for its next event. Otherwise it is stalled if nothing but heartbeats has happened for ``stall_secs``, or if a
    step under way has been silent for that long although others are busy.

    While the machine of a session is silent, nothing shows whether the session is alive. Then it is unreachable,
    however long, unless it was lost before.
    """
    if not vitals.started:
        return SessionState.UNREADABLE
    if vitals.status is not None:
        return SessionState.SUCCEEDED if vitals.status == SessionStatus.SUCCESS else SessionState.FAILED
    if _is_lost(vitals, now):
        return SessionState.LOST
    if vitals.unheard_since is not None:
        return SessionState.UNREACHABLE
    if vitals.is_waiting:
        return SessionState.IDLE
    if longest_silence_secs(vitals, now) > stall_secs:
        return SessionState.STALLED
    return SessionState.RUNNING


def state_despite_damage(vitals: Vitals, now: float, stall_secs: float = DEFAULT_STALL_SECS) -> SessionState:
    """The state by the other vitals alone if the log's start cannot be read: such a session ends or is lost as well."""
    return session_state(vitals if vitals.started else vitals._replace(started=True), now, stall_secs)


def is_doubtful(vitals: Vitals, now: float) -> bool:
    """Whether a session counts as live only until its log has been watched for `watch_secs`, unless the log grows.

    That of another machine does until all is here that the machine has written.
    """
    if not vitals.started or vitals.status is not None or vitals.unheard_since is not None:
        return False  # watching is pointless
    if vitals.known_until is not None:
        return not (is_mirrored_recent(vitals.modified, now, recent_secs(vitals)) or _is_lost(vitals, now))
    return vitals.grown is None and not (_is_fresh(vitals, now) or _is_lost(vitals, now))


def is_unobserved(vitals: Vitals, now: float) -> bool:
    """Whether a session counts as live by recorded times alone: nobody has seen its log grow yet."""
    if vitals.known_until is not None:
        return is_doubtful(vitals, now)
    if not vitals.started or vitals.grown is not None or vitals.unheard_since is not None:
        return False
    return session_state(vitals, now).is_live


def observed_silence_secs(vitals: Vitals, now: float) -> float:
    """For how long this reader has watched the log without seeing it grow, in seconds; 0 if it has not."""
    silent_since = _silent_since(vitals)
    return 0.0 if silent_since is None else max(0.0, now - silent_since)


def is_observed_to_be_lost(vitals: Vitals, now: float) -> bool:
    """Whether a session is lost because its log was watched in vain, although it counts as live by its times alone."""
    if vitals.known_until is not None:
        return False
    if session_state(vitals, now) is not SessionState.LOST or observed_silence_secs(vitals, now) < watch_secs(vitals):
        return False
    return is_unobserved(vitals._replace(grown=None, watched=None, skew_secs=LIKELY_SKEW_SECS), now)


def watch_secs(vitals: Vitals) -> float:
    """How long to watch a log for its next heartbeat, in seconds."""
    return vitals.heartbeat_secs + _LATE_SECS


def recent_secs(vitals: Vitals) -> float:
    """For how long after its last heartbeat a session counts as alive, in seconds."""
    return _MISSED_HEARTBEATS * vitals.heartbeat_secs


def state_until(vitals: Vitals, now: float, stall_secs: float = DEFAULT_STALL_SECS) -> float:
    """The time until which the state at ``now`` holds if the log does not change, in seconds since the epoch.

    Returns:
        Infinity if only a change of the log can change the state.
    """
    if not vitals.started or vitals.status is not None or vitals.unheard_since is not None:
        return math.inf
    recent = recent_secs(vitals)
    changes: list[float] = []
    if not vitals.is_waiting:
        changes.append(math.nextafter(now + stall_secs - longest_silence_secs(vitals, now), math.inf))
    if vitals.known_until is not None:
        changes += [vitals.modified - EARLY_SECS, vitals.modified + recent]
        return min((change for change in changes if change > now), default=math.inf)
    silent_since = _silent_since(vitals)
    if silent_since is not None:
        changes += [silent_since + recent, silent_since + watch_secs(vitals)]
    if vitals.grown is None:
        other_secs, largest = recent + _SMALL_SKEW_SECS, vitals.skew_secs + recent
        for sign in _signs(vitals):
            early = (vitals.heartbeat_secs, _SMALL_SKEW_SECS, other_secs, LARGEST_SKEW_SECS)
            changes += [sign - secs for secs in early]
            changes += [sign + secs for secs in (recent, other_secs, largest, LARGEST_SKEW_SECS)]
    return min((change for change in changes if change > now), default=math.inf)


def _is_lost(vitals: Vitals, now: float) -> bool:
    if vitals.known_until is not None:
        return is_mirrored_lost(vitals.modified, now, recent_secs(vitals), vitals.known_until)
    silent_since = _silent_since(vitals)
    if silent_since is not None and now >= silent_since + recent_secs(vitals):
        return True
    if vitals.grown is not None or _is_fresh(vitals, now):
        return False
    is_watched = silent_since is not None and now >= silent_since + watch_secs(vitals)
    return is_watched or not _may_be_skewed(vitals, now)


def _silent_since(vitals: Vitals) -> float | None:
    """Since when this reader has watched the log without seeing it grow; None if it has not watched it."""
    if vitals.grown is None or vitals.watched is None:
        return vitals.watched if vitals.grown is None else vitals.grown
    return max(vitals.watched, vitals.grown)


def longest_silence_secs(vitals: Vitals, now: float) -> float:
    """How long there has been no activity, or none of one of the steps under way, in seconds."""
    since = vitals.quiet_since
    if since is not None and vitals.last_activity is not None:
        since = min(since, vitals.last_activity)
    return silent_secs(vitals, now, since)


def silent_secs(vitals: Vitals, now: float, since: float | None = None) -> float:
    """How long there has been no activity except heartbeats, in seconds.

    This is the time from the last activity to the last event, plus the silence since then. Both events have the
    writer's timestamps, so a difference between its clock and ours does not matter. Without a recent time, only the
    silence that this reader has observed counts; of another machine, only the time until which that is known.

    Args:
        vitals: the vitals of the session.
        now: the current time, in seconds since the epoch.
        since: the last activity of a step, by the writer's clock; None for that of the session.
    """
    if vitals.known_until is not None:
        sign, now = last_sign_of_life(vitals, now), min(now, vitals.known_until)
    else:
        is_timed = vitals.grown is None and _is_fresh(vitals, now)
        sign = last_sign_of_life(vitals, now) if is_timed else _silent_since(vitals)
    silent = 0.0 if sign is None else max(0.0, now - sign)
    since = vitals.last_activity if since is None else since
    if vitals.last_event is None or since is None:
        return silent
    return silent + max(0.0, vitals.last_event - since)
