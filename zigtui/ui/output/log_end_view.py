"""Display the end of a large log at once, and replace it with all lines when they have been read.

A line has a number only when all lines before it have been read. Until then the last lines are displayed alone.
"""

from collections.abc import Callable
from typing import NamedTuple

from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.lines.log_end import LogEnd
from zigtui.ui.output.dividers.dividers import NO_DIVIDERS, Dividers
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.output.view.viewport import Spot, Start
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.text_fit import cell_width

__all__ = ["LogEndView"]


class _Source(NamedTuple):
    lines: LineSource
    dividers: Dividers
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
        self._end_label_width = 0  # of its step names, most of which may not be known otherwise

    @property
    def view(self) -> OutputView:
        """The view."""
        return self._view

    def show(
        self, lines: LineSource, dividers: Dividers, *, labels: bool, label_width: int, follow: bool = True
    ) -> None:
        """Display other lines. For the arguments, see `OutputView.show`."""
        self._source = _Source(lines, dividers, labels, label_width)
        self._end = None
        self._view.show(lines, dividers, labels=labels, label_width=label_width, follow=follow)

    def update(self, end: LogEnd | None, dividers: Dividers, label_width: int, *, are_new: bool) -> None:
        """Display the log's end while the view follows it, and all lines once they have been read.

        The log's end has no dividers, since they are between lines with numbers.

        Args:
            end: the end of the log, while the part before it is still being read; else None.
            dividers: all current dividers.
            label_width: the width of the longest step name known by now, in cells.
            are_new: see `OutputView.lines_added`.

        Raises:
            NoAnswerError: if the disk does not answer. The next update tries again.
        """
        if self._source is None:
            return
        self._source = self._source._replace(dividers=dividers)
        try:
            self._switch(self._source, end, label_width)
        finally:
            if self.is_end_only:
                self._view.lines_added(NO_DIVIDERS, max(label_width, self._end_label_width), are_new=are_new)
            else:
                self._view.lines_added(dividers, label_width, are_new=are_new)

    def _switch(self, source: _Source, end: LogEnd | None, label_width: int) -> None:
        if end is not None and self._view.follow and end is not self._end:
            self._end, self._end_label_width = end, _longest_label(end)
            self._view.show(end, labels=True, label_width=max(label_width, self._end_label_width))
        elif end is None and self._end is not None:
            if self._view.follow:
                self.show(source.lines, source.dividers, labels=source.labels, label_width=label_width)
            else:  # the lines on the screen stay where they are
                first_line = self._end.first_line
                self._view.put_before(source.lines, (first_line is not None and self._number_at(first_line)) or 0)
                self._end = None

    def show_numbered(self) -> None:
        """Replace the log's end with the lines that have numbers, from the first one onwards."""
        if self._end is not None and self._source is not None:
            lines, dividers, labels, label_width = self._source
            self.show(lines, dividers, labels=labels, label_width=label_width, follow=False)

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
    def start(self) -> Start:
        """See `Viewport`; the first line of the output while lines have no numbers."""
        return Start(0, 0) if self.is_end_only else self._view.start

    @property
    def moves(self) -> int:
        """How many times the user has scrolled."""
        return self._view.moves

    def has_left(self, spot: Spot) -> bool:
        """Whether the view has been scrolled away from a line or a divider."""
        return not self.is_end_only and not self._view.is_in_sight(spot)

    def go_to(self, spot: Spot) -> None:
        """Display a line or a divider, and stop following the end."""
        self.show_numbered()
        self._view.go_to(spot)

    def go_to_line(self, line: int) -> None:
        """Display a line as the first one on the screen, and stop following the end."""
        self.show_numbered()
        self._view.go_to_line(line)


def _longest_label(end: LogEnd) -> int:
    return max((cell_width(one_line(name)) for name in {line.step_name for line in end.lines}), default=0)
