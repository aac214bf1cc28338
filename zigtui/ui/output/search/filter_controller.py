"""Filter the lines of an output: keep the conditions, and find the lines that meet them on a thread."""

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from zigtui.reader.lines.output_index import RunRead
from zigtui.reader.search.filtered_lines import FilteredLines
from zigtui.reader.search.line_filter import Condition, LineFilter
from zigtui.reader.search.query import LineTest, Query
from zigtui.reader.search.search import MAX_HITS, Search
from zigtui.reader.threads import start_thread
from zigtui.ui.output.chosen.chosen_output import ChosenOutput
from zigtui.ui.output.dividers.dividers import NO_DIVIDERS, Dividers
from zigtui.ui.output.past_sessions import PastSessions

if TYPE_CHECKING:
    from zigtui.ui.output.dividers.divider_search import DividerSearch

__all__ = ["FilterController", "FilteredOutput"]

_REPORT_SECS = 0.1  # between two reports while lines are being found
_UNLIMITED = 1 << 62


class FilteredOutput:
    """The lines of an output that meet all conditions. It can be searched like the whole output.

    Args:
        chosen: the output.
        conditions: the conditions.
        path: the log.
        run_read: see `OutputLines`.

    Raises:
        NoAnswerError: if the disk does not answer.
    """

    def __init__(self, chosen: ChosenOutput, conditions: tuple[Condition, ...], path: str, run_read: RunRead) -> None:
        self.conditions = conditions
        self._chosen = chosen
        test = LineFilter(conditions)
        found = chosen.search(test, 0, most=_UNLIMITED)
        self.found = Search(path, test, end=0) if found is None else found
        self.lines = FilteredLines(path, self.found, run_read)
        self._path = path

    def lines_of_thread(self) -> FilteredLines:
        """The same lines for another thread, which waits for the disk."""
        return FilteredLines(self._path, self.found, lambda read: read())

    def dividers(self, past: PastSessions | None = None) -> Dividers:
        """No dividers: only lines that meet the conditions are displayed."""
        return NO_DIVIDERS

    def search(self, query: LineTest, top_line: int, most: int = MAX_HITS) -> Search | None:
        """Create a search of these lines that begins at one; None if there is nothing to search."""
        both = LineFilter([*self.conditions, Condition(query)]) if isinstance(query, Query) else query
        return self._chosen.search(both, top_line, most=most, lines=self.lines)

    def divider_search(self, query: Query, past: PastSessions | None, top_divider: int) -> "DividerSearch":
        """Create a search of the dividers of the whole output."""
        return self._chosen.divider_search(query, past, top_divider)

    def end(self) -> int | None:
        """The offset in the file of the first line after the output; None if there is none yet."""
        return self._chosen.end()


class FilterController:
    """Controls the filter of a pane.

    Args:
        path: the log.
        run_read: see `OutputLines`.
        on_progress: called from the thread of the filter when more lines may have been found.

    Attributes:
        conditions: the conditions, in the order in which they were added.
        output: the lines that meet them; None if there are no conditions, or the disk has not answered yet.
    """

    def __init__(self, path: str, run_read: RunRead, on_progress: Callable[[], None]) -> None:
        self.conditions: tuple[Condition, ...] = ()
        self.output: FilteredOutput | None = None
        self._path = path
        self._run_read = run_read
        self._on_progress = on_progress
        self._running: Search | None = None
        self._caught_up: FilteredOutput | None = None  # of which all lines had been found by the last frame
        self._anchor: tuple[int, int] | None = None  # and how many times the user had scrolled by then

    def set(self, conditions: tuple[Condition, ...]) -> None:
        """Replace the conditions. Call `switch` afterwards."""
        self.conditions = conditions

    def switch(self, chosen: ChosenOutput) -> None:
        """Filter an output.

        Raises:
            NoAnswerError: if the disk does not answer. `update` tries again.
        """
        self.end()
        if self.conditions:
            self.output = FilteredOutput(chosen, self.conditions, self._path, self._run_read)

    def end(self) -> None:
        """Stop finding lines."""
        if self.output is not None:
            self.output.found.cancel()
        self.output = self._anchor = None

    def begin_frame(self) -> bool:
        """Begin a frame. Call it once in each, before the lines found are displayed.

        Returns:
            Whether all lines had been found when the last frame began, so that those found since then are new.
        """
        caught_up, output = self._caught_up, self.output
        self._caught_up = output if output is not None and output.found.is_complete else None
        return output is caught_up or output is None

    def update(self, chosen: ChosenOutput, written: int) -> None:
        """Find the lines that have been added to the log.

        Args:
            chosen: the output that is filtered.
            written: the size of the whole lines in the log, in bytes.

        Raises:
            NoAnswerError: if the disk does not answer.
        """
        if self.output is None and self.conditions:
            self.switch(chosen)
        if self.output is None:
            return
        found, end = self.output.found, self.output.end()
        if end is not None:
            found.limit(end)
        if self._running is not found and not found.is_idle(written):
            self._running = found
            start_thread(partial(self._run, found), "filter", lambda _: self._fail(found))

    def _run(self, found: Search) -> None:
        next_report, count = 0.0, len(found)

        def report() -> None:
            nonlocal next_report, count
            if monotonic() >= next_report or (len(found) and not count):
                next_report, count = monotonic() + _REPORT_SECS, len(found)
                self._on_progress()

        found.run(report)
        self._end_run(found)

    def _fail(self, found: Search) -> None:
        found.fail()
        self._end_run(found)

    def _end_run(self, found: Search) -> None:
        if self._running is found:
            self._running = None
        self._on_progress()

    # The line at which the view stays

    def stay_at(self, offset: int, moves: int) -> None:
        """Go to the first line at an offset or after it, unless the user scrolls before it is found."""
        self._anchor = offset, moves

    def arrive(self, moves: int) -> int | None:
        """The number of the line to go to now; None if there is none, or if it is not known yet."""
        if self._anchor is None or self.output is None:
            return None
        (offset, moves_by_then), found = self._anchor, self.output.found
        if moves != moves_by_then:
            self._anchor = None
            return None
        if found.position <= offset and not (found.is_complete or found.is_over):
            return None
        self._anchor = None
        count = len(self.output.lines)
        return min(self.output.lines.number_from(offset), count - 1) if count else None
