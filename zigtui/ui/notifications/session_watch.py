"""Find the sessions that ended, failed, stalled or were lost."""

from collections.abc import Iterable
from typing import NamedTuple

from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.state_schedule import StateSchedule

__all__ = ["SessionWatch", "Transition"]

_MAX_AHEAD_SECS = 60.0  # a recorded end that is later than this is not a recent one: the clock was wrong


class Transition(NamedTuple):
    """A session that has got into a state that may be reported.

    Attributes:
        snapshot: the session at that moment.
        state: succeeded, failed, stalled or lost.
    """

    snapshot: SessionSnapshot
    state: SessionState


class SessionWatch:
    """Compares sessions with what they were before. Each transition is reported once.

    What was over at the start is not reported, even if it is read later. The cost of an update depends on the sessions
    that have changed and on those whose state may have changed since: once a second is often enough.

    Args:
        began_at: when the watch began, in seconds since the epoch.
    """

    def __init__(self, began_at: float) -> None:
        self._began_at = began_at
        self._live: dict[LogLocation, SessionSnapshot] = {}  # those that are not over, as they were last read
        self._states: dict[LogLocation, SessionState] = {}  # the last known states of those that have been live
        self._unseen: set[LogLocation] = set()
        self._schedule = StateSchedule()
        self._now = began_at

    @property
    def live(self) -> list[tuple[SessionSnapshot, SessionState]]:
        """The sessions that are known to be live as they were last read, each with its state."""
        return [(self._live[location], state) for location, state in self._states.items() if state.is_live]

    @property
    def unseen_failures(self) -> int:
        """The number of sessions that failed or were lost since the start, and have not been opened since."""
        return len(self._unseen)

    def opened(self, location: LogLocation) -> None:
        """Record that the user sees a session."""
        self._unseen.discard(location)

    def is_live(self, location: LogLocation) -> bool:
        """Whether a session is known to be live."""
        state = self._states.get(location)
        return state is not None and state.is_live

    def update(self, changed: Iterable[SessionSnapshot], gone: Iterable[LogLocation], now: float) -> list[Transition]:
        """Take changes of sessions and the passing of time, and return what has happened.

        Args:
            changed: the sessions that are new or have changed.
            gone: the logs that no longer exist.
            now: the time in seconds since the epoch.
        """
        for location in gone:
            for known in (self._live, self._states):
                known.pop(location, None)
            self._unseen.discard(location)
            self._schedule.cancel(location)
        due = self._schedule.take_due(now) if now >= self._now else set(self._live)
        self._now = now
        for snapshot in changed:
            due.add(snapshot.location)
            if snapshot.location in self._states or not self._was_over(snapshot, now):
                self._live[snapshot.location] = snapshot
            else:
                self._live.pop(snapshot.location, None)  # it was there while only a part had been read
        found = [self._transition_of(snapshot.at(now)) for where, snapshot in [*self._live.items()] if where in due]
        for location in due:
            if location in self._live:
                self._schedule.plan(self._live[location], now)
        return [transition for transition in found if transition is not None]

    def _was_over(self, snapshot: SessionSnapshot, now: float) -> bool:
        """Whether a session that was never seen live had ended before the watch began, according to its log."""
        ended_at = snapshot.vitals.last_event
        if snapshot.vitals.status is None:
            return False
        if self._is_unchanged(snapshot):
            return True
        return ended_at is None or not self._began_at <= ended_at <= now + _MAX_AHEAD_SECS

    def _is_unchanged(self, snapshot: SessionSnapshot) -> bool:
        """Whether the log has not changed since the watch began.

        Then even an end with a later time is no news: the writer's clock was ahead, or the line of the end lacks its
        newline, and counts only now that the log has not grown for a second.
        """
        return snapshot.vitals.grown is None and 0 < snapshot.vitals.modified < self._began_at

    def _transition_of(self, snapshot: SessionSnapshot) -> Transition | None:
        location = snapshot.location
        if not snapshot.is_complete or snapshot.trouble is not None or snapshot.is_doubtful:
            return None  # nothing is known for sure yet
        before, state = self._states.get(location), snapshot.state
        if state is SessionState.UNREADABLE:
            return None
        if state is SessionState.LOST and before is None:
            del self._live[location]  # it was lost before the watch began
            return None
        if state is SessionState.UNREACHABLE:
            self._states.setdefault(location, state)  # what it was before counts again once its machine is back
            return None
        self._states[location] = state
        if state.is_over and snapshot.vitals.status is not None:
            del self._live[location]  # a lost session may go on
            if self._is_unchanged(snapshot):
                return None
        if state is before or state in (SessionState.RUNNING, SessionState.IDLE):
            return None
        if state is SessionState.STALLED and before in (None, SessionState.UNREACHABLE):
            return None  # since when is not known
        if state in (SessionState.FAILED, SessionState.LOST):
            self._unseen.add(location)
        return Transition(snapshot, state)
