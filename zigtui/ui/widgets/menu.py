"""A menu at the bottom: a question that one key answers."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.panel import Panel
from zigtui.wording.text_fit import cell_width, fit

__all__ = ["Menu", "MenuItem"]

_GAP = "  "
_CANCEL = "escape"


class MenuItem(NamedTuple):
    """A key, and what it does."""

    key: str
    name: str


class Menu(Panel[str | None]):
    """A question and the keys that answer it, above the screen below it. Its result is the key; None for any other one.

    Args:
        question: what the keys are for.
        items: the keys.
        about: a line above them that shows what the question is about; empty for none. It is safe to show.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("escape", "dismiss", "cancel"))

    def __init__(self, question: str, items: Sequence[MenuItem], about: str = "") -> None:
        super().__init__()
        self._question = question
        self._items = [*items, MenuItem(_CANCEL, "cancel")]
        self._about = about
        for item in items:
            self._bindings.bind(item.key, f"choose('{item.key}')", item.name, priority=True)

    def compose(self) -> ComposeResult:
        """The question and its items."""
        yield Static(id="menu")

    def on_mount(self) -> None:
        """Display the items."""
        self._show()

    def on_resize(self) -> None:
        """Divide the items into rows again."""
        self._show()

    def _rows(self) -> list[list[tuple[int, MenuItem]]]:
        """The rows of items, each item with the column at which it begins."""
        width, x = self.app.size.width - 2, cell_width(self._question) + len(_GAP)
        rows: list[list[tuple[int, MenuItem]]] = [[]]
        for item in self._items:
            if x + _width(item) > width and rows[-1]:
                rows.append([])
                x = 0
            rows[-1].append((x, item))
            x += _width(item) + len(_GAP)
        return rows

    def _show(self) -> None:
        parts: list[str | tuple[str, str]] = []
        if self._about:
            parts.append((fit(self._about, self.app.size.width - 2).rstrip() + "\n", "dim"))
        parts.append(self._question + _GAP)
        for number, row in enumerate(self._rows()):
            parts.append("\n" if number else "")
            parts += [part for _, item in row for part in ((_sign(item), "bold"), f" {item.name}{_GAP}")]
        for static in self.query(Static):  # none if it is closed at once
            static.update(Content.assemble(*parts))

    def action_choose(self, key: str) -> None:
        """End with a key."""
        self.dismiss(key)

    def _forward_event(self, event: events.Event) -> None:
        """End without a choice for any other key, at once: the keys typed after it are for the screen below."""
        if isinstance(event, events.Key):
            self.dismiss(None)
        else:
            super()._forward_event(event)

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked; a click elsewhere ends without a choice."""
        top = self.query_one(Static).content_region
        y = event.screen_y - top.y - bool(self._about)
        rows = self._rows()
        found = rows[y] if 0 <= y < len(rows) else []
        x = event.screen_x - top.x
        key = next((item.key for at, item in found if at <= x < at + _width(item)), None)
        self.dismiss(None if key == _CANCEL else key)


def _sign(item: MenuItem) -> str:
    return "esc" if item.key == _CANCEL else item.key


def _width(item: MenuItem) -> int:
    return len(_sign(item)) + 1 + cell_width(item.name)
