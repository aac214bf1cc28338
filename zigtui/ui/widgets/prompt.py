"""The prompt: a line at the bottom in which the user types a search, a jump target or a filter."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Event, Key
from textual.widgets import Input, Label
from textual.widgets.input import Selection

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
        take_change: called with the sign and the text whenever the text has changed.
        go_below: called with the sign and the text when the user presses Down after the last of the earlier texts.
        id: the id of the widget.

    Attributes:
        sign: the sign with which it was opened last.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("tab,shift+tab", "stay", show=False),
    )

    def __init__(
        self,
        take_answer: Callable[[str, str], object],
        take_change: Callable[[str, str], object] | None = None,
        go_below: Callable[[str, str], object] | None = None,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._take_answer = take_answer
        self._take_change = take_change
        self._go_below = go_below
        self.sign = ""

    def compose(self) -> ComposeResult:
        """The sign, the line, and what is wrong with the text."""
        yield Label(markup=False, classes="sign")
        yield _Line(lambda text: self._take_answer(self.sign, text), self._leave_below)
        yield Label(markup=False, classes="fault")

    @property
    def is_open(self) -> bool:
        """Whether the user can type."""
        return self.has_class("-open")

    def open(
        self, sign: str, hint: str, *, text: str = "", is_suggested: bool = False, earlier: Sequence[str] = ()
    ) -> None:
        """Open the prompt.

        Args:
            sign: shows what to type.
            hint: disappears when the user types.
            text: what is in the line at first.
            is_suggested: whether the text is selected, so that typing replaces it.
            earlier: what was typed before, oldest first. Up and Down go through it.
        """
        line = self.query_one(_Line)
        if not self.is_open or sign != self.sign:
            line.begin(text, earlier, is_selected=is_suggested)
        self.sign = sign
        line.placeholder = hint
        self.query_one(".sign", Label).update(f" {sign} ")
        self.show_fault("")
        self.add_class("-open")
        self.screen.set_focus(line)  # at once: `focus` would wait until the keys typed since are handled

    def close(self) -> None:
        """Hide the prompt."""
        self.remove_class("-open")

    def show_fault(self, fault: str) -> None:
        """Display what is wrong with the text, beside it; nothing if it is empty."""
        self.query_one(".fault", Label).update(f" {fault} " if fault else "")

    @on(Input.Changed)
    def report_change(self, event: Input.Changed) -> None:
        """Report a change of the text."""
        event.stop()
        if self._take_change is not None and self.is_open:
            self._take_change(self.sign, event.value)

    def _leave_below(self, text: str) -> None:
        if self._go_below is not None:
            self._go_below(self.sign, text)

    def action_stay(self) -> None:
        """Keep the focus while the prompt is open."""


class _Line(Input):
    """An input whose keys do not pass through a queue. It ignores control characters: pasted text may have some."""

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("enter", "submit", "done"),
        Binding("up", "go_back(1)", "earlier"),
        *(binding for binding in Input.BINDINGS if isinstance(binding, Binding)),
        Binding("down", "go_back(-1)", show=False),
    )

    def __init__(self, take: Callable[[str], object], go_below: Callable[[str], object]) -> None:
        super().__init__(
            compact=True, max_length=LONGEST_TEXT, restrict=r"[^\x00-\x1f\x7f-\x9f]*", select_on_focus=False
        )
        self.cursor_blink = False  # which would repaint the line twice a second
        self._take = take
        self._go_below = go_below
        self._earlier: Sequence[str] = ()
        self._back = 0  # how far the user has gone back in it
        self._typed = ""  # before going back

    def begin(self, text: str, earlier: Sequence[str], *, is_selected: bool) -> None:
        """Begin with a text, selected or not. The user can go back to earlier ones, whose order is oldest first."""
        self._earlier, self._back = earlier, 0
        self.value = text
        self.selection = Selection(0 if is_selected else len(text), len(text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable going back where nothing was typed before."""
        return action != "go_back" or parameters != (1,) or bool(self._earlier)

    def action_go_back(self, steps: int) -> None:
        """Go back (1) to an earlier text, or on (-1) to a later one, to what was typed, and then below."""
        if not self._back and steps < 0:
            self._go_below(self.value)
            return
        back = max(0, min(self._back + steps, len(self._earlier)))
        if back == self._back:
            return
        if not self._back:
            self._typed = self.value
        self._back = back
        self.value = self._earlier[-back] if back else self._typed
        self.cursor_position = len(self.value)

    def _forward_event(self, event: Event) -> None:
        if isinstance(event, Key) and event.is_printable and event.character is not None:
            self.replace(event.character, *self.selection)
        else:
            super()._forward_event(event)

    async def action_submit(self) -> None:
        """Report the text."""
        self._take(self.value)
