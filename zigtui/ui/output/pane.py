"""The output pane: the display of an output with a prompt, for searches, filters and jumps."""

from collections.abc import Hashable

from textual.app import ComposeResult
from textual.message import Message

from zigtui.reader.jump_target import JumpTargetError
from zigtui.reader.search.line_filter import Condition
from zigtui.reader.search.query import Query, QueryError
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.settings import Settings
from zigtui.state.history import History
from zigtui.state.store import StateStore
from zigtui.ui.output.display import NO_ANSWER, OutputDisplay
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.typed_search import TypedSearch
from zigtui.ui.output.viewport import Spot
from zigtui.ui.widgets.prompt import Prompt
from zigtui.wording.dates import date_and_time

__all__ = ["OutputPane"]

_HINTS = {
    "/": "text, or /pattern/",
    "&": "text, /pattern/, or ! before either; nothing shows all lines",
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
        self._typed = TypedSearch(self._view, self._search_for, self._search_again)
        self._store = store
        self._histories: dict[str, History] = {}

    def compose(self) -> ComposeResult:
        """The display, and the prompt, which takes room only when needed."""
        yield from super().compose()
        yield Prompt(self._take_answer, self._take_change)

    # The prompt

    def ask(self, sign: str, text: str = "") -> None:
        """Open the prompt: for a search (``/``), a filter (``&``), a jump target (``:``) or the name of a file (``>``).

        Args:
            sign: the sign before the prompt.
            text: what is in the prompt already.
        """
        self.show_note("")
        if sign == "/":
            self._typed.begin(self._search.query)
        history = self._history(sign)
        self.query_one(Prompt).open(sign, _HINTS[sign], text=text, earlier=[] if history is None else history.entries)

    def _history(self, sign: str) -> History | None:
        """What was typed before after a sign; None if that is not kept."""
        if sign in _HISTORIES and sign not in self._histories:
            self._histories[sign] = History(self._store, _HISTORIES[sign])
        return self._histories.get(sign)

    def _take_change(self, sign: str, text: str) -> None:
        if sign == "/":
            self._typed.change(text)

    def _search_for(self, query: Query | None) -> None:
        """Search the lines that are displayed from where the user is on, or end the search."""
        if query is None:
            self._search.end()
        else:
            with self._patience():
                self._search.begin(query, self._displayed, PastSessions(self._log))
        self._report_change()

    def _search_again(self, query: Query) -> None:
        with self._patience():
            self._search.resume(query, self._displayed, PastSessions(self._log))

    @property
    def is_busy(self) -> bool:
        """Whether there is something for `end` to end."""
        is_open = self.query_one(Prompt).is_open or self._view.selection.exists
        return is_open or self._is_searching or bool(self._filter.conditions)

    @property
    def _is_searching(self) -> bool:
        return self._search.query is not None or self._jump.waiting_for is not None

    def end(self) -> None:
        """Close the prompt, or else select nothing, end the search and the jump, or take the last condition away."""
        prompt = self.query_one(Prompt)
        if prompt.is_open:
            self._typed.undo()
            prompt.close()
            self.screen.set_focus(self._view)
        elif self._view.selection.exists:
            self._view.select_nothing()
        elif self._is_searching:
            self._search.end()
            self._jump.cancel()
        else:
            self._filter_by(self._filter.conditions[:-1])
        self.show_note("")

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
                self._report_jump(self._jump.go_to(text, self._displayed.lines, self._span()))
        except (QueryError, JumpTargetError) as error:
            self.show_note(str(error))
        except NoAnswerError:
            self.show_note(NO_ANSWER)
        else:
            self._typed.undo()
            if (history := self._history(sign)) is not None:
                history.add(text)
            self.query_one(Prompt).close()
            self.screen.set_focus(self._view)
            self._report_change()

    # Going to a line

    def go_to_target(self, target: str) -> None:
        """Go to a jump target, or display a note if there is no such line."""
        try:
            self._report_jump(self._jump.go_to(target, self._displayed.lines, self._span()))
        except JumpTargetError as error:
            self.show_note(str(error))
        except NoAnswerError:
            self.show_note(NO_ANSWER)

    def go_to_failure(self, key: Hashable, position: int | None, snapshot: SessionSnapshot) -> None:
        """Choose the row with a failure, and display where it failed.

        Args:
            key: the key of the row.
            position: see `ChosenOutput.end_of_attempt`.
            snapshot: the session.
        """
        if self.chosen != key:
            self.choose(key, snapshot)
        else:
            self._chosen.update(snapshot)
            self._view.lines_added(self._dividers())
        line, divider = self._chosen.end_of_attempt(position)
        if self._filter.output is not None:
            offset = self._chosen.lines.offset_of(max(0, line - 1))
            if offset is not None:
                self._filter.stay_at(offset, self._view.moves)
                self._view.follow = False
        elif divider is not None and self._shows_dividers:
            self._view.go_to_failure(divider)
        elif line:
            self._view.go_to(Spot(line - 1))

    def go_to_time(self, moment: float) -> None:
        """Display what was printed at a moment, in seconds since the epoch."""
        self.go_to_target(date_and_time(moment, offset=False))

    def go_to_match(self, direction: int) -> None:
        """Go to the next match (1) or the previous one (-1)."""
        if self._search.query is None:
            self.show_note("nothing is searched for yet: / asks")
            return
        with self._patience():
            self._search.go_on(direction, self._displayed)
            self.show_note("")
            self._report_change()
