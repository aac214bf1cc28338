"""The prompt: a line at the bottom in which the user types a search or a jump target.

`OutputPane.ask` opens it. The pane takes what was typed.
"""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Event, Key
from textual.widgets import Input, Label

from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.pasting import LONGEST_TEXT

__all__ = ["Prompt"]


class Prompt(Horizontal):
    """A line of input with a sign that shows what to type. It is hidden until it is opened.

    Each key takes effect before the next one is handled. Otherwise keys typed quickly after Enter would be added to a
    text that has been taken already.

    Args:
        take_answer: called with the sign and the text when the user presses Enter. The prompt stays open until it is
            closed, since the text may be wrong.
        id: the id of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("tab,shift+tab", "stay", show=False),
    )

    def __init__(self, take_answer: Callable[[str, str], object], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._take_answer = take_answer
        self._sign = ""

    def compose(self) -> ComposeResult:
        """The sign and the line."""
        yield Label(markup=False)
        yield _Line(lambda text: self._take_answer(self._sign, text))

    @property
    def is_open(self) -> bool:
        """Whether the user can type."""
        return self.has_class("-open")

    def open(self, sign: str, hint: str, text: str = "") -> None:
        """Open the prompt, with a hint that disappears when the user types, or with a text."""
        line = self.query_one(Input)
        if not self.is_open or sign != self._sign:
            line.value = text
            line.cursor_position = len(text)
        self._sign = sign
        line.placeholder = hint
        self.query_one(Label).update(f" {sign} ")
        self.add_class("-open")
        self.screen.set_focus(line)  # at once: `focus` would wait until the keys typed since are handled

    def close(self) -> None:
        """Hide the prompt."""
        self.remove_class("-open")

    def action_stay(self) -> None:
        """Keep the focus while the prompt is open."""


class _Line(Input):
    """An input whose keys do not pass through a queue. It ignores control characters: pasted text may have some."""

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        *(binding for binding in Input.BINDINGS if isinstance(binding, Binding))
    )

    def __init__(self, take: Callable[[str], object]) -> None:
        super().__init__(
            compact=True, max_length=LONGEST_TEXT, restrict=r"[^\x00-\x1f\x7f-\x9f]*", select_on_focus=False
        )
        self._take = take

    def _forward_event(self, event: Event) -> None:
        if isinstance(event, Key) and event.is_printable and event.character is not None:
            self.replace(event.character, *self.selection)
        else:
            super()._forward_event(event)

    async def action_submit(self) -> None:
        """Report the text."""
        self._take(self.value)
