"""Searching the output: runs the search on a thread, and moves the view from match to match."""

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
_FAILED = "the search failed unexpectedly"


class Searchable(Protocol):
    """An output that can be searched. All of it may raise `NoAnswerError`."""

    @property
    def lines(self) -> OutputLines | OutputRange:
        """Its lines."""

    def search(self, query: Query, top_line: int) -> Search | None:
        """A search that begins at a line; None if there is nothing to search."""

    def end(self) -> int | None:
        """The offset in the file of the first line that is not part of it; None if none is known yet."""


class SearchController:
    """Keeps the search of a screen.

    Args:
        viewport: what is moved to the matches.
        on_progress: called from the thread of the search when there may be something new to display.
    """

    def __init__(self, viewport: Viewport, on_progress: Callable[[], None]) -> None:
        self._viewport = viewport
        self._on_progress = on_progress
        self._search = OutputSearch()

    @property
    def query(self) -> Query | None:
        """What is searched for, None if nothing is."""
        return self._search.query

    @property
    def current(self) -> int | None:
        """The offset in the file of the match that the user went to last."""
        return self._search.current

    def words(self, indexed: float) -> str:
        """The state of the search, see `OutputSearch.words`."""
        return self._search.words(indexed)

    def begin(self, query: Query, output: Searchable) -> None:
        """Search an output, and go to the first match from what is on the screen."""
        line = self._viewport.top_line
        self._search.begin(query, output.search(query, line))
        self._search.want(output.lines.offset_of(line) or 0, forward=True, moves=self._viewport.moves)

    def switch(self, output: Searchable) -> None:
        """Search another output for the same, without moving the view."""
        query = self._search.query
        if query is not None:
            self._search.end()
            self._search.begin(query, output.search(query, self._viewport.top_line))

    def end(self) -> None:
        """End the search, and forget the query."""
        self._search.end()

    def go_on(self, direction: int, output: Searchable) -> None:
        """Go to the next match (1) or the previous one (-1): from the last one, or from what is on the screen."""
        self._search.want(self._origin(direction, output), forward=direction > 0, moves=self._viewport.moves)
        self._arrive(output)  # at once, since the next key goes on from there

    def _origin(self, direction: int, output: Searchable) -> int:
        """The offset from which to look for the next match."""
        offset = self._search.current
        line = output.lines.number_at(offset) if offset is not None else None
        if offset is None or (line is not None and self._viewport.has_left(line)):
            return output.lines.offset_of(self._viewport.top_line) or 0
        return offset + 1 if direction > 0 else offset

    def update(self, output: Searchable, written: int) -> None:
        """Search what has been added to the log, and go to the match that is wanted once it is found.

        Args:
            output: what is searched.
            written: how many bytes of whole lines the log has.
        """
        if self._search.query is None:
            return
        self._search.limit(output.end())
        search = self._search.to_run(written)
        if search is not None:  # not as a worker of Textual: the program's end would wait for a disk that hangs
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
        search.trouble = _FAILED
        search.cancel()  # it is not run again, and the hits that it has found stay
        self._end(search)

    def _end(self, search: Search) -> None:
        self._search.has_run(search)
        self._on_progress()
