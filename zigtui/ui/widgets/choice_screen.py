"""A line at the bottom that asks for one key."""

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

__all__ = ["Choice", "ChoiceScreen"]

_GAP = "  "
_CANCEL = "escape"


class Choice(NamedTuple):
    """A key, and what it does."""

    key: str
    name: str


class ChoiceScreen(Panel[str | None]):
    """Displays the keys to choose from, above the screen below it. Its result is the key; None for any other one.

    Args:
        question: what the keys are for.
        choices: the keys.
        about: a line above them that shows what the choice is about; empty for none. It is safe to show.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("escape", "dismiss", "cancel"))

    def __init__(self, question: str, choices: Sequence[Choice], about: str = "") -> None:
        super().__init__()
        self._question = question
        self._choices = [*choices, Choice(_CANCEL, "cancel")]
        self._about = about
        for choice in choices:
            self._bindings.bind(choice.key, f"choose('{choice.key}')", choice.name, priority=True)

    def compose(self) -> ComposeResult:
        """The line of choices."""
        yield Static(id="choices")

    def on_mount(self) -> None:
        """Display the choices."""
        self._show()

    def on_resize(self) -> None:
        """Divide the choices into rows again."""
        self._show()

    def _rows(self) -> list[list[tuple[int, Choice]]]:
        """The rows of choices, each choice with the column at which it begins."""
        width, x = self.app.size.width - 2, cell_width(self._question) + len(_GAP)
        rows: list[list[tuple[int, Choice]]] = [[]]
        for choice in self._choices:
            if x + _width(choice) > width and rows[-1]:
                rows.append([])
                x = 0
            rows[-1].append((x, choice))
            x += _width(choice) + len(_GAP)
        return rows

    def _show(self) -> None:
        parts: list[str | tuple[str, str]] = []
        if self._about:
            parts.append((fit(self._about, self.app.size.width - 2).rstrip() + "\n", "dim"))
        parts.append(self._question + _GAP)
        for number, row in enumerate(self._rows()):
            parts.append("\n" if number else "")
            parts += [part for _, choice in row for part in ((_sign(choice), "bold"), f" {choice.name}{_GAP}")]
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
        key = next((choice.key for at, choice in found if at <= x < at + _width(choice)), None)
        self.dismiss(None if key == _CANCEL else key)


def _sign(choice: Choice) -> str:
    return "esc" if choice.key == _CANCEL else choice.key


def _width(choice: Choice) -> int:
    return len(_sign(choice)) + 1 + cell_width(choice.name)
