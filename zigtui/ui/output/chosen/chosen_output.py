"""The output chosen in the tree, which is displayed: that of a step or attempt, a tier, a pass or the session."""

from collections.abc import Hashable
from itertools import islice
from typing import TYPE_CHECKING

from zigtui.reader.lines.line_source import PlacedLines
from zigtui.reader.lines.output_index import OutputLines, OutputRange, RunRead
from zigtui.reader.search.query import LineTest, Query
from zigtui.reader.search.search import MAX_HITS, Search
from zigtui.reader.session.folding.folded_lines import FoldedLines
from zigtui.reader.session.model.pass_lookup import pass_of_tier
from zigtui.reader.session.model.session import Attempt, Session, SessionState, StepRun, StepState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.opened_at import OpenedAt
from zigtui.ui.output.chosen.chosen_run import ChosenRun, begun_key, find_run
from zigtui.ui.output.chosen.titles import (
    ahead_bar,
    all_output_bar,
    attempt_bar,
    pass_bar,
    step_bar,
    tier_bar,
    unreadable_bar,
)
from zigtui.ui.output.dividers.attempt_dividers import AttemptDividers
from zigtui.ui.output.dividers.dividers import NO_DIVIDERS, Dividers
from zigtui.ui.output.dividers.mark_dividers import MarkDividers, MarkRange
from zigtui.ui.output.dividers.step_dividers import StepDividers
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.widgets.bar import BarLine, BarTexts

if TYPE_CHECKING:
    from zigtui.ui.output.dividers.divider_search import DividerSearch

__all__ = ["ChosenOutput"]


