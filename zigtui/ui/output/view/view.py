"""The output view: displays lines, and goes to one of them."""

from collections.abc import Callable

from textual import on
from textual.reactive import reactive

from zigtui.reader.lines.decode import Output
from zigtui.reader.lines.line_source import LineSource
from zigtui.settings import Settings
from zigtui.ui.output.dividers.dividers import NO_DIVIDERS, Divider, Dividers
from zigtui.ui.output.lines.line_times import LineTimes, Times
from zigtui.ui.output.lines.lines import Matches
from zigtui.ui.output.lines.links import linker
from zigtui.ui.output.view.bookmark import Bookmark
from zigtui.ui.output.view.output_items import OutputItems
from zigtui.ui.output.view.output_rows import OutputRows
from zigtui.ui.output.view.positions import Position
from zigtui.ui.output.view.scroll_marks import Hits, ScrollMarks
from zigtui.ui.output.view.selecting import Selecting
from zigtui.ui.output.view.viewport import Spot, Start

__all__ = ["OutputView"]


class OutputView(OutputRows, can_focus=True):
    """Displays lines, wrapped or cut off, and the dividers between them.

    While the view follows, the end of the output stays on the screen. Scrolling up stops that: new lines then do not
    move the view, and a note counts them.

    Args:
        settings: the user's settings.
        id: the id of the widget.
    """

    times: reactive[Times] = reactive(Times.OFF)

    def __init__(self, settings: Settings, *, id: str | None = None) -> None:
        super().__init__(settings, id=id)
        self._span: tuple[float | None, float | None] = None, None
        self._directory: str | None = None
        self._went_to: tuple[Spot, int] | None = None  # and the value of `moves` by then
        self._pointed: Spot | None = None  # the line that was clicked last

    # The lines that are displayed

    def show(
        self,
        source: LineSource,
        dividers: Dividers = NO_DIVIDERS,
        *,
        labels: bool,
        label_width: int = 0,
        follow: bool = True,
    ) -> None:
        """Display another source.

        Args:
            source: the lines.
            dividers: the dividers between them.
            labels: whether to display the step of each line, for the output of several steps.
            label_width: the width of the longest step name, in cells.
            follow: whether to display the end and follow it; otherwise the start is displayed.
        """
        self._items = OutputItems(source, len(source), dividers, find=self._items.find)
        self._marks = ScrollMarks()
        self._went_to = self._pointed = None
        self.selection.clear()
        self._has_labels = labels
        self._longest_label = label_width
        self._count_when_left = len(source)
        self._top = (0, 0)
        self.follow = follow
        self._forget()

    def put_before(self, source: LineSource, lines: int) -> None:
        """Display a source with ``lines`` more lines before the current ones. The lines on the screen do not move."""
        self._items = OutputItems(source, len(source), find=self._items.find)
        self._marks = ScrollMarks()
        self._went_to = self._pointed = None
        self.selection.move_lines(max(0, lines))
        item, row = self._top
        self._top = (item + max(0, lines), row)
        self._count_when_left += lines
        self._lay_out()

    def lines_added(self, dividers: Dividers, label_width: int = 0, *, are_new: bool = True) -> None:
        """Display lines that have been added to the source.

        Args:
            dividers: all current dividers.
            label_width: the width of the longest step name, in cells.
            are_new: whether the lines have just been printed. Otherwise they have only just been read, and do not
                count as new.
        """
        items = self._items
        if items.source is None:
            return
        count = len(items.source)
        if not are_new:
            self._count_when_left += count - items.count
        others = items.would_change_by(dividers)
        if others or count < items.count or label_width != self._longest_label:
            self._longest_label = label_width
            self._replace_dividers(dividers)
            items.count = count
            self._forget()
            return
        has_more = count != items.count or len(dividers) != len(items.dividers)
        items.count, items.dividers = count, dividers
        if has_more or items.is_waiting:
            items.is_waiting = False
            self._lay_out()

    def lines_replaced(self, dividers: Dividers) -> None:
        """Display the lines of the source again, all of which may have changed. The view stays at the same line.

        Args:
            dividers: the dividers between them.
        """
        items = self._items
        if items.source is not None:
            self._replace_dividers(dividers)
            items.count = self._count_when_left = len(items.source)
            self._forget()

    def show_span(self, begin: float | None, end: float | None) -> None:
        """Display the times of lines as those of a session between its start and its last event.

        Args:
            begin: the start, in seconds since the epoch; None if it is not known.
            end: the time of the last event.
        """
        self._span = begin, end
        line_times = LineTimes.of_session(self.times, begin, end)
        if line_times != self._line_times:
            self._line_times = line_times
            self._forget()

    def link_from(self, directory: str | None) -> None:
        """Take the paths in lines as those of a directory; None if it is not known."""
        if directory != self._directory:
            self._directory, self._links = directory, linker(self._settings.links, directory)
            self._forget()

    def _replace_dividers(self, dividers: Dividers) -> None:
        """Display other dividers. The lines on the screen stay where they are."""
        items, (item, row) = self._items, self._top
        self._top = items.replace_dividers(dividers, item), row
        if self._went_to is not None and not items.has(self._went_to[0]):
            self._went_to = None

    @property
    def is_waiting(self) -> bool:
        """Whether lines on the screen are missing because the disk has not answered yet."""
        return self._items.is_waiting

    def show_matches(
        self, find: Callable[[str], Matches] | None, current: Spot | None = None, hits: Hits | None = None
    ) -> None:
        """Highlight the matches.

        Args:
            find: returns the matches in a line or divider.
            current: the line or divider whose matches are highlighted most of all.
            hits: the hits to mark in the scroll bar; None if they cannot be.
        """
        before, self._hits = self._hits, hits
        is_new = current != self._items.current
        if find != self._items.find:
            self._items.find, self._items.current = find, current
            self._forget()
        elif is_new:
            self._items.set_current(current)
            self._lay_out()
        elif before != hits:
            self._lay_out()
        # A match in the hidden part of a long divider is displayed only once it is the current one.
        if is_new and current is not None and self._went_to == (current, self.moves) and not self.is_in_sight(current):
            self._go_to(self._position_of(current), self.size.height // 3)

    @property
    def top_line(self) -> int:
        """The number of the first line on the screen."""
        return self._items.line_of(self._top[0])

    @property
    def start(self) -> Start:
        """Where a search begins: see `Viewport`."""
        spot, items = self._spot_in_sight, self._items
        item = self._top[0] if spot is None else items.item_at(spot)
        line = items.line_of(item)
        return Start(line, item - line)

    @property
    def _spot_in_sight(self) -> Spot | None:
        """The line or divider that was last clicked or gone to, if it is on the screen."""
        spot = self._pointed or (None if self._went_to is None else self._went_to[0])
        return spot if spot is not None and self.is_in_sight(spot) else None

    def is_in_sight(self, spot: Spot) -> bool:
        """Whether a line or a divider, or the first match in it, is on the screen."""
        return self._items.has(spot) and self._top <= self._position_of(spot) < self._moved(self._top, self.size.height)

    def go_to(self, spot: Spot) -> None:
        """Display a line or a divider, or the first match in it, and stop following. Move only if necessary."""
        self.follow = False
        self._remember(spot)
        self._show_columns_of(spot)
        if not self.is_in_sight(spot):
            self._go_to(self._position_of(spot), self.size.height // 3)

    def go_to_line(self, line: int) -> None:
        """Display a line at the top of the screen, if there are enough lines after it, and stop following."""
        self.follow = False
        self._remember(Spot(line))
        self._go_to((self._items.item_of(line), 0), 0)

    def show_line_starts(self) -> None:
        """Scroll sideways to the beginning of the lines: what the user goes to by its line is about all of it."""
        self._show_from_column(0)

    def go_to_failure(self, divider: int) -> None:
        """Display the divider of a failed attempt with the lines before it, mark it, and stop following."""
        self.follow = False
        self._items.set_failure(divider)
        self._remember(Spot(divider, is_divider=True))
        self._place_failure(divider)

    @property
    def bookmark(self) -> Bookmark:
        """What the view displays now."""
        return Bookmark(self._top, self._left, self.follow, self._went_to, self._pointed)

    def return_to(self, bookmark: Bookmark) -> None:
        """Display the same lines as before."""
        self._top, self._left, self.follow, self._went_to, self._pointed = bookmark
        self._forget()

    def _remember(self, spot: Spot) -> None:
        self._went_to, self._pointed = (spot, self.moves), None

    @property
    def current_line(self) -> int | None:
        """The number of the line that was last clicked or gone to, if it is on the screen; None if there are no lines.

        Otherwise the last line while the view follows the end, else the first one on the screen. For a divider, the
        line above it.
        """
        items, spot = self._items, self._spot_in_sight
        if not items.count:
            return None
        if spot is not None:
            line = items.dividers.line_of(spot.number) - 1 if spot.is_divider else spot.number
        else:
            line = items.count - 1 if self.follow else self.top_line
        return min(max(0, line), items.count - 1)

    @property
    def current_divider(self) -> Divider | None:
        """The divider that was last clicked or gone to, if it is on the screen; None if that was a line."""
        spot = self._spot_in_sight
        return self._items.dividers.divider(spot.number) if spot is not None and spot.is_divider else None

    def line(self, number: int) -> Output | None:
        """A line that is displayed; None if it cannot be read."""
        return None if self._items.source is None else self._items.source.line(number)

    def _place_failure(self, divider: int) -> None:
        items, height = self._items, self.size.height
        if divider < len(items.dividers):
            item = items.item_of_divider(divider)
            below = len(self._drawn(item).rows) + 1  # a note below the output may take a row
            self._go_to((item, 0), max(0, min(height * 2 // 3, height - below)))

    def _show_columns_of(self, spot: Spot) -> None:
        """Scroll sideways to the first match in a line, if it is cut off."""
        cells = self._drawn(self._items.item_at(spot)).match_cells if self._items.has(spot) else None
        if cells is None:
            return
        (start, end), width = cells, self.line_gutter.text_width(self.size.width) - 1
        end = min(end, start + width * 2 // 3)  # of a wide match, its beginning is enough
        if start < self._left or end > self._left + width:
            self._show_from_column(0 if end <= width else start - width // 3)

    def _position_of(self, spot: Spot) -> Position:
        item = self._items.item_at(spot)
        return item, self._drawn(item).match_row

    def _go_to(self, position: Position, rows_above: int) -> None:
        self._top = self._moved(position, -rows_above)
        self._lay_out()

    def _return_to_line(self) -> None:
        """Display what the user went to, if it has left the screen although the user has not scrolled."""
        spot, moves = self._went_to or (Spot(0), -1)
        if moves != self.moves or self.follow:
            return
        failure = -1 if self._items.failure is None else self._items.failure
        if spot == Spot(failure, is_divider=True) and spot != self._items.current:
            self._place_failure(spot.number)
        elif not self.is_in_sight(spot):
            self.go_to(spot)

    @on(Selecting.Pointed)
    def point_out(self) -> None:
        """Remember the line that was clicked, and select nothing."""
        anchor = self.selection.anchor
        self._pointed = None if anchor is None else anchor.spot

    def watch_times(self) -> None:
        """Display other times beside the lines."""
        self.show_span(*self._span)
