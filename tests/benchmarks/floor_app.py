"""The least that a Textual application does: it prints that it is ready, and with a LOG displays the last line.

What zigtui is compared with; nothing is parsed, kept or made safe here.
"""

import sys
from pathlib import Path

from textual import work
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static
from watchfiles import awatch


class FloorApp(App[None]):
    """A line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("READY")

    def on_mount(self) -> None:
        """Follow the log, if there is one."""
        if len(sys.argv) > 1:
            self._follow(Path(sys.argv[1]))

    @work
    async def _follow(self, path: Path) -> None:
        with path.open("rb") as log:
            async for _ in awatch(path.parent, watch_filter=None, debounce=50, step=5, recursive=False):
                lines = log.read().splitlines()
                if lines:
                    self.query_one(Static).update(Content(lines[-1].decode()))


if __name__ == "__main__":
    FloorApp().run()