class ChosenOutput:
    """The output for a row of the tree, in one generation of a log.

    All methods that read lines may raise `NoAnswerError`.

    Args:
        log: the session's log.
        key: the key of the row.
        snapshot: the session.
        run_read: see `OutputLines`.
        past: reads the past passes of the session.

    Attributes:
        key: the key of the row, which is another one once a tier has begun.
        lines: the lines of the output.
        marked_attempt: the position in `StepRun.attempts` of the failed attempt that the user went to; None for none.
    """

    def __init__(
        self, log: SessionLog, key: Hashable, snapshot: SessionSnapshot, run_read: RunRead, past: PastSessions
    ) -> None:
        self.key = begun_key(key, snapshot.session)
        self.marked_attempt: int | None = None
        self._log = log
        self._run_read = run_read
        self._past = past
        self._snapshot = snapshot
        self._generation = snapshot.generation
        self._end: tuple[OutputLines, int] | None = None  # the first line after this output
        self._steps_searched = 0  # while looking for the end
        self._run: ChosenRun | None = None
        self._is_waiting = False  # for the disk to answer where the run is
        self._find_run()
        self._all = log.output(run_read=run_read)
        self.lines = self._find_lines()
        self._lacks_lines = not self._is_found

    def _find_run(self) -> None:
        try:
            found = find_run(self.key, self._snapshot.session, self._past)
            self._is_waiting = False
        except NoAnswerError:
            self._is_waiting = self._run is None
            return
        if found is not None and (self._run is None or not found.is_unreadable):
            self._run = found

    def _find_lines(self) -> OutputLines | OutputRange:
        run = self._run
        if run is not None and run.step is not None:
            try:
                lines = self._output_of(run.step, run.folded)
            except NoAnswerError:
                self._run, self._is_waiting = None, True
            else:
                if lines is not None:
                    attempt = run.attempt
                    return lines if attempt is None else OutputRange(lines, attempt.first_line, self._end_of_attempt)
                self._run = ChosenRun(self._snapshot.session, is_unreadable=True)
        elif run is not None and not run.is_unreadable:
            part = run.run or run.tier
            return OutputRange(self._all, 0 if part is None else part.first_line, self._end_of_part)
        return OutputRange(self._all, 0, lambda: 0) if self.is_ahead or not self._is_found else self._all

    def _output_of(self, step: StepRun, folded: FoldedLines | None) -> OutputLines | None:
        """The output lines of a step run; None if they can no longer be read. For ``folded`` see `ChosenRun`."""
        if folded is None:
            lines = self._log.kept_output(step, self._run_read)
            if lines is not None:
                return lines
            session = self._log.snapshot().session  # the pass of the step has become a past one since the last snapshot
            index = session.past.of_step(step.serial)
            folded = self._past.lines_with_pass(session, index) if index >= 0 else None
        return None if folded is None else self._log.output_in(folded, step, self._run_read)

    @property
    def _is_unreadable(self) -> bool:
        return self._run is not None and self._run.is_unreadable

    @property
    def _is_found(self) -> bool:
        return not (self._is_waiting or self._is_unreadable)

    def update(self, snapshot: SessionSnapshot) -> None:
        """Apply the changes of the session."""
        is_same = snapshot.session is self._snapshot.session
        self._snapshot = snapshot
        if not is_same:
            self._find_run()

    @property
    def _step(self) -> StepRun | None:
        return None if self._run is None else self._run.step

    @property
    def step_name(self) -> str:
        """The name of the step; empty if the output is that of several steps."""
        return "" if self._step is None else self._step.name

    @property
    def is_ahead(self) -> bool:
        """Whether the output belongs to a tier that has not begun."""
        return isinstance(self.key, tuple) and self.key[0] == "ahead"

    @property
    def has_labels(self) -> bool:
        """Whether lines have labels, because several steps may have printed them."""
        return self._step is None

    def dividers(self, past: PastSessions | None = None) -> Dividers:
        """The dividers as they are now.

        Args:
            past: reads the past passes of the session; by default, as for this output.
        """
        run, session, snapshot = self._run, self._snapshot.session, self._snapshot
        if self.is_ahead or not self._is_found:
            return NO_DIVIDERS
        is_lost = snapshot.is_complete and snapshot.state is SessionState.LOST
        since = snapshot.last_sign_of_life if is_lost else None
        if run is not None and run.step is not None:
            of_step = StepDividers(run.step, run.home, is_lost=is_lost, lost_since=since)
            return of_step if run.attempt is None else AttemptDividers(of_step, run.attempt)
        marks = MarkRange()
        if run is not None:
            part, after = run.run or run.tier, run.start_after(session)
            if part is not None:
                marks = MarkRange(part.first_mark, None if after is None else after[1], part.first_line)
        return MarkDividers(session, past or self._past, marks, is_lost=is_lost and marks.end is None, lost_since=since)

    def end_of_attempt(self, position: int | None) -> tuple[int, int | None]:
        """The number of lines before the end of an attempt of the chosen step, and the number of its divider.

        Args:
            position: the position of a failed attempt in `StepRun.attempts`. For others, the end of the output counts.

        Returns:
            None for the divider if there is none.
        """
        dividers, attempts = self.dividers(), () if self._step is None else self._step.attempts
        if position is not None and position < len(attempts) and isinstance(dividers, StepDividers):
            return attempts[position].lines, dividers.number_of_attempt(position)
        return len(self.lines), len(dividers) - 1 if len(dividers) else None

    def title(self, note: BarTexts, quiet_secs: float) -> tuple[BarLine, ...]:
        """The lines above the output; for ``quiet_secs`` see `step_bar`."""
        run = self._run
        if self._is_unreadable:
            return unreadable_bar(note)
        if run is not None:
            home = self._snapshot._replace(session=run.home)
            if run.step is not None and run.attempt is not None:
                return attempt_bar(run.step, run.attempt, home, note)
            if run.step is not None:
                return step_bar(run.step, home, note, quiet_secs)
            if run.tier is not None:
                whole = pass_of_tier(self._snapshot.session, run.tier.ordinal)
                return tier_bar(run.tier, home, note, 1 if whole is None else whole.pass_number)
            if run.run is not None:
                return pass_bar(run.run, self._snapshot, note)
        match self.key:
            case ("ahead", int(number)):
                return ahead_bar(number, self._snapshot.state)
        return all_output_bar(self._snapshot, note)

    @property
    def failed(self) -> Attempt | None:
        """The attempt if it failed, or the marked or else the last attempt of a step that failed; else None."""
        step, attempt = self._step, self._run.attempt if self._run is not None else None
        if attempt is not None:
            return attempt.failed
        if step is None or not step.attempts or self._snapshot.step_state(step) is not StepState.FAILED:
            return None
        marked = self.marked_attempt
        return step.attempts[marked if marked is not None and marked < len(step.attempts) else -1]

    def is_outdated(self, snapshot: SessionSnapshot) -> bool:
        """Whether the row must be chosen again.

        Its run has begun or is only known now, or the log was replaced or truncated.
        """
        if self._is_waiting:
            self._find_run()
        has_begun = self.is_ahead and begun_key(self.key, snapshot.session) != self.key
        return snapshot.generation != self._generation or has_begun or (self._lacks_lines and self._is_found)

    def opened_at(self, line: int) -> OpenedAt:
        """The location of a line, numbered from 0: in its step, or in all output if the step is one of a past pass."""
        run = self._run
        if run is not None and run.step is not None and run.folded is None:
            before = 0 if run.attempt is None else run.attempt.first_line
            return OpenedAt.of_step(run.step, run.home, before + line)
        offset = self.lines.offset_of(line)
        number = None if offset is None else self._all.number_at(offset)
        return OpenedAt() if number is None else OpenedAt(target=str(number + 1))

    # The part of the file with this output

    def search(
        self, query: LineTest, top_line: int, *, most: int = MAX_HITS, lines: PlacedLines | None = None
    ) -> Search | None:
        """Create a search of the output that begins at a line; None if there is nothing to search.

        Args:
            query: the query.
            top_line: the number of the line.
            most: see `Search`.
            lines: the lines that are numbered; by default, all of the output.
        """
        if self.is_ahead or self._is_unreadable:
            return None
        origin = (lines or self.lines).offset_of(top_line)
        start = self.lines.offset_of(0)
        if start is None:
            start = 0 if len(self.lines) else self._log.end_offset
        step = self._step
        step_name = step.name if step is not None else None
        origin, end = origin or start, self.end()
        return Search(self._log.path, query, step_name=step_name, start=start, end=end, origin=origin, most=most)

    def divider_search(self, query: Query, past: PastSessions | None, top_divider: int) -> "DividerSearch":
        """Create a search of the dividers that begins at one.

        Args:
            query: the query.
            past: reads the past passes of the session for the thread of the search.
            top_divider: the number of the divider.
        """
        from zigtui.ui.output.dividers.divider_filter import DividerFilter  # not needed for the start
        from zigtui.ui.output.dividers.divider_search import DividerSearch

        return DividerSearch(query, self.dividers(past), DividerFilter(self._log.path, query), top_divider)

    def end(self) -> int | None:
        """The offset in the file of the first line after the output; None if there is none yet."""
        if self._end is None:
            self._end = self._line_behind()
        return None if self._end is None else self._end[0].offset_of(self._end[1])

    def _line_behind(self) -> tuple[OutputLines, int] | None:
        run = self._run
        if run is None:
            return None
        if run.step is not None:
            return self._line_behind_step(run, run.step)
        behind = self._end_of_part()
        return (self._all, behind) if behind is not None and behind < len(self._all) else None

    def _end_of_attempt(self) -> int | None:
        """The number of lines of the step after the attempt; None while it may print more."""
        return self._run.attempt.end_line if self._run is not None and self._run.attempt is not None else None

    def _line_behind_step(self, run: ChosenRun, step: StepRun) -> tuple[OutputLines, int] | None:
        end = self._end_of_attempt()
        if end is not None:
            lines = self._output_of(step, run.folded) if end < step.lines else None
            return None if lines is None else (lines, end)
        home: Session = run.home
        first = max(step.serial + 1, self._steps_searched, home.first_serial) - home.first_serial
        for other in islice(home.steps, first, None):
            if other.name == step.name and (other.lines or run.following is None):
                if not other.lines:
                    return None  # it has begun and may print soon: check it again
                lines = self._output_of(other, run.folded)
                return None if lines is None else (lines, 0)
            self._steps_searched = other.serial + 1
        return None if run.following is None else (self._all, run.following.first_line)

    def _end_of_part(self) -> int | None:
        """The number of the first output line after the tier run or the pass; None if nothing follows it."""
        after = None if self._run is None else self._run.start_after(self._snapshot.session)
        return None if after is None else after[0]
