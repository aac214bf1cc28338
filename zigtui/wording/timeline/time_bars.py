"""Bars over time, in terminal cells: pure functions of a span and an axis."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from zigtui.wording.states import Severity
from zigtui.wording.timeline.time_axis import Stretch, TimeAxis
from zigtui.wording.timeline.time_spans import RunSpan

__all__ = ["BarCell", "draw_bar", "runs_of"]

_BUSY, _QUIET, _TAIL = "▇", "┄", "·"
_FAILED, _GROWING = "✘", "→"
_BEFORE, _AFTER = "‹", "›"


class BarCell(NamedTuple):
    """A cell of a bar.

    Attributes:
        glyph: the character.
        severity: the severity of what it stands for; None for an empty cell.
    """

    glyph: str
    severity: Severity | None = None


_EMPTY = BarCell(" ")


def draw_bar(span: RunSpan, axis: TimeAxis, silences: Sequence[Stretch], quiet_secs: float) -> list[BarCell]:
    """Draw when a run was under way, in as many cells as the axis has.

    Each attempt is a piece, with a cross where it failed. What was silent is thin, and the time between the last output
    of a parallel step and its recorded end is dotted. A run outside the axis has a mark at the edge that is next to it.

    Args:
        span: the run.
        axis: the axis.
        silences: when the run printed nothing before its last output, as far as it is known.
        quiet_secs: the shortest silence that is drawn.
    """
    cells = [_EMPTY] * axis.width
    if span.begin > axis.end or (span.end < axis.begin and not span.is_growing):
        mark = _AFTER if span.begin > axis.end else _BEFORE
        cells[-1 if mark == _AFTER else 0] = BarCell(mark, Severity.MUTED)
        return cells
    if span.failed and span.begin <= axis.end and span.failed[-1] >= axis.begin:
        _fill(cells, axis, (span.begin, span.failed[-1]), BarCell(_BUSY, Severity.ERROR))
    for piece in sorted(span.rest, key=lambda each: not each.is_tail):  # dots only where it printed nothing
        if piece.is_tail and round(axis.column(piece.end)) <= int(axis.column(piece.begin)):
            continue  # it would make the bar a cell longer than that of its tier
        if piece.begin <= axis.end and piece.end >= axis.begin:
            severity = Severity.MUTED if piece.is_tail else piece.severity
            _fill(cells, axis, (piece.begin, piece.end), BarCell(_TAIL if piece.is_tail else _BUSY, severity))
    silent = list(silences)
    if span.silent_since is not None:
        silent.append((span.silent_since, span.end))
    for begin, end in silent:
        if end - begin >= quiet_secs and begin <= axis.end and end >= axis.begin:
            for column in range(round(axis.column(begin)), min(axis.width, round(axis.column(end)))):
                if cells[column].glyph == _BUSY:
                    cells[column] = cells[column]._replace(glyph=_QUIET)
    for column in _failed_cells(span, axis):
        cells[column] = BarCell(_FAILED, Severity.ERROR)
    for piece in span.rest:
        if piece.has_failed and axis.begin <= piece.end <= axis.end:
            cells[_last(axis, piece.begin, piece.end)] = BarCell(_FAILED, piece.severity)
    if span.is_growing and span.end <= axis.end:
        begin = span.rest[-1].begin if span.rest else span.end
        cells[_last(axis, begin, span.end)] = BarCell(_GROWING, span.severity)
    return cells


def _failed_cells(span: RunSpan, axis: TimeAxis) -> Iterator[int]:
    """The cells in which attempts failed. Those that end in the same cell are passed over, since they may be many."""
    failed = span.failed
    number = bisect_left(failed, axis.begin)
    while number < len(failed) and failed[number] <= axis.end:
        column = _last(axis, failed[number - 1] if number else span.begin, failed[number])
        yield column
        number = bisect_right(failed, axis.moment(column + 1.5), number + 1)


def _fill(cells: list[BarCell], axis: TimeAxis, stretch: Stretch, cell: BarCell) -> None:
    first, last = min(axis.width - 1, int(axis.column(stretch[0]))), _last(axis, *stretch)
    cells[first : last + 1] = [cell] * (last + 1 - first)


def _last(axis: TimeAxis, begin: float, end: float) -> int:
    """The last cell of a piece, which has at least one."""
    first = min(axis.width - 1, int(axis.column(begin)))
    return max(first, min(axis.width, round(axis.column(end))) - 1)


def runs_of(cells: Iterable[BarCell]) -> list[tuple[str, Severity | None]]:
    """The texts of adjacent cells with the same severity."""
    grouped = groupby(cells, key=lambda cell: cell.severity)
    return [("".join(cell.glyph for cell in group), severity) for severity, group in grouped]
