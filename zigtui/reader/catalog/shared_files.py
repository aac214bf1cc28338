"""One session for each file, though links may lead to it from several bases."""

from collections.abc import Callable, Iterable

from zigtui.reader.catalog.scan.locations import fits_project
from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["FileId", "SharedFiles"]

FileId = tuple[int, int]
"""The numbers of a file's device and inode."""

_File = FileId | LogLocation  # the location, if the file at it is not known


class SharedFiles:
    """Chooses one location for each file that several paths lead to.

    It prefers a name that is a session id, then the project that the log records, then the first base.

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
        found: dict[_File, list[SessionSnapshot]] = {}
        for snapshot in snapshots:
            found.setdefault(self._file_of(snapshot.location) or snapshot.location, []).append(snapshot)
        return [same[0] if len(same) == 1 else self._best(same) for same in found.values()]

    def _best(self, same: list[SessionSnapshot]) -> SessionSnapshot:
        rank = self._ranking(same)
        return min(same, key=lambda snapshot: rank(snapshot.location))

    def _ranking(self, same: Iterable[SessionSnapshot]) -> Callable[[LogLocation], tuple[bool, bool, int, str]]:
        """What ranks the locations of one file, given the snapshots at some of them; the lowest rank counts."""
        cwd = next((cwd for snapshot in same if (cwd := snapshot.session.cwd) is not None), None)

        def rank(location: LogLocation) -> tuple[bool, bool, int, str]:
            order = self._order.get(location.base, len(self._order))  # those that were added later are last
            return not location.has_session_id, not fits_project(location, cwd), order, location.path

        return rank

    def _move(self, location: LogLocation, file: _File | None, firsts: dict[_File, LogLocation | None]) -> None:
        """Note that a location leads to a file; None if it leads to none any more."""
        before = self._files.get(location)
        if before is not None and before != file:
            firsts.setdefault(before, self._first(before))
            del self._files[location]
            self._locations[before].remove(location)
            if not self._locations[before]:
                del self._locations[before]
        if file is not None:
            firsts.setdefault(file, self._first(file))
            locations = self._locations.setdefault(file, [])
            if before != file:
                self._files[location] = file
                locations.append(location)
            if len(locations) > 1:  # more of the log may have been read, so its project may be known only now
                self._sort(locations)

    def _sort(self, locations: list[LogLocation]) -> None:
        found = map(self._find, locations)
        locations.sort(key=self._ranking(snapshot for snapshot in found if snapshot is not None))

    def _first(self, file: _File) -> LogLocation | None:
        locations = self._locations.get(file)
        return locations[0] if locations else None
