"""When the states of sessions may change although their logs do not, since time passes."""

from heapq import heappop, heappush
from math import inf

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import state_until

__all__ = ["StateSchedule"]


class StateSchedule:
    """Plans for each session when its state is determined again, so that none is examined all the time."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, LogLocation]] = []  # a heap, by the time until which a state holds
        self._due_at: dict[LogLocation, float] = {}  # the valid entry; the state of a session without one is final
        self._entries = 0  # the number made so far, which orders those of the same time

    def plan(self, snapshot: SessionSnapshot, now: float) -> None:
        """Plan for a session whose state at ``now`` has been determined."""
        location = snapshot.location
        until = state_until(snapshot.vitals, now, snapshot.stall_secs)
        # An earlier time is enough: a busy session needs no entry for each of its changes.
        if until < self._due_at.get(location, inf):
            self._due_at[location] = until
            self._entries += 1
            heappush(self._due, (until, self._entries, location))

    def cancel(self, location: LogLocation) -> None:
        """Plan nothing for a session."""
        self._due_at.pop(location, None)

    def take_due(self, now: float) -> set[LogLocation]:
        """The sessions whose states may have changed by ``now``. Nothing is planned for them any more."""
        due = set()
        while self._due and self._due[0][0] <= now:
            when, _, location = heappop(self._due)
            if self._due_at.get(location) == when:
                del self._due_at[location]
                due.add(location)
        return due
