"""The prompt: a line at the bottom in which the user types a search or a jump target.

`OutputPane.ask` opens it, `OutputPane.take_answer` takes what was typed.
"""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from zigtui.ui.widgets.pasting import LONGEST_TEXT

__all__ = ["Prompt"]


class Prompt(Horizontal):
    """A line of input with a sign that shows what to type. It is hidden until it is opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "stay", show=False),
    ]

    class Entered(Message):
        """The user has pressed Enter. The prompt stays open until it is closed, since the text may be wrong."""

        def __init__(self, sign: str, text: str) -> None:
            super().__init__()
            self.sign = sign
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sign = ""

    def compose(self) -> ComposeResult:
        """The sign and the input, which ignores control characters: pasted text may have some."""
        yield Label(markup=False)
        yield Input(compact=True, max_length=LONGEST_TEXT, restrict=r"[^\x00-\x1f\x7f-\x9f]*", select_on_focus=False)

    @property
    def is_open(self) -> bool:
        """Whether the user can type."""
        return self.has_class("-open")

    def open(self, sign: str, hint: str) -> None:
        """Open the prompt, with a hint that disappears when the user types."""
        line = self.query_one(Input)
        if not self.is_open or sign != self._sign:
            line.value = ""
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

    @on(Input.Submitted)
    def enter(self, event: Input.Submitted) -> None:
        """Report the text that was typed."""
        event.stop()
        self.post_message(self.Entered(self._sign, event.value))
