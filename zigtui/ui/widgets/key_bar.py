"""The line of keys at the bottom of a screen."""

from typing import ClassVar, NamedTuple

from rich.style import Style
from textual import events
from textual.screen import Screen
from textual.strip import Strip

from zigtui.ui.messages import DataChanged
from zigtui.ui.widgets.drawing import strip
from zigtui.ui.widgets.painted import Painted
from zigtui.wording.text_fit import cell_width

__all__ = ["KeyBar"]

_GAP = "  "
_KEPT = 2  # keys at the end that always stay: the panel of all keys, and quit


class _Key(NamedTuple):
    key: str
    sign: str
    description: str

    @property
    def width(self) -> int:
        return len(self.sign) + 1 + len(self.description)


class KeyBar(Painted):
    """Displays the keys of the screen for which there is room; the last two always stay. A click presses a key.

    A note is displayed before them for a while, so that nothing else on the screen moves.

    Textual's Footer creates a widget for each key, which takes a sixth of the start-up time, and it cuts off keys.
    """

    HAS_LOG_COLOURS: ClassVar[bool] = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: list[_Key] = []
        self._palette: _Key | None = None
        self._is_behind = False
        self._note = ""

    @property
    def note(self) -> str:
        """The note that is displayed; empty if there is none."""
        return self._note

    def show_note(self, note: str) -> bool:
        """Display a note, or none if it is empty. Return whether there is room for it; else none is displayed."""
        has_room = self._has_room_for(note)
        if note and not has_room:
            note = ""
        if note != self._note:
            self._note = note
            self.refresh()
        return has_room

    def on_resize(self) -> None:
        """Let the screen display a note elsewhere if it no longer fits."""
        if self._note and not self._has_room_for(self._note):
            self.post_message(DataChanged())

    def _has_room_for(self, note: str) -> bool:
        return self.display and cell_width(note) + 2 <= self.size.width

    def on_mount(self) -> None:
        """Watch for changes of the active keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._take_keys_soon)

    def _take_keys_soon(self, _: Screen[object]) -> None:
        """Take the keys once for all changes of a moment: a key that moves the focus makes three."""
        if not self._is_behind:
            self._is_behind = True
            self.call_later(self._take_keys)

    def _take_keys(self) -> None:
        self._is_behind = False
        screen = self.screen
        before = self._keys, self._palette
        by_action: dict[str, _Key] = {}
        self._palette = None
        for key, (_, binding, enabled, _) in screen.active_bindings.items():
            named = _Key(binding.key, self.app.get_key_display(binding), binding.description)
            if key == self.app.COMMAND_PALETTE_BINDING:
                self._palette = named
            elif binding.show and enabled:
                by_action.setdefault(binding.action, named)
        self._keys = list(by_action.values())
        if before != (self._keys, self._palette):
            self.refresh()

    def _laid_out(self, width: int) -> list[tuple[int, _Key]]:
        """The keys that fit into ``width`` cells, each with the column at which it begins."""
        keys, palette = self._keys, self._palette
        x, least = 1, 1
        if self._note:
            x, least = x + cell_width(self._note) + len(_GAP), 0
        while len(keys) > least and x + sum(key.width for key in keys) + len(_GAP) * (len(keys) - 1) > width - 1:
            dropped = max(0, len(keys) - 1 - _KEPT)
            keys = keys[:dropped] + keys[dropped + 1 :]
        laid_out = []
        for key in keys:
            laid_out.append((x, key))
            x += key.width + len(_GAP)
        if palette is not None and keys == self._keys and x + palette.width < width:
            laid_out.append((width - 1 - palette.width, palette))
        return laid_out

    def render_line(self, y: int) -> Strip:
        """The line of keys."""
        width = self.size.width
        of_sign, of_description = self.paint("paint--key"), self.paint("paint--muted")
        parts: list[tuple[str, Style]] = []
        reached = 0
        if self._note:
            parts.append((f" {self._note}", self.paint("paint--stalled")))
            reached = 1 + cell_width(self._note)
        for x, key in self._laid_out(width):
            parts += [(" " * (x - reached), Style.null()), (key.sign, of_sign), (f" {key.description}", of_description)]
            reached = x + key.width
        return strip(parts, width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        for x, key in self._laid_out(self.size.width):
            if x <= event.x < x + key.width:
                self.app.simulate_key(key.key)
