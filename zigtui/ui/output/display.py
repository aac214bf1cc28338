"""The display of an output: its title, its lines, and a note below them."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from zigtui.reader.jump_target import Jump, JumpTargetError
from zigtui.reader.search.line_filter import Condition
from zigtui.reader.session.elapsed import likely_start
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.settings import Settings
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
from zigtui.ui.output.view import OutputView
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.passing_note import Note
from zigtui.wording.errors import error_in_full
from zigtui.wording.tree_rows import ALL_OUTPUT

__all__ = ["NO_ANSWER", "OutputDisplay"]

NO_ANSWER = "the disk does not answer"
"""The note if the log cannot be read at present."""


class OutputDisplay(Vertical):
    """Displays the output for a row of the tree: its title, its lines as far as the filter leaves them, and a note.

    Args:
        log: the session's log.
        settings: the user's settings.
        shows_dividers: whether dividers are displayed between the lines.

    Attributes:
        excerpts: what can be copied from the output, or saved.
        mark: a word in the title, besides those for what is displayed; empty for none.
    """

    def __init__(self, log: SessionLog, settings: Settings, *, shows_dividers: bool = True) -> None:
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
        self._jump = JumpController(self._shown)
        self._note = Note(settings.note_secs)
        self.excerpts = Excerpts(log, self._shown, self._search, self._taken_from)

    def compose(self) -> ComposeResult:
        """The title and the output. The error of a failed step and a note take room only when needed."""
        yield Bar(classes="title")
        yield FailureText()
        yield self._view
        yield Bar(classes="filter")
        yield Bar(classes="found")

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

    def show_as(self, other: "OutputDisplay", snapshot: SessionSnapshot) -> None:
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
            self._note.set(NO_ANSWER)
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
        hits = None if self._shown.is_end_only else self._search.hits(self._displayed)
        self._view.show_matches(query.spans if query is not None else None, current, hits)
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
            self.show_note(NO_ANSWER)


def _later(one: float | None, other: float | None) -> float | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
