"""The dividers for the marks of a session: those of all its output, of a tier or of a pass."""

from bisect import bisect_left
from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

from zigtui.reader.session.model.marks import Mark, MarkKind
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session
from zigtui.reader.times import seconds
from zigtui.ui.output.dividers.dividers import Divider, Possible, divider_of
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.wording.dividers import DividerText, lost, mark_text, mark_time
from zigtui.wording.signs import UNREADABLE

if TYPE_CHECKING:
    from zigtui.ui.output.dividers.divider_filter import DividerFilter

__all__ = ["MarkDividers", "MarkRange"]

_UNREADABLE = DividerText(None, UNREADABLE)


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
        self._last = session  # the part of it that was used last
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
        index = self._pass_of_item(item)
        return self._above(item, index, self._session if index < 0 else self._past.with_pass(self._session, index))

    def estimate_above(self, item: int) -> int:
        """The number of dividers above an item; within past passes, that above the pass."""
        index = self._pass_of_item(item)
        return self._above(item, index, self._session if index < 0 else None)

    def has_failure(self, first: int, end: int) -> bool:
        """Whether a mark in memory is a failed attempt, or a past pass with one begins between two dividers."""
        marks, past = self._session.marks, self._session.past
        first, end = self._range.first + first, min(self._range.first + end, self._end)
        if marks.has_kind(MarkKind.ATTEMPT_FAILED, max(0, first - self._kept), end - self._kept):
            return True
        if first >= min(end, self._kept):
            return False
        first_pass, end_pass = past.of_mark(first - 1) + 1, past.of_mark(min(end, self._kept) - 1) + 1
        return past.failures_before(first_pass) < past.failures_before(end_pass)

    def _pass_of_item(self, item: int) -> int:
        """The index of the past pass with an item; -1 if its marks are in memory."""
        session, position = self._session, item + self._range.first_line + self._range.first
        if not session.past or position > session.tiers[0].first_line + self._kept:
            return -1
        return max(0, session.past.of_item(position - 1))

    def _above(self, item: int, index: int, page: Session | None) -> int:
        """The number of dividers above an item. ``page`` is the part of the session with it; None if not known."""
        session, position = self._session, item + self._range.first_line + self._range.first
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
            return divider_of(lost(self._lost_since, before), before)
        session = self._with_mark(mark)
        text = None
        if session is not None:
            found = session.marks[mark - session.marks.first]
            text = mark_text(session, found, self._pass_number(session, found))
        return divider_of(text or _UNREADABLE, before)

    def search_from(self, number: int, wanted: "DividerFilter") -> Possible:
        """Search the marks in memory, or those of a page of past passes, which is folded if it may match."""
        mark = self._range.first + number
        if mark >= self._end:  # that of a lost session
            return Possible(number, is_found=True)
        if not self._has(self._last, mark) and (index := self._pass_of(mark)) >= 0:
            page, following = self._session.past.page_of(index)
            after = self._pass(following)
            if not wanted.may_match_events(page.offset, after.offset):
                return Possible(max(number + 1, self._within(after.first_mark, is_behind=False)), is_found=False)
        session = self._with_mark(mark)
        if session is None:
            return Possible(number, is_found=True)
        first = session.marks.first
        for position in range(mark - first, min(self._end - first, len(session.marks))):
            if wanted.may_match(session, session.marks[position]):
                return Possible(first + position - self._range.first, is_found=True)
        return Possible(max(number + 1, self._within(first + len(session.marks), is_behind=False)), is_found=False)

    def _pass(self, index: int) -> PassRun:
        past = self._session.past
        return past[index] if index < len(past) else self._session.recent[0]

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

    @staticmethod
    def _has(session: Session, mark: int) -> bool:
        return 0 <= mark - session.marks.first < len(session.marks)

    def _with_mark(self, mark: int) -> Session | None:
        if not self._has(self._last, mark):
            index = self._pass_of(mark)
            found = self._session if index < 0 else self._past.with_pass(self._session, index)
            if found is None:
                return None
            self._last = found
        return self._last

    def _page(self, index: int) -> Session | None:
        """The part of the session with a past pass; None as long as the disk does not answer."""
        return self._session if index < 0 else self._past.if_answered(self._session, index)
