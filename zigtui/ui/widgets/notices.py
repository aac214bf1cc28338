"""The lines above the keys that report problems with directories and threads."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from zigtui.reader.text.safe_text import safe_plain

__all__ = ["Notices"]


class Notices(Static):
    """Takes room only while there is a notice."""

    def show(self, notices: Sequence[str]) -> None:
        """Display these notices, each on a line of its own."""
        text = "\n".join(map(safe_plain, notices))
        if text != str(self.content):
            self.update(Content(text))
            self.set_class(bool(text), "-shown")
