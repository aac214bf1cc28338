"""The order of the list of sessions, updated as they change.

In the default order, live ones come first, then the newest. Logs whose name is not an id come last.
"""

import gc
from collections.abc import Callable, Collection, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.sessions.order.filtered_rows import FilteredRows
from zigtui.ui.sessions.order.row_key import Change, RowKey, row_key
from zigtui.ui.sessions.order.sorted_list import SortedList, SortKey
from zigtui.ui.sessions.order.sorting import Rank, Sort, ranks
from zigtui.ui.state_schedule import StateSchedule

if TYPE_CHECKING:
    from zigtui.reader.filter.terms import Matcher

__all__ = ["Place", "RowFilter", "SessionOrder"]

_FILTERED_ANEW_SECS = 30.0  # how often a filter such as since:2h is applied again, as time passes


class RowFilter:
    """A filter of the rows.

    Args:
        matcher: returns whether a session passes, for a time in seconds since the epoch.
        changes_with_time: whether a session that is over may pass now and not later, or the reverse.
        narrows: whether all that pass have passed the filter before it, which saves time.
    """

    def __init__(
        self, matcher: "Callable[[float], Matcher]", *, changes_with_time: bool = False, narrows: bool = False
    ) -> None:
        self.matcher = matcher
        self.changes_with_time = changes_with_time
        self.narrows = narrows


class Place(NamedTuple):
    """A place in an order.

    Attributes:
        sort: what the rows are sorted by.
        value: what a row at this place is sorted by.
    """

    sort: Sort
    value: Any


