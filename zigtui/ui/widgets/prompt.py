"""A line at the bottom in which something is asked for."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

__all__ = ["Prompt"]

_LONGEST = 1000


class Prompt(Horizontal):
    """Hidden until it is opened with a sign, which tells what is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "stay", show=False),
    ]

    class Entered(Message):
        """Something was entered. The prompt stays open until it is closed: it may have been wrong."""

        def __init__(self, sign: str, text: str) -> None:
            super().__init__()
            self.sign = sign
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sign = ""

    def compose(self) -> ComposeResult:
        """The sign, and the line to write in; control characters, which a paste may have, are not taken."""
        yield Label(markup=False)
        yield Input(compact=True, max_length=_LONGEST, restrict=r"[^\x00-\x1f\x7f-\x9f]*", select_on_focus=False)

    @property
    def is_open(self) -> bool:
        """Whether it is there to be written in."""
        return self.has_class("-open")

    def open(self, sign: str, hint: str) -> None:
        """Ask for something; ``hint`` stands there until something is written."""
        line = self.query_one(Input)
        if not self.is_open or sign != self._sign:
            line.value = ""
        self._sign = sign
        line.placeholder = hint
        self.query_one(Label).update(f" {sign} ")
        self.add_class("-open")
        self.screen.set_focus(line)  # now: `focus` would do it when keys that were typed meanwhile are through

    def close(self) -> None:
        """Ask no more."""
        self.remove_class("-open")

    def action_stay(self) -> None:
        """Nothing else can have the focus while something is asked for."""

    @on(Input.Submitted)
    def tell(self, event: Input.Submitted) -> None:
        """Tell what was entered."""
        event.stop()
        self.post_message(self.Entered(self._sign, event.value))
