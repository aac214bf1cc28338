"""The palette of commands, and the colours that a terminal leaves to it."""

import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from textual.app import SystemCommand
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen
from textual.theme import ThemeProvider

from zigtui.reader.error_reasons import reason_of
from zigtui.reader.text.safe_text import safe_plain
from zigtui.reader.threads import start_thread
from zigtui.system.colours import Colours
from zigtui.ui.app_bases.palette import Palette
from zigtui.ui.app_bases.stylesheet import QuickStylesheet
from zigtui.ui.app_bases.type_ahead_app import TypeAheadApp
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.outside.delivery import deliver

__all__ = ["PaletteApp"]

_NO_COLOR = NoColor()


class PaletteApp(TypeAheadApp):
    """An application with a palette of commands: themes if the terminal has the colours, and pictures of the screen.

    Args:
        colours: the colours of the terminal.
        is_remote: whether pictures are downloaded; see `zigtui.ui.terminal.control.Terminal`.
        options: see Textual's `App`.
    """

    def __init__(self, colours: Colours, *, is_remote: bool, **options: Any) -> None:
        super().__init__(**options)
        self.stylesheet = QuickStylesheet(variables=self.get_css_variables())
        self._colours = colours
        self._is_remote = is_remote

    def action_command_palette(self) -> None:
        """Open the palette of commands."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())  # without an id: one that is closing may still have it

    def search_themes(self) -> None:
        """Open the palette of themes."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterator[SystemCommand]:
        """The commands of the palette: those of the screen, those of Textual that work here, and one for a picture."""
        if isinstance(screen, LiveScreen):
            yield from screen.commands()
        titles = {"Theme", "Quit"} if self._colours is Colours.FULL else {"Quit"}
        yield from (command for command in super().get_system_commands(screen) if command.title in titles)
        if self._is_remote:
            yield SystemCommand("Screenshot", "Download the screen as an SVG picture", self._download_picture)
        else:
            yield SystemCommand(
                "Screenshot", "Save the screen as an SVG picture in the working directory", self._save_picture
            )

    def _download_picture(self) -> None:
        deliver(self, BytesIO(self.export_screenshot().encode()), "zigtui.svg")

    def _save_picture(self) -> None:
        picture, name = self.export_screenshot(), time.strftime("zigtui_%Y-%m-%dT%H_%M_%S.svg")

        def save() -> None:
            try:
                path = Path.cwd() / name
                path.write_text(picture, encoding="utf-8")
            except OSError as error:
                note = f"The picture could not be saved: {reason_of(error)}"
            else:
                note = f"Saved as {safe_plain(str(path))}"
            self.call_later(self.show_note, note)

        start_thread(save, "save a picture")  # since the disk may hang

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of all that is drawn. Without colours, only the attributes of text are left.

        For any ``NO_COLOR``, even an empty one, Textual would replace colours with greys, which hardly differ.
        """
        filters = [each for each in super().get_line_filters() if not isinstance(each, Monochrome | NoColor)]
        return filters if self._colours else [*filters, _NO_COLOR]
