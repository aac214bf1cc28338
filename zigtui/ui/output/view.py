"""The output view. Only the lines on the screen are read and drawn."""

from collections.abc import Callable

from textual import on
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from zigtui.reader.lines.decode import Output
from zigtui.reader.lines.line_source import LineSource
from zigtui.settings import Settings
from zigtui.ui.output.dividers import NO_DIVIDERS, Dividers
from zigtui.ui.output.gutter import Gutter
from zigtui.ui.output.line_times import LineTimes, Times
from zigtui.ui.output.lines import LineStyle, Matches
from zigtui.ui.output.links import Linker, linker
from zigtui.ui.output.output_items import Drawn, OutputItems
from zigtui.ui.output.page import draw_page, scroll_bar, with_note
from zigtui.ui.output.positions import Position, Positions
from zigtui.ui.output.selecting import Selecting
from zigtui.ui.output.selection import Point, Selection, column_in, highlighted
from zigtui.ui.output.viewport import Spot

__all__ = ["OutputView"]


class OutputView(Selecting, can_focus=True):
    """Displays lines, wrapped or cut off, and the dividers between them.

    While the view follows, the end of the output stays on the screen. Scrolling up stops that: new lines then do not
    move the view, and a note counts them.

    Args:
        settings: the user's settings.
        id: the id of the widget.
    """

    class StartWanted(Message):
        """The user wants to see the first line of the output, with which the source may not begin."""

    follow: reactive[bool] = reactive(True)
    wrap: reactive[bool] = reactive(True)
    times: reactive[Times] = reactive(Times.OFF)

    def __init__(self, settings: Settings, *, id: str | None = None) -> None:
        super().__init__(Selection(lambda: self._items), settings.wheel_rows, id=id)
        self._settings = settings
        self._items = OutputItems()
        self._positions = Positions(lambda: len(self._items), lambda item: len(self._drawn(item).rows))
        self._has_labels = False
        self._longest_label = 0
        self._span: tuple[float | None, float | None] = None, None
        self._line_times = LineTimes()
        self._count_when_left = 0
        self._top: Position = (0, 0)
        self._visible: list[Strip] = []
        self._size_laid_out = Size()
        self._went_to: tuple[Spot, int] | None = None  # and the value of `moves` by then
        self._directory: str | None = None
        self._links: Linker | None = linker(settings.links, None)
        self._pointed: Spot | None = None  # the line that was clicked last
        self._is_held = False  # and follows again once the mouse is released

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
        self._went_to = self._pointed = None
        self.selection.clear()
        self._has_labels = labels
        self._longest_label = label_width
        self._count_when_left = len(source)
        self._top = (0, 0)
        self.follow = follow
        self._forget()

    def put_before(self, source: LineSource, lines: int) -> None:
        """Display a source with ``lines`` more lines before the present ones. The lines on the screen do not move."""
        self._items = OutputItems(source, len(source), find=self._items.find)
        self._went_to = self._pointed = None
        self.selection.move_lines(max(0, lines))
        item, row = self._top
        self._top = (item + max(0, lines), row)
        self._count_when_left += lines
        self._lay_out()

    def lines_added(self, dividers: Dividers, label_width: int = 0, *, are_new: bool = True) -> None:
        """Display lines that have been added to the source.

        Args:
            dividers: all present dividers.
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

    @property
    def new_lines(self) -> int:
        """The number of lines added since the view left the end."""
        return 0 if self.follow else max(0, self._items.count - self._count_when_left)

    def show_matches(self, find: Callable[[str], Matches] | None, current: Spot | None = None) -> None:
        """Highlight the matches that ``find`` returns for each line and divider, those of ``current`` most of all."""
        if find != self._items.find:
            self._items.find, self._items.current = find, current
            self._forget()
        elif current != self._items.current:
            self._items.set_current(current)
            self._lay_out()

    @property
    def top_line(self) -> int:
        """The number of the first line on the screen."""
        return self._items.line_of(self._top[0])

    @property
    def top_divider(self) -> int:
        """The number of dividers above the screen."""
        return self._top[0] - self.top_line

    def is_in_sight(self, spot: Spot) -> bool:
        """Whether a line or a divider, or the first match in it, is on the screen."""
        return self._items.has(spot) and self._top <= self._position_of(spot) < self._moved(self._top, self.size.height)

    def go_to(self, spot: Spot) -> None:
        """Display a line or a divider, or the first match in it, and stop following. Move only if necessary."""
        self.follow = False
        self._remember(spot)
        if not self.is_in_sight(spot):
            self._go_to(self._position_of(spot), self.size.height // 3)

    def go_to_line(self, line: int) -> None:
        """Display a line at the top of the screen, if there are enough lines after it, and stop following."""
        self.follow = False
        self._remember(Spot(line))
        self._go_to((self._items.item_of(line), 0), 0)

    def go_to_failure(self, divider: int) -> None:
        """Display the divider of a failed attempt with the lines before it, mark it, and stop following."""
        self.follow = False
        self._items.set_failure(divider)
        self._remember(Spot(divider, is_divider=True))
        self._place_failure(divider)

    def _remember(self, spot: Spot) -> None:
        self._went_to, self._pointed = (spot, self.moves), None

    @property
    def current_line(self) -> int | None:
        """The number of the line that was last clicked or gone to, if it is on the screen; None if there are no lines.

        Otherwise the last line while the view follows the end, else the first one on the screen. For a divider, the
        line above it.
        """
        items = self._items
        spot = self._pointed or (None if self._went_to is None else self._went_to[0])
        if not items.count:
            return None
        if spot is not None and self.is_in_sight(spot):
            line = items.dividers.line_of(spot.number) - 1 if spot.is_divider else spot.number
        else:
            line = items.count - 1 if self.follow else self.top_line
        return min(max(0, line), items.count - 1)

    def line(self, number: int) -> Output | None:
        """A line that is displayed; None if it cannot be read."""
        return None if self._items.source is None else self._items.source.line(number)

    def _place_failure(self, divider: int) -> None:
        items, height = self._items, self.size.height
        if divider < len(items.dividers):
            item = items.item_of_divider(divider)
            below = len(self._drawn(item).rows) + 1  # a note below the output may take a row
            self._go_to((item, 0), max(0, min(height * 2 // 3, height - below)))

    def _position_of(self, spot: Spot) -> Position:
        item = self._items.item_at(spot)
        return item, self._drawn(item).match_row

    def _go_to(self, position: Position, rows_above: int) -> None:
        self._top = self._moved(position, -rows_above)
        self._lay_out()

    def _forget(self) -> None:
        self._items.forget()
        self._lay_out()
        self._return_to_line()

    def _return_to_line(self) -> None:
        """Display what the user went to, if it has left the screen although the user has not scrolled."""
        spot, moves = self._went_to or (Spot(0), -1)
        if moves != self.moves or self.follow:
            return
        if spot == Spot(-1 if self._items.failure is None else self._items.failure, is_divider=True):
            self._place_failure(spot.number)
        elif not self.is_in_sight(spot):
            self.go_to(spot)

    # Layout: as many rows as fit, from the item at the top on or back from the end

    @property
    def line_gutter(self) -> Gutter:
        """The columns left of the text."""
        label_width = min(self._settings.widest_label, self._longest_label) if self._has_labels else None
        return Gutter.for_width(self.size.width, times=self._line_times, label_width=label_width)

    def _lay_out(self) -> None:
        before, self._visible = self._visible, self._rows_in_sight()
        if len(before) != len(self._visible):
            self.refresh()
            return
        for y, row in enumerate(self._visible):
            if row != before[y]:
                self.refresh(Region(0, y, self.size.width, 1))

    def _rows_in_sight(self) -> list[Strip]:
        self._size_laid_out = self.size
        height = self.size.height
        end = self._positions.before_end(height)
        muted = self.paint("paint--muted")
        item, row = end if self.follow else min(self._top, end)
        if item < len(self._items):  # a line that was wrapped may have fewer rows now
            row = min(row, len(self._drawn(item).rows) - 1)
        self._top = item, row
        bar = None
        if height and end > (0, 0):
            bar = scroll_bar(height, len(self._items), None if self.follow else item, self.rich_style, muted)
        drawn = map(self._shown, range(item, len(self._items)))
        visible = draw_page(drawn, row, bar, self.line_gutter, self.size, self.rich_style, muted)
        if visible and self.new_lines:
            style = self.rich_style + self.paint("paint--note")
            visible[-1] = with_note(visible[-1], f" ▼ {self.new_lines:,} new ", style, self.size.width)
        return visible

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the widget."""
        if self._size_laid_out != self.size:  # painting comes before the resize event
            self._visible = self._rows_in_sight()
            self._return_to_line()
        return self._visible[y] if y < len(self._visible) else Strip.blank(self.size.width, self.rich_style)

    def _moved(self, position: Position, rows: int) -> Position:
        return self._positions.moved(position, rows)

    # Drawing

    def _drawn(self, item: int) -> Drawn:
        return self._items.drawn(item, self.size.width, self._line_style)

    def _shown(self, item: int) -> Drawn:
        drawn = self._drawn(item)
        part = self.selection.part_of(item) if self.selection.exists else None
        return drawn if part is None else highlighted(drawn, part, self.paint("paint--selected"))

    def _line_style(self) -> LineStyle:
        gutter = self.line_gutter
        return LineStyle(
            gutter.text_width(self.size.width),
            self._settings.longest_line,
            self.wrap,
            self._has_labels,
            self._line_times if gutter.time else LineTimes(),
            self.accents,
            self.rich_style,
            self.paint("paint--muted"),
            self.paint("paint--stderr"),
            self.paint("paint--failed"),
            self.paint("paint--match"),
            self.paint("paint--match-current"),
            self._links,
        )

    # Selecting

    def point_at(self, x: int, y: int) -> Point | None:
        """The character at a cell of the view, or the nearest one; None if there is no text."""
        items = self._items
        if not len(items):
            return None
        item, row = self._moved(self._top, y)
        drawn = self._drawn(item)
        above = items.dividers.above_item(item)
        if drawn.is_divider:
            return Point(Spot(above, is_divider=True), 0, 1)
        if not drawn.ends:
            return Point(Spot(item - above), 0, 0)
        if row >= len(drawn.ends):  # below the last line
            return Point(Spot(item - above), drawn.ends[-1], drawn.ends[-1])
        return Point(Spot(item - above), *column_in(drawn, row, x - self.line_gutter.width))

    def show_selection(self) -> None:
        """Draw what is selected now."""
        self._lay_out()

    def hold(self, is_held: bool) -> None:
        """Keep the text where it is while it is being selected, or follow its end again."""
        if is_held and self.follow:
            self._is_held, self.follow = True, False
        elif not is_held and self._is_held:
            self._is_held, self.follow = False, True

    @on(Selecting.Pointed)
    def point_out(self) -> None:
        """Remember the line that was clicked, and select nothing."""
        anchor = self.selection.anchor
        self._pointed = None if anchor is None else anchor.spot

    # Scrolling

    def watch_follow(self, follow: bool) -> None:
        """Start to count new lines, or display the end again."""
        self._count_when_left = self._items.count
        self._lay_out()

    def watch_wrap(self) -> None:
        """Lay out long lines again."""
        self._forget()

    def watch_times(self) -> None:
        """Display other times beside the lines."""
        self.show_span(*self._span)

    def on_resize(self) -> None:
        """Lay out the lines, unless painting has done that already."""
        if self._size_laid_out != self.size:
            self._lay_out()
        self._return_to_line()

    def notify_style_update(self) -> None:
        """Draw everything again when the theme changes."""
        super().notify_style_update()
        self._forget()

    def scroll_rows(self, rows: int) -> None:
        """Scroll by some rows. Scrolling up stops following."""
        if rows < 0:
            self.follow = False
        if not self.follow:
            self._top = self._moved(self._top, rows)
            self._lay_out()

    def show_start(self) -> None:
        """Display the first line, and stop following."""
        self.post_message(self.StartWanted())
        self.follow = False
        self._top = (0, 0)
        self._lay_out()

    def show_end(self) -> None:
        """Display the end, and follow it."""
        self.follow = True
