"""The state of a search: the query, the current match, and the match that the user wants to go to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from zigtui.reader.search.query import Query
from zigtui.reader.search.search import MAX_HITS, Search
from zigtui.ui.output.dividers.dividers import Dividers
from zigtui.ui.output.view.viewport import Spot
from zigtui.wording.text_fit import SEPARATOR

if TYPE_CHECKING:
    from zigtui.ui.output.dividers.divider_search import DividerSearch

__all__ = ["END", "Current", "Gap", "LineNumbers", "OutputSearch"]

END = 1 << 62
"""An offset after everything that a file can contain."""


class Gap(NamedTuple):
    """A gap between two items of the output.

    Attributes:
        offset: the offset in the file of the first line after it.
        divider: the number of the first divider after it.
    """

    offset: int
    divider: int


class Current(NamedTuple):
    """The hit that the user last went to.

    Attributes:
        gap: the gap before it.
        is_divider: whether it is a divider; otherwise it is the line after the gap.
    """

    gap: Gap
    is_divider: bool

    def spot(self, number_at: Callable[[int], int | None]) -> Spot | None:
        """The line or the divider; None if the line has no number yet."""
        number = self.gap.divider if self.is_divider else number_at(self.gap.offset)
        return None if number is None else Spot(number, self.is_divider)

    @property
    def gap_after(self) -> Gap:
        """The gap after it."""
        offset, divider = self.gap
        return Gap(offset, divider + 1) if self.is_divider else Gap(offset + 1, divider)


class LineNumbers(NamedTuple):
    """Converts between offsets in the file and line numbers, as `OutputLines` does."""

    number_at: Callable[[int], int | None]
    offset_of: Callable[[int], int | None]


class _Wanted(NamedTuple):
    """The hit to go to: the first one after a gap, or the last one before it."""

    gap: Gap
    forward: bool
    moves: int  # how many times the user had scrolled by then; if that has changed, the view does not move


class _Found(NamedTuple):
    """A hit. ``position`` is an offset, or the number of a divider."""

    position: int
    is_divider: bool
    wrapped: bool


class OutputSearch:
    """The search of a screen, without a widget or a thread.

    Attributes:
        query: the current query; None if there is no search.
        current: the hit that the user last went to.
        dividers: the search of the dividers; None if they are not searched.
    """

    def __init__(self) -> None:
        self.query: Query | None = None
        self.current: Current | None = None
        self.dividers: DividerSearch | None = None
        self._search: Search | None = None
        self._running: Search | None = None
        self._wanted: _Wanted | None = None
        self._note = ""

    def begin(self, query: Query, search: Search | None, dividers: "DividerSearch | None" = None) -> None:
        """Replace the last search with another one. ``search`` is None if there is nothing to search."""
        self.end()
        self.query = query
        self._search = search
        self.dividers = dividers

    def end(self) -> None:
        """Forget the query, and cancel a search that is running."""
        for search in (self._search, self.dividers):
            if search is not None:
                search.cancel()
        self.query = self.current = self._search = self.dividers = self._wanted = None
        self._note = ""

    def limit(self, end: int | None) -> None:
        """Exclude lines that begin at the offset ``end`` or after it."""
        if self._search is not None and end is not None:
            self._search.limit(end)

    def to_run(self, written: int) -> Search | None:
        """The search to run now, because there is something that it has not searched; None if there is nothing to do.

        The caller runs it, and before that the search of the dividers. Then it calls `has_run`.

        Args:
            written: the size of the log in bytes.
        """
        search, dividers = self._search, self.dividers
        if search is None or self._running is search:
            return None
        if search.is_idle(written) and (dividers is None or dividers.is_idle):
            return None
        self._running = search
        return search

    def note_end(self, search: Search) -> None:
        """Note that a search has read the whole log. May be called from any thread."""
        if self._running is search:
            self._running = None

    # Going from hit to hit

    def want(self, gap: Gap, *, forward: bool, moves: int) -> None:
        """Set the hit to go to: the first one after a gap, or the last one before it."""
        self._wanted = _Wanted(gap, forward, moves)
        self._note = ""

    def arrive(self, lines: LineNumbers, dividers: Dividers, moves: int) -> Spot | None:
        """The line or divider to go to now; None if there is none, or if it is not known yet.

        Args:
            lines: the numbers of the lines.
            dividers: the dividers that are displayed.
            moves: how many times the user has scrolled.
        """
        wanted = self._wanted
        if wanted is None or self._search is None:
            return None
        if wanted.moves != moves:
            self._wanted = None
            return None
        hits = self._hits_of(wanted, self._search)
        if hits is None:
            return None
        if not hits:
            self._wanted = None
            return None
        found = hits[0] if len(hits) == 1 else _nearest(hits[0], hits[1], wanted, lines, dividers)
        if found.is_divider:
            offset = lines.offset_of(dividers.line_of(found.position))
            self.current = Current(Gap(END if offset is None else offset, found.position), is_divider=True)
            number: int | None = found.position
        else:
            number = lines.number_at(found.position)
            before = len(dividers) if number is None else dividers.before_line(number)
            self.current = Current(Gap(found.position, before), is_divider=False)
        if number is None:
            return None
        self._wanted = None
        self._note = ("from the start" if wanted.forward else "from the end") if found.wrapped else ""
        return Spot(number, found.is_divider)

    def _hits_of(self, wanted: _Wanted, search: Search) -> list[_Found] | None:
        """The nearest line and the nearest divider that match, as far as there are any; None if not known yet."""
        offset, divider = wanted.gap
        line = search.next(offset) if wanted.forward else search.previous(offset)
        if line is None:
            return None
        hits = [] if line.offset is None else [_Found(line.offset, False, line.wrapped)]
        if self.dividers is not None:
            other = self.dividers.next(divider) if wanted.forward else self.dividers.previous(divider)
            if other is None:
                return None
            if other.number is not None:
                hits.append(_Found(other.number, True, other.wrapped))
        return hits

    @property
    def hits(self) -> int:
        """The number of hits so far."""
        search, dividers = self._search, self.dividers
        return (0 if search is None else len(search)) + (0 if dividers is None else len(dividers))

    def hits_before(self, gap: Gap) -> int:
        """The number of hits before a gap."""
        before = 0 if self._search is None else self._search.count_before(gap.offset)
        return before + (0 if self.dividers is None else self.dividers.count_before(gap.divider))

    @property
    def may_have_hits(self) -> bool:
        """Whether there are hits, or may be in what has not been searched yet."""
        return self.hits > 0 or not self._is_complete

    @property
    def _is_complete(self) -> bool:
        search, dividers = self._search, self.dividers
        are_lines_searched = search is None or search.is_complete or search.is_over
        return are_lines_searched and (dividers is None or dividers.is_complete)

    def words(self, indexed: float) -> str:
        """The state of the search in a few words.

        Args:
            indexed: the share of the log that has been read, from 0 to 1. Hits in the rest cannot be displayed yet.
        """
        search, dividers, hits = self._search, self.dividers, self.hits
        if search is None:
            return "nothing to search"
        facts = []
        if self.current is not None:
            facts.append(f"match {self.hits_before(self.current.gap) + 1:,} of {_more(hits)}")
        trouble = search.trouble or (None if dividers is None else dividers.trouble)
        if trouble is not None:
            facts.append(trouble)
        elif not self._is_complete:
            share = search.progress if dividers is None else (dividers.progress + search.progress) / 2
            facts.insert(0, f"searching {share:.0%}")
        if self.current is None and (hits or not facts):  # "no matches" only once that is certain
            facts.append("no matches" if not hits else "1 match" if hits == 1 else f"{_more(hits)} matches")
        if self._wanted is not None and self.current is not None:
            facts.append(f"still reading, {indexed:.0%}")
        elif self._note:
            facts.append(self._note)
        return SEPARATOR.join(facts)


def _nearest(line: _Found, divider: _Found, wanted: _Wanted, lines: LineNumbers, dividers: Dividers) -> _Found:
    """The nearer one of a line and a divider."""
    if line.wrapped != divider.wrapped:
        return divider if line.wrapped else line
    number = lines.number_at(line.position)  # None if it is behind everything that has a number
    is_divider_first = number is None or dividers.line_of(divider.position) <= number
    return divider if is_divider_first == wanted.forward else line


def _more(hits: int) -> str:
    return f"{hits:,}+" if hits >= MAX_HITS else f"{hits:,}"
