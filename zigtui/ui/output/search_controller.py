"""Search the output: run the search on a thread, and move the view from match to match."""

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Protocol

from zigtui.reader.lines.output_index import OutputLines, OutputRange
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search
from zigtui.reader.threads import start_thread
from zigtui.ui.output.search import OutputSearch
from zigtui.ui.output.viewport import Viewport

__all__ = ["SearchController", "Searchable"]

_REPORT_SECS = 0.1  # between two reports of a search that goes on


class Searchable(Protocol):
    """An output that can be searched. All methods may raise `NoAnswerError`."""

    @property
    def lines(self) -> OutputLines | OutputRange:
        """The lines of the output."""

    def search(self, query: Query, top_line: int) -> Search | None:
        """Create a search that begins at a line; None if there is nothing to search."""

    def end(self) -> int | None:
        """The offset in the file of the first line after the output; None if there is none yet."""


class SearchController:
    """Controls the search of a screen.

    Args:
        viewport: the view to move to the matches.
        on_progress: called from the thread of the search when there may be something new to display.
    """

    def __init__(self, viewport: Viewport, on_progress: Callable[[], None]) -> None:
        self._viewport = viewport
        self._on_progress = on_progress
        self._search = OutputSearch()

    @property
    def query(self) -> Query | None:
        """The present query; None if there is no search."""
        return self._search.query

    @property
    def current(self) -> int | None:
        """The offset in the file of the match that the user last went to."""
        return self._search.current

    def words(self, indexed: float) -> str:
        """The state of the search, see `OutputSearch.words`."""
        return self._search.words(indexed)

    def begin(self, query: Query, output: Searchable) -> None:
        """Search an output, and go to the first match from the top of the screen on."""
        line = self._viewport.top_line
        self._search.begin(query, output.search(query, line))
        self._search.want(output.lines.offset_of(line) or 0, forward=True, moves=self._viewport.moves)

    def switch(self, output: Searchable) -> None:
        """Search another output with the same query, without moving the view."""
        query = self._search.query
        if query is not None:
            self._search.end()
            self._search.begin(query, output.search(query, self._viewport.top_line))

    def end(self) -> None:
        """End the search, and forget the query."""
        self._search.end()

    def go_on(self, direction: int, output: Searchable) -> None:
        """Go to the next match (1) or the previous one (-1), from the current match or the top of the screen."""
        self._search.want(self._origin(direction, output), forward=direction > 0, moves=self._viewport.moves)
        self._arrive(output)  # at once, since the next key goes on from there

    def _origin(self, direction: int, output: Searchable) -> int:
        """The offset at which to start looking for the next match."""
        offset = self._search.current
        line = output.lines.number_at(offset) if offset is not None else None
        if offset is None or (line is not None and self._viewport.has_left(line)):
            return output.lines.offset_of(self._viewport.top_line) or 0
        return offset + 1 if direction > 0 else offset

    def update(self, output: Searchable, written: int) -> None:
        """Search what has been added to the log. Go to the requested match once it is found.

        Args:
            output: the output that is searched.
            written: the size of the whole lines in the log, in bytes.
        """
        if self._search.query is None:
            return
        self._search.limit(output.end())
        search = self._search.to_run(written)
        if search is not None:  # not a Textual worker: the program could not end while a disk hangs
            start_thread(partial(self._run, search), "search", partial(self._fail, search))
        self._arrive(output)

    def _arrive(self, output: Searchable) -> None:
        line = self._search.arrive(output.lines.number_at, self._viewport.moves)
        if line is not None:
            self._viewport.go_to_line(line)

    # On the thread of a search

    def _run(self, search: Search) -> None:
        next_report, had_hits = 0.0, False

        def report() -> None:
            nonlocal next_report, had_hits
            if monotonic() >= next_report or (len(search) and not had_hits):
                next_report, had_hits = monotonic() + _REPORT_SECS, len(search) > 0
                self._on_progress()

        search.run(report)
        self._end(search)

    def _fail(self, search: Search, error: BaseException) -> None:
        search.fail()
        self._end(search)

    def _end(self, search: Search) -> None:
        self._search.has_run(search)
        self._on_progress()
