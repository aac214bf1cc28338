"""Find the lines at which the output reaches a time, even if the recorded times are not ascending.

Clocks are set back, and single times are wrong or missing. So a time may be reached at several lines: at each one whose
time is not before it, while that of the line before is. Only those blocks of lines are read whose times make that
possible.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from zigtui.reader.lines.line_source import LineSpan, TimedLines
from zigtui.reader.times import seconds
from zigtui.reader.user_input.moments import Moments, Quality

__all__ = ["Fit", "fits"]

_BLOCKS_AT_ONCE = 100  # that are read before there is a pause
_MAX_LINES_WITHOUT_TIME = 100  # how many lines are read to find the next one with a time
_MAX_CLOCK_STEP_SECS = 3600  # by which clocks are set back; a single time that is further ahead is taken for wrong


class Fit(NamedTuple):
    """A line at which a time is reached, by its number from 0."""

    line: int
    quality: Quality


def fits(lines: TimedLines, moments: Moments) -> Iterator[Fit | None]:
    """Find the lines at which one of some moments is reached.

    Yields:
        The lines, in order. None now and then, when many lines have been read, so that the caller can pause.
    """
    before: LineSpan | None = None  # the last block with a time
    low_before, high_before = math.inf, -math.inf
    blocks = 0
    may_fit = moments.may_fit
    for span in lines.spans():  # of a large log, tens of thousands
        _, _, lowest, highest = span
        if highest < lowest:
            continue
        low = lowest if lowest < low_before else low_before
        high = highest if highest > high_before else high_before
        if before is None or may_fit(low, high):
            if blocks and blocks % _BLOCKS_AT_ONCE == 0:
                yield None
            blocks += 1
            yield from _fits_in(span, before, lines, moments)
        before, low_before, high_before = span, lowest, highest


def _fits_in(span: LineSpan, span_before: LineSpan | None, lines: TimedLines, moments: Moments) -> Iterator[Fit]:
    first, count, _, _ = span
    before = None
    if span_before is not None:
        before = _first_time(lines, range(span_before[0] + span_before[1] - 1, span_before[0] - 1, -1))
    for number in range(first, first + count):
        printed = _time(lines, number)
        if printed is None:
            continue
        quality = moments.fit(before, printed)
        if (
            quality is Quality.PASSED
            and before is not None
            and _is_out_of_order(number, before, printed, lines, moments)
        ):
            quality = Quality.DOUBTFUL
        if quality is not None:
            yield Fit(number, quality)
        before = printed


def _is_out_of_order(number: int, before: float, printed: float, lines: TimedLines, moments: Moments) -> bool:
    """Whether this line seems to have a wrong time: the next one would be in order, and not be after the moment yet.

    The next line may also meet the moment. If it is only a little earlier, the clock may have been set back instead.
    """
    following = _first_time(lines, range(number + 1, min(number + _MAX_LINES_WITHOUT_TIME, len(lines))))
    if following is None or not before <= following < printed - _MAX_CLOCK_STEP_SECS:
        return False
    return following < moments.latest(printed) or moments.fit(before, following) is Quality.MET


def _first_time(lines: TimedLines, numbers: range) -> float | None:
    """The time of the first line that has one."""
    return next((printed for number in numbers if (printed := _time(lines, number)) is not None), None)


def _time(lines: TimedLines, number: int) -> float | None:
    line = lines.line(number)
    return None if line is None else seconds(line.time)
