"""The palette: a prompt in a panel, with a list of the commands or themes that fit."""

from textual.command import CommandList, CommandPalette

__all__ = ["Palette"]


class Palette(CommandPalette):
    """Textual's palette, which in version 8.2 fails for keys while its list has no room to show a line.

    That is so in a small window, and until the first matches are displayed.
    """

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)
