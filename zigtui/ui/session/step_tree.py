"""The tiers and steps of a session, each with its state and time."""

from collections.abc import Hashable
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.painted import paint_of
from zigtui.ui.widgets.row_list import Parts, RowList
from zigtui.wording.states import Severity
from zigtui.wording.text_fit import cell_width, fit
from zigtui.wording.tree_rows import TreeRows

__all__ = ["StepTree"]


class StepTree(RowList):
    """Displays the rows of a session's tree."""

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("enter", "open", "read"))

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
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
        rest = max(0, width - len(indent) - 4 - len(note) - len(time))
        name_style = muted if is_muted else plain if shown.depth else self.paint("paint--strong")
        name = (shown.name if cell_width(shown.name) <= rest else fit(shown.name, rest)) + note
        return [
            (f" {indent}", plain),
            (glyph, of_state),
            (" ", plain),
            (fit(name, width - len(indent) - 4 - len(time)), name_style),
            (time, self.paint(paint_of(Severity.WARNING)) if shown.is_urgent else muted),
            (" ", plain),
        ]
