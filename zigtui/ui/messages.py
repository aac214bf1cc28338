"""Messages that several classes send. They are here so that senders and receivers need not import each other."""

from textual.message import Message

__all__ = ["DataChanged", "SuspendIgnored"]


class DataChanged(Message):
    """There may be new data to display. Any thread may post this; the application updates the screen.

    It bubbles up from any widget.
    """

    def can_replace(self, message: Message) -> bool:
        """Replace a message of the same kind: one in a queue is enough."""
        return isinstance(message, DataChanged)


class SuspendIgnored(Message):
    """Ctrl+Z had no effect, since no shell could continue the process."""
