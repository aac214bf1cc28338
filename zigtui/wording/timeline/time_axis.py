"""A time axis of terminal cells, on which long waits are folded: pure geometry."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import count, pairwise, takewhile
from operator import ge
from typing import NamedTuple

from zigtui.wording.dates import clock_time, utc_offset_secs
from zigtui.wording.durations import largest_unit

__all__ = ["NICE_SECS", "Gap", "Stretch", "TimeAxis", "nice_end"]

Stretch = tuple[float, float]
"""The begin and the end of a time during which something was under way, in seconds since the epoch."""

NICE_SECS = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400),
)
"""Distances between the ticks of an axis, in seconds."""

_SHORTEST_GAP_SECS = 10.0
_LEAST_SECS = 0.001  # of an axis
_LONGEST_WAIT = 10  # cells that a wait may take without being folded
_GAP_SHARE = 2  # at most half of the axis is for gaps
_LEAST_DISTANCE = 12  # cells between two times of day, if they have seconds
_MINUTE = 60
_GROWTH = 1.5  # of an axis that has become too short
_SHORTEST_END_SECS = 10.0


class Gap(NamedTuple):
    """A wait that is folded.

    Attributes:
        begin: when it began, in seconds since the epoch.
        end: when it ended.
        column: the cell at which its label begins.
        width: the cells for the label; 0 if there is no room for it.
    """

    begin: float
    end: float
    column: int
    width: int

    @property
    def label(self) -> str:
        """How long it was, as far as there is room, such as ``≀ 10m ≀``."""
        return next((label for label in _labels(self.begin, self.end) if len(label) <= self.width), "")


def _labels(begin: float, end: float) -> tuple[str, str, str]:
    """The labels for a gap, the longest first."""
    length = largest_unit(end - begin)
    return f"≀ {length} ≀", f"≀{length}", "≀"


class TimeAxis:
    """An axis from the beginning of the first stretch to the end of the last one.

    Between stretches nothing is under way. Where that takes much room, the wait is folded into a gap of few cells.

    Args:
        stretches: the times during which something is under way, in any order; at least one.
        width: the width of the axis, in cells.

    Attributes:
        width: the width, in cells.
        gaps: the waits that are folded.
        secs_per_cell: the time that a cell stands for, outside the gaps.
    """

    def __init__(self, stretches: Iterable[Stretch], width: int) -> None:
        self.width = max(1, width)
        merged = _merged(stretches)
        busy = sum(end - begin for begin, end in merged)
        least = max(_SHORTEST_GAP_SECS, _LONGEST_WAIT * busy / self.width)
        kept = [merged[0]]
        for begin, end in merged[1:]:
            if begin - kept[-1][1] < least:
                kept[-1] = kept[-1][0], end
            else:
                kept.append((begin, end))
        gaps = [(before[1], after[0]) for before, after in pairwise(kept)]
        room = self.width // _GAP_SHARE // max(1, len(gaps))
        widths = [max(map(len, labels)) for labels in zip(*(_labels(*gap) for gap in gaps), strict=True)]
        gap_width = next((width for width in widths if width <= room), 0)
        busy = max(_LEAST_SECS, sum(end - begin for begin, end in kept))
        self.secs_per_cell = busy / (self.width - gap_width * len(gaps))
        self._begins = [begin for begin, _ in kept]
        self._ends = [end for _, end in kept]
        self._columns: list[float] = []  # at which the stretches begin
        self.gaps: list[Gap] = []
        column = 0.0
        for number, (begin, end) in enumerate(kept):
            self._columns.append(column)
            column += (end - begin) / self.secs_per_cell
            if number < len(gaps):
                self.gaps.append(Gap(*gaps[number], round(column), gap_width))
                column += gap_width

    @property
    def begin(self) -> float:
        """The time at the left end, in seconds since the epoch."""
        return self._begins[0]

    @property
    def end(self) -> float:
        """The time at the right end."""
        return self._ends[-1]

    def column(self, moment: float) -> float:
        """The position of a moment in cells, from 0 to the width; in a gap, that of its beginning."""
        number = max(0, bisect_right(self._begins, moment) - 1)
        begin, end = self._begins[number], self._ends[number]
        inside = max(0.0, min(moment, end) - begin)
        return min(float(self.width), self._columns[number] + inside / self.secs_per_cell)

    def moment(self, column: float) -> float:
        """The moment at a position; in a gap, the end of the stretch before it."""
        number = max(0, bisect_right(self._columns, column) - 1)
        begin, end = self._begins[number], self._ends[number]
        return max(begin, min(end, begin + (column - self._columns[number]) * self.secs_per_cell))

    def labels(self) -> str:
        """The times of day along the axis and the labels of the gaps, in exactly the width of the axis."""
        cells = [" "] * self.width
        for gap in self.gaps:
            _write(cells, gap.column, gap.label)
        if self._begins[0] == self._ends[-1]:
            return "".join(cells)
        length = len("00:00:00" if self.secs_per_cell * _LEAST_DISTANCE < _MINUTE else "00:00")
        least = self.secs_per_cell * (length + 3)
        step = next((secs for secs in NICE_SECS if secs >= max(1, least)), None) or 86_400 * (1 + least // 86_400)
        for begin, end in zip(self._begins, self._ends, strict=True):
            first = begin + -(begin + utc_offset_secs(begin)) % step
            for moment in takewhile(partial(ge, end), count(first, step)):
                column = int(self.column(moment))
                is_free = not "".join(cells[max(0, column - 1) : column + length + 1]).strip()
                if column + length <= self.width and is_free:
                    _write(cells, column, clock_time(moment)[:length])
        return "".join(cells)


def nice_end(total_secs: float) -> float:
    """The length of an axis for a time that grows: it is the same for a while, so that the bars do not move."""
    length = _SHORTEST_END_SECS
    while length < total_secs:
        length *= _GROWTH
    return length


def _merged(stretches: Iterable[Stretch]) -> Sequence[Stretch]:
    """Stretches in order, joined where they overlap."""
    merged: list[Stretch] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, max(begin, end)))
    return merged


def _write(cells: list[str], column: int, text: str) -> None:
    text = text[: max(0, len(cells) - column)]
    cells[column : column + len(text)] = text
