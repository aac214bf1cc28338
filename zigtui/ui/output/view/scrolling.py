"""The keys and the mouse wheel that scroll a view by rows, and sideways."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.painted import Painted

__all__ = ["Scrolling"]

_CELLS_PER_ROW = 2  # of the wheel, since a cell is about half as wide as it is high


class Scrolling(Painted):
    """A view that the user scrolls.

    Subclasses implement `scroll_rows`, `scroll_cells`, `show_start` and `show_end`.

    Args:
        wheel_rows: the number of rows for each step of the mouse wheel.
        id: the id of the widget.

    Attributes:
        moves: how many times the user has scrolled.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("up,k", "scroll_rows(-1)", "up", show=False),
        Binding("down,j", "scroll_rows(1)", "down", show=False),
        Binding("pageup,ctrl+b", "scroll_page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+f,space", "scroll_page(1)", "page down", show=False),
        Binding("home,g", "scroll_to_start", "to the start", show=False),
        Binding("end,G", "scroll_to_end", "to the end", show=False),
        Binding("left", "scroll_sideways(-1)", "scroll left", show=False),
        Binding("right", "scroll_sideways(1)", "scroll right", show=False),
    )

    def __init__(self, wheel_rows: int, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._wheel_rows = wheel_rows
        self.moves = 0

    def scroll_rows(self, rows: int) -> None:
        """Scroll down by some rows, or up if ``rows`` is negative."""
        raise NotImplementedError

    def scroll_cells(self, cells: int) -> None:
        """Scroll to the right by some cells, or to the left if ``cells`` is negative."""
        raise NotImplementedError

    def show_start(self) -> None:
        """Display the start."""
        raise NotImplementedError

    def show_end(self) -> None:
        """Display the end."""
        raise NotImplementedError

    def action_scroll_rows(self, rows: int) -> None:
        """Scroll by some rows."""
        self.moves += 1
        self.scroll_rows(rows)

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by some pages."""
        self.action_scroll_rows(pages * max(1, self.size.height - 1))

    def action_scroll_to_start(self) -> None:
        """Scroll to the start."""
        self.moves += 1
        self.show_start()

    def action_scroll_to_end(self) -> None:
        """Scroll to the end."""
        self.moves += 1
        self.show_end()

    def action_scroll_sideways(self, halves: int) -> None:
        """Scroll to the right or the left by halves of the width."""
        self.moves += 1
        self.scroll_cells(halves * max(1, self.size.width // 2))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up by a few rows, or with Shift to the left."""
        self._turn_wheel(event, -1, sideways=event.shift)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down by a few rows, or with Shift to the right."""
        self._turn_wheel(event, 1, sideways=event.shift)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll to the left."""
        self._turn_wheel(event, -1, sideways=True)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll to the right."""
        self._turn_wheel(event, 1, sideways=True)

    def _turn_wheel(self, event: events.MouseEvent, direction: int, *, sideways: bool) -> None:
        event.stop()
        if sideways:
            self.moves += 1
            self.scroll_cells(direction * self._wheel_rows * _CELLS_PER_ROW)
        else:
            self.action_scroll_rows(direction * self._wheel_rows)
