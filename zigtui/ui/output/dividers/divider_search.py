"""Search the dividers of an output: the text of each as it is displayed, row by row."""

import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Hashable
from typing import NamedTuple

from zigtui.reader.search.query import MAX_SEARCHED_CHARS, Query, shown_text
from zigtui.reader.search.search import MAX_HITS, RETRY_SECS
from zigtui.reader.search.search_trouble import search_trouble
from zigtui.ui.output.dividers.divider_filter import DividerFilter
from zigtui.ui.output.dividers.dividers import Divider, Dividers

__all__ = ["DividerSearch", "NextDivider"]

_MAX_TIMEOUTS = 10


class NextDivider(NamedTuple):
    """The hit after or before a divider.

    Attributes:
        number: the number of the divider that matches; None if there are no hits at all.
        wrapped: whether the search continued at the other end of the output.
    """

    number: int | None
    wrapped: bool = False


class _Range:
    """A range of dividers that is searched from its start.

    Attributes:
        position: the number of the first divider that has not been searched.
        hits: the numbers of those that match, in ascending order.
    """

    def __init__(self, start: int) -> None:
        self.position = start
        self.hits = array("Q")


class DividerSearch:
    """Finds the dividers that match a query. Hits are the numbers of dividers.

    One thread calls `run`; the thread of the screen calls the other methods. The dividers are searched from ``origin``
    to the last one, then from the first one to ``origin``.

    Args:
        query: the query.
        dividers: the dividers, which must be able to read the disk.
        wanted: excludes dividers whose texts need not be made.
        origin: the number of the divider to start at.

    Attributes:
        trouble: why the search has stopped early, in words for people; None if it has not.
    """

    def __init__(self, query: Query, dividers: Dividers, wanted: DividerFilter, origin: int = 0) -> None:
        self._query = query
        self._dividers = dividers
        self._wanted = wanted
        self._variant: Hashable = dividers.variant
        self._origin = min(origin, len(dividers))
        self._before, self._after = _Range(0), _Range(self._origin)
        self.trouble: str | None = None
        self._timeouts = 0
        self._retry_at = 0.0
        self._lock = threading.Lock()
        self._is_cancelled = False

    def __len__(self) -> int:
        return len(self._before.hits) + len(self._after.hits)

    def update(self, dividers: Dividers) -> None:
        """Search these dividers from now on. Those that the search has had before are not searched again."""
        with self._lock:
            if dividers.variant != self._variant or len(dividers) < self._after.position:
                self._variant = dividers.variant
                self._origin = min(self._origin, len(dividers))
                self._before, self._after = _Range(0), _Range(self._origin)
            self._dividers = dividers

    @property
    def is_complete(self) -> bool:
        """Whether all dividers have been searched, or the search has stopped."""
        return self._is_over or (self._is_searched_before and self._is_searched_after)

    @property
    def is_idle(self) -> bool:
        """Whether `run` need not be called now: there is nothing new, or the log could not be read just now."""
        return self.is_complete or time.monotonic() < self._retry_at

    @property
    def progress(self) -> float:
        """The share that has been searched, from 0 to 1."""
        searched = self._before.position + self._after.position - self._origin
        return searched / len(self._dividers) if len(self._dividers) else 1.0

    @property
    def _is_over(self) -> bool:
        return self._is_cancelled or len(self) >= MAX_HITS or self._timeouts > _MAX_TIMEOUTS

    @property
    def _is_searched_before(self) -> bool:
        return self._before.position >= self._origin or self._is_over

    @property
    def _is_searched_after(self) -> bool:
        return self._after.position >= len(self._dividers) or self._is_over

    # The hits found so far

    def count_before(self, number: int) -> int:
        """The number of hits before a divider."""
        with self._lock:
            return bisect_left(self._before.hits, number) + bisect_left(self._after.hits, number)

    def next(self, number: int) -> NextDivider | None:
        """Return the first hit from a divider on, else the first of all hits; None if it is not known yet."""
        with self._lock:
            found = self._first_from(number)
            if found is None or found.number is not None:
                return found
            found = self._first_from(0)
            return None if found is None else found._replace(wrapped=True)

    def previous(self, number: int) -> NextDivider | None:
        """Return the last hit before a divider, else the last of all hits; None if it is not known yet."""
        with self._lock:
            found = self._last_before(number)
            if found is None or found.number is not None:
                return found
            found = self._last_before(len(self._dividers))
            return None if found is None else found._replace(wrapped=True)

    def _first_from(self, number: int) -> NextDivider | None:
        for part, is_searched in ((self._before, self._is_searched_before), (self._after, self._is_searched_after)):
            is_beyond = part is self._before and number >= self._origin
            index = bisect_left(part.hits, number)
            if index < len(part.hits):
                return NextDivider(part.hits[index])
            if not (is_searched or is_beyond):
                return None
        return NextDivider(None)

    def _last_before(self, number: int) -> NextDivider | None:
        for part, start in ((self._after, self._origin), (self._before, 0)):
            if number > start and part.position < min(number, self._end_of(part)) and not self._is_over:
                return None
            index = bisect_left(part.hits, number)
            if index > 0:
                return NextDivider(part.hits[index - 1])
        return NextDivider(None)

    def _end_of(self, part: _Range) -> int:
        return len(self._dividers) if part is self._after else self._origin

    # Searching

    def cancel(self) -> None:
        """Stop the search. The hits found so far remain."""
        self._is_cancelled = True

    def run(self, on_progress: Callable[[], object] = lambda: None) -> None:
        """Search the dividers that have not been searched.

        If the log cannot be read, the search stops, and `trouble` has the reason.

        Args:
            on_progress: called after each divider, and at the end.
        """
        self.trouble = None
        try:
            self._search(on_progress)
        except OSError as error:
            self.trouble, self._retry_at = search_trouble(error, self._wanted.path), time.monotonic() + RETRY_SECS
            on_progress()

    def _search(self, on_progress: Callable[[], object]) -> None:
        while not self.is_complete:
            with self._lock:
                dividers = self._dividers
                part = self._before if self._is_searched_after else self._after
                number, end = part.position, self._end_of(part)
            found, is_possible = dividers.search_from(number, self._wanted)
            is_hit = is_possible and found < end and self._matches(dividers.divider(found))
            with self._lock:
                if part.position == number and part in (self._before, self._after):
                    if is_hit:
                        part.hits.append(found)
                    part.position = min(end, found + is_possible)
            on_progress()

    def _matches(self, divider: Divider) -> bool:
        """Whether any row matches: a query never spans rows, as it never spans lines."""
        rows = [divider.head, *map(shown_text, _lines_of(divider.detail))]
        try:
            return any(map(self._query.match, rows))
        except TimeoutError:
            self._timeouts += 1
            return False


def _lines_of(detail: str) -> list[str]:
    """The lines of a detail that are searched: all of them, or the beginning and the end of what is very long."""
    return [part for line in _whole_lines(detail) for part in _parts_of(line)]


def _whole_lines(detail: str) -> list[str]:
    if len(detail) <= 2 * MAX_SEARCHED_CHARS:
        return detail.split("\n")
    return [*detail[:MAX_SEARCHED_CHARS].split("\n"), *detail[-MAX_SEARCHED_CHARS:].split("\n")]


def _parts_of(line: str) -> tuple[str, ...]:
    return (line,) if len(line) <= MAX_SEARCHED_CHARS else (line, line[-MAX_SEARCHED_CHARS:])
