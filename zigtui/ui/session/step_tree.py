"""The tiers and steps of a session, each with its state and time."""

from collections.abc import Hashable
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import Binding, BindingType

from zigtui.ui.session.tree_rows import NO_ROWS, TreeRows
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import fit
from zigtui.ui.widgets.painted import paint_of_state
from zigtui.ui.widgets.row_list import Parts, RowList
from zigtui.wording.plain import GLYPHS

__all__ = ["StepTree"]


class StepTree(RowList):
    """Displays the rows of a session's tree."""

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("enter", "open", "read"))

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = NO_ROWS

    def show(self, rows: TreeRows) -> None:
        """Display these rows."""
        before, self._rows = self._rows, rows
        if rows.version != before.version:
            self.rows_changed()
        else:
            self.redraw_visible()

    def reveal_active(self) -> None:
        """Scroll to the first step under way, without moving the cursor."""
        row = self._rows.first_active
        top, height = self.scroll_offset.y, self.size.height
        if row is not None and height and not top <= row < top + height:
            self.scroll_to(y=max(0, row - height // 2), animate=False)

    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def key_at(self, row: int) -> Hashable:
        """The key of a row."""
        return self._rows[row].key

    def find(self, key: Hashable) -> int | None:
        """The row of a key, None if there is none."""
        return self._rows.find(key)

    def parts_at(self, row: int, width: int) -> Parts:
        """A tier or a step in one line."""
        shown = self._rows[row]
        plain = Style()
        muted = self.paint("paint--muted")
        if shown.state is None:
            glyph, of_state = "≡", muted
        else:
            glyph, of_state = GLYPHS[shown.state], self.paint(paint_of_state(shown.state))
        is_quiet = shown.state in ("pending", "not_run", "skipped", "cancelled")
        time = f" {shown.time}" if shown.time else ""
        note = f" {shown.note}" if shown.note else ""
        indent = "  " * shown.depth
        rest = max(0, width - len(indent) - 4 - len(note) - len(time))
        name_style = muted if is_quiet else plain if shown.depth else self.paint("paint--strong")
        name = (shown.name if cell_len(shown.name) <= rest else fit(shown.name, rest)) + note
        return [
            (f" {indent}", plain),
            (glyph, of_state),
            (" ", plain),
            (fit(name, width - len(indent) - 4 - len(time)), name_style),
            (time, muted),
            (" ", plain),
        ]
