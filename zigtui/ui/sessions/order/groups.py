"""The groups of the list in its default order: live sessions, then one group for each day."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from math import inf, nextafter
from typing import NamedTuple

from zigtui.ui.sessions.order.row_key import RowKey
from zigtui.wording.dates import day_heading, day_start, local_day

__all__ = ["NO_GROUPS", "Groups", "groups_of"]


class Groups(NamedTuple):
    """The headings of groups, between the rows of a list. Rows and lines are counted from 0.

    Attributes:
        rows: the first row of each group that has a heading, in ascending order.
        lines: the line of each heading.
        headings: the words of each.
    """

    rows: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    headings: tuple[str, ...] = ()

    def line_of(self, row: int) -> int:
        """The line of a row."""
        return row + bisect_right(self.rows, row)

    def row_at(self, line: int) -> int | None:
        """The row on a line; None for a heading."""
        group = bisect_right(self.lines, line)
        return None if group and self.lines[group - 1] == line else line - group

    def heading_at(self, line: int) -> str:
        """The words of the heading on a line."""
        return self.headings[bisect_left(self.lines, line)]


NO_GROUPS = Groups()
"""A list without headings."""


def groups_of(keys: list[RowKey], now: float) -> Groups:
    """The groups of rows in the default order: each day on which sessions began, and logs by other names than ids.

    Live sessions come first, and need no heading. The time that this takes depends on the number of days, not on that
    of the sessions.
    """
    rows: list[int] = []
    headings: list[str] = []
    for row, heading in _starts(keys, now):
        rows.append(row)
        headings.append(heading)
    return Groups(tuple(rows), tuple(row + number for number, row in enumerate(rows)), tuple(headings))


def _starts(keys: list[RowKey], now: float) -> Iterator[tuple[int, str]]:
    row = bisect_left(keys, (False, True))
    end = bisect_left(keys, (True,), lo=row)
    today = local_day(now)
    while row < end:
        began = -keys[row].age
        yield row, day_heading(now if local_day(began) > today else began, now)  # a clock that is ahead
        start = day_start(now) if local_day(began) > today else day_start(began)
        row = bisect_left(keys, (False, True, nextafter(-start, inf)), lo=row + 1, hi=end)
    if end < len(keys):
        yield end, "copies and other files"
