"""The titles of the columns above the list."""

from collections.abc import Callable

from rich.style import Style
from textual import events
from textual.strip import Strip

from zigtui.ui.sessions.columns import MARGIN, Column
from zigtui.ui.sessions.order.sorting import Sort
from zigtui.ui.widgets.drawing import strip
from zigtui.ui.widgets.painted import Painted
from zigtui.wording.text_fit import fit

__all__ = ["ColumnsHeader"]

_DESCENDING, _ASCENDING = "▾", "▴"


class ColumnsHeader(Painted):
    """Displays the titles of the columns, with an arrow beside that by which the list is sorted.

    Args:
        columns: returns the columns for a width.
        sort_by: called when the title of a column is clicked by which the list can be sorted.
        id: the id of the widget.
    """

    def __init__(
        self,
        columns: Callable[[int], tuple[Column, ...]],
        sort_by: Callable[[Sort], object],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._sort_by = sort_by
        self._drawn: tuple[tuple[Column, ...], Sort] | None = None
        self._sort = Sort.NEWEST

    def show(self, sort: Sort) -> None:
        """Display the titles for another order, or other columns."""
        self._sort = sort
        if self._drawn != (self._columns(self.size.width), sort):
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line with the titles."""
        width = self.size.width
        columns = self._columns(width)
        self._drawn = columns, self._sort
        muted, strong = self.paint("paint--muted"), self.paint("paint--strong")
        parts: list[tuple[str, Style]] = [(" " * MARGIN, Style.null())]
        for column in columns:
            is_sorted = column.sort is self._sort
            title = _with_arrow(column, self._sort) if is_sorted else column.title if column.width > 1 else ""
            parts += [(fit(title, column.width, right=column.is_right), strong if is_sorted else muted)]
            parts += [(" " * column.gap, Style.null())]
        return strip(parts, width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Sort by the column that was clicked."""
        left = MARGIN
        for column in self._columns(self.size.width):
            if left <= event.x < left + column.width + column.gap and column.sort is not None:
                self._sort_by(column.sort)
            left += column.width + column.gap


def _with_arrow(column: Column, sort: Sort) -> str:
    arrow = _ASCENDING if sort in (Sort.WORKFLOW, Sort.MACHINE) else _DESCENDING
    room = column.width - len(arrow)
    return f"{fit(column.title, min(room, len(column.title) + 1))}{arrow}"
