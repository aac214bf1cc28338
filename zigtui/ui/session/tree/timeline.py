"""The timeline: a bar over time beside each row of the tree, on the clock of the session."""

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.strip import Strip

from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.settings import Settings
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.ui.session.tree.tree_parts import bar_parts
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import Parts, strip
from zigtui.ui.widgets.painted import Painted
from zigtui.wording.dates import clock_time, day_of_year, local_day
from zigtui.wording.durations import duration
from zigtui.wording.timeline.busy_times import BusyTimes, present_in_words
from zigtui.wording.timeline.row_bars import RowBars
from zigtui.wording.timeline.time_axis import TimeAxis
from zigtui.wording.timeline.time_spans import FailureTimes, span_of_row
from zigtui.wording.timeline.time_window import TimeWindow

__all__ = ["Timeline"]

_HEAD_ROWS = 2  # above the bars: the moment that the user points at, and the axis
_CURSOR = "│"
_PAGE = 10  # cells


class Timeline(Painted, can_focus=True):
    """Displays a bar beside each row of a tree that is on the screen, and a line at the moment that the user points at.

    The keys that move the cursor of the tree work here too.

    Args:
        tree: the tree. It is as far below the top of the timeline as the head of the timeline is high.
        go_to: called with the moment at which the user wants to see the output, in seconds since the epoch; None for
            the end, as long as the user has pointed at nothing else.
        settings: the user's settings.
        id: the id of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("enter", "go_to", "output"),
        Binding("plus,equals_sign", "zoom(1)", "zoom in"),
        Binding("minus", "zoom(-1)", "zoom out"),
        Binding("0", "reset", "all of it"),
        Binding("left,h", "move_line(-1)", "earlier", show=False),
        Binding("right,l", "move_line(1)", "later", show=False),
        Binding("shift+left,H", f"move_line(-{_PAGE})", "much earlier", show=False),
        Binding("shift+right,L", f"move_line({_PAGE})", "much later", show=False),
        Binding("up,k", "move_row(-1)", "up", show=False),
        Binding("down,j", "move_row(1)", "down", show=False),
        Binding("pageup,ctrl+b", "move_page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+f", "move_page(1)", "page down", show=False),
        Binding("home,g", "move_to_end(-1)", "first", show=False),
        Binding("end,G", "move_to_end(1)", "last", show=False),
        Binding("space", "fold", "fold", show=False),
    )

    HAS_LOG_COLOURS: ClassVar[bool] = False

    def __init__(
        self, tree: StepTree, go_to: Callable[[float | None], object], settings: Settings, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._tree = tree
        self._go_to = go_to
        self._quiet_secs = settings.quiet_secs
        self._wheel_rows = settings.wheel_rows
        self._present_in_words = ""
        self._started: float | None = None
        self._rows: list[Strip] = []
        self._size_drawn = Size()
        self._forget()

    def _forget(self) -> None:
        self._generation: int | None = None
        self._times = BusyTimes()
        self._window = TimeWindow(self._times)
        self._bars = RowBars(self._tree.silences_of, self._quiet_secs)

    def on_mount(self) -> None:
        """Follow the tree when it is scrolled."""
        self.watch(self._tree, "scroll_y", self.redraw, init=False)

    def show(self, snapshot: SessionSnapshot) -> None:
        """Display the session at another moment."""
        if snapshot.generation != self._generation:
            self._forget()
            self._generation = snapshot.generation
        self._times.renew(snapshot)
        self._present_in_words = present_in_words(snapshot)
        self._started = seconds(snapshot.session.started_at)
        self.redraw()

    # Drawing: all rows are drawn at once. Those that have changed are painted again.

    def redraw(self) -> None:
        """Draw the rows beside those of the tree that are on the screen."""
        if not self.display or not self.size.width or self._generation is None:
            return
        self._size_drawn = self.size
        before, self._rows = self._rows, self._drawn_rows()
        if len(before) != len(self._rows):
            self.refresh()
            return
        for y, row in enumerate(self._rows):
            if row != before[y]:
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def _axis(self) -> TimeAxis:
        return self._window.axis(max(1, self.size.width - 1))  # the first cell is empty

    def _drawn_rows(self) -> list[Strip]:
        axis = self._axis
        line = self._window.cursor_column(axis)
        top, height = self._tree.scroll_offset.y, self.size.height
        rows = [self._moment_row(), self._axis_row(axis)]
        rows += [self._bar_row(row, axis, line) for row in range(top, top + max(0, height - _HEAD_ROWS))]
        return rows[:height]

    def _moment_row(self) -> Strip:
        moment, now = self._window.moment, self._times.now
        date = "" if local_day(moment) == local_day(now) else f"{day_of_year(moment)} "
        parts: Parts = [(f" {date}{clock_time(moment)}", self.paint("paint--strong"))]
        if self._started is not None:
            parts.append((f"  +{duration(max(0, round((moment - self._started) * 1000)), whole=True)}", Style.null()))
        if self._window.cursor is None:
            parts.append((f"  {self._present_in_words}", self.paint("paint--muted")))
        return strip(parts, self.size.width, self.rich_style)

    def _axis_row(self, axis: TimeAxis) -> Strip:
        return strip([(f" {axis.labels()}", self.paint("paint--muted"))], self.size.width, self.rich_style)

    def _bar_row(self, row: int, axis: TimeAxis, line: int) -> Strip:
        part, base = self._tree.part_at(row), self.rich_style
        if part is None:
            return strip([(" ", Style.null())], self.size.width, base)
        bar = bar_parts(self._bars.bar(self._tree.row_key(row), part, axis), self.paint)
        if row == self._tree.cursor:
            base += self.paint("paint--cursor" if self.has_focus else "paint--cursor-blurred")
        return strip([(" ", Style.null()), *self._with_line(bar, line)], self.size.width, base)

    def _with_line(self, bar: Parts, column: int) -> Parts:
        """A bar with the line of the cursor in a cell: as a sign if the cell is empty, else as its background."""
        parts: Parts = []
        for text, style in bar:
            if 0 <= column < len(text):
                cell = text[column]
                at_line = (_CURSOR, self.paint("paint--key")) if cell == " " else (cell, style + Style(reverse=True))
                parts += [(text[:column], style), at_line, (text[column + 1 :], style)]
            else:
                parts.append((text, style))
            column -= len(text)
        return parts

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the widget."""
        if self._size_drawn != self.size and self._generation is not None:  # painting comes before the resize event
            self._size_drawn = self.size
            self._rows = self._drawn_rows()
        return self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width, self.rich_style)

    def on_resize(self) -> None:
        """Draw the rows at the new size, unless painting has done that already."""
        if self._size_drawn != self.size:
            self.redraw()

    def on_focus(self) -> None:
        """Draw the cursor of the tree as in a focused widget."""
        self.redraw()

    def on_blur(self) -> None:
        """Draw the cursor of the tree as in a widget without focus."""
        self.redraw()

    def colours_changed(self) -> None:
        """Draw everything again when the theme changes."""
        self.redraw()

    # Actions of the keys and the mouse

    def _once_laid_out(self, change: Callable[[], object]) -> None:
        """Change what is displayed. Keys may come before the timeline has its size."""
        if not self.size.width and self.display:
            self.call_after_refresh(self._once_laid_out, change)
            return
        change()
        self.redraw()

    def action_go_to(self) -> None:
        """Display the output at the moment that the user points at."""
        self._once_laid_out(lambda: self._go_to(None if self._window.cursor is None else self._window.moment))

    def action_zoom(self, direction: int) -> None:
        """Display half of the time (1) or twice the time (-1)."""
        self._once_laid_out(lambda: self._window.zoom(direction))

    def action_reset(self) -> None:
        """Display all of the session again, and point at the current time."""
        self._once_laid_out(self._window.reset)

    def action_move_line(self, cells: int) -> None:
        """Point at another moment."""
        self._once_laid_out(lambda: self._window.move(cells, self._axis))

    def action_move_row(self, rows: int) -> None:
        """Move the cursor of the tree by some rows."""
        self._tree.action_move(rows)
        self._reveal_row()

    def action_move_page(self, pages: int) -> None:
        """Move the cursor of the tree by some pages."""
        self._tree.action_move_page(pages)
        self._reveal_row()

    def action_move_to_end(self, direction: int) -> None:
        """Move the cursor of the tree to the first (-1) or the last row (1)."""
        self._tree.action_move_to_end(direction)
        self._reveal_row()

    def _reveal_row(self) -> None:
        """Move the window to the run under the cursor of the tree, such as a pass that is earlier than all of it."""
        row = self._tree.cursor
        part = self._tree.part_at(row) if self._times.is_listener else None
        span = None if part is None else span_of_row(self._tree.row_key(row), part, FailureTimes())
        if span is not None:
            self._window.reveal(span.begin)
        self.redraw()

    def action_fold(self) -> None:
        """Fold or unfold the row under the cursor of the tree."""
        self._tree.action_fold()
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked, and point at the moment."""
        self._window.point_at(max(0, event.x - 1), self._axis)
        row = event.y - _HEAD_ROWS + self._tree.scroll_offset.y
        if event.y >= _HEAD_ROWS and row < self._tree.row_count():
            self._tree.move_cursor(row)
        self.redraw()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the tree."""
        event.stop()
        self._tree.scroll_relative(y=-self._wheel_rows, animate=False)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the tree."""
        event.stop()
        self._tree.scroll_relative(y=self._wheel_rows, animate=False)
