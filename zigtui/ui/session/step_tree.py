"""The tiers and steps of a session, each with its state and time."""

from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import Binding, BindingType

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import paint_of_state
from zigtui.ui.widgets.row_list import Parts, RowList
from zigtui.wording.states import sign_of
from zigtui.wording.step_rows import TreeRow
from zigtui.wording.text_fit import fit

__all__ = ["StepTree"]


class StepTree(RowList):
    """Shows tree rows; the keys are theirs."""

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("enter", "open", "read"))

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[TreeRow] = []

    def show(self, rows: list[TreeRow]) -> None:
        """Show these rows."""
        before = [row.key for row in self._rows]
        self._rows = rows
        if [row.key for row in rows] != before:
            self.rows_changed()
        else:
            self.redraw_visible()

    def reveal_active(self) -> None:
        """Bring the first step under way onto the screen, without moving the cursor."""
        for number, row in enumerate(self._rows):
            if row.depth == 1 and row.state is not None and row.state in ("running", "retrying"):
                top, height = self.scroll_offset.y, self.size.height
                if height and not top <= number < top + height:
                    self.scroll_to(y=max(0, number - height // 2), animate=False)
                return

    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def key_at(self, row: int) -> object:
        """The key of a row."""
        return self._rows[row].key

    def parts_at(self, row: int, width: int) -> Parts:
        """A tier or a step in one line."""
        shown = self._rows[row]
        plain = Style()
        muted = self.paint("paint--muted")
        if shown.state is None:
            glyph, of_state = "≡", muted
        else:
            glyph, of_state = sign_of(shown.state).glyph, self.paint(paint_of_state(shown.state))
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
