"""What people should know of the directories, below what they look at."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from zigtui.reader.safe_text import safe_plain

__all__ = ["Notices"]


class Notices(Static):
    """Takes room only while there is something to tell."""

    def show(self, notices: Sequence[str]) -> None:
        """Tell these, each on a line of its own."""
        text = "\n".join(map(safe_plain, notices))
        if text != str(self.content):
            self.update(Content(text))
            self.set_class(bool(text), "-told")
