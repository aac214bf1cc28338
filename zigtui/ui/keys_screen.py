"""The panel of all keys of the screen below it, including those that the line of keys leaves out."""

from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual import events
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
_UNPRESSED = frozenset({"leave", "interrupt", "suspend_process", "toggle_keys"})  # a stray click must not leave


class _Row(NamedTuple):
    """The keys of an action.

    Attributes:
        keys: their signs.
        description: what they do.
        key: the key that a click presses; empty if it presses none.
    """

    keys: str
    description: str
    key: str


class KeysScreen(Panel[str | None]):
    """Displays the keys of the screen below it, in two columns if one is not enough.

    A click on one closes the panel with that key as its result, so that the caller can press it, unless it would leave
    the program.

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
        width = max(len(row.keys) for row in found)
        rows = [row._replace(keys=fit(row.keys, width)) for row in found]
        fits = len(rows) + _FRAME_LINES <= self.app.size.height
        longest = max(len(row.description) for row in found)
        wide = 2 * width + 3 * len(_GAP) + _SHORT + longest + _FRAME_COLUMNS
        columns = 1 if fits or self.app.size.width < wide else 2
        room = self.app.size.width - _FRAME_COLUMNS - width - len(_GAP) - _BAR
        if columns == 1 and room >= _LEAST_ROOM:
            rows = [line for row in rows for line in _wrapped(row, room)]
        self._table.show(rows, columns)


class KeyTable(QuickScrollView):
    """Displays lines of text in a frame. A widget for each of them would take longer to open."""

    BORDER_TITLE = "Keys"
    BORDER_SUBTITLE = "click one · esc close"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Parts] = []
        self._columns: list[list[_Row]] = []

    def show(self, rows: Sequence[_Row], columns: int) -> None:
        """Display other rows, in one column or two."""
        height = -(-len(rows) // columns)
        self._columns = [list(rows[first : first + height]) for first in range(0, len(rows), height)]
        lines = _laid_out(self._columns)
        if lines != self._lines:
            self._lines = lines
            self.virtual_size = Size(max(sum(cell_width(text) for text, _ in line) for line in lines), len(lines))
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the widget."""
        at = y + self.scroll_offset.y
        return strip(self._lines[at] if at < len(self._lines) else [], self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Close the panel with the key that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or not self._columns:
            return
        second = cell_width(self._columns[0][0].keys) + len(_GAP) + _SHORT + len(_GAP)
        rows = self._columns[len(self._columns) > 1 and offset.x >= second]
        at = offset.y + self.scroll_offset.y
        if at < len(rows) and rows[at].key:
            self.screen.dismiss(rows[at].key)


def _keys_of(screen: Screen[object]) -> list[_Row]:
    """The keys and their descriptions, one row for each action. Textual's own actions are left out."""
    rows: dict[tuple[str, str], list[Binding]] = {}  # the keys of an action, by its name and its description
    active = sorted(screen.active_bindings.values(), key=lambda key: key.node is screen.app)  # the application last
    for node, binding, _, _ in active:
        description = _our_descriptions(type(node)).get(binding.action)
        if description:
            rows.setdefault((binding.action, description), []).append(binding)
    return [
        _Row(" ".join(map(screen.app.get_key_display, keys)), description, "" if action in _UNPRESSED else keys[0].key)
        for (action, description), keys in rows.items()
    ]


def _our_descriptions(node: type[object]) -> dict[str, str]:
    """The descriptions of the actions that zigtui's own classes bind to keys, by action: long ones, where there are."""
    ours = (kind for kind in reversed(node.__mro__) if kind.__module__.startswith("zigtui."))
    bindings = (binding for kind in ours for binding in vars(kind).get("BINDINGS", ()))
    return {binding.action: binding.tooltip or binding.description for binding in bindings}


def _wrapped(row: _Row, room: int) -> list[_Row]:
    """The rows of an action, with its keys in the first one."""
    first, *others = wrap(row.description, room)
    blank = " " * cell_width(row.keys)
    return [row._replace(description=first), *(row._replace(keys=blank, description=line) for line in others)]


def _laid_out(columns: Sequence[Sequence[_Row]]) -> list[Parts]:
    lines: list[Parts] = []
    for rows in zip_longest(*columns):
        parts: Parts = []
        for number, row in enumerate(rows):
            if row is not None:
                is_last = number + 1 == len(rows) or rows[number + 1] is None
                text = row.description if is_last else fit(row.description, _SHORT) + _GAP
                parts += [(row.keys, _BOLD), (_GAP + text, Style.null())]
        lines.append(parts)
    return lines
