"""The output pane: the display of an output with a prompt, for searches, filters and jumps."""

from collections.abc import Hashable

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from zigtui.reader.search.line_filter import Condition
from zigtui.reader.search.query import Query, QueryError
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.user_input.jump_target import JumpTargetError
from zigtui.settings import Settings
from zigtui.state.history import History
from zigtui.state.store import StateStore
from zigtui.ui.output.display import OutputDisplay
from zigtui.ui.output.navigation import NO_ANSWER
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.search.typed_search import TypedSearch
from zigtui.ui.widgets.prompt import Prompt

__all__ = ["OutputPane"]

_HINTS = {
    "/": "text, or /pattern/",
    "&": "text or /pattern/, ! for not, empty for all",
    ":": "14:03  +5m  -90s  1200  50%",
    ">": "the name of a file",
}

_HISTORIES = {"/": "searches", "&": "line-filters", ":": "jumps"}  # the names of what is kept


class OutputPane(OutputDisplay):
    """An output in which the user searches, filters lines and goes to lines.

    Args:
        log: the session's log.
        settings: the user's settings.
        shows_dividers: whether dividers are displayed between the lines.
        store: where searches and the like are kept; None to keep them only as long as the pane exists.

    Attributes:
        has_keys: whether the keys of the screen act on this output, rather than on another one beside it.
    """

    class SaveWanted(Message):
        """The user wants to save the output.

        Attributes:
            path: the path as typed.
        """

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    def __init__(
        self, log: SessionLog, settings: Settings, *, shows_dividers: bool = True, store: StateStore | None = None
    ) -> None:
        super().__init__(log, settings, shows_dividers=shows_dividers)
        self.has_keys = True
        self._typed = TypedSearch(self._view, self._search_for, self._search_again)
        self._store = store
        self._histories: dict[str, History] = {}
        self._asked_from: Widget | None = None  # the widget that had the focus when the prompt was opened

    @property
    def _elsewhere(self) -> str:
        return ", press i" if self.has_keys else ", press i in this pane"

    def compose(self) -> ComposeResult:
        """The display, and the prompt, which takes room only when needed."""
        yield from super().compose()
        yield Prompt(self._take_answer, self._take_change)

    def choose(self, key: Hashable, snapshot: SessionSnapshot) -> None:
        """Display the output for another row of the tree."""
        super().choose(key, snapshot)
        self._typed.show_other()

    # The prompt

    def ask(self, sign: str, text: str = "") -> None:
        """Open the prompt: for a search (``/``), a filter (``&``), a jump target (``:``) or the name of a file (``>``).

        Args:
            sign: the sign before the prompt.
            text: a suggestion, which typing replaces.
        """
        self.show_note("")
        if not isinstance(self.screen.focused, Input):
            self._asked_from = self.screen.focused
        if sign == "/":
            self._typed.begin(self._search.query)
        history = self._history(sign)
        earlier = [] if history is None else history.entries
        self.query_one(Prompt).open(sign, _HINTS[sign], text=text, is_suggested=True, earlier=earlier)

    def _history(self, sign: str) -> History | None:
        """What was typed before after a sign; None if that is not kept."""
        if sign in _HISTORIES and sign not in self._histories:
            self._histories[sign] = History(self._store, _HISTORIES[sign])
        return self._histories.get(sign)

    def _take_change(self, sign: str, text: str) -> None:
        if sign == "/":
            self._typed.change(text)

    @property
    def is_asking(self) -> bool:
        """Whether the prompt is open."""
        return self.query_one(Prompt).is_open

    @property
    def is_busy(self) -> bool:
        """Whether the user types into the prompt, or searches, filters or selects lines."""
        return self.is_asking or super().is_busy

    def end_prompt(self) -> None:
        """Close the prompt, and display what was on the screen when it was opened."""
        self.show_note("")
        self._typed.undo()
        self._close_prompt(self._asked_from)

    def end_all(self) -> None:
        """Close the prompt, and end the search, the filter and the selection."""
        if self.is_asking:
            self._typed.undo()
            self.query_one(Prompt).close()
        self.end_search()
        self._filter.set(())
        self._view.select_nothing()

    @on(Input.Blurred)
    def leave_for_click(self, event: Input.Blurred) -> None:
        """Close the prompt when the user clicks elsewhere. A search goes on, since its matches are on the screen."""
        event.stop()
        clicked = self.screen.focused
        if not self.is_asking or clicked in (None, event.input):
            return
        sign = self.query_one(Prompt).sign
        if sign == "/":
            self._take_answer(sign, event.value)
        if self.is_asking:  # for nothing, or for what is not a search
            self.end_prompt()
        self.screen.set_focus(clicked)

    # The answers

    def _take_answer(self, sign: str, text: str) -> None:
        """Start the search or the jump. If that is not possible, the prompt stays open, with the reason above."""
        try:
            if text and sign == "/":
                query = Query(text)
                if not self._typed.accept(text) or self._search.query is None:
                    self._search.begin(query, self._displayed, PastSessions(self._log))
                self.show_note("")
            elif sign == "&":
                self._filter_by((*self._filter.conditions, Condition.parse(text)) if text else ())
            elif text and sign == ">":
                self.post_message(self.SaveWanted(text))
            elif text:
                self._jump_to(text)
        except (QueryError, JumpTargetError) as error:
            self.show_note(str(error))
        except NoAnswerError:
            self.show_note(NO_ANSWER)
        else:
            self._typed.undo()
            if (history := self._history(sign)) is not None:
                history.add(text)
            self._close_prompt(self._asked_from if sign == ">" else self._view)
            self._report_change()

    def _close_prompt(self, focused: Widget | None) -> None:
        """Close the prompt, and move the focus to a widget, or to the output if that is not possible."""
        self.query_one(Prompt).close()
        can_have_focus = focused is not None and focused.is_attached and focused.focusable
        self.screen.set_focus(focused if can_have_focus else self._view)
