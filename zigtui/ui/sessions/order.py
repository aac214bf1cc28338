"""The order of the list of sessions, updated as they change: live ones first, then the newest.

Logs whose name is not an id come last.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from heapq import heappop, heappush
from math import inf

from zigtui.reader.location import LogLocation
from zigtui.reader.session.liveness import state_until
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["SessionOrder"]

_SORTED_ANEW = 50  # with more changes than this at once, sorting everything is faster than inserting them one by one

# The location is the last: a log has the same path in two bases if one is a link to the other.
_Key = tuple[bool, bool, float, str, str, bool, LogLocation]


class SessionOrder:
    """Sessions by their row in the list.

    The cost of an update depends only on the changes: sessions whose logs have changed, and those whose state has
    changed because time has passed. There may be a hundred thousand others.

    Attributes:
        version: increased whenever sessions are added, removed or moved.
        live: the number of live sessions, without those that may be lost.
    """

    def __init__(self) -> None:
        self.version = 0
        self.live = 0
        self._snapshots: dict[LogLocation, SessionSnapshot] = {}
        self._keys: dict[LogLocation, _Key] = {}
        self._sorted: list[_Key] = []
        self._now = -inf
        self._due: list[tuple[float, int, LogLocation]] = []  # a heap, by the time until which a state holds
        self._due_at: dict[LogLocation, float] = {}  # the valid entry; the state of a session without one is final
        self._entries = 0  # the number made so far, which orders those of the same time

    def __len__(self) -> int:
        return len(self._sorted)

    def location_at(self, row: int) -> LogLocation:
        """The session in a row of the list, from 0."""
        return self._sorted[row][-1]

    def snapshot_at(self, row: int) -> SessionSnapshot:
        """The session in a row, as it was last read."""
        return self._snapshots[self._sorted[row][-1]]

    def row_of(self, location: LogLocation) -> int | None:
        """The row of a session; None if it is not in the list."""
        key = self._keys.get(location)
        return None if key is None else bisect_left(self._sorted, key)

    def update(self, changed: Collection[SessionSnapshot], gone: Collection[LogLocation], now: float) -> None:
        """Apply the changes since the last update, and the changes of state due to the time."""
        touched = set(gone) | self._take_due(now)
        for location in gone:
            self._snapshots.pop(location, None)
            self._due_at.pop(location, None)
        for snapshot in changed:
            self._snapshots[snapshot.location] = snapshot
            touched.add(snapshot.location)
        moved: dict[LogLocation, _Key | None] = {}
        for location in touched:
            found = self._snapshots.get(location)
            key = None if found is None else _key(found.at(now))
            if key != self._keys.get(location):
                moved[location] = key
            if found is not None:
                self._plan(found, now)
        if moved:
            self._move(moved)
            self.version += 1

    def _take_due(self, now: float) -> set[LogLocation]:
        """The sessions whose states may have changed; all without an end if the clock was set back."""
        if now < self._now:
            due = {location for location, found in self._snapshots.items() if found.vitals.status is None}
        else:
            due = set()
            while self._due and self._due[0][0] <= now:
                when, _, location = heappop(self._due)
                if self._due_at.get(location) == when:
                    del self._due_at[location]
                    due.add(location)
        self._now = now
        return due

    def _plan(self, snapshot: SessionSnapshot, now: float) -> None:
        """Schedule a check of the session for the time when its state may change."""
        location = snapshot.location
        until = state_until(snapshot.vitals, now, snapshot.stall_secs)
        # An earlier check is enough: a busy session needs no entry for each of its changes.
        if until < self._due_at.get(location, inf):
            self._due_at[location] = until
            self._entries += 1
            heappush(self._due, (until, self._entries, location))

    def _move(self, moved: dict[LogLocation, _Key | None]) -> None:
        old = [key for location in moved if (key := self._keys.pop(location, None)) is not None]
        new = [key for key in moved.values() if key is not None]
        self.live += _count_live(new) - _count_live(old)
        if len(moved) > _SORTED_ANEW:
            left = set(old)
            self._sorted = [key for key in self._sorted if key not in left] if left else self._sorted
            self._sorted += new
            self._sorted.sort()
        else:
            for key in old:
                del self._sorted[bisect_left(self._sorted, key)]
            for key in new:
                self._sorted.insert(bisect_left(self._sorted, key), key)
        self._keys.update((key[-1], key) for key in new)


def _key(snapshot: SessionSnapshot) -> _Key:
    vitals = snapshot.vitals
    began = vitals.began if vitals.began is not None else vitals.modified
    is_live = vitals.status is None and snapshot.state.is_live
    is_known_live = is_live and not snapshot.is_doubtful
    location = snapshot.location
    return (not location.has_session_id, not is_live, -began, location.path, location.base, is_known_live, location)


def _count_live(keys: Iterable[_Key]) -> int:
    return sum(key[-2] for key in keys)
