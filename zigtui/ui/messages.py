"""Messages that several classes send. Here senders and receivers need not import each other."""

from textual.message import Message

__all__ = ["DataChanged"]


class DataChanged(Message):
    """There may be something new to display. Any thread may post it; the application updates the screen.

    It bubbles up from any widget, and one in a queue is enough.
    """

    def can_replace(self, message: Message) -> bool:
        """One in a queue is enough."""
        return isinstance(message, DataChanged)
