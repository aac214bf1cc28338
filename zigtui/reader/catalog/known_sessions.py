"""The sessions of one base that are known, and records of their changes."""

import weakref
from collections.abc import Callable, Iterator

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["BaseChanges", "KnownSessions"]

_LONG_LOST_SECS = 24 * 3600.0  # a log without an end that has not changed for longer is no longer checked each second


class BaseChanges:
    """The changes in one base since the last call of `take`. At first, every session counts as changed.

    Args:
        take: empties the record; see `take`.
        pending: the logs that are known now, by path.
        since: leaves out sessions that had ended by then, in seconds since the epoch; None for all sessions.
    """

    def __init__(
        self,
        take: Callable[["BaseChanges"], tuple[list[SessionSnapshot], list[LogLocation]]],
        pending: dict[str, LogLocation],
        since: float | None,
    ) -> None:
        self._take = take
        self.pending = pending
        self._since = since

    def take(self) -> tuple[list[SessionSnapshot], list[LogLocation]]:
        """Return the sessions that are new or have changed, and the logs that are gone."""
        return self._take(self) if self.pending else ([], [])  # in a mirror, most of many bases have not changed

    def note(self, location: LogLocation, snapshot: SessionSnapshot | None, *, was_unended: bool) -> None:
        """Record a change.

        Args:
            location: the location of the log.
            snapshot: the session; None if its log is gone.
            was_unended: whether the session might have gone on before, whatever the time at which it ended.
        """
        if was_unended or snapshot is None or may_go_on(snapshot, self._since):
            self.pending[location.path] = location


def may_go_on(snapshot: SessionSnapshot, since: float | None) -> bool:
    """Whether a session had not ended by a time, by the clock of its writer. True if there is no such time."""
    vitals = snapshot.vitals
    return since is None or vitals.status is None or vitals.last_event is None or vitals.last_event >= since


class KnownSessions:
    """The last snapshot of each session, by the path of its log. All methods are called under one lock.

    Attributes:
        unended: the paths of logs that may go on.
        transitions: how many times a session was added, ended, continued, or was removed.
    """

    def __init__(self) -> None:
        self.unended: set[str] = set()
        self.transitions = 0
        self._snapshots: dict[str, SessionSnapshot] = {}
        self._records: list[weakref.ref[BaseChanges]] = []  # of changes that are still in use

    def __iter__(self) -> Iterator[SessionSnapshot]:
        return iter(list(self._snapshots.values()))

    def get(self, path: str) -> SessionSnapshot | None:
        """The session whose log is at ``path``; None if it is not known."""
        return self._snapshots.get(path)

    def put(self, snapshot: SessionSnapshot) -> None:
        """Add a session, or replace its snapshot."""
        path = snapshot.location.path
        was_unended, is_unended = path in self.unended, snapshot.vitals.status is None
        self.transitions += was_unended is not is_unended or path not in self._snapshots
        self._snapshots[path] = snapshot
        if is_unended:
            self.unended.add(path)
        else:
            self.unended.discard(path)
        self._note_change(snapshot.location, snapshot, was_unended=was_unended)

    def forget(self, location: LogLocation) -> None:
        """Remove a session whose log is gone."""
        self.transitions += self._snapshots.pop(location.path, None) is not None
        self.unended.discard(location.path)
        self._note_change(location, None, was_unended=False)

    def unended_sessions(self) -> list[SessionSnapshot]:
        """The sessions that may go on."""
        return [self._snapshots[path] for path in self.unended]

    def give_up_long_lost(self, now: float) -> None:
        """Expect no more of logs that have not changed for a day."""
        long_ago = now - _LONG_LOST_SECS
        self.unended = {path for path in self.unended if self._snapshots[path].vitals.modified > long_ago}

    def record_changes(
        self, take: Callable[[BaseChanges], tuple[list[SessionSnapshot], list[LogLocation]]], since: float | None
    ) -> BaseChanges:
        """Begin a record of changes, which ends with its last reference. See `BaseChanges` for the arguments."""
        known = self._snapshots.items()
        pending = {path: snapshot.location for path, snapshot in known if may_go_on(snapshot, since)}
        changes = BaseChanges(take, pending, since)
        self._records = [record for record in self._records if record() is not None]
        self._records.append(weakref.ref(changes))
        return changes

    def take(self, changes: BaseChanges, now: float) -> tuple[list[SessionSnapshot], list[LogLocation]]:
        """Empty a record of changes. Return the sessions that have changed, as they are now, and the logs gone."""
        taken, changes.pending = changes.pending, {}
        changed = [found.at(now) for path in taken if (found := self._snapshots.get(path)) is not None]
        self._snapshots.update((found.location.path, found) for found in changed)  # whoever keeps them has no copies
        return changed, [location for path, location in taken.items() if path not in self._snapshots]

    def _note_change(self, location: LogLocation, snapshot: SessionSnapshot | None, *, was_unended: bool) -> None:
        for record in self._records:
            changes = record()
            if changes is not None:
                changes.note(location, snapshot, was_unended=was_unended)
