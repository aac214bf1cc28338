"""Search the dividers of an output: the text of each as it is displayed, row by row."""

import threading
from array import array
from bisect import bisect_left
from collections.abc import Callable, Hashable

from zigtui.reader.search.query import MAX_SEARCHED_CHARS, Query, shown_text
from zigtui.reader.search.search import MAX_HITS
from zigtui.ui.output.dividers import Divider, Dividers

__all__ = ["DividerSearch"]

_MAX_TIMEOUTS = 10


class DividerSearch:
    """Finds the dividers that match a query. Hits are the numbers of dividers, in ascending order.

    One thread calls `run`; the thread of the screen calls the other methods.

    Args:
        query: the query.
        dividers: the dividers. They are made again for the search, so it needs some that may read the disk.
    """

    def __init__(self, query: Query, dividers: Dividers) -> None:
        self._query = query
        self._dividers = dividers
        self._hits = array("Q")
        self._searched = 0
        self._variant: Hashable = dividers.variant
        self._timeouts = 0
        self._lock = threading.Lock()
        self._is_cancelled = False

    def __len__(self) -> int:
        return len(self._hits)

    def update(self, dividers: Dividers) -> None:
        """Search these dividers from now on. Those that the search has had before are not searched again."""
        with self._lock:
            if dividers.variant != self._variant or len(dividers) < self._searched:
                self._variant = dividers.variant
                self._hits, self._searched = array("Q"), 0
            self._dividers = dividers

    @property
    def is_complete(self) -> bool:
        """Whether all dividers have been searched."""
        return self._is_cancelled or self._searched >= len(self._dividers) or len(self._hits) >= MAX_HITS

    @property
    def progress(self) -> float:
        """The share that has been searched, from 0 to 1."""
        return self._searched / len(self._dividers) if len(self._dividers) else 1.0

    def count_before(self, number: int) -> int:
        """The number of hits before a divider."""
        return bisect_left(self._hits, number)

    def next(self, number: int) -> tuple[int, bool] | None:
        """The first hit from a divider on, else the first of all, and whether it is that; None if there is none."""
        hits = self._hits
        index = bisect_left(hits, number)
        if index < len(hits):
            return hits[index], False
        return (hits[0], True) if hits else None

    def previous(self, number: int) -> tuple[int, bool] | None:
        """The last hit before a divider, else the last of all, and whether it is that; None if there is none."""
        hits = self._hits
        index = bisect_left(hits, number)
        if index > 0:
            return hits[index - 1], False
        return (hits[-1], True) if hits else None

    def cancel(self) -> None:
        """Stop the search. The hits found so far remain."""
        self._is_cancelled = True

    def run(self, on_progress: Callable[[], object] = lambda: None) -> None:
        """Search the dividers that have not been searched.

        Args:
            on_progress: called after each divider.
        """
        while not self.is_complete:
            dividers, number = self._dividers, self._searched
            is_hit = self._matches(dividers.divider(number))
            with self._lock:
                if dividers.variant == self._variant and number == self._searched:
                    if is_hit:
                        self._hits.append(number)
                    self._searched += 1
            on_progress()

    def _matches(self, divider: Divider) -> bool:
        """Whether any row matches: a query never spans rows, as it never spans lines."""
        rows = [divider.head, *map(shown_text, _lines_of(divider.detail))]
        if not self._query.is_regex:
            return any(map(self._query.match, rows))
        try:
            return self._timeouts <= _MAX_TIMEOUTS and any(map(self._query.match, rows))
        except TimeoutError:
            self._timeouts += 1
            return False


def _lines_of(detail: str) -> list[str]:
    """The lines of a detail that are searched: all of them, or the beginning and the end of a very long one."""
    if len(detail) <= 2 * MAX_SEARCHED_CHARS:
        return detail.split("\n")
    return [*detail[:MAX_SEARCHED_CHARS].split("\n"), *detail[-MAX_SEARCHED_CHARS:].split("\n")]
