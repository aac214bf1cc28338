"""A list of one-line rows with a cursor. It uses Textual's line API and draws only rows on the screen."""

from collections.abc import Callable, Hashable, Iterable
from typing import ClassVar, Self

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import Reactive
from textual.strip import Strip

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import Parts, strip
from zigtui.ui.widgets.painted import Painted
from zigtui.ui.widgets.scroll_bar import QuickScrollView

__all__ = ["RowList"]


class RowList(Painted, QuickScrollView, can_focus=True):
    """A list of rows, each with a key. The cursor stays on its key when rows are added, removed or moved.

    Each row takes one line. There may be lines between them that are no rows, such as headings.

    Subclasses keep the rows and implement `row_count`, `row_key`, `find` and `parts_at`, and with other lines also
    `line_count`, `line_of`, `row_at` and `other_parts`. Sorted rows have `place_of` and `row_at_place` too. After a
    change they call `rows_changed` (other rows, another order) or `redraw_visible` (the same rows with other content).

    Args:
        open_row: called with the key of the row that the user chooses, by Enter or a second click. It is called before
            the next key is handled, which may be for what it opens.
        id: the id of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup,ctrl+b", "move_page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+f", "move_page(1)", "page down", show=False),
        Binding("home,g", "move_to_end(-1)", "first", show=False),
        Binding("end,G", "move_to_end(1)", "last", show=False),
        Binding("enter", "open", "open"),
    )
    virtual_size = Reactive(Size(0, 0), layout=True)  # the scroll bar depends on it
    HAS_LOG_COLOURS: ClassVar[bool] = False
    STAYS_AT_TOP: ClassVar[bool] = True
    """Whether a list that is not scrolled stays so when rows are added above the cursor, while there is room for it."""

    class Highlighted(Message):
        """The cursor has moved to another row."""

        def __init__(self, rows: "RowList", key: Hashable) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> "RowList":
            """The list, for `textual.on`."""
            return self.rows

    def __init__(self, open_row: Callable[[Hashable], object], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._open_row = open_row
        self.cursor = 0
        self.was_moved = False
        self._cursor_line = 0
        self._cursor_key: Hashable = None
        self._cursor_place: object = 0
        self._reveals_cursor = True  # at the next change of the rows
        self._drawn: dict[int, Strip] = {}
        self._prepared: dict[int, Strip] = {}  # lines of the next frame that are drawn already
        self._is_outdated = False  # whether lines on the screen may have changed since they were drawn

    # For subclasses to implement

    def row_count(self) -> int:
        """The number of rows."""
        raise NotImplementedError

    def row_key(self, row: int) -> Hashable:
        """The unique key of a row."""
        raise NotImplementedError

    def find(self, key: Hashable) -> int | None:
        """The row of a key; None if there is none."""
        raise NotImplementedError

    def parts_at(self, row: int, width: int) -> Parts:
        """The texts of a row and their styles, for ``width`` cells."""
        raise NotImplementedError

    def place_of(self, row: int) -> object:
        """What `row_at_place` needs to know of a row. It is asked for while the row is there."""
        return row

    def row_at_place(self, place: object) -> int:
        """The row that the cursor goes to when its own is gone: the one that followed, or any number past the last."""
        assert isinstance(place, int)
        return place

    def line_count(self) -> int:
        """The number of lines."""
        return self.row_count()

    def line_of(self, row: int) -> int:
        """The line of a row."""
        return row

    def row_at(self, line: int) -> int | None:
        """The row on a line; None if it has another content."""
        return line

    def other_parts(self, line: int, width: int) -> Parts:
        """The texts of a line without a row, and their styles, for ``width`` cells."""
        return []

    # Changes

    def rows_changed(self) -> None:
        """Display other rows, or another order. The row under the cursor stays on the same line of the screen.

        If the user has scrolled away from it, with the wheel or the scroll bar, it stays out of sight.
        """
        self._arrange()
        self.redraw_visible()

    def _arrange(self) -> None:
        """Follow the row under the cursor to where it is now."""
        rows = self.row_count()
        self.virtual_size = Size(1, self.line_count())  # with the width, a resize would cause another layout
        was_in_sight, line_before = self._has_cursor_in_sight, self._cursor_line
        if self._cursor_key is not None:
            found = self.find(self._cursor_key)
            at = self.row_at_place(self._cursor_place) if found is None else found
            self.cursor = max(0, min(at, rows - 1))
        stays_at_top = self.STAYS_AT_TOP and self.scroll_offset.y == 0
        is_leaving = was_in_sight and not self._is_in_sight(self.line_of(self.cursor))
        if stays_at_top and is_leaving and not self.was_moved:
            self.cursor = 0  # nobody has chosen its row, and the first rows are worth more
        self._highlight()
        self._cursor_line = line = self.line_of(self.cursor)
        is_scrolled = not stays_at_top or (is_leaving and self.was_moved)
        if is_scrolled and line != line_before:
            self.scroll_to(y=self.scroll_offset.y + line - line_before, animate=False, immediate=True, force=True)
        if self._reveals_cursor or (was_in_sight and not self._has_cursor_in_sight):
            self._reveals_cursor = not self.size.height  # which it has not before it is laid out
            self._keep_cursor_visible()

    @property
    def is_scrolled_away(self) -> bool:
        """Whether the user has scrolled so far, with the wheel or the scroll bar, that the cursor is out of sight."""
        return self.size.height > 0 and not self._has_cursor_in_sight

    @property
    def _has_cursor_in_sight(self) -> bool:
        return self._is_in_sight(self._cursor_line)

    def _is_in_sight(self, line: int) -> bool:
        return 0 <= line - self.scroll_offset.y < self.size.height

    @property
    def chosen(self) -> Hashable:
        """The key of the row under the cursor; None if there is none."""
        return self._cursor_key

    def point_at_first(self, *, even_if_moved: bool = False) -> None:
        """Put the cursor on the first row at the next change of the rows, unless the user has moved it."""
        self.reveal_cursor()
        if even_if_moved or not self.was_moved:
            self.cursor = 0
            self._cursor_key = None

    def reveal_cursor(self) -> None:
        """Bring the cursor in sight at the next change of the rows, wherever the user has scrolled to."""
        self._reveals_cursor = True

    def redraw_visible(self) -> None:
        """Draw the rows on the screen again before the next frame, and repaint those that have changed."""
        self._is_outdated = True
        self.check_idle()

    def on_idle(self) -> None:
        """Draw the rows once for all changes of a moment, when no message is left. Textual then asks for a frame."""
        if self._is_outdated and self.is_attached:
            self._is_outdated = False
            self._redraw_changed()

    def _redraw_changed(self) -> None:
        top, width = self.scroll_offset.y, self.scrollable_content_region.width
        drawn = {line: self._draw(line, width) for line in range(top, top + self.size.height)}
        changed = [line for line, strip in drawn.items() if self._drawn.get(line) != strip]
        if changed:
            self.refresh(*(Region(0, first - top, width, count) for first, count in _runs(changed)))
        self._prepared = drawn

    def refresh_line(self, y: int) -> None:
        """Repaint a line, without the scroll bar beside it."""
        self.refresh(Region(0, y - self.scroll_offset.y, self.scrollable_content_region.width, 1))

    @property
    def keys_in_sight(self) -> list[Hashable]:
        """The keys of the rows on the screen."""
        top = self.scroll_offset.y
        rows = map(self.row_at, range(top, min(top + self.size.height, self.line_count())))
        return [self.row_key(row) for row in rows if row is not None]

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint the widget or some regions of it. Nothing that was drawn before is used."""
        self._prepared = {}
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def move_cursor(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest one that exists."""
        self.was_moved = True
        row = max(0, min(row, self.row_count() - 1))
        self.cursor = row
        self._highlight()
        self.refresh_line(self._cursor_line)
        self._cursor_line = self.line_of(row)
        self.refresh_line(self._cursor_line)
        self._keep_cursor_visible()

    def _keep_cursor_visible(self) -> None:
        if self.size.height:
            line, heading = self._cursor_line, self._cursor_line
            while heading > 0 and self.size.height > 1 and self.row_at(heading - 1) is None:
                heading -= 1  # the first row of a group is seen with its heading
            self.scroll_to_region(Region(0, heading, 1, line - heading + 1), animate=False, force=True)

    def _highlight(self) -> None:
        key = self.row_key(self.cursor) if self.cursor < self.row_count() else None
        self._cursor_place = 0 if key is None else self.place_of(self.cursor)
        if key != self._cursor_key:
            self._cursor_key = key
            if key is not None:
                self.post_message(self.Highlighted(self, key))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the widget."""
        line = y + self.scroll_offset.y
        drawn, width = self._prepared.pop(line, None), self.scrollable_content_region.width
        if drawn is None or drawn.cell_length != width:
            drawn = self._draw(line, width)
        if len(self._drawn) > 4 * max(1, self.size.height):
            self._drawn.clear()
        self._drawn[line] = drawn
        return drawn

    def _draw(self, line: int, width: int) -> Strip:
        base = self.rich_style
        if line >= self.line_count():
            return Strip.blank(width, base)
        row = self.row_at(line)
        if row is None:
            return strip(self.other_parts(line, width), width, base)
        if row == self.cursor:
            base += self.paint("paint--cursor" if self.has_focus else "paint--cursor-blurred")
        return strip(self.parts_at(row, width), width, base)

    # Events

    def on_resize(self) -> None:
        """Bring the cursor in sight. The rows are drawn when the new size is painted."""
        self.reveal_cursor()
        self._arrange()

    def colours_changed(self) -> None:
        """Draw all rows again in other colours."""
        self._prepared = {}

    def on_focus(self) -> None:
        """Draw the cursor as in a focused widget."""
        self.refresh_line(self._cursor_line)

    def on_blur(self) -> None:
        """Draw the cursor as in a widget without focus."""
        self.refresh_line(self._cursor_line)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row, or open the row if the cursor is already there."""
        line = event.y + self.scroll_offset.y
        row = self.row_at(line) if line < self.line_count() else None
        if row is None:
            return
        if row == self.cursor:
            self.action_open()
        else:
            self.move_cursor(row)

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.move_cursor(self.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by some pages."""
        self.move_cursor(self.cursor + pages * max(1, self.size.height - 1))

    def action_move_to_end(self, direction: int) -> None:
        """Move the cursor to the first (-1) or the last row (1)."""
        self.move_cursor(self.row_count() - 1 if direction > 0 else 0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable opening while there is no row."""
        return action != "open" or self.row_count() > 0

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self._cursor_key is not None:
            self._open_row(self._cursor_key)


def _runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending lines as runs of neighbours: the first line of each, and how many there are."""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == sum(runs[-1]):
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        else:
            runs.append((line, 1))
    return runs
