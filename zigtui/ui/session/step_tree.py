"""The tiers and steps of a session, each with its state and time."""

from collections.abc import Callable, Hashable
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.painted import paint_of
from zigtui.ui.widgets.row_list import Parts, RowList
from zigtui.wording.states import Severity
from zigtui.wording.text_fit import cell_width, fit
from zigtui.wording.tree_rows import TreeRows
from zigtui.wording.waiting import USAGE_LIMIT

__all__ = ["StepTree"]

_LEAST_NAME = 6  # cells for a name beside the reason for which a step waits


class StepTree(RowList):
    """Displays the rows of a session's tree.

    Args:
        open_row: called with the key of the row that the user chooses.
        id: the id of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("enter", "open", "read"))

    def __init__(self, open_row: Callable[[Hashable], object], *, id: str | None = None) -> None:
        super().__init__(open_row, id=id)
        self._rows: TreeRows | None = None

    def show(self, rows: TreeRows) -> None:
        """Display other rows."""
        before, self._rows = self._rows, rows
        if before is None or rows.shape != before.shape:
            self.rows_changed()
        else:
            self.redraw_visible()

    def reveal_active(self) -> None:
        """Scroll to the first step under way, without moving the cursor."""
        row = None if self._rows is None else self._rows.first_active
        top, height = self.scroll_offset.y, self.size.height
        if row is not None and height and not top <= row < top + height:
            self.scroll_to(y=max(0, row - height // 2), animate=False)

    def row_count(self) -> int:
        """The number of rows."""
        return 0 if self._rows is None else len(self._rows)

    def row_key(self, row: int) -> Hashable:
        """The key of a row."""
        return None if self._rows is None else self._rows.key_at(row)

    def find(self, key: Hashable) -> int | None:
        """The row of a key; None if there is none."""
        return None if self._rows is None else self._rows.find(key)

    def parts_at(self, row: int, width: int) -> Parts:
        """A tier or a step in one line."""
        plain = Style()
        if self._rows is None:
            return []
        shown = self._rows[row]
        muted = self.paint("paint--muted")
        glyph, of_state, is_muted = "≡", muted, False
        sign = shown.sign
        if sign is not None:
            glyph, of_state = sign.glyph, self.paint(paint_of(sign.severity))
            is_muted = sign.severity is Severity.MUTED
        time = f" {shown.time}" if shown.time else ""
        note = f" {shown.note}" if shown.note else ""
        indent = "  " * shown.depth
        of_time = muted
        if shown.waiting:  # more important than how long it has been running
            room = width - len(indent) - 5
            time, of_time = f" {_reason(shown.waiting, shown.name + note, room)}", self.paint("paint--stalled")
        rest = max(0, width - len(indent) - 4 - len(note) - len(time))
        name_style = muted if is_muted else plain if shown.depth else self.paint("paint--strong")
        name = (shown.name if cell_width(shown.name) <= rest else fit(shown.name, rest)) + note
        return [
            (f" {indent}", plain),
            (glyph, of_state),
            (" ", plain),
            (fit(name, width - len(indent) - 4 - len(time)), name_style),
            (time, self.paint(paint_of(Severity.WARNING)) if shown.is_urgent else of_time),
            (" ", plain),
        ]


def _reason(waiting: str, name: str, room: int) -> str:
    """As much of the reason for which a step waits as there is room for beside its name, or its beginning."""
    if cell_width(name) + cell_width(waiting) <= room:
        return waiting
    short = waiting.removeprefix(USAGE_LIMIT)
    return short if min(_LEAST_NAME, cell_width(name)) + cell_width(short) <= room else "waiting"
