"""The state of a search: the query, the current match, and the match that the user wants to go to."""

from collections.abc import Callable
from typing import NamedTuple

from zigtui.reader.search.query import Query
from zigtui.reader.search.search import MAX_HITS, Search

__all__ = ["OutputSearch"]


class _Wanted(NamedTuple):
    """The hit to go to: the first one at an offset or after it, or the last one before it."""

    offset: int
    forward: bool
    moves: int  # how many times the user had scrolled by then; if that has changed, the view does not move


class OutputSearch:
    """The search of a screen, without a widget or a thread.

    Attributes:
        query: the present query; None if there is no search.
        current: the offset of the hit that the user last went to.
    """

    def __init__(self) -> None:
        self.query: Query | None = None
        self.current: int | None = None
        self._search: Search | None = None
        self._running: Search | None = None
        self._wanted: _Wanted | None = None
        self._note = ""

    def begin(self, query: Query, search: Search | None) -> None:
        """Replace the last search by another one. ``search`` is None if there is nothing to search."""
        self.end()
        self.query = query
        self._search = search

    def end(self) -> None:
        """Forget the query, and cancel a search that is running."""
        if self._search is not None:
            self._search.cancel()
        self.query = self.current = self._search = self._wanted = None
        self._note = ""

    def limit(self, end: int | None) -> None:
        """Exclude lines that begin at the offset ``end`` or after it."""
        if self._search is not None and end is not None:
            self._search.limit(end)

    def to_run(self, written: int) -> Search | None:
        """The search to run now, because the log has bytes that it has not read; None if there is nothing to do.

        The caller runs it, and then calls `has_run`.

        Args:
            written: the size of the log in bytes.
        """
        search = self._search
        if search is None or search.is_over or self._running is search:
            return None
        if search.is_complete and search.position >= written:
            return None
        self._running = search
        return search

    def has_run(self, search: Search) -> None:
        """Note that a search has read the whole log. May be called from any thread."""
        if self._running is search:
            self._running = None

    # Going from hit to hit

    def want(self, offset: int, *, forward: bool, moves: int) -> None:
        """Set the hit to go to: the first one at ``offset`` or after it, or the last one before it."""
        self._wanted = _Wanted(offset, forward, moves)
        self._note = ""

    def arrive(self, number_at: Callable[[int], int | None], moves: int) -> int | None:
        """The line to go to now; None if there is none, or if it is not known yet."""
        wanted, search = self._wanted, self._search
        if wanted is None or search is None:
            return None
        if wanted.moves != moves:
            self._wanted = None
            return None
        found = search.next(wanted.offset) if wanted.forward else search.previous(wanted.offset)
        if found is None:
            return None
        if found.offset is None:
            self._wanted = None
            return None
        number = number_at(found.offset)
        if number is not None:
            self._wanted = None
            self._note = ("from the start" if wanted.forward else "from the end") if found.wrapped else ""
        self.current = found.offset
        return number

    def words(self, indexed: float) -> str:
        """The state of the search in a few words.

        Args:
            indexed: the share of the log that has been read, from 0 to 1. Hits in the rest cannot be displayed yet.
        """
        search = self._search
        if search is None:
            return "nothing to search"
        hits = len(search)
        facts = []
        if self.current is not None:
            facts.append(f"match {search.count_before(self.current) + 1:,} of {_more(hits)}")
        if search.trouble is not None:
            facts.append(search.trouble)
        elif not search.is_complete and not search.is_over:
            facts.insert(0, f"searching {search.progress:.0%}")
        if self.current is None and (hits or not facts):  # "no matches" only once that is certain
            facts.append("no matches" if not hits else "1 match" if hits == 1 else f"{_more(hits)} matches")
        if self._wanted is not None and self.current is not None:
            facts.append(f"still reading, {indexed:.0%}")
        elif self._note:
            facts.append(self._note)
        return " · ".join(facts)


def _more(hits: int) -> str:
    return f"{hits:,}+" if hits >= MAX_HITS else f"{hits:,}"