class SessionOrder:
    """Sessions by their row in the list.

    The cost of an update depends only on the changes: sessions whose logs have changed, and those whose state has
    changed because time has passed. There may be a hundred thousand others. With a filter, call `advance` until it
    `is_filtered`.

    Args:
        now: the current time, in seconds since the epoch, until the first update.

    Attributes:
        version: increased whenever rows are added, removed or moved.
        sort: what the rows are sorted by.
    """

    def __init__(self, now: float) -> None:
        self.version = 0
        self.sort = Sort.NEWEST
        self._snapshots: dict[int, SessionSnapshot] = {}  # by the identity of a key: hashing a location is slow
        self._keys: dict[LogLocation, RowKey] = {}
        self._live: dict[int, RowKey] = {}  # those of live sessions, by their identity
        self._ranks: dict[int, Rank] = {}  # by the identity of a key; empty in the default order
        self._by_default = SortedList(None, [])
        self._sorted = self._by_default  # in the current order
        self._filter: RowFilter | None = None
        self._filtered: FilteredRows | None = None
        self._refiltered: FilteredRows | None = None  # replaces the former when it is complete, since time has passed
        self._filtered_at = -inf
        self._now = now
        self._schedule = StateSchedule()

    @property
    def _rows(self) -> SortedList:
        return self._sorted if self._filtered is None else self._filtered.rows

    @property
    def keys(self) -> list[RowKey]:
        """The keys of all rows, from the first to the last. Do not change the list."""
        return self._rows.keys

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def total(self) -> int:
        """The number of all sessions, also of those that do not pass the filter."""
        return len(self._by_default)

    @property
    def live(self) -> int:
        """The number of rows of live sessions, without those that may be lost, or are unreachable."""
        if self._filtered is None:
            return len(self._live)
        return sum(self._filtered.rows.row_of(key) is not None for key in self._live.values())

    def location_at(self, row: int) -> LogLocation:
        """The session in a row of the list, from 0."""
        return self._rows.keys[row].location

    def snapshot_at(self, row: int) -> SessionSnapshot:
        """The session in a row, as it was last read."""
        return self._snapshots[id(self._rows.keys[row])]

    def row_of(self, location: LogLocation) -> int | None:
        """The row of a session; None if it is not in the list."""
        key = self._keys.get(location)
        return None if key is None else self._rows.row_of(key)

    def place_of(self, row: int) -> Place:
        """The place of a row in the current order, which is known even when the row is gone."""
        rows = self._rows
        return Place(self.sort, rows.sort_key(rows.keys[row]))

    def row_at_place(self, place: Place) -> int | None:
        """The row that is at a place, or the first one after it; None if the order is another one by now."""
        return self._rows.first_after(place.value, inclusive=True) if place.sort is self.sort else None

    # The user's choices

    def sort_by(self, sort: Sort) -> None:
        """Sort the rows in another way."""
        self.sort = sort
        if sort is Sort.NEWEST:
            self._ranks, self._sorted = {}, self._by_default
        else:
            keys = self._by_default.keys
            was_enabled = gc.isenabled()
            gc.disable()  # it would examine all sessions several times, although nothing that is created is garbage
            try:
                ids = list(map(id, keys))
                ranked = ranks(list(map(self._snapshots.__getitem__, ids)), sort, self._now)
                order = sorted(range(len(keys)), key=ranked.__getitem__)
                self._ranks = dict(zip(ids, ranked, strict=True))
                self._sorted = SortedList(self._sort_key, list(map(keys.__getitem__, order)))
            finally:
                if was_enabled:
                    gc.enable()
        for filtered in (self._filtered, self._refiltered):
            if filtered is not None:
                filtered.sort(self._sort_key_or_none, self._sorted)
        self.version += 1

    def _sort_key(self, key: RowKey) -> tuple[Rank, RowKey]:
        return self._ranks[id(key)], key

    @property
    def _sort_key_or_none(self) -> SortKey | None:
        return None if self.sort is Sort.NEWEST else self._sort_key

    def filter_by(self, wanted: RowFilter | None) -> None:
        """Keep only the rows that pass a filter; all for None. The rows are found by `advance`."""
        before = self._filtered
        is_narrowed = wanted is not None and wanted.narrows and before is not None and before.is_complete
        candidates = list(before.rows.keys) if before is not None and is_narrowed else None
        self._filter, self._refiltered = wanted, None
        self._filtered = None if wanted is None else self._filter_anew(wanted, candidates)
        self.version += 1

    def filter_again(self) -> None:
        """Apply the filter again, since it has another meaning by now. The current rows stay until that is done."""
        if self._filter is not None and self._filtered is not None and self._filtered.is_complete:
            self._refiltered = self._filter_anew(self._filter)
        else:
            self.filter_by(self._filter)

    def _filter_anew(self, wanted: RowFilter, candidates: list[RowKey] | None = None) -> FilteredRows:
        self._filtered_at = self._now
        return FilteredRows(wanted.matcher(self._now), self._sort_key_or_none, candidates)

    @property
    def is_filtered(self) -> bool:
        """Whether all rows that pass the filter have been found."""
        return self._refiltered is None and (self._filtered is None or self._filtered.is_complete)

    def advance(self, seconds: float) -> None:
        """Find further rows that pass the filter, for some time."""
        if self._filtered is not None and not self._filtered.is_complete:
            self._filtered.advance(self._sorted, self._snapshots, self._now, seconds)
            self.version += 1
        elif self._refiltered is not None:
            self._refiltered.advance(self._sorted, self._snapshots, self._now, seconds)
            if self._refiltered.is_complete:
                self._filtered, self._refiltered = self._refiltered, None
                self.version += 1

    # Changes

    def update(
        self, changed: Collection[SessionSnapshot], gone: Collection[LogLocation], now: float
    ) -> list[SessionSnapshot]:
        """Apply the changes since the last update, and the changes of state due to the time.

        Returns:
            The sessions that may have changed, as they are at ``now``.
        """
        touched = set(gone) | self._take_due(now)
        latest: dict[LogLocation, SessionSnapshot | None] = dict.fromkeys(gone)
        for location in gone:
            self._schedule.cancel(location)
        latest.update((snapshot.location, snapshot) for snapshot in changed)
        touched.update(latest)
        changes: list[Change] = []
        present: list[SessionSnapshot] = []
        new_ranks: dict[int, Rank] = {}
        for location in touched:
            before = self._keys.get(location)
            known = None if before is None else self._snapshots[id(before)]
            found, after = latest.get(location, known), None
            if found is not None:
                of_now = found.at(now)
                present.append(of_now)
                after = row_key(of_now)
                new_rank = 0.0 if self.sort is Sort.NEWEST else ranks([of_now], self.sort, now)[0]
                if after == before and new_rank == self._ranks.get(id(before), new_rank):
                    after = before
                else:
                    new_ranks[id(after)] = new_rank
                self._schedule.plan(found, now)
            changes.append(Change(before, after, found))
        self.version += self._apply(changes, new_ranks)
        self._refilter_if_due()
        return present

    def _apply(self, changes: Collection[Change], ranks: Mapping[int, Rank]) -> bool:
        """Apply changes of sessions.

        Args:
            changes: the changes.
            ranks: the ranks of the rows that are new or moved.

        Returns:
            Whether rows have been added, removed or moved.
        """
        moved = [change for change in changes if change.after is not change.before]
        removed = [key for key, _, _ in moved if key is not None]
        added = [key for _, key, _ in moved if key is not None]
        filters = [each for each in (self._filtered, self._refiltered) if each is not None]
        passed = [each.remove(changes) for each in filters]
        for rows in {id(rows): rows for rows in (self._by_default, self._sorted)}.values():
            rows.replace(removed, [])
        for key in removed:
            self._ranks.pop(id(key), None)
            del self._keys[key.location], self._snapshots[id(key)]
        if self.sort is not Sort.NEWEST:
            self._ranks.update(ranks)
        self._keys.update((key.location, key) for key in added)
        self._snapshots.update((id(after), found) for _, after, found in changes if after and found)
        for rows in {id(rows): rows for rows in (self._by_default, self._sorted)}.values():
            rows.replace([], added)
        for key in removed:
            self._live.pop(id(key), None)
        self._live.update((id(key), key) for key in added if key.is_known_live)
        passing = [each.add(changes, self._now) for each in filters]
        return bool(moved) if self._filtered is None else set(map(id, passed[0])) != set(map(id, passing[0]))

    def _refilter_if_due(self) -> None:
        wanted, filtered = self._filter, self._filtered
        if wanted is None or filtered is None or self._refiltered is not None:
            return
        is_due = not 0 <= self._now - self._filtered_at < _FILTERED_ANEW_SECS
        if wanted.changes_with_time and filtered.is_complete and is_due:
            self._refiltered = self._filter_anew(wanted)

    def _take_due(self, now: float) -> set[LogLocation]:
        """The sessions whose states may have changed; all without an end if the clock was set back."""
        if now < self._now:
            snapshots = self._snapshots
            due = {location for location, key in self._keys.items() if snapshots[id(key)].vitals.status is None}
        else:
            due = self._schedule.take_due(now)
        self._now = now
        return due
