"""The panel of all keys of the screen below it, including those that the line of keys leaves out."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.panel import Panel
from zigtui.wording.text_fit import fit

__all__ = ["KeysScreen"]

_GAP = "  "
_FRAME_LINES, _FRAME_COLUMNS = 4, 6  # the border and the padding inside it
_SHORT = 24  # cells of a description in one of two columns


class KeysScreen(Panel[None]):
    """Displays the keys of the screen below it, in two columns if one is not enough.

    Args:
        below: the screen below.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("escape,enter", "dismiss", "close"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    )

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._below = below

    def compose(self) -> ComposeResult:
        """The keys in a frame."""
        with VerticalScroll(id="keys") as frame:
            frame.border_title = "Keys"
            frame.border_subtitle = "esc close"
            yield Static(id="key-rows")

    def on_mount(self) -> None:
        """Display the keys."""
        self._show()

    def on_resize(self) -> None:
        """Divide the keys into columns again."""
        self._show()

    def action_scroll(self, lines: int) -> None:
        """Scroll, if not all keys fit."""
        for frame in self.query(VerticalScroll):
            frame.scroll_relative(y=lines, animate=False)

    def _show(self) -> None:
        found = _keys_of(self._below)
        width = max(len(keys) for keys, _ in found)
        rows = [(fit(keys, width), description) for keys, description in found]
        fits = len(rows) + _FRAME_LINES <= self.app.size.height
        longest = max(len(description) for _, description in found)
        wide = 2 * width + 3 * len(_GAP) + _SHORT + longest + _FRAME_COLUMNS
        columns = 1 if fits or self.app.size.width < wide else 2
        for static in self.query(Static):  # none if the panel is closed at once
            static.update(Content.assemble(*_laid_out(rows, columns)))


def _keys_of(screen: Screen[object]) -> list[tuple[str, str]]:
    """The keys and their descriptions, one row for each action. Textual's own actions are left out."""
    rows: dict[str, list[str]] = {}
    active = sorted(screen.active_bindings.values(), key=lambda key: key.node is screen.app)  # the application last
    for node, binding, _, _ in active:
        description = _our_descriptions(type(node)).get(binding.action)
        if description:
            rows.setdefault(description, []).append(screen.app.get_key_display(binding))
    return [(" ".join(keys), description) for description, keys in rows.items()]


def _our_descriptions(node: type[object]) -> dict[str, str]:
    """The descriptions of the actions that zigtui's own classes bind to keys, by action."""
    ours = (kind for kind in reversed(node.__mro__) if kind.__module__.startswith("zigtui."))
    bindings = (binding for kind in ours for binding in vars(kind).get("BINDINGS", ()))
    return {binding.action: binding.description for binding in bindings}


def _laid_out(rows: Sequence[tuple[str, str]], columns: int) -> list[tuple[str, str] | str]:
    height = -(-len(rows) // columns)
    parts: list[tuple[str, str] | str] = []
    for first in range(height):
        for number in range(first, len(rows), height):
            keys, description = rows[number]
            is_last = number + height >= len(rows)
            parts += [(keys, "bold"), _GAP + (description if is_last else fit(description, _SHORT) + _GAP)]
        parts.append("\n" if first < height - 1 else "")
    return parts
