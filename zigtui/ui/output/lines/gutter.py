"""The columns left of the output: the day, the time and the step of each line."""

import math
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style

from zigtui.ui.output.lines.line_times import TIME_WIDTH, LineTimes, Times
from zigtui.ui.output.lines.lines import MARK_WIDTH
from zigtui.wording.text_fit import fit, shortened

__all__ = ["Gutter"]

_LEAST_TEXT_WIDTH = 16  # with less room for the text, no times are displayed
_LEAST_LABEL_WIDTH = 8  # with less room, longer labels are headings


class Gutter(NamedTuple):
    """The columns.

    Attributes:
        day: the width of the column, in cells; 0 if it is not displayed.
        time: the same for the time.
        label: the same for the label.
        heads_days: whether the day is a heading where it changes, since there is no room for its column.
        heads_labels: the same for the label.
    """

    day: int
    time: int
    label: int
    heads_days: bool = False
    heads_labels: bool = False

    @classmethod
    def for_width(cls, width: int, *, times: LineTimes, label_width: int | None, text_share: float) -> "Gutter":
        """Divide the width of a view.

        Args:
            width: the width of the view, in cells.
            times: how times are displayed.
            label_width: the width of the longest label, in cells; None if there are no labels.
            text_share: the least share of the width that the text has beside days and labels.
        """
        rest = width - MARK_WIDTH - 1
        time = day = label = 0
        if times.kind is not Times.OFF and rest - TIME_WIDTH - 1 >= _LEAST_TEXT_WIDTH:
            time, day = TIME_WIDTH + 1, times.day_width
        room = rest - time - math.ceil(width * text_share)
        if label_width is not None and room > min(label_width, _LEAST_LABEL_WIDTH):
            label = min(label_width + 1, room)
        has_day = day <= room - label
        heads_days, heads_labels = day > 0 and not has_day, label_width is not None and not label
        return cls(day if has_day else 0, time, label, heads_days, heads_labels)

    @property
    def width(self) -> int:
        """The width of all columns."""
        return self.day + self.time + self.label

    def text_width(self, width: int) -> int:
        """The number of cells left for the text in a view, without the mark before it and the scroll bar."""
        return max(2, width - MARK_WIDTH - self.width - 1)

    def draw(self, day: str, time: str, label: str, style: Style) -> list[Segment]:
        """The columns beside a row."""
        width = self.label - 1
        name = fit(shortened(label, width), width)
        text = fit(day, self.day) + _column(fit(time, self.time - 1, right=True)) + _column(name)
        return [Segment(text, style)] if text else []


def _column(text: str) -> str:
    return f"{text} " if text else ""
