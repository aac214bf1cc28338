"""The dividers between lines of output, by number. Each is made when it is drawn or searched."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable
from typing import NamedTuple, Protocol

from zigtui.reader.session.marks import Mark, MarkKind
from zigtui.reader.session.model import Session, StepRun, StepState
from zigtui.reader.times import seconds
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.wording.dividers import (
    DividerText,
    attempt_failed,
    date_if_changed,
    lost,
    mark_text,
    mark_time,
    step_cancelled,
    step_completed,
    step_skipped,
    step_started,
)
from zigtui.wording.durations import clock_time
from zigtui.wording.states import Severity

__all__ = ["NO_DIVIDERS", "Divider", "Dividers", "MarkDividers", "MarkRange", "StepDividers"]

_UNREADABLE = DividerText(None, "(can no longer be read)")


class Divider(NamedTuple):
    """A divider.

    Attributes:
        head: its first row, which is safe to show.
        severity: how much attention it deserves.
        detail: text of any length and of several lines below it, as recorded; empty if there is none.
    """

    head: str
    severity: Severity = Severity.MUTED
    detail: str = ""


class Dividers(Protocol):
    """The dividers of an output at one moment, numbered from 0. Each stands before a line, or behind the last one.

    The lines and dividers of an output together are its items.

    Attributes:
        variant: dividers of the same output with an equal value differ in nothing but the number of those at the end.
    """

    variant: Hashable

    def __len__(self) -> int: ...

    def before_line(self, line: int) -> int:
        """The number of dividers above a line."""

    def above_item(self, item: int) -> int:
        """The number of dividers above an item.

        Raises:
            NoAnswerError: if the disk has not answered yet.
        """

    def line_of(self, number: int) -> int:
        """The number of lines above a divider."""

    def divider(self, number: int) -> Divider:
        """A divider.

        Raises:
            NoAnswerError: if the disk has not answered yet.
        """


class _None:
    """No dividers."""

    variant: Hashable = None

    def __len__(self) -> int:
        return 0

    def before_line(self, line: int) -> int:
        return 0

    def above_item(self, item: int) -> int:
        return 0

    def line_of(self, number: int) -> int:
        raise IndexError(number)

    def divider(self, number: int) -> Divider:
        raise IndexError(number)


NO_DIVIDERS: Dividers = _None()
"""The dividers of an output without any."""


class MarkRange(NamedTuple):
    """A range of the marks of a session, such as those of a tier run.

    Attributes:
        first: the number of the first mark among all marks of the session.
        end: the number of the mark after the last one; None if the range still grows.
        first_line: the number of output lines of the session before the range.
    """

    first: int = 0
    end: int | None = None
    first_line: int = 0


class MarkDividers:
    """The dividers for the marks of a session, or for a range of them.

    Of a listener, only the last marks are in memory. For the others, the numbers of each past pass are enough to find
    the pages that are on the screen, and only those are read.

    Args:
        session: the session.
        past: reads its past passes.
        marks: the range.
        lost_since: for a lost session, its last sign of life; see `is_lost`.
        is_lost: whether to add a divider behind everything else.
    """

    def __init__(
        self,
        session: Session,
        past: PastSessions,
        marks: MarkRange = MarkRange(),  # noqa: B008  # it never changes
        *,
        is_lost: bool = False,
        lost_since: float | None = None,
    ) -> None:
        self._session = session
        self._past = past
        self._range = marks
        self._is_lost = is_lost
        self._lost_since = lost_since
        self._kept = session.marks.first  # the number of the first mark in memory
        self._end = self._kept + len(session.marks) if marks.end is None else marks.end
        self._passes = {run.first_tier: run.number for run in session.recent}
        self.variant: Hashable = (bool(session.recent), is_lost, lost_since, marks)

    def __len__(self) -> int:
        return max(0, self._end - self._range.first) + self._is_lost

    def before_line(self, line: int) -> int:
        """The number of dividers above a line."""
        line += self._range.first_line
        session, index = self._session, -1
        if session.past and line < session.tiers[0].first_line:
            index = session.past.of_line(line)
        page = self._page(index)
        if page is None:
            return self._within(session.past[index].first_mark, is_behind=False)
        marks = page.marks
        is_behind = line >= session.lines
        return self._within(marks.first + marks.before_line(line + 1), is_behind=is_behind)

    def above_item(self, item: int) -> int:
        """The number of dividers above an item; see `Dividers`."""
        position = item + self._range.first_line + self._range.first
        session, index = self._session, -1
        if session.past and position <= session.tiers[0].first_line + self._kept:
            passes = range(len(session.past))
            index = max(0, bisect_left(passes, position, key=lambda number: _position(session, number)) - 1)
        page = session if index < 0 else self._past.with_pass(session, index)
        if page is None:
            return self._within(session.past[index].first_mark, is_behind=False)
        marks = page.marks
        above = bisect_left(
            range(len(marks)), position, key=lambda number: marks.line_of(number) + marks.first + number
        )
        is_behind = position > session.lines + self._kept + len(session.marks)
        return self._within(marks.first + above, is_behind=is_behind)

    def _within(self, mark: int, *, is_behind: bool) -> int:
        """The number of dividers of the range before a mark of the session."""
        count = min(max(mark, self._range.first), self._end) - self._range.first
        return count + (self._is_lost and is_behind)

    def line_of(self, number: int) -> int:
        """The number of lines above a divider."""
        mark = self._range.first + number
        if mark >= self._end:
            return self._session.lines - self._range.first_line
        index = self._pass_of(mark)
        page = self._page(index)
        line = self._session.past[index].first_line if page is None else page.marks.line_of(mark - page.marks.first)
        return line - self._range.first_line

    def divider(self, number: int) -> Divider:
        """A divider; see `Dividers`."""
        mark = self._range.first + number
        before = self._time(mark - 1) if number else seconds(self._session.started_at)
        if mark >= self._end:
            return _divider(lost(self._lost_since, before), before)
        session = self._with_mark(mark)
        text = None
        if session is not None:
            found = session.marks[mark - session.marks.first]
            text = mark_text(session, found, self._pass_number(session, found))
        return _divider(text or _UNREADABLE, before)

    def _time(self, mark: int) -> float | None:
        session = self._with_mark(mark)
        return None if session is None else mark_time(session, session.marks[mark - session.marks.first])

    def _pass_number(self, session: Session, mark: Mark) -> int | None:
        """The number of the pass that a mark begins; None if it begins none."""
        if mark.kind is not MarkKind.TIER_STARTED:
            return None
        past = self._session.past
        index = past.of_tier(mark.number) if mark.number < self._session.first_ordinal else -1
        if index >= 0:
            return index + 1 if past[index].first_tier == mark.number else None
        if self._passes:
            return self._passes.get(mark.number)
        tier, before = session.tier(mark.number), session.tier(mark.number - 1)
        begins = tier is not None and before is not None and tier.pass_number != before.pass_number
        return tier.pass_number if tier is not None and begins else None

    # The part of the session with a mark

    def _pass_of(self, mark: int) -> int:
        """The index of the past pass with a mark; -1 if the mark is in memory."""
        return -1 if mark >= self._kept else self._session.past.of_mark(mark)

    def _with_mark(self, mark: int) -> Session | None:
        index = self._pass_of(mark)
        return self._session if index < 0 else self._past.with_pass(self._session, index)

    def _page(self, index: int) -> Session | None:
        """The part of the session with a past pass; None as long as the disk does not answer."""
        return self._session if index < 0 else self._past.if_answered(self._session, index)


class StepDividers:
    """The dividers in the output of a step run: its beginning, its failed attempts and its end.

    Args:
        step: the step run.
        session: a session with the step run.
        is_lost: whether the session is lost.
        lost_since: for a lost session, its last sign of life.
    """

    def __init__(
        self, step: StepRun, session: Session, *, is_lost: bool = False, lost_since: float | None = None
    ) -> None:
        self._step = step
        self._session = session
        self._lost_since = lost_since
        tier = session.tier_of(step)
        self._is_cancelled = step.state.is_active and not tier.is_open
        is_interrupted = is_lost and step.state.is_active and tier.is_open
        self._starts = int(step.started_at is not None)
        has_end = step.state in (StepState.SUCCEEDED, StepState.SKIPPED) or self._is_cancelled or is_interrupted
        self._has_end = has_end
        self._tier = tier
        self.variant: Hashable = (step.serial, self._starts, has_end, step.state if has_end else None, lost_since)

    def __len__(self) -> int:
        return self._starts + len(self._step.attempts) + self._has_end

    def before_line(self, line: int) -> int:
        """The number of dividers above a line."""
        return bisect_right(range(len(self)), line, key=self.line_of)

    def above_item(self, item: int) -> int:
        """The number of dividers above an item."""
        return bisect_left(range(len(self)), item, key=lambda number: self.line_of(number) + number)

    def line_of(self, number: int) -> int:
        """The number of lines above a divider."""
        position = number - self._starts
        if position < 0:
            return 0
        attempts = self._step.attempts
        return attempts[position].lines if position < len(attempts) else self._step.lines

    def number_of_attempt(self, position: int) -> int:
        """The number of the divider for a failed attempt, given its position in `StepRun.attempts`."""
        return self._starts + position

    def divider(self, number: int) -> Divider:
        """A divider; see `Dividers`."""
        before = self._text(number - 1).time if number else seconds(self._session.started_at)
        return _divider(self._text(number, before), before)

    def _text(self, number: int, before: float | None = None) -> DividerText:
        step, position = self._step, number - self._starts
        if position < 0:
            return step_started(step)
        if position < len(step.attempts):
            return attempt_failed(step, position)
        if step.state is StepState.SUCCEEDED:
            return step_completed(step)
        if step.state is StepState.SKIPPED:
            return step_skipped(step)
        return step_cancelled(step, self._tier, self._session) if self._is_cancelled else lost(self._lost_since, before)


def _position(session: Session, index: int) -> int:
    """The position of the first mark of a past pass among all lines and marks of the session."""
    run = session.past[index]
    return run.first_line + run.first_mark


def _divider(text: DividerText, before: float | None) -> Divider:
    moment = text.time
    shown = "" if moment is None else clock_time(moment)
    head = " ".join(filter(None, (date_if_changed(moment, before), shown, text.words)))
    return Divider(head, text.severity, text.detail)
