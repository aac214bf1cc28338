"""The output pane: the output with its title, search, jumps and prompt."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from zigtui.reader.jump_target import Jump, JumpTargetError
from zigtui.reader.search.line_filter import Condition
from zigtui.reader.search.query import Query, QueryError
from zigtui.reader.session.elapsed import likely_start
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.settings import Settings
from zigtui.state.history import History
from zigtui.state.store import StateStore
from zigtui.ui.messages import DataChanged
from zigtui.ui.output.bars import filter_bar, filter_words, jump_note, note_bar, search_bar, view_note
from zigtui.ui.output.chosen_output import ChosenOutput, LongestName
from zigtui.ui.output.dividers import NO_DIVIDERS, Dividers
from zigtui.ui.output.excerpts import Excerpts
from zigtui.ui.output.failure_text import FailureText
from zigtui.ui.output.filter_controller import FilterController, FilteredOutput
from zigtui.ui.output.jump_controller import JumpController, LogSpan
from zigtui.ui.output.log_end_view import LogEndView
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.patient_reader import NoAnswerError, PatientReader
from zigtui.ui.output.search_controller import Searchable, SearchController
from zigtui.ui.output.typed_search import TypedSearch
from zigtui.ui.output.view import OutputView
from zigtui.ui.output.viewport import Spot
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.passing_note import Note
from zigtui.ui.widgets.prompt import Prompt
from zigtui.wording.dates import date_and_time
from zigtui.wording.errors import error_in_full
from zigtui.wording.tree_rows import ALL_OUTPUT

__all__ = ["OutputPane"]

_NO_ANSWER = "the disk does not answer"
_HINTS = {
    "/": "text, or /pattern/",
    "&": "text, /pattern/, or ! before either; nothing shows all lines",
    ":": "14:03  +5m  -90s  1200  50%",
    ">": "the name of a file",
}

_HISTORIES = {"/": "searches", "&": "line-filters", ":": "jumps"}  # the names of what is kept


class OutputPane(Vertical):
    """Displays the output for a row of the tree.

    Args:
        log: the session's log.
        settings: the user's settings.
        shows_dividers: whether dividers are displayed between the lines.
        store: where searches and the like are kept; None to keep them only as long as the pane exists.

    Attributes:
        excerpts: what can be copied from the output, or saved.
        mark: a word in the title, besides those for what is displayed; empty for none.
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
        super().__init__()
        self.mark = ""
        self._log = log
        self._quiet_secs = settings.quiet_secs
        self._reader = PatientReader(self._report_change, settings.disk_patience_secs)
        self._past = PastSessions(log, self._reader.run)
        self._shows_dividers = shows_dividers
        self._longest_name = LongestName()
        self._snapshot = log.snapshot()
        self._chosen = self._choice(ALL_OUTPUT, self._snapshot)
        self._was_complete = False  # in the last frame
        self._view = OutputView(settings)
        self._shown = LogEndView(self._view, self._number_at)
        self._search = SearchController(self._shown, self._report_change, has_dividers=shows_dividers)
        self._filter = FilterController(log.path, self._reader.run, self._report_change)
        self._displayed: Searchable = self._chosen
        self._typed = TypedSearch(self._view, self._search_for, self._search_again)
        self._store = store
        self._histories: dict[str, History] = {}
        self._jump = JumpController(self._shown)
        self._note = Note(settings.note_secs)
        self.excerpts = Excerpts(log, self._shown, self._search, self._taken_from)

    def compose(self) -> ComposeResult:
        """The title and the output. The error of a failed step, a note and the prompt take room only when needed."""
        yield Bar(classes="title")
        yield FailureText()
        yield self._view
        yield Bar(classes="filter")
        yield Bar(classes="found")
        yield Prompt(self._take_answer, self._take_change)

    def on_unmount(self) -> None:
        """Stop the threads of the search, of the filter and of the reader."""
        self._search.end()
        self._filter.end()
        self._reader.close()

    def _report_change(self) -> None:
        """Request an update of the screen. May be called from any thread."""
        with suppress(RuntimeError):  # the program has ended
            self.post_message(DataChanged())

    def _number_at(self, offset: int) -> int | None:
        return self._chosen.lines.number_at(offset)

    def _taken_from(self) -> tuple[ChosenOutput, FilteredOutput | None, SessionSnapshot]:
        return self._chosen, self._filter.output, self._snapshot

    @property
    def view(self) -> OutputView:
        """The lines."""
        return self._view

    @property
    def shows_dividers(self) -> bool:
        """Whether dividers are displayed between the lines."""
        return self._shows_dividers

    @property
    def chosen(self) -> Hashable:
        """The key of the row of the tree whose output is displayed."""
        return self._chosen.key

    @property
    def is_following(self) -> bool:
        """Whether the view follows the end of the output."""
        return self._view.follow

    # The output that is displayed

    def _choice(self, key: Hashable, snapshot: SessionSnapshot) -> ChosenOutput:
        return ChosenOutput(self._log, key, snapshot, self._reader.run, self._past)

    def _dividers(self) -> Dividers:
        return self._displayed.dividers() if self._shows_dividers else NO_DIVIDERS

    @property
    def past(self) -> PastSessions:
        """The past passes of the session, for the thread of the screen."""
        return self._past

    def choose(self, key: Hashable, snapshot: SessionSnapshot) -> None:
        """Display the output for another row of the tree."""
        self._jump.cancel()
        self._chosen = self._choice(key, snapshot)
        with self._patience():
            self._filter.switch(self._chosen)
        self._display(snapshot)

    def _display(self, snapshot: SessionSnapshot, *, follow: bool = True) -> None:
        """Display the lines that the filter leaves of the chosen output, or all of them."""
        self._displayed = self._filter.output or self._chosen
        self._search.has_dividers = self._shows_dividers and self._displayed is self._chosen
        label_width, labels = self._longest_name.width(snapshot), self._chosen.has_labels
        lines, dividers = self._displayed.lines, self._dividers()
        self._shown.show(lines, dividers, labels=labels, label_width=label_width, follow=follow)
        with self._patience():
            self._search.switch(self._displayed)

    def show_as(self, other: "OutputPane", snapshot: SessionSnapshot) -> None:
        """Display the same output as another pane in the same way."""
        view, others = self._view, other.view
        view.wrap, view.times = others.wrap, others.times
        self.choose(other.chosen, snapshot)
        self.show_changes(snapshot)
        if not other.is_following:
            view.go_to_line(others.top_line)

    def renew(self, snapshot: SessionSnapshot) -> None:
        """Display the new lines if the log was replaced: they differ even if the tree looks the same."""
        if snapshot.generation != self._snapshot.generation:
            self._past = PastSessions(self._log, self._reader.run)
        if self._chosen.is_outdated(snapshot):
            self.choose(self._chosen.key, snapshot)

    def show_dividers(self, is_shown: bool) -> None:
        """Display or hide the dividers. The lines on the screen stay where they are."""
        self._shows_dividers = is_shown
        self._search.has_dividers = is_shown and self._displayed is self._chosen
        with self._patience():
            self._search.switch(self._displayed)

    def _filter_by(self, conditions: tuple[Condition, ...]) -> None:
        """Display the lines that meet other conditions, from the line on that is at the top of the screen."""
        top = None
        with self._patience():
            top = None if self._view.follow else self._displayed.lines.offset_of(self._shown.top_line)
        self._filter.set(conditions)
        with self._patience():
            self._filter.switch(self._chosen)
        self._display(self._snapshot, follow=self._view.follow)
        if top is not None and conditions:
            self._filter.stay_at(top, self._view.moves)
        elif top is not None:
            with self._patience():
                self._view.go_to_line(self._chosen.lines.number_at(top) or 0)

    def show_changes(self, snapshot: SessionSnapshot, failure: str = "") -> None:
        """Display the present content of the log.

        Args:
            snapshot: the session.
            failure: the words for the failure that is displayed; empty if there is none.
        """
        log, view = self._log, self._view
        self._snapshot = snapshot
        self._chosen.update(snapshot)
        was_complete, self._was_complete = self._was_complete, snapshot.is_complete
        session = snapshot.session
        view.link_from(session.cwd)
        view.show_span(seconds(session.started_at), _later(seconds(session.last_event_at), snapshot.last_sign_of_life))
        label_width = self._longest_name.width(snapshot)
        are_new = was_complete and self._filter.is_complete
        with self._patience():
            self._filter.update(self._chosen, log.end_offset)
        if self._displayed is not (self._filter.output or self._chosen):
            self._display(snapshot)
        with self._patience():
            end = log.end if self.chosen == ALL_OUTPUT and self._displayed is self._chosen else None
            self._shown.update(end, self._dividers(), label_width, are_new=are_new)
        with self._patience():
            line = self._filter.arrive(view.moves)
            if line is not None:
                view.go_to_line(line)
            self._resume_jump()
            self._search.update(self._displayed, log.end_offset)
        is_live = snapshot.state.is_live
        note = view_note(failure, following=view.follow, new_lines=view.new_lines, live=is_live, times=view.times)
        if self.mark:
            note = [(f"{self.mark} · " if note else f"{self.mark} ", "paint--muted"), *note]
        self.query_one(".title", Bar).show(*self._chosen.title(note, self._quiet_secs))
        failed = self._chosen.failed
        self.query_one(FailureText).show("" if failed is None else error_in_full(failed.error))
        if view.is_waiting:
            self._note.set(_NO_ANSWER)
        self._show_found()

    @on(OutputView.StartWanted)
    def show_numbered(self) -> None:
        """Display the first lines, even if the log is still being read and only its end was displayed."""
        self._shown.show_numbered()

    @on(OutputView.FollowedAgain)
    def note_following(self) -> None:
        """Report that new lines are displayed again, if there may be any."""
        if self._snapshot.state.is_live:
            self.show_note("the end: following again")

    def show_note(self, note: str) -> None:
        """Display a note below the output for a while; an empty one clears it."""
        self._note.set(note)
        self._show_found()

    def _show_found(self) -> None:
        """Highlight the matches, and display the state of the search below the output."""
        query, current = self._search.query, None
        if self._search.current is not None and not self._shown.is_end_only:
            with suppress(NoAnswerError):
                current = self._search.current.spot(self._displayed.lines.number_at)
        self._view.show_matches(query.spans if query is not None else None, current)
        bar = None
        if self._note.text:
            bar = note_bar(self._note.text)
        elif self._jump.waiting_for is not None:
            progress = self._snapshot.progress
            reason = f"as soon as that is read: {progress:.0%}" if progress < 1 else "as soon as it is found (esc ends)"
            bar = note_bar(f"to {self._jump.waiting_for} {reason}")
        elif query is not None:
            bar = search_bar(query.text, self._search.words(self._snapshot.progress))
        self.set_class(bar is not None, "-found")
        if bar is not None:
            self.query_one(".found", Bar).show(bar)
        conditions, output = self._filter.conditions, self._filter.output
        self.set_class(bool(conditions), "-filter")
        if conditions and output is not None:
            found = output.found
            words = filter_words(len(found), len(self._chosen.lines), found.progress, found.trouble)
            self.query_one(".filter", Bar).show(filter_bar([condition.text for condition in conditions], words))

    def on_click(self) -> None:
        """Move the focus to the output when its title is clicked."""
        if not isinstance(self.screen.focused, Input):
            self.screen.set_focus(self._view)

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
        """Search the lines that are displayed from the first one on the screen on, or end the search."""
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
            self.show_note(_NO_ANSWER)
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
            self.show_note(_NO_ANSWER)

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

    def _resume_jump(self) -> None:
        try:
            self._report_jump(self._jump.resume(self._displayed.lines, self._span()))
        except JumpTargetError as error:
            self.show_note(str(error))
        if self._jump.waiting_for is not None and self._snapshot.is_complete:
            self._report_change()  # the next step

    def _report_jump(self, jump: Jump | None) -> None:
        if jump is not None:
            self.show_note(jump_note(jump))

    def _span(self) -> LogSpan:
        snapshot = self._snapshot
        session = snapshot.session
        ended = seconds(session.ended_at or session.last_event_at)
        return LogSpan(likely_start(session), ended, snapshot.is_complete)

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """Leave the block with a note if the disk does not answer."""
        try:
            yield
        except NoAnswerError:
            self.show_note(_NO_ANSWER)


def _later(one: float | None, other: float | None) -> float | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
