"""The display of an output: its title, its lines, and a note below them."""

from collections.abc import Hashable, Sequence
from contextlib import suppress

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.elapsed import likely_start
from zigtui.reader.times import seconds
from zigtui.reader.user_input.jump_target import Jump, JumpTargetError
from zigtui.settings import Settings
from zigtui.ui.output.chosen.titles import view_note
from zigtui.ui.output.failure_text import FailureText
from zigtui.ui.output.footers import filter_bar, filter_words, jump_note, note_bar, search_bar
from zigtui.ui.output.navigation import NO_ANSWER, OutputNavigation
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.search.jump_controller import LogSpan
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.output.view.viewport import Spot
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.passing_note import Note
from zigtui.wording.dates import date_and_time
from zigtui.wording.errors import error_in_full
from zigtui.wording.tree.tree_rows import ALL_OUTPUT

__all__ = ["OutputDisplay"]

_SHARE_OF_WORDS = 0.8  # of a line below the output; the names of keys have the rest


class OutputDisplay(OutputNavigation):
    """Displays the output for a row of the tree: its title, its lines as far as the filter leaves them, and a note.

    Args:
        log: the session's log.
        settings: the user's settings.
        shows_dividers: whether dividers are displayed between the lines.

    Attributes:
        mark: a word in the title, besides those for what is displayed; empty for none.
    """

    def __init__(self, log: SessionLog, settings: Settings, *, shows_dividers: bool = True) -> None:
        super().__init__(log, settings, shows_dividers=shows_dividers)
        self.mark = ""
        self._quiet_secs = settings.quiet_secs
        self._was_complete = False  # in the last frame
        self._note = Note(settings.note_secs)

    @property
    def _elsewhere(self) -> str:
        """Where the rest of an error is if no dividers are displayed."""
        return ""

    def compose(self) -> ComposeResult:
        """The title and the output. The error of a failed step and a note take room only when needed."""
        yield Bar(classes="title")
        yield FailureText()
        yield self._view
        yield Bar(classes="filter", preferred_share=_SHARE_OF_WORDS)
        yield Bar(classes="found", preferred=3, preferred_share=_SHARE_OF_WORDS)

    def show_changes(
        self, snapshot: SessionSnapshot, failure: Sequence[str] = (), failed_attempt: int | None = None
    ) -> None:
        """Display the current content of the log.

        Args:
            snapshot: the session.
            failure: the words for the failure that is displayed, the most important ones last; none if there is none.
            failed_attempt: the position of its attempt in `StepRun.attempts`; None if it is not that of an attempt.
        """
        log, view = self._log, self._view
        self._snapshot = snapshot
        self._chosen.update(snapshot)
        self._chosen.marked_attempt = failed_attempt
        was_complete, self._was_complete = self._was_complete, snapshot.is_complete
        session = snapshot.session
        view.link_from(session.cwd)
        view.show_span(seconds(session.started_at), _later(seconds(session.last_event_at), snapshot.last_sign_of_life))
        label_width = self._longest_name.width(snapshot)
        with self._patience():
            self._filter.update(self._chosen, log.end_offset)
        had_caught_up = self._filter.begin_frame()
        are_new = had_caught_up and was_complete
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
        where = " below" if self._search.has_dividers else self._elsewhere
        self.query_one(FailureText).show("" if failed is None else error_in_full(failed.error), where)
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

    def withdraw_note(self, note: str, instead: str = "") -> None:
        """Clear a note that applies no longer, or display another one instead, if it is still displayed."""
        if self._note.text == note:
            self.show_note(instead)

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
            words = self._search.words(self._snapshot.progress)
            bar = search_bar(query.text, words, has_matches=self._search.may_have_hits)
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

    # Going to a line

    def go_to_target(self, target: str) -> None:
        """Go to a jump target, or display a note if there is no such line."""
        try:
            self._jump_to(target)
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
        self._view.show_line_starts()
        if self._filter.output is not None:
            self._go_to_line(max(0, line - 1))
        elif divider is not None and self._shows_dividers:
            self._view.go_to_failure(divider)
        elif line:
            self._view.go_to(Spot(line - 1))

    def go_to_time(self, moment: float) -> None:
        """Display what was printed at a moment, in seconds since the epoch."""
        self.go_to_target(date_and_time(moment, offset=False))

    def _jump_to(self, target: str) -> None:
        """Go to a jump target. Its numbers are those of the output, whatever the filter leaves of it.

        Raises:
            JumpTargetError: if the target has an unknown form, or there is no such line.
            NoAnswerError: if the disk does not answer.
        """
        self._report_jump(self._jump.go_to(target, self._chosen.lines, self._span()))

    def _resume_jump(self) -> None:
        try:
            self._report_jump(self._jump.resume(self._chosen.lines, self._span()))
        except JumpTargetError as error:
            self.show_note(str(error))
        if self._jump.waiting_for is not None and self._snapshot.is_complete:
            self._report_change()  # the next step

    def _report_jump(self, jump: Jump | None) -> None:
        if jump is not None:
            self.show_note(jump_note(jump, is_filtered=self._filter.output is not None))

    def _span(self) -> LogSpan:
        snapshot = self._snapshot
        session = snapshot.session
        ended = seconds(session.ended_at or session.last_event_at)
        return LogSpan(likely_start(session), ended, snapshot.is_complete)


def _later(one: float | None, other: float | None) -> float | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
