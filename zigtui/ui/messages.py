"""Messages that several classes send. They are here so that senders and receivers need not import each other."""

from textual.message import Message

__all__ = ["DataChanged", "FocusChanged", "FocusIsReported", "PaintAll", "SuspendIgnored"]


class DataChanged(Message):
    """There may be new data to display. Any thread may post this; the application updates the screen.

    It bubbles up from any widget.
    """

    def can_replace(self, message: Message) -> bool:
        """Replace a message of the same kind: one in a queue is enough."""
        return isinstance(message, DataChanged)


class PaintAll(Message):
    """All of the screen must be painted: another program has used the terminal, or it did not take all output."""


class SuspendIgnored(Message):
    """Ctrl+Z had no effect, since no shell could continue the process."""


class FocusChanged(Message):
    """The terminal has got or lost the focus. Some terminals also report at once whether they have it.

    Textual's own events for this take the focus from the widgets too, so that screens change their layout.

    Attributes:
        has_focus: whether the terminal has the focus.
    """

    def __init__(self, *, has_focus: bool) -> None:
        super().__init__()
        self.has_focus = has_focus


class FocusIsReported(Message):
    """The terminal will report when it gets or loses the focus."""
