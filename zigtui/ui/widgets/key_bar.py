"""The line at the bottom: which keys do something here."""

from typing import NamedTuple

from rich.style import Style
from textual import events
from textual.screen import Screen
from textual.strip import Strip

from zigtui.ui.widgets.drawing import strip
from zigtui.ui.widgets.painted import Painted

__all__ = ["KeyBar"]

_GAP = "  "
_KEPT = 2  # at the end: how to learn of the others, and how to quit


class _Key(NamedTuple):
    key: str
    sign: str
    description: str

    @property
    def width(self) -> int:
        return len(self.sign) + 1 + len(self.description)


class KeyBar(Painted):
    """Names the keys, as many as there is room for: the last ones stay, those before them go first. A click is a key.

    Textual's Footer is a widget for each key, which takes a sixth of the start; and it cuts what has no room.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: list[_Key] = []
        self._palette: _Key | None = None

    def on_mount(self) -> None:
        """Be told when other keys do something."""
        self.screen.bindings_updated_signal.subscribe(self, self._take_keys)

    def _take_keys(self, screen: Screen[object]) -> None:
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

    def _placed(self, width: int) -> list[tuple[int, _Key]]:
        """The keys that there is room for in so many cells, and where each begins."""
        keys, palette = self._keys, self._palette
        while len(keys) > 1 and sum(key.width for key in keys) + len(_GAP) * (len(keys) - 1) > width - 2:
            dropped = max(0, len(keys) - 1 - _KEPT)
            keys = keys[:dropped] + keys[dropped + 1 :]
        placed = []
        x = 1
        for key in keys:
            placed.append((x, key))
            x += key.width + len(_GAP)
        if palette is not None and keys == self._keys and x + palette.width < width:
            placed.append((width - 1 - palette.width, palette))
        return placed

    def render_line(self, y: int) -> Strip:
        """The one line."""
        width = self.size.width
        of_sign, of_description = self.paint("paint--key"), self.paint("paint--muted")
        parts: list[tuple[str, Style]] = []
        reached = 0
        for x, key in self._placed(width):
            parts += [(" " * (x - reached), Style()), (key.sign, of_sign), (f" {key.description}", of_description)]
            reached = x + key.width
        return strip(parts, width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        for x, key in self._placed(self.size.width):
            if x <= event.x < x + key.width:
                self.app.simulate_key(key.key)
