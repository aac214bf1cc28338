"""The list of machines, and the titles above it."""

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from zigtui.ui.machines.columns import GAP, MARGIN, MachineColumn, MachineRow, columns_for
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import Parts, strip
from zigtui.ui.widgets.painted import Painted
from zigtui.ui.widgets.row_list import RowList
from zigtui.wording.machines import is_awaited
from zigtui.wording.text_fit import fit, shortened

__all__ = ["MachineList", "MachineTitles"]

_BETWEEN = (" " * GAP, Style())
_MUTED_COLUMNS = ("last beat", "version")


class MachineList(RowList):
    """Displays machines as rows. Their keys are the names.

    Args:
        open_row: called with the name of the machine that the user chooses.
        id: the id of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("enter", "open", "its sessions"))

    def __init__(self, open_row: Callable[[Hashable], object], *, id: str | None = None) -> None:
        super().__init__(open_row, id=id)
        self._rows: Sequence[MachineRow] = ()
        self._columns: dict[int, list[MachineColumn]] = {}  # for these rows, by width

    def show(self, rows: Sequence[MachineRow]) -> None:
        """Display other rows, or the same with other contents."""
        has_same_order = [row.status.name for row in rows] == [row.status.name for row in self._rows]
        self._rows = rows
        self._columns.clear()
        if has_same_order:
            self.redraw_visible()
        else:
            self.rows_changed()

    def columns(self, width: int) -> list[MachineColumn]:
        """The columns for which there is room in ``width`` cells."""
        columns = self._columns.get(width)
        if columns is None:
            columns = self._columns[width] = columns_for(width, self._rows)
        return columns

    def row_count(self) -> int:
        """The number of machines."""
        return len(self._rows)

    def row_key(self, row: int) -> str:
        """The name of a machine."""
        return self._rows[row].status.name

    def find(self, key: Hashable) -> int | None:
        """The row of a machine; None if there is none."""
        return next((number for number, row in enumerate(self._rows) if row.status.name == key), None)

    def parts_at(self, row: int, width: int) -> Parts:
        """A machine in one line."""
        machine = self._rows[row]
        parts: Parts = [(" " * MARGIN, Style())]
        for column in self.columns(width):
            paint = self._paint_of(column.title, machine)
            cell = machine.cell(column.title)
            if column.title == "machine":
                cell = shortened(cell, column.width)
            text = fit(cell, column.width, right=column.is_right)
            parts += [(text, self.paint(paint) if paint else Style()), _BETWEEN]
        return parts

    @staticmethod
    def _paint_of(title: str, machine: MachineRow) -> str:
        """The component class of a cell, or ``""``."""
        if machine.status.is_removed:
            return "" if title == "machine" else "paint--muted"
        is_silent = machine.status.silent_secs is not None
        if title == "state" and not is_awaited(machine.status):
            return "paint--stalled" if is_silent else "paint--succeeded"
        if title == "machine":
            return "" if is_silent else "paint--strong"
        return "paint--muted" if is_silent or title == "state" or title in _MUTED_COLUMNS else ""


class MachineTitles(Painted):
    """Displays the titles of the columns.

    Args:
        columns: returns the columns for a width.
        id: the id of the widget.
    """

    def __init__(self, columns: Callable[[int], Sequence[MachineColumn]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._drawn: Sequence[MachineColumn] | None = None

    def show(self) -> None:
        """Display the current columns."""
        if self._columns(self.size.width) != self._drawn:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line with the titles."""
        width, muted = self.size.width, self.paint("paint--muted")
        self._drawn = self._columns(width)
        parts: Parts = [(" " * MARGIN, Style())]
        for column in self._drawn:
            parts += [(fit(column.title, column.width, right=column.is_right), muted), _BETWEEN]
        return strip(parts, width, self.rich_style)
