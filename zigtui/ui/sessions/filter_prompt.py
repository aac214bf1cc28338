"""The prompt for the filter of the list."""

from collections.abc import Callable

from textual import on
from textual.widgets import Input

from zigtui.state.history import History
from zigtui.ui.sessions.list_filter import ListFilter
from zigtui.ui.widgets.prompt import Prompt

__all__ = ["FilterPrompt"]

_HINT = "words  state:failed  workflow:deploy*  project:.  since:2h  cost:>1  duration:>5m  -word"


class FilterPrompt(Prompt):
    """The line in which the user types the filter. It takes effect as it is typed.

    Args:
        list_filter: the filter.
        history: the earlier filters.
        clock: returns the time in seconds since the epoch.
        show: called when the filter has changed.
        go_to_list: called when the prompt is closed, with the number of rows by which the cursor is to go down.
        id: the id of the widget.
    """

    def __init__(
        self,
        list_filter: ListFilter,
        history: History,
        clock: Callable[[], float],
        show: Callable[[], object],
        go_to_list: Callable[[int], object],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(
            lambda _, text: self._take(text, 0),
            lambda _, text: self.change(text),
            lambda _, text: self._take(text, 1),
            id=id,
        )
        self._filter = list_filter
        self._history = history
        self._clock = clock
        self._show = show
        self._go_to_list = go_to_list

    def ask(self) -> None:
        """Open the prompt. What the user types is a further term of the filter."""
        text = f"{self._filter.text} " if self._filter.text else ""
        self.open("/", _HINT, text=text, earlier=self._history.entries)

    def change(self, text: str, *, is_typed: bool = True) -> bool:
        """Filter by a text, and return whether it is a filter. For ``is_typed`` see `ListFilter.change`."""
        return not self._changed(lambda: self._filter.change(text, self._clock(), is_typed=is_typed))

    def take_answers(self) -> None:
        """Filter again if the disks of directories in the filter have answered since the last call."""
        self._changed(lambda: self._filter.take_answers(self._clock()))

    def _changed(self, change: Callable[[], str | None]) -> str | None:
        before = self._filter.version, self._filter.text
        fault = change()
        if fault is not None:
            self.show_fault(fault)
        if (self._filter.version, self._filter.text) != before:
            self._show()
        return fault

    @on(Input.Blurred)
    def leave_for_click(self, event: Input.Blurred) -> None:
        """Keep the filter when the user clicks the list: the keys are for the list from then on."""
        event.stop()
        if self.is_open and self.screen.focused not in (None, event.input):
            self._take(event.value, 0)
            self.leave()

    def leave(self, rows: int = 0) -> None:
        """Close the prompt, and go to the list and down by some rows."""
        if self.is_open:
            self.close()
            self._go_to_list(rows)

    def _take(self, text: str, rows: int) -> None:
        """Keep the filter. If the text is not a filter, the prompt stays open."""
        if self.change(text, is_typed=False):
            self._history.add(text.strip())
            self.leave(rows)
