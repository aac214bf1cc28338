"""The palette: a prompt in a panel, with a list of the commands or themes that fit."""

from contextlib import suppress

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.errors import NoWidget
from textual.events import Click
from textual.worker import Worker

__all__ = ["Palette"]


class Palette(CommandPalette):
    """Textual's palette without four faults that version 8.2 has.

    Keys fail while its list has no room to show a line: in a small window, and until the first matches are displayed.
    The search fails if the palette is closed before it begins, and a click outside a window that became smaller fails.
    For the fourth see `Panel`, which it cannot be derived from: Textual finds the styles of its parts by one base only.
    """

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the palette, if it is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)

    def _on_click(self, event: Click) -> None:  # type: ignore[override]  # as in Textual
        event.prevent_default()  # of the base class, which is called here
        with suppress(NoWidget):
            super()._on_click(event)

    def _gather_commands(self, search_value: str) -> Worker[None]:
        worker = super()._gather_commands(search_value)
        worker.exit_on_error = False
        return worker
