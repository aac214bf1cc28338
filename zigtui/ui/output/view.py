"""The lines that steps printed: drawn where they are seen, wrapped or cut, following the end or standing still."""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from zigtui.reader.jump_target import Lines
from zigtui.ui.output.items import Divider, Drawn, OutputItems
from zigtui.ui.output.lines import MARK_WIDTH, Look, Matches, scroll_bar, with_note
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import fit
from zigtui.ui.widgets.painted import Painted

__all__ = ["OutputView"]

_WHEEL_ROWS = 3
_WIDEST_LABEL = 16
_TIME_WIDTH = len("14:03:22 ")
_LEAST_TEXT_WIDTH = 16  # with less for the text, no times are shown


_Place = tuple[int, int]  # an item (a line or a divider) and the row of it, since long lines wrap


class OutputView(Painted, can_focus=True):
    """Shows lines, of which only those on the screen are ever read.

    While it follows, the end stays in sight. Scrolling up ends that: then nothing that is printed moves the view,
    and a note tells how many lines are new.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("up,k", "scroll_rows(-1)", "up", show=False),
        Binding("down,j", "scroll_rows(1)", "down", show=False),
        Binding("pageup,ctrl+b", "scroll_page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+f,space", "scroll_page(1)", "page down", show=False),
        Binding("home,g", "scroll_to_start", "start", show=False),
        Binding("end,G", "scroll_to_end", "end", show=False),
    )

    class StartWanted(Message):
        """The first line is to be shown, of whatever the source is a part of."""

    follow: reactive[bool] = reactive(True)
    wrap: reactive[bool] = reactive(True)
    times: reactive[bool] = reactive(False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._items = OutputItems()
        self._has_labels = False
        self._longest_label = 0
        self._count_when_left = 0
        self._top: _Place = (0, 0)
        self._visible: list[Strip] = []
        self._size_laid_out = Size()
        self._gone_to: tuple[int, int] | None = None  # a line, and the moves by then
        self.moves = 0
        """How often the user has scrolled."""

    # What is shown

    def show(self, source: Lines, *, labels: bool, label_width: int = 0, follow: bool = True) -> None:
        """Show another source: its end, following, or its start.

        Args:
            source: the lines.
            labels: whether each line tells its step, for the output of several.
            label_width: how wide the longest step name is.
            follow: whether to show the end.
        """
        self._items = OutputItems(source, len(source), find=self._items.find)
        self._gone_to = None
        self._has_labels = labels
        self._longest_label = label_width
        self._count_when_left = len(source)
        self._top = (0, 0)
        self.follow = follow
        self._forget()

    def put_before(self, source: Lines, lines: int) -> None:
        """Take a source that has ``lines`` more before those that are shown; they stay where they are."""
        self._items = OutputItems(source, len(source), find=self._items.find)
        self._gone_to = None
        item, row = self._top
        self._top = (item + max(0, lines), row)
        self._count_when_left += lines
        self._lay_out()

    def lines_added(self, dividers: list[Divider], label_width: int = 0, *, are_new: bool = True) -> None:
        """There may be more lines now; ``dividers`` are all there are.

        Lines that are not new have only just been found: a log is read from its start.
        """
        if self._items.source is None:
            return
        count = len(self._items.source)
        if not are_new:
            self._count_when_left += count - self._items.count
        others = dividers[: len(self._items.dividers)] != self._items.dividers
        others = others or any(divider.before < self._items.count for divider in dividers[len(self._items.dividers) :])
        if others or count < self._items.count or label_width != self._longest_label:
            self._longest_label = label_width
            self._items.dividers = dividers
            self._items.count = count
            self._forget()
            return
        if count != self._items.count or dividers != self._items.dividers or self._items.is_waiting:
            self._items.is_waiting = False
            self._items.count = count
            self._items.dividers = dividers
            self._lay_out()

    @property
    def is_waiting(self) -> bool:
        """Whether lines are in sight that the disk has not told yet."""
        return self._items.is_waiting

    @property
    def new_lines(self) -> int:
        """How many lines have come since the view left the end."""
        return 0 if self.follow else max(0, self._items.count - self._count_when_left)

    def show_matches(self, find: Callable[[str], Matches] | None, current: int | None = None) -> None:
        """Have what ``find`` finds in lines stand out, and most of all in the line ``current``."""
        if find != self._items.find:
            self._items.find, self._items.current = find, current
            self._forget()
        elif current != self._items.current:
            self._items.set_current(current)
            self._lay_out()

    @property
    def top_line(self) -> int:
        """The number of the first line in sight."""
        return self._items.line_of(self._top[0])

    def is_in_sight(self, line: int) -> bool:
        """Whether a line, or the first match in it, is on the screen."""
        return line < self._items.count and self._top <= self._place_of(line) < self._moved(self._top, self.size.height)

    def go_to_line(self, line: int, *, to_top: bool = False) -> None:
        """Show a line, or the first match in it, and stay there; the view moves only if that is out of sight.

        Args:
            line: its number.
            to_top: whether it is to be the first line in sight, if there are enough behind it.
        """
        self.follow = False
        self._gone_to = line, self.moves
        if to_top:
            self._go_to((self._items.item_of(line), 0), 0)
        elif not self.is_in_sight(line):
            self._go_to(self._place_of(line), self.size.height // 3)

    def go_to_divider(self, number: int) -> None:
        """Show a divider with what was printed before it, and stay there."""
        self.follow = False
        if number < len(self._items.dividers):
            item, height = self._items.item_of_divider(number), self.size.height
            below = len(self._drawn(item).rows) + 1  # a note below the output may take a row
            self._go_to((item, 0), max(0, min(height * 2 // 3, height - below)))

    def _place_of(self, line: int) -> _Place:
        item = self._items.item_of(line)
        return item, self._drawn(item).match_row

    def _go_to(self, place: _Place, rows_above: int) -> None:
        self._top = self._moved(place, -rows_above)
        self._lay_out()

    def _forget(self) -> None:
        self._items.forget()
        self._lay_out()
        self._return_to_line()

    def _return_to_line(self) -> None:
        """Show the line that was gone to, if it is out of sight now though nobody has scrolled."""
        line, moves = self._gone_to or (0, -1)
        if moves == self.moves and not self.follow and not self.is_in_sight(line):
            self.go_to_line(line)

    # Layout: from the item at the top, or back from the end, as many rows as fit

    @property
    def _text_width(self) -> int:
        return max(2, self.size.width - self._gutter_width - 1)

    @property
    def _label_width(self) -> int:
        return max(0, min(_WIDEST_LABEL, self._longest_label, self.size.width // 3))

    @property
    def _gutter_width(self) -> int:
        return MARK_WIDTH + (self._label_width + 1 if self._has_labels else 0) + self._time_width

    @property
    def _time_width(self) -> int:
        taken = MARK_WIDTH + (self._label_width + 1 if self._has_labels else 0) + 1
        return _TIME_WIDTH if self.times and self.size.width - taken - _TIME_WIDTH >= _LEAST_TEXT_WIDTH else 0

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
        end = self._place_before_end(height)
        item, row = end if self.follow else min(self._top, end)
        if item < len(self._items):  # of a line that was wrapped, there may be fewer rows now
            row = min(row, len(self._drawn(item).rows) - 1)
        self._top = item, row
        visible: list[Strip] = []
        label = ""
        while len(visible) < height and item < len(self._items):
            drawn = self._drawn(item)
            for number, line in enumerate(drawn.rows[row:], row):  # a label stands where it changes, and at the top
                gutter = self._gutter(drawn.time if number == 0 else "", drawn.label if drawn.label != label else "")
                visible.append(Strip.join([gutter, line]))
                label = drawn.label
            item, row = item + 1, 0
        del visible[height:]
        blank = Strip.blank(max(0, self.size.width - 1), self.rich_style)
        visible += [blank] * (height - len(visible))
        bar = [Strip.blank(1, self.rich_style)] * height
        if height and end > (0, 0):
            top = None if self.follow else self._top[0]
            bar = scroll_bar(height, len(self._items), top, self.rich_style, self.paint("paint--muted"))
        visible = [
            Strip.join([line.adjust_cell_length(blank.cell_length, self.rich_style), beside]).crop(0, self.size.width)
            for line, beside in zip(visible, bar, strict=True)
        ]
        if visible and self.new_lines:
            style = self.rich_style + self.paint("paint--note")
            visible[-1] = with_note(visible[-1], f" ▼ {self.new_lines:,} new ", style, self.size.width)
        return visible

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the widget."""
        if self._size_laid_out != self.size:  # it is painted before it is told of another size
            self._visible = self._rows_in_sight()
            self._return_to_line()
        return self._visible[y] if y < len(self._visible) else Strip.blank(self.size.width, self.rich_style)

    def _place_before_end(self, rows: int) -> _Place:
        """The place from which ``rows`` rows show the end; the start if there are fewer."""
        item = len(self._items)
        while item > 0 and rows > 0:
            item -= 1
            rows -= len(self._drawn(item).rows)
        return (item, max(0, -rows)) if len(self._items) else (0, 0)

    def _moved(self, place: _Place, rows: int) -> _Place:
        """The place some rows further down, or up where ``rows`` is negative."""
        item, row = place
        row += rows
        while row < 0 and item > 0:
            item -= 1
            row += len(self._drawn(item).rows)
        while item < len(self._items) - 1 and row >= len(self._drawn(item).rows):
            row -= len(self._drawn(item).rows)
            item += 1
        return item, max(0, row)

    # Drawing

    def _drawn(self, item: int) -> Drawn:
        return self._items.drawn(item, self.size.width, self._look)

    def _look(self) -> Look:
        return Look(
            self._text_width,
            self.wrap,
            self._has_labels,
            self._time_width > 0,
            self.rich_style,
            *map(
                self.paint, ("paint--muted", "paint--stderr", "paint--failed", "paint--match", "paint--match-current")
            ),
        )

    def _gutter(self, time: str, label: str) -> Strip:
        text = time.ljust(self._time_width) + (fit(label, self._label_width) + " " if self._has_labels else "")
        return Strip([Segment(text, self.rich_style + self.paint("paint--muted"))] if text else [])

    # Scrolling

    def watch_follow(self, follow: bool) -> None:
        """Leaving the end is remembered, to count what is new; coming back shows it."""
        self._count_when_left = self._items.count
        self._lay_out()

    def watch_wrap(self) -> None:
        """Long lines take more rows, or fewer."""
        self._forget()

    def watch_times(self) -> None:
        """The times of lines take room from them."""
        self._forget()

    def on_resize(self) -> None:
        """Lay out what has not been painted in this size."""
        if self._size_laid_out != self.size:
            self._lay_out()
        self._return_to_line()

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        super().notify_style_update()
        self._forget()

    def action_scroll_rows(self, rows: int) -> None:
        """Scroll by some rows; upwards, the view stops following."""
        self.moves += 1
        if rows < 0:
            self.follow = False
        if not self.follow:
            self._top = self._moved(self._top, rows)
            self._lay_out()

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by some pages."""
        self.action_scroll_rows(pages * max(1, self.size.height - 1))

    def action_scroll_to_start(self) -> None:
        """Show the first line, and stay there."""
        self.moves += 1
        self.post_message(self.StartWanted())
        self.follow = False
        self._top = (0, 0)
        self._lay_out()

    def action_scroll_to_end(self) -> None:
        """Show the end, and follow it."""
        self.moves += 1
        self.follow = True

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls by a few rows."""
        event.stop()
        self.action_scroll_rows(-_WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls by a few rows."""
        event.stop()
        self.action_scroll_rows(_WHEEL_ROWS)
