"""The panel of all keys of the screen below it, including those that the line of keys leaves out."""

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import Parts, strip
from zigtui.ui.widgets.panel import Panel
from zigtui.ui.widgets.scroll_bar import QuickScrollView
from zigtui.wording.text_fit import cell_width, fit

__all__ = ["KeysScreen"]

_GAP = "  "
_BOLD = Style(bold=True)
_FRAME_LINES, _FRAME_COLUMNS = 4, 6  # the border and the padding inside it
_BAR = 1  # the column of the scroll bar
_LEAST_ROOM = 12  # cells in which a description can be read; with fewer it is cut off
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
        self._table = KeyTable(id="keys")

    def compose(self) -> ComposeResult:
        """The keys in a frame."""
        self._show()
        yield self._table

    def on_resize(self) -> None:
        """Divide the keys into columns again."""
        self._show()

    def action_scroll(self, lines: int) -> None:
        """Scroll, if not all keys fit."""
        self._table.scroll_relative(y=lines, animate=False)

    def _show(self) -> None:
        found = _keys_of(self._below)
        width = max(len(keys) for keys, _ in found)
        rows = [(fit(keys, width), description) for keys, description in found]
        fits = len(rows) + _FRAME_LINES <= self.app.size.height
        longest = max(len(description) for _, description in found)
        wide = 2 * width + 3 * len(_GAP) + _SHORT + longest + _FRAME_COLUMNS
        columns = 1 if fits or self.app.size.width < wide else 2
        room = self.app.size.width - _FRAME_COLUMNS - width - len(_GAP) - _BAR
        if columns == 1 and room >= _LEAST_ROOM:
            rows = [line for keys, description in rows for line in _wrapped(keys, description, room)]
        self._table.show(_laid_out(rows, columns))


class KeyTable(QuickScrollView):
    """Displays lines of text in a frame. A widget for each of them would take longer to open."""

    BORDER_TITLE = "Keys"
    BORDER_SUBTITLE = "esc close"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Parts] = []

    def show(self, lines: list[Parts]) -> None:
        """Display other lines."""
        if lines != self._lines:
            self._lines = lines
            self.virtual_size = Size(max(sum(cell_width(text) for text, _ in line) for line in lines), len(lines))
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the widget."""
        at = y + self.scroll_offset.y
        return strip(self._lines[at] if at < len(self._lines) else [], self.size.width, self.rich_style)


def _keys_of(screen: Screen[object]) -> list[tuple[str, str]]:
    """The keys and their descriptions, one row for each action. Textual's own actions are left out."""
    rows: dict[tuple[str, str], list[str]] = {}  # the keys of an action, by its name and its description
    active = sorted(screen.active_bindings.values(), key=lambda key: key.node is screen.app)  # the application last
    for node, binding, _, _ in active:
        description = _our_descriptions(type(node)).get(binding.action)
        if description:
            rows.setdefault((binding.action, description), []).append(screen.app.get_key_display(binding))
    return [(" ".join(keys), description) for (_, description), keys in rows.items()]


def _our_descriptions(node: type[object]) -> dict[str, str]:
    """The descriptions of the actions that zigtui's own classes bind to keys, by action: long ones, where there are."""
    ours = (kind for kind in reversed(node.__mro__) if kind.__module__.startswith("zigtui."))
    bindings = (binding for kind in ours for binding in vars(kind).get("BINDINGS", ()))
    return {binding.action: binding.tooltip or binding.description for binding in bindings}


def _wrapped(keys: str, description: str, room: int) -> list[tuple[str, str]]:
    """The rows of an action, with its keys in the first one."""
    first, *others = wrap(description, room)
    return [(keys, first), *((" " * cell_width(keys), line) for line in others)]


def _laid_out(rows: Sequence[tuple[str, str]], columns: int) -> list[Parts]:
    height = -(-len(rows) // columns)
    lines: list[Parts] = []
    for first in range(height):
        parts: Parts = []
        for number in range(first, len(rows), height):
            keys, description = rows[number]
            is_last = number + height >= len(rows)
            text = description if is_last else fit(description, _SHORT) + _GAP
            parts += [(keys, _BOLD), (_GAP + text, Style.null())]
        lines.append(parts)
    return lines
