"""The order of the list of sessions, kept while they change: live ones first, then the newest."""

from bisect import bisect_left
from collections.abc import Collection

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import Summary

__all__ = ["SessionOrder"]

_SORTED_ANEW = 50  # so many changes at once are quicker sorted than put in one by one

_Key = tuple[bool, float, str, str, LogLocation]  # a log has the same path in two bases when one is a link to the other


class SessionOrder:
    """Sessions by their place in the list.

    Only what has changed, and sessions that have not ended, are looked at when the list is shown again: a home may
    hold a hundred thousand.

    Attributes:
        version: counts how often sessions came, went or changed places.
        live: how many sessions live.
    """

    def __init__(self) -> None:
        self.version = 0
        self.live = 0
        self._summaries: dict[LogLocation, Summary] = {}
        self._keys: dict[LogLocation, _Key] = {}
        self._sorted: list[_Key] = []
        self._open: set[LogLocation] = set()  # without an end: whether they live depends on the time

    def __len__(self) -> int:
        return len(self._sorted)

    def location_at(self, row: int) -> LogLocation:
        """The session in a row of the list, from 0."""
        return self._sorted[row][-1]

    def summary_at(self, row: int) -> Summary:
        """The summary of the session in a row."""
        return self._summaries[self._sorted[row][-1]]

    def row_of(self, location: LogLocation) -> int | None:
        """The row of a session, None if it is not in the list."""
        key = self._keys.get(location)
        return None if key is None else bisect_left(self._sorted, key)

    def update(
        self, changed: Collection[Summary], gone: Collection[LogLocation], now: float, stall_secs: float
    ) -> None:
        """Take over what has changed, and what the time has changed."""
        for location in gone:
            self._summaries.pop(location, None)
            self._open.discard(location)
        touched = set(gone) | self._open
        for summary in changed:
            self._summaries[summary.location] = summary
            touched.add(summary.location)
            if summary.vitals.status is None:
                self._open.add(summary.location)
            else:
                self._open.discard(summary.location)
        moved: dict[LogLocation, _Key | None] = {}
        for location in touched:
            found = self._summaries.get(location)
            key = None if found is None else _key(found, now, stall_secs)
            if key != self._keys.get(location):
                moved[location] = key
        if moved:
            self._move(moved)
            self.version += 1
        self.live = sum(1 for location in self._open if not self._keys[location][0])

    def _move(self, moved: dict[LogLocation, _Key | None]) -> None:
        old = [key for location in moved if (key := self._keys.pop(location, None)) is not None]
        new = [key for key in moved.values() if key is not None]
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


def _key(summary: Summary, now: float, stall_secs: float) -> _Key:
    vitals = summary.vitals
    began = vitals.began if vitals.began is not None else vitals.modified
    is_live = vitals.status is None and summary.state(now, stall_secs).is_live
    location = summary.location
    return (not is_live, -began, location.path, location.base, location)
