"""The rows of the list that pass a filter, found step by step in the order of the list."""

from collections.abc import Collection, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.sessions.order.row_key import Change, RowKey
from zigtui.ui.sessions.order.sorted_list import SortedList, SortKey

if TYPE_CHECKING:
    from zigtui.reader.filter.terms import Matcher

__all__ = ["FilteredRows"]

_BETWEEN_CHECKS = 64  # sessions that are examined between two checks of the time


class FilteredRows:
    """The rows that pass a filter.

    The sessions are examined from the top of the list downwards, so that what is displayed first is known first, and
    rows that are found later do not move it.

    Args:
        matches: whether a session passes.
        sort_key: what the rows are sorted by; see `SortedList`.
        candidates: the only rows that may pass, sorted; None for all.

    Attributes:
        rows: the rows found so far.
        is_complete: whether all sessions have been examined.
    """

    def __init__(self, matches: "Matcher", sort_key: SortKey | None, candidates: list[RowKey] | None = None) -> None:
        self.rows = SortedList(sort_key, [])
        self.is_complete = False
        self._matches = matches
        self._candidates = None if candidates is None else SortedList(sort_key, candidates)
        self._examined: Any = None  # the sort key of the last row that has been examined

    def advance(self, rows: SortedList, snapshots: Mapping[int, SessionSnapshot], now: float, seconds: float) -> None:
        """Examine further sessions for some time.

        Args:
            rows: the rows of all sessions.
            snapshots: the sessions, by the identities of their keys.
            now: the current time, in seconds since the epoch.
            seconds: how long to go on.
        """
        rows = rows if self._candidates is None else self._candidates
        start = 0 if self._examined is None else rows.first_after(self._examined)
        end = perf_counter() + seconds
        for first in range(start, len(rows), _BETWEEN_CHECKS):
            examined = rows.keys[first : first + _BETWEEN_CHECKS]
            self.rows.keys += [key for key in examined if self._passes(snapshots[id(key)], now)]
            if perf_counter() >= end and first + _BETWEEN_CHECKS < len(rows):
                self._examined = rows.sort_key(examined[-1])
                return
        self.is_complete = True
        self._candidates = None

    def remove(self, changes: Collection[Change]) -> list[RowKey]:
        """Remove the rows of sessions that have changed, and return them. Call it while their sort keys are known."""
        had = [before for before, _, _ in changes if before is not None and self.rows.row_of(before) is not None]
        self.rows.replace(had, [])
        if self._candidates is not None:
            known = [key for key, _, _ in changes if key is not None and self._candidates.row_of(key) is not None]
            self._candidates.replace(known, [])
        return had

    def add(self, changes: Collection[Change], now: float) -> list[RowKey]:
        """Add the rows of these sessions as far as they pass now, and return them."""
        present = [(after, snapshot) for _, after, snapshot in changes if after is not None and snapshot is not None]
        added = [key for key, snapshot in present if self._is_examined(key) and self._passes(snapshot, now)]
        self.rows.replace([], added)
        if self._candidates is not None:
            self._candidates.replace([], [key for key, _ in present])
        return added

    def sort(self, sort_key: SortKey | None, rows: SortedList) -> None:
        """Take over another order. What has been examined in part is examined again.

        Args:
            sort_key: what the rows are sorted by from now on.
            rows: the rows of all sessions, sorted by that.
        """
        passing = set(map(id, self.rows))
        self.rows = SortedList(sort_key, [key for key in rows if id(key) in passing] if self.is_complete else [])
        self._candidates = self._examined = None

    def _is_examined(self, key: RowKey) -> bool:
        return self.is_complete or (self._examined is not None and self.rows.sort_key(key) <= self._examined)

    def _passes(self, snapshot: SessionSnapshot, now: float) -> bool:
        return self._matches(snapshot if snapshot.vitals.status is not None else snapshot.at(now))
