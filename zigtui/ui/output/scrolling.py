"""The keys and the mouse wheel that scroll the output."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.painted import Painted

__all__ = ["Scrolling"]


class Scrolling(Painted, can_focus=True):
    """A widget that draws its own rows and is scrolled by keys and by the mouse wheel.

    Args:
        wheel_rows: the number of rows by which one step of the wheel scrolls.
        id: the id of the widget.

    Attributes:
        moves: how many times the user has scrolled.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("up,k", "scroll_rows(-1)", "up", show=False),
        Binding("down,j", "scroll_rows(1)", "down", show=False),
        Binding("pageup,ctrl+b", "scroll_page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+f,space", "scroll_page(1)", "page down", show=False),
        Binding("home,g", "scroll_to_start", "start", show=False),
        Binding("end,G", "scroll_to_end", "end", show=False),
    )

    def __init__(self, wheel_rows: int, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._wheel_rows = wheel_rows
        self.moves = 0

    # For the subclass to implement

    def move_by(self, rows: int) -> None:
        """Display the rows that are further down, or further up if ``rows`` is negative."""
        raise NotImplementedError

    def show_start(self) -> None:
        """Display the first row."""
        raise NotImplementedError

    def show_end(self) -> None:
        """Display the last row."""
        raise NotImplementedError

    # Keys and wheel

    def action_scroll_rows(self, rows: int) -> None:
        """Scroll by some rows."""
        self.moves += 1
        self.move_by(rows)

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by some pages."""
        self.action_scroll_rows(pages * max(1, self.size.height - 1))

    def action_scroll_to_start(self) -> None:
        """Go to the first row."""
        self.moves += 1
        self.show_start()

    def action_scroll_to_end(self) -> None:
        """Go to the last row."""
        self.moves += 1
        self.show_end()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by a few rows."""
        event.stop()
        self.action_scroll_rows(-self._wheel_rows)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by a few rows."""
        event.stop()
        self.action_scroll_rows(self._wheel_rows)
