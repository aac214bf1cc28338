"""The mouse that selects text in a view."""

from textual import events
from textual.message import Message
from textual.timer import Timer

from zigtui.ui.output.view.scrolling import Scrolling
from zigtui.ui.output.view.selection import Point, Selection

__all__ = ["Selecting"]

_SCROLL_SECS = 0.06


class Selecting(Scrolling):
    """A view whose text the user selects with the mouse. Subclasses implement `point_at` and `show_selection`.

    Dragging beyond an edge scrolls. A double click selects a word, and a triple one a line.

    Args:
        selection: what is selected.
        wheel_rows: the number of rows for each step of the mouse wheel.
        id: the id of the widget.
    """

    class Selected(Message):
        """The user has selected a text."""

    class Pointed(Message):
        """The user has clicked on a line without selecting anything."""

    def __init__(self, selection: Selection, wheel_rows: int, *, id: str | None = None) -> None:
        super().__init__(wheel_rows, id=id)
        self.selection = selection
        self._anchor_before: Point | None = None  # where the selection began when the button was pressed
        self._pressed_at: tuple[int, int] | None = None  # on the terminal; None while no button is held
        self._pointer = (0, 0)
        self._scroll_timer: Timer | None = None

    def point_at(self, x: int, y: int) -> Point | None:
        """The character at a cell of the view, or the nearest one; None if there is no text."""
        raise NotImplementedError

    def show_selection(self) -> None:
        """Draw what is selected now."""
        raise NotImplementedError

    def hold(self, is_held: bool) -> None:
        """Keep the text where it is while it is being selected, or follow its end again."""
        raise NotImplementedError

    @property
    def is_dragging(self) -> bool:
        """Whether the user holds the button to select."""
        return self._pressed_at is not None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select."""
        if event.button != 1:
            return
        point = self.point_at(event.x, event.y)
        self._anchor_before = self.selection.anchor
        self.selection.clear()
        if point is not None:
            self.selection.begin(point)
            self._pressed_at = event.screen_x, event.screen_y
            self.capture_mouse()
        self.show_selection()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select up to the pointer."""
        if self._pressed_at is None:
            return
        self._pointer = event.x, event.y
        if self.selection.exists or self._pressed_at != (event.screen_x, event.screen_y):
            self.hold(True)
            self._select_to_pointer()
            if self._scroll_timer is None:
                self._scroll_timer = self.set_interval(_SCROLL_SECS, self._scroll_to_pointer)

    def _select_to_pointer(self) -> None:
        point = self.point_at(*self._pointer)
        if point is not None:
            self.selection.extend(point)
            self.show_selection()

    def _scroll_to_pointer(self) -> None:
        y, height = self._pointer[1], self.size.height
        rows = y if y < 0 else max(0, y - height + 1)
        if rows:
            self.action_scroll_rows(rows)
            self._select_to_pointer()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End the selection."""
        if self._pressed_at is None:
            return
        self._end_drag()
        self.post_message(self.Selected() if self.selection.exists else self.Pointed())

    def on_mouse_release(self) -> None:
        """End the selection if something else takes the mouse."""
        self._end_drag()

    def _end_drag(self) -> None:
        if self._scroll_timer is not None:
            self._scroll_timer.stop()
            self._scroll_timer = None
        if self._pressed_at is not None:
            self._pressed_at = None
            self.release_mouse()
            self.hold(False)

    def on_click(self, event: events.Click) -> None:
        """Select a word or a line by clicks in quick succession.

        It is the one of the first click: the note that a word has been copied may move the text below the pointer.
        """
        anchor = self._anchor_before or self.selection.anchor
        if event.chain < 2 or anchor is None or self.selection.exists:
            return
        self.selection.begin(anchor)
        if event.chain == 2:
            self.selection.select_word()
        else:
            self.selection.select_line()
        self.show_selection()
        self.post_message(self.Selected())
