"""Search the output: run the search on a thread, and move the view from match to match."""

from collections.abc import Callable
from functools import partial
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from zigtui.reader.lines.line_source import PlacedLines
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search
from zigtui.reader.threads import start_thread
from zigtui.ui.output.dividers.dividers import NO_DIVIDERS, Dividers
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.search.search import END, Current, Gap, LineNumbers, OutputSearch
from zigtui.ui.output.view.scroll_marks import Hits
from zigtui.ui.output.view.viewport import Viewport

if TYPE_CHECKING:
    from zigtui.ui.output.dividers.divider_search import DividerSearch

__all__ = ["SearchController", "Searchable"]

_REPORT_SECS = 0.1  # between two reports of a search that goes on


class Searchable(Protocol):
    """An output that can be searched. All methods may raise `NoAnswerError`."""

    @property
    def lines(self) -> PlacedLines:
        """The lines of the output."""

    def dividers(self, past: PastSessions | None = None) -> Dividers:
        """The dividers as they are now; see `ChosenOutput.dividers`."""

    def search(self, query: Query, top_line: int) -> Search | None:
        """Create a search that begins at a line; None if there is nothing to search."""

    def divider_search(self, query: Query, past: PastSessions | None, top_divider: int) -> "DividerSearch":
        """Create a search of the dividers that begins at one."""

    def end(self) -> int | None:
        """The offset in the file of the first line after the output; None if there is none yet."""


class SearchController:
    """Controls the search of a screen.

    Args:
        viewport: the view to move to the matches.
        on_progress: called from the thread of the search when there may be something new to display.
        has_dividers: whether dividers are displayed, and therefore searched.

    Attributes:
        has_dividers: whether dividers are displayed, and therefore searched. Call `switch` after changing it.
    """

    def __init__(self, viewport: Viewport, on_progress: Callable[[], None], *, has_dividers: bool = True) -> None:
        self._viewport = viewport
        self._on_progress = on_progress
        self._search = OutputSearch()
        self._past: PastSessions | None = None
        self.has_dividers = has_dividers

    @property
    def query(self) -> Query | None:
        """The current query; None if there is no search."""
        return self._search.query

    @property
    def current(self) -> Current | None:
        """The match that the user last went to."""
        return self._search.current

    def words(self, indexed: float) -> str:
        """The state of the search, see `OutputSearch.words`."""
        return self._search.words(indexed)

    @property
    def may_have_hits(self) -> bool:
        """See `OutputSearch.may_have_hits`."""
        return self._search.may_have_hits

    def hits(self, output: Searchable) -> Hits | None:
        """The hits in an output; None if nothing is searched for."""
        search, lines = self._search, output.lines

        def before(line: int, divider: int) -> int:
            return search.hits_before(Gap(lines.estimate_offset(line), divider))

        return None if search.query is None else Hits(search.query, search.hits, before)

    def begin(self, query: Query, output: Searchable, past: PastSessions) -> None:
        """Search an output, and go to the first match from the line on where the user is; see `Viewport.start`.

        Args:
            query: the query.
            output: the output.
            past: reads the past passes of the session for the thread of the search.
        """
        self._past = past
        self._begin(query, output)
        self._search.want(self._start(output), forward=True, moves=self._viewport.moves)

    def resume(self, query: Query, output: Searchable, past: PastSessions) -> None:
        """Search an output without moving the view."""
        self._past = past
        self._begin(query, output)

    def switch(self, output: Searchable, past: PastSessions | None = None) -> None:
        """Search another output with the same query, without moving the view."""
        query = self._search.query
        if query is not None:
            self._past = past or self._past
            self._search.end()
            self._begin(query, output)

    def _begin(self, query: Query, output: Searchable) -> None:
        dividers = None
        if self.has_dividers:
            dividers = output.divider_search(query, self._past, self._viewport.start.divider)
        self._search.begin(query, output.search(query, self._viewport.start.line), dividers)

    def end(self) -> None:
        """End the search, and forget the query."""
        self._search.end()

    def go_on(self, direction: int, output: Searchable) -> None:
        """Go to the next match (1) or the previous one (-1), from the current match or where the user is."""
        self._search.want(self._origin(direction, output), forward=direction > 0, moves=self._viewport.moves)
        self._arrive(output)  # at once, since the next key goes on from there

    def _origin(self, direction: int, output: Searchable) -> Gap:
        """The gap from which the next match is searched for."""
        current = self._search.current
        spot = None if current is None else current.spot(output.lines.number_at)
        if current is None or (spot is not None and self._viewport.has_left(spot)):
            return self._start(output)
        return current.gap_after if direction > 0 else current.gap

    def _start(self, output: Searchable) -> Gap:
        """The gap above the line or divider where the user is."""
        (line, divider), lines = self._viewport.start, output.lines
        if line and line >= len(lines):
            return Gap(END, divider)
        return Gap(lines.offset_of(line) or 0, divider)

    def update(self, output: Searchable, written: int) -> None:
        """Search what has been added to the log. Go to the requested match once it is found.

        Args:
            output: the output that is searched.
            written: the size of the whole lines in the log, in bytes.
        """
        if self._search.query is None:
            return
        self._search.limit(output.end())
        if self._search.dividers is not None:
            self._search.dividers.update(output.dividers(self._past))
        search = self._search.to_run(written)
        if search is not None:  # not a Textual worker: the program could not end while a disk hangs
            run = partial(self._run, search, self._search.dividers)
            start_thread(run, "search", partial(self._fail, search))
        self._arrive(output)

    def _arrive(self, output: Searchable) -> None:
        lines = LineNumbers(output.lines.number_at, output.lines.offset_of)
        dividers = output.dividers() if self.has_dividers else NO_DIVIDERS
        spot = self._search.arrive(lines, dividers, self._viewport.moves)
        if spot is not None:
            self._viewport.go_to(spot)

    # On the thread of a search

    def _run(self, search: Search, dividers: "DividerSearch | None") -> None:
        next_report, had_hits = 0.0, False

        def report() -> None:
            nonlocal next_report, had_hits
            has_hits = len(search) > 0 or (dividers is not None and len(dividers) > 0)
            if monotonic() >= next_report or (has_hits and not had_hits):
                next_report, had_hits = monotonic() + _REPORT_SECS, has_hits
                self._on_progress()

        beside: Thread | None = None
        if dividers is not None:  # beside the lines, since a match is the next one only when both are known
            beside = start_thread(partial(dividers.run, report), "search of dividers", partial(self._fail, search))
        if not search.is_over:
            search.run(report)
        if beside is not None:
            beside.join()
        self._end(search)

    def _fail(self, search: Search, error: BaseException) -> None:
        search.fail()
        if self._search.dividers is not None:
            self._search.dividers.cancel()
        self._end(search)

    def _end(self, search: Search) -> None:
        self._search.note_end(search)
        self._on_progress()
