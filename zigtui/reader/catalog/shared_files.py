"""One session for each file, though links may lead to it from several bases."""

from bisect import insort
from collections.abc import Callable, Iterable

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["FileId", "SharedFiles"]

FileId = tuple[int, int]
"""The numbers of a file's device and inode."""

_File = FileId | LogLocation  # the location, if the file at it is not known


class SharedFiles:
    """Chooses the location that counts for each file: in the first base, and with a session id for its name.

    Args:
        bases: the base directories, in their order.
        file_of: returns the file at a location, as of its last scan; None if it is not known.
        find: returns the session at a location; None if there is none.
    """

    def __init__(
        self,
        bases: Iterable[str],
        file_of: Callable[[LogLocation], FileId | None],
        find: Callable[[LogLocation], SessionSnapshot | None],
    ) -> None:
        self._order = {base: number for number, base in enumerate(bases)}
        self._file_of = file_of
        self._find = find
        self._files: dict[LogLocation, _File] = {}
        self._locations: dict[_File, list[LogLocation]] = {}  # the one that counts comes first

    def take(
        self, changed: Iterable[SessionSnapshot], gone: Iterable[LogLocation]
    ) -> tuple[list[SessionSnapshot], list[LogLocation]]:
        """Reduce the changes of all bases to those of the locations that count."""
        news = {snapshot.location: snapshot for snapshot in changed}
        left = set(gone)
        firsts: dict[_File, LogLocation | None] = {}  # before the changes, of the files that they concern
        for location in left:
            self._move(location, None, firsts)
        for location in news:
            self._move(location, self._file_of(location) or location, firsts)
        shown = {location: news[location] for location in news if self._first(self._files[location]) == location}
        for file, before in firsts.items():
            after = self._first(file)
            if after is not None and after != before and after not in shown:
                found = self._find(after)
                if found is not None:
                    shown[after] = found
        hidden = {before for file, before in firsts.items() if before is not None and before != self._first(file)}
        return list(shown.values()), list((left | hidden) - shown.keys())

    def only_first(self, snapshots: Iterable[SessionSnapshot]) -> list[SessionSnapshot]:
        """Reduce all sessions of all bases to those at the locations that count."""
        found: dict[_File, SessionSnapshot] = {}
        for snapshot in sorted(snapshots, key=lambda snapshot: self._rank(snapshot.location)):
            found.setdefault(self._file_of(snapshot.location) or snapshot.location, snapshot)
        return list(found.values())

    def _move(self, location: LogLocation, file: _File | None, firsts: dict[_File, LogLocation | None]) -> None:
        """Note that a location leads to a file; None if it leads to none any more."""
        before = self._files.get(location)
        if before == file:
            return
        if before is not None:
            firsts.setdefault(before, self._first(before))
            del self._files[location]
            self._locations[before].remove(location)
            if not self._locations[before]:
                del self._locations[before]
        if file is not None:
            firsts.setdefault(file, self._first(file))
            self._files[location] = file
            insort(self._locations.setdefault(file, []), location, key=self._rank)

    def _first(self, file: _File) -> LogLocation | None:
        locations = self._locations.get(file)
        return locations[0] if locations else None

    def _rank(self, location: LogLocation) -> tuple[bool, int, str]:
        return not location.has_session_id, self._order.get(location.base, 0), location.path
