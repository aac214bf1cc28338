"""An output of a session: which one it is, and which of its lines the user filters and searches for."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress

from textual.containers import Vertical

from zigtui.reader.search.line_filter import Condition
from zigtui.reader.search.query import Query
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.settings import Settings
from zigtui.ui.messages import DataChanged
from zigtui.ui.output.chosen.chosen_output import ChosenOutput
from zigtui.ui.output.chosen.longest_name import LongestName
from zigtui.ui.output.dividers.dividers import NO_DIVIDERS, Dividers
from zigtui.ui.output.excerpts import Excerpts
from zigtui.ui.output.log_end_view import LogEndView
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.patient_reader import NoAnswerError, PatientReader
from zigtui.ui.output.search.filter_controller import FilterController, FilteredOutput
from zigtui.ui.output.search.jump_controller import JumpController
from zigtui.ui.output.search.search_controller import Searchable, SearchController
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.widgets.painted import Backdrop
from zigtui.wording.tree.tree_rows import ALL_OUTPUT

__all__ = ["NO_ANSWER", "OutputNavigation"]

NO_ANSWER = "the disk does not answer"
"""The note if the log cannot be read at present."""


class OutputNavigation(Vertical, Backdrop):
    """Chooses the output for a row of the tree, and filters and searches its lines.

    Subclasses display it, and implement `show_note`.

    Args:
        log: the session's log.
        settings: the user's settings.
        shows_dividers: whether dividers are displayed between the lines.

    Attributes:
        excerpts: what can be copied from the output, or saved.
    """

    def __init__(self, log: SessionLog, settings: Settings, *, shows_dividers: bool = True) -> None:
        super().__init__()
        self._log = log
        self._reader = PatientReader(self._report_change, settings.disk_patience_secs)
        self._past = PastSessions(log, self._reader.run)
        self._shows_dividers = shows_dividers
        self._longest_name = LongestName()
        self._snapshot = log.snapshot()
        self._chosen = self._choice(ALL_OUTPUT, self._snapshot)
        self._view = OutputView(settings)
        self._shown = LogEndView(self._view, self._number_at)
        self._search = SearchController(self._shown, self._report_change, has_dividers=shows_dividers)
        self._filter = FilterController(log.path, self._reader.run, self._report_change)
        self._displayed: Searchable = self._chosen
        self._jump = JumpController(self._shown, self._jump_to_line)
        self.excerpts = Excerpts(log, self._shown, self._search, self._taken_from)

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

    def show_note(self, note: str) -> None:
        """Display a note below the output for a while; an empty one clears it."""
        raise NotImplementedError

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

    def show_as(self, other: "OutputNavigation", snapshot: SessionSnapshot) -> None:
        """Display the same lines as another pane in the same way."""
        view, others = self._view, other.view
        view.wrap, view.times = others.wrap, others.times
        self._filter.set(other._filter.conditions)
        self.choose(other.chosen, snapshot)
        top = None if other.is_following else other._top_number()
        if top is not None:
            with self._patience():
                self._go_to_line(top)

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

    # The filter and the search

    def _filter_by(self, conditions: tuple[Condition, ...]) -> None:
        """Display the lines that meet other conditions, from the line on that is at the top of the screen."""
        top = None if self.is_following else self._top_number()
        self._filter.set(conditions)
        with self._patience():
            self._filter.switch(self._chosen)
        self._display(self._snapshot, follow=self.is_following)
        if top is not None:
            with self._patience():
                self._go_to_line(top)

    def _top_number(self) -> int | None:
        """The number in the output of the first line on the screen; None if it is not known."""
        line = min(self._shown.top_line, len(self._displayed.lines) - 1)
        filtered = self._filter.output
        with self._patience():
            if filtered is None:
                return max(0, line)
            offset = filtered.lines.offset_of(line)
            return None if offset is None else self._chosen.lines.number_at(offset)
        return None

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

    def go_to_match(self, direction: int) -> None:
        """Go to the next match (1) or the previous one (-1)."""
        if self._search.query is None:
            self.show_note("nothing is searched for yet: / asks")
            return
        with self._patience():
            self._search.go_on(direction, self._displayed)
            self.show_note("")
            self._report_change()

    # What can be ended

    @property
    def is_busy(self) -> bool:
        """Whether the user searches, filters or selects lines."""
        return self.is_searching or bool(self.condition_count) or self._view.selection.exists

    @property
    def is_searching(self) -> bool:
        """Whether something is searched for, or a jump waits for its line."""
        return self._search.query is not None or self._jump.waiting_for is not None

    def end_search(self) -> None:
        """End the search and the jump."""
        self.show_note("")
        self._search.end()
        self._jump.cancel()

    @property
    def condition_count(self) -> int:
        """The number of conditions that lines have to meet."""
        return len(self._filter.conditions)

    def drop_condition(self) -> None:
        """Remove the condition that was added last."""
        self.show_note("")
        self._filter_by(self._filter.conditions[:-1])

    # Going to a line

    def _jump_to_line(self, line: int) -> None:
        self._view.show_line_starts()
        self._go_to_line(line)

    def _go_to_line(self, line: int) -> None:
        """Display a line of the output, or the first one after it that the filter leaves.

        Raises:
            NoAnswerError: if the disk does not answer.
        """
        if self._filter.output is None:
            self._shown.go_to_line(line)
            return
        offset = self._chosen.lines.offset_of(line)
        if offset is not None:
            self._view.follow = False
            self._filter.stay_at(offset, self._view.moves)

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """Leave the block with a note if the disk does not answer."""
        try:
            yield
        except NoAnswerError:
            self.show_note(NO_ANSWER)
