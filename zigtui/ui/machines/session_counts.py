"""The number of sessions of each machine."""

from collections import Counter
from collections.abc import Collection

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["SessionCounts"]


class SessionCounts:
    """Counts sessions by machine. The cost of an update depends on the changes and on the sessions without an end."""

    def __init__(self) -> None:
        self._known: set[LogLocation] = set()
        self._totals: Counter[str | None] = Counter()
        self._without_end: dict[LogLocation, SessionSnapshot] = {}

    def update(self, changed: Collection[SessionSnapshot], gone: Collection[LogLocation]) -> None:
        """Apply changes of sessions."""
        for location in gone:
            self._without_end.pop(location, None)
            if location in self._known:
                self._known.remove(location)
                self._totals[location.machine] -= 1
        for snapshot in changed:
            location = snapshot.location
            if location not in self._known:
                self._known.add(location)
                self._totals[location.machine] += 1
            if snapshot.vitals.status is None:
                self._without_end[location] = snapshot
            else:
                self._without_end.pop(location, None)

    def total(self, machine: str) -> int:
        """The number of all sessions of a machine."""
        return self._totals[machine]

    def live(self, now: float) -> Counter[str | None]:
        """The number of live sessions of each machine at ``now``, in seconds since the epoch.

        Whether one that is unreachable still runs is not known.
        """
        snapshots = [each.at(now) for each in self._without_end.values()]
        return Counter(each.location.machine for each in snapshots if each.is_certainly_live)
