"""What is typed while a screen is being set up: Textual drops it, and pastes that do not fit."""

from collections import deque
from typing import Any

from textual.app import App
from textual.events import Event, Key, Paste
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from zigtui.ui.app_bases.palette import Palette
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.widgets.pasting import fit_paste

__all__ = ["TypeAheadApp"]


class TypeAheadApp(App[None]):
    """An application that handles keys and pastes in their order, each on the screen that it is for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._typed: deque[Key | Paste] = deque()
        self._ready_screen: Screen[Any] | None = None  # the last one that was ready for what is typed

    def show_note(self, note: str) -> None:
        """Display a note on the screen for a while."""
        raise NotImplementedError

    async def on_event(self, event: Event) -> None:
        """Handle an event. What is typed waits until the screen it is for is ready: Textual drops it until then."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, Key) and event.key == "ctrl+c":
            await super().on_event(event)  # in place of what was typed before
        else:
            self._typed.append(event)
            await self.take_typed()

    async def take_typed(self) -> None:
        """Handle what was typed as far as the screen that it is for is ready."""
        # Neither while the application ends, nor on the screen of Textual below all others.
        while self._typed and not self._exit and isinstance(screen := self.screen, LiveScreen | ModalScreen):
            if screen is not self._ready_screen:
                screen.call_later(self.call_later, self._take_typed_on, screen)  # once it is composed and has the focus
                return
            await self._take(self._typed.popleft())

    async def _take_typed_on(self, screen: Screen[Any]) -> None:
        self._ready_screen = screen
        await self.take_typed()

    async def _take(self, event: Key | Paste) -> None:
        if not isinstance(event, Paste) or not isinstance(line := self.focused, Input):
            await super().on_event(event)
        elif isinstance(self.screen, Palette):
            line.call_later(self._paste_into, line, event.text)  # after the keys that were pressed before
        else:
            self._paste_into(line, event.text)

    def _paste_into(self, line: Input, text: str) -> None:
        """Fit a paste into a prompt: Textual drops what does not fit, without a word."""
        part, note = fit_paste(text, line)
        line.replace(part, *line.selection)
        if note:
            self.show_note(note)
