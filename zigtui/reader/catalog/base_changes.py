"""Records of the changes in one base."""

import weakref
from collections.abc import Callable, Iterable

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["BaseChanges", "ChangeRecords"]


class BaseChanges:
    """The changes in one base since the last call of `take`. At first, every session counts as changed.

    Args:
        take: empties the record; see `take`.
        locations: the logs that are known now.
    """

    def __init__(
        self,
        take: Callable[["BaseChanges"], tuple[list[SessionSnapshot], list[LogLocation]]],
        locations: Iterable[LogLocation],
    ) -> None:
        self._take = take
        self.pending = {location.path: location for location in locations}

    def take(self) -> tuple[list[SessionSnapshot], list[LogLocation]]:
        """Return the sessions that are new or have changed, and the logs that are gone."""
        return self._take(self)


class ChangeRecords:
    """All records of changes that are still in use. Each is dropped with its last reference."""

    def __init__(self) -> None:
        self._records: list[weakref.ref[BaseChanges]] = []

    def add(self, changes: BaseChanges) -> None:
        """Add a record."""
        self._records = [record for record in self._records if record() is not None]
        self._records.append(weakref.ref(changes))

    def note(self, location: LogLocation) -> None:
        """Note in each record that a session has changed."""
        for record in self._records:
            changes = record()
            if changes is not None:
                changes.pending[location.path] = location
