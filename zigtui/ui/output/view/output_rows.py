"""The rows of an output on the screen. Only lines on the screen are read and drawn."""

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from zigtui.settings import Settings
from zigtui.ui.output.lines.gutter import Gutter
from zigtui.ui.output.lines.line_times import LineTimes
from zigtui.ui.output.lines.lines import LineStyle
from zigtui.ui.output.lines.links import Linker, linker
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.view.output_items import Drawn, OutputItems
from zigtui.ui.output.view.page import draw_page, scroll_bar, with_note
from zigtui.ui.output.view.positions import Position, Positions
from zigtui.ui.output.view.scroll_marks import Hits, ScrollMarks
from zigtui.ui.output.view.selecting import Selecting
from zigtui.ui.output.view.selection import Point, Selection, column_in, highlighted
from zigtui.ui.output.view.viewport import Spot
from zigtui.wording.text_fit import shortened

__all__ = ["OutputRows"]


class OutputRows(Selecting):
    """Lays out the items of an output as rows, draws them, and scrolls and selects among them.

    Subclasses set the items, and implement `_return_to_line`.

    Args:
        settings: the user's settings.
        id: the id of the widget.
    """

    class FollowedAgain(Message):
        """The user has scrolled to the end, which is followed again."""

    class StartWanted(Message):
        """The user wants to see the first line of the output, with which the source may not begin."""

    follow: reactive[bool] = reactive(True)
    wrap: reactive[bool] = reactive(True)

    def __init__(self, settings: Settings, *, id: str | None = None) -> None:
        super().__init__(Selection(lambda: self._items, lambda item: self._drawn(item)), settings.wheel_rows, id=id)
        self._settings = settings
        self._items = OutputItems()
        self._positions = Positions(lambda: len(self._items), lambda item: len(self._drawn(item).rows))
        self._has_labels = False
        self._longest_label = 0
        self._line_times = LineTimes()
        self._links: Linker | None = linker(settings.links, None)
        self._count_when_left = 0
        self._top: Position = (0, 0)
        self._left = 0  # cells left of the screen, where lines are cut off
        self._hits: Hits | None = None
        self._marks = ScrollMarks()
        self._visible: list[Strip] = []
        self._kept_style: LineStyle | None = None  # in which the items are drawn that are kept
        self._size_laid_out = Size()
        self._is_held = False  # and follows again once the mouse is released

    @property
    def new_lines(self) -> int:
        """The number of lines added since the view left the end."""
        return 0 if self.follow else max(0, self._items.count - self._count_when_left)

    def _return_to_line(self) -> None:
        """Display what the user went to, if it has left the screen although the user has not scrolled."""
        raise NotImplementedError

    def _forget(self) -> None:
        self._kept_style = None
        self._items.forget()
        self._lay_out()
        self._return_to_line()

    # Layout: as many rows as fit, from the item at the top on or back from the end

    @property
    def line_gutter(self) -> Gutter:
        """The columns left of the text."""
        label_width = min(self._settings.widest_label, self._longest_label) if self._has_labels else None
        share = self._settings.text_share
        return Gutter.for_width(
            self._size_laid_out.width, times=self._line_times, label_width=label_width, text_share=share
        )

    def _lay_out(self) -> None:
        before, self._visible = self._visible, self._rows_in_sight()
        if len(before) != len(self._visible):
            self.refresh()
            return
        for y, row in enumerate(self._visible):
            if row != before[y]:
                self.refresh(Region(0, y, self.size.width, 1))

    def _rows_in_sight(self) -> list[Strip]:
        size = self.size
        if size.width != self._size_laid_out.width:
            self._kept_style = None
        self._size_laid_out = size
        height = size.height
        end = self._positions.before_end(height)
        muted = self.paint("paint--muted")
        item, row = end if self.follow else min(self._top, end)
        if item < len(self._items):  # a line that was wrapped may have fewer rows now
            row = min(row, len(self._drawn(item).rows) - 1)
        self._top = item, row
        bar = None
        if height and end > (0, 0):
            top = None if self.follow else item
            bar = scroll_bar(height, len(self._items), top, self.rich_style, muted, self._marks_in_bar(height))
        drawn = map(self._shown, range(item, len(self._items)))
        visible = draw_page(drawn, row, bar, self.line_gutter, size, self.rich_style, muted)
        if visible and item < len(self._items) and self.line_gutter.heads_labels:
            first = self._drawn(item)
            if first.label and (row or not first.has_heading):  # its heading is above the screen
                style = self.rich_style + muted + self.paint("paint--cursor-blurred")
                name = shortened(first.label, self._settings.widest_label)
                visible[0] = with_note(visible[0], f" {name} ", style, self.size.width)
        if visible and self.new_lines:
            style = self.rich_style + self.paint("paint--note")
            visible[-1] = with_note(visible[-1], f" ▼ {self.new_lines:,} new ", style, self.size.width)
        return visible

    def _marks_in_bar(self, height: int) -> dict[int, Segment]:
        try:
            marks = self._marks.of(self._items, self._hits, height)
        except NoAnswerError:
            self._items.is_waiting = True
            return {}
        return {row: Segment(mark.value[0], self.paint(mark.value[1])) for row, mark in enumerate(marks) if mark}

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
        return self._items.drawn(item, self._size_laid_out.width, self._line_style)

    def _shown(self, item: int) -> Drawn:
        drawn = self._drawn(item)
        part = self.selection.part_of(item) if self.selection.exists else None
        return drawn if part is None else highlighted(drawn, part, self.paint("paint--selected"))

    def _line_style(self) -> LineStyle:
        if self._kept_style is None:
            self._kept_style = self._found_line_style()
        return self._kept_style

    def _found_line_style(self) -> LineStyle:
        gutter = self.line_gutter
        return LineStyle(
            gutter.text_width(self._size_laid_out.width),
            self._settings.longest_line,
            None if self.wrap else self._left,
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
            gutter.heads_days,
            gutter.heads_labels,
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
            row = min(row, len(drawn.ends) - 1)
            return Point(Spot(above, is_divider=True), *column_in(drawn, row, x))
        if not drawn.ends:
            return Point(Spot(item - above), 0, 0)
        if row >= len(drawn.ends):  # below the last line
            return Point(Spot(item - above), drawn.ends[-1], drawn.ends[-1])
        return Point(Spot(item - above), *column_in(drawn, row, x - self.line_gutter.width))

    def show_selection(self) -> None:
        """Draw what is selected now."""
        self._lay_out()

    def select_nothing(self) -> None:
        """Remove the selection."""
        self.selection.clear()
        self.show_selection()

    def hold(self, is_held: bool) -> None:
        """Keep the text where it is while it is being selected, or follow its end again."""
        if is_held and self.follow:
            self._is_held, self.follow = True, False
        elif not is_held and self._is_held:
            self._is_held, self.follow = False, True

    # Scrolling

    def watch_follow(self, follow: bool) -> None:
        """Start to count new lines, or display the end again."""
        self._count_when_left = self._items.count
        self._lay_out()

    def watch_wrap(self) -> None:
        """Lay out long lines again."""
        self._forget()

    def on_resize(self) -> None:
        """Lay out the lines, unless painting has done that already."""
        if self._size_laid_out != self.size:
            self._lay_out()
        self._return_to_line()

    def colours_changed(self) -> None:
        """Draw everything again when the theme changes."""
        self._forget()

    def scroll_rows(self, rows: int) -> None:
        """Scroll by some rows. Scrolling up stops following, and scrolling down to the end follows it again.

        While all lines are on the screen, there is nothing to scroll.
        """
        if rows < 0 and self._positions.before_end(self.size.height) > (0, 0):
            self.follow = False
        if self.follow:
            return
        self._top = self._moved(self._top, rows)
        self._lay_out()
        if rows > 0 and not self.is_dragging and self._top >= self._positions.before_end(self.size.height):
            self.follow = True
            self.post_message(self.FollowedAgain())

    def scroll_cells(self, cells: int) -> None:
        """Scroll sideways where lines are cut off, to the right only as far as a line on the screen goes on."""
        if self.wrap or (cells > 0 and not self._goes_on()):
            return
        self._show_from_column(self._left + cells)

    def _goes_on(self) -> bool:
        """Whether a line on the screen is cut off at the right."""
        top, behind = self._top[0], self._moved(self._top, self.size.height)[0]
        return any(self._drawn(item).goes_on for item in range(top, min(behind + 1, len(self._items))))

    def _show_from_column(self, column: int) -> None:
        if column != self._left:
            self._left = max(0, column)
            self._forget()

    def show_start(self) -> None:
        """Display the first line, and stop following."""
        self.post_message(self.StartWanted())
        self.follow = False
        self._top = (0, 0)
        self._lay_out()

    def show_end(self) -> None:
        """Display the end, and follow it."""
        self.follow = True
