"""The columns left of the output: the day, the time and the step of each line."""

from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from zigtui.ui.output.line_times import TIME_WIDTH, LineTimes, Times
from zigtui.ui.output.lines import MARK_WIDTH
from zigtui.wording.text_fit import fit

__all__ = ["Gutter"]

_LEAST_TEXT_WIDTH = 16  # with less room for the text, no days or no times are displayed


class Gutter(NamedTuple):
    """The widths of the columns, in cells; 0 for a column that is not displayed."""

    day: int
    time: int
    label: int

    @classmethod
    def for_width(cls, width: int, *, times: LineTimes, label_width: int | None) -> "Gutter":
        """Divide the width of a view.

        Args:
            width: the width of the view, in cells.
            times: how times are displayed.
            label_width: the width of the longest label, in cells; None if there are no labels. Labels take at most a
                third of the view.
        """
        label = 0 if label_width is None else max(0, min(label_width, width // 3)) + 1
        rest = width - MARK_WIDTH - label - 1 - TIME_WIDTH - 1
        if times.kind is Times.OFF or rest < _LEAST_TEXT_WIDTH:
            return cls(0, 0, label)
        return cls(times.day_width if rest - times.day_width >= _LEAST_TEXT_WIDTH else 0, TIME_WIDTH + 1, label)

    @property
    def width(self) -> int:
        """The width of all columns."""
        return self.day + self.time + self.label

    def text_width(self, width: int) -> int:
        """The number of cells left for the text in a view, without the mark before it and the scroll bar."""
        return max(2, width - MARK_WIDTH - self.width - 1)

    def draw(self, day: str, time: str, label: str, style: Style) -> Strip:
        """The columns beside a row."""
        text = fit(day, self.day) + _column(fit(time, self.time - 1, right=True)) + _column(fit(label, self.label - 1))
        return Strip([Segment(text, style)] if text else [])


def _column(text: str) -> str:
    return f"{text} " if text else ""
