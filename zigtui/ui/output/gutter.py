"""The columns left of the output: the time and the step of each line."""

from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from zigtui.ui.output.lines import MARK_WIDTH
from zigtui.wording.text_fit import fit

__all__ = ["Gutter"]

_TIME_WIDTH = len("14:03:22 ")
_LEAST_TEXT_WIDTH = 16  # with less room for the text, no times are displayed


class Gutter(NamedTuple):
    """The widths of the columns, in cells; 0 for a column that is not displayed."""

    time: int
    label: int

    @classmethod
    def for_width(cls, width: int, *, times: bool, label_width: int | None) -> "Gutter":
        """Divide the width of a view.

        Args:
            width: the width of the view, in cells.
            times: whether the user has chosen to display times.
            label_width: the width of the longest label, in cells; None if there are no labels. Labels take at most a
                third of the view.
        """
        label = 0 if label_width is None else max(0, min(label_width, width // 3)) + 1
        rest = width - MARK_WIDTH - label - 1 - _TIME_WIDTH
        return cls(_TIME_WIDTH if times and rest >= _LEAST_TEXT_WIDTH else 0, label)

    def text_width(self, width: int) -> int:
        """The number of cells left for the text in a view, without the mark before it and the scroll bar."""
        return max(2, width - MARK_WIDTH - self.label - self.time - 1)

    def draw(self, time: str, label: str, style: Style) -> Strip:
        """The columns beside a row."""
        text = time.ljust(self.time) + (fit(label, self.label - 1) + " " if self.label else "")
        return Strip([Segment(text, style)] if text else [])
