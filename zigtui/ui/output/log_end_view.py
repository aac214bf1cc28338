"""Display the end of a large log at once, and replace it by all lines when they have been read.

A line has a number only when all lines before it have been read. Until then the last lines are displayed alone.
"""

from collections.abc import Callable
from typing import NamedTuple

from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.lines.log_end import LogEnd
from zigtui.ui.output.view import OutputView
from zigtui.wording.text_fit import cell_width

__all__ = ["LogEndView"]


class _Source(NamedTuple):
    lines: LineSource
    labels: bool
    label_width: int


class LogEndView:
    """A `Viewport` on the lines of an output. Its view may display only the log's end for now.

    Args:
        view: displays the lines.
        number_at: returns the number of the line at an offset in the file, once all lines have numbers.
    """

    def __init__(self, view: OutputView, number_at: Callable[[int], int | None]) -> None:
        self._view = view
        self._number_at = number_at
        self._source: _Source | None = None
        self._end: LogEnd | None = None

    def show(self, lines: LineSource, *, labels: bool, label_width: int, follow: bool = True) -> None:
        """Display other lines. For the arguments, see `OutputView.show`."""
        self._source = _Source(lines, labels, label_width)
        self._end = None
        self._view.show(lines, labels=labels, label_width=label_width, follow=follow)

    def update(self, end: LogEnd | None, label_width: int) -> None:
        """Display the log's end while the view follows it, and all lines once they have been read.

        Args:
            end: the end of the log, while the part before it is still being read; else None.
            label_width: the width of the longest step name known by now, in cells.

        Raises:
            NoAnswerError: if the disk does not answer. The next update tries again.
        """
        if self._source is None:
            return
        if end is not None and self._view.follow and end is not self._end:
            self._end = end
            self._view.show(end, labels=True, label_width=max(label_width, _longest_label(end)))
        elif end is None and self._end is not None:
            lines = self._source.lines
            if self._view.follow:
                self.show(lines, labels=self._source.labels, label_width=label_width)
            else:  # the lines on the screen stay where they are
                first_line = self._end.first_line
                self._view.put_before(lines, (first_line is not None and self._number_at(first_line)) or 0)
                self._end = None

    def show_numbered(self) -> None:
        """Replace the log's end by the lines that have numbers, from the first one on."""
        if self._end is not None and self._source is not None:
            lines, labels, label_width = self._source
            self.show(lines, labels=labels, label_width=label_width, follow=False)

    @property
    def is_end_only(self) -> bool:
        """Whether only the log's end is displayed, so that no line on the screen has a number."""
        return self._end is not None

    # The Viewport protocol

    @property
    def top_line(self) -> int:
        """The number of the first line on the screen; 0 while lines have no numbers."""
        return 0 if self.is_end_only else self._view.top_line

    @property
    def moves(self) -> int:
        """How many times the user has scrolled."""
        return self._view.moves

    def has_left(self, line: int) -> bool:
        """Whether the view has been scrolled away from a line."""
        return not self.is_end_only and not self._view.is_in_sight(line)

    def go_to_line(self, line: int, *, to_top: bool = False) -> None:
        """Display a line, and stop following the end."""
        self.show_numbered()
        self._view.go_to_line(line, to_top=to_top)


def _longest_label(end: LogEnd) -> int:
    return max((cell_width(line.step_name) for line in end.lines), default=0)
