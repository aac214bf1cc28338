"""What is searched for in the output, what has been found, and where the user wants to go next."""

from collections.abc import Callable
from typing import NamedTuple

from zigtui.reader.search.query import Query
from zigtui.reader.search.search import MAX_HITS, Search

__all__ = ["OutputSearch"]


class _Wanted(NamedTuple):
    """The hit to go to: the next one from an offset on, or the one before it."""

    offset: int
    forward: bool
    moves: int  # of the user before; who scrolls on does not want to be taken elsewhere


class OutputSearch:
    """The search of a screen. It knows no widget: the screen asks it where to go and what to say.

    Attributes:
        query: what is searched for, None if nothing is.
        current: the offset of the hit that was gone to last.
    """

    def __init__(self) -> None:
        self.query: Query | None = None
        self.current: int | None = None
        self._search: Search | None = None
        self._running: Search | None = None
        self._wanted: _Wanted | None = None
        self._note = ""

    def begin(self, query: Query, search: Search | None) -> None:
        """Search for something, in place of what was searched for."""
        self.end()
        self.query = query
        self._search = search

    def end(self) -> None:
        """Nothing is searched for any more; what runs ends at once."""
        if self._search is not None:
            self._search.cancel()
        self.query = self.current = self._search = self._wanted = None
        self._note = ""

    def limit(self, end: int | None) -> None:
        """What lies at ``end`` or behind it is not part of what is searched."""
        if self._search is not None and end is not None:
            self._search.limit(end)

    def to_run(self, written: int) -> Search | None:
        """A search that somebody should run now, as it has not been through the ``written`` bytes of the log.

        Whoever takes it tells by `has_run` when it has come to its end.
        """
        search = self._search
        if search is None or search.is_over or self._running is search:
            return None
        if search.is_complete and search.position >= written:
            return None
        self._running = search
        return search

    def has_run(self, search: Search) -> None:
        """A search has come to its end for now; from any thread."""
        if self._running is search:
            self._running = None

    # Going from hit to hit

    def want(self, offset: int, *, forward: bool, moves: int) -> None:
        """The user wants the next hit from ``offset`` on, or the one before it."""
        self._wanted = _Wanted(offset, forward, moves)
        self._note = ""

    def arrive(self, number_at: Callable[[int], int | None], moves: int) -> int | None:
        """The line to go to now; None if there is none, or it is not known yet."""
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
        """How it is going, in a few words.

        Args:
            indexed: how much of the log has been read, from 0 to 1: hits can be shown only there.
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
        if self.current is None and (hits or not facts):  # that there are none is not said before it is known
            facts.append("no matches" if not hits else "1 match" if hits == 1 else f"{_more(hits)} matches")
        if self._wanted is not None and self.current is not None:
            facts.append(f"still reading, {indexed:.0%}")
        elif self._note:
            facts.append(self._note)
        return " · ".join(facts)


def _more(hits: int) -> str:
    return f"{hits:,}+" if hits >= MAX_HITS else f"{hits:,}"
