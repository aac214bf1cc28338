"""The width of the longest step name of a log, which is that of the column of names beside the lines."""

from itertools import islice

from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.text_fit import cell_width

__all__ = ["LongestName"]


class LongestName:
    """The width of the longest step name of a log. Each name is measured once."""

    def __init__(self) -> None:
        self._generation = 0
        self._measured = 0  # the serial of the first step run that has not been measured
        self._width = 0

    def width(self, snapshot: SessionSnapshot) -> int:
        """The width of the longest name so far, in cells."""
        if snapshot.generation != self._generation:
            self._generation, self._measured, self._width = snapshot.generation, 0, 0
        session = snapshot.session
        for step in islice(session.steps, max(0, self._measured - session.first_serial), None):
            self._width = max(self._width, cell_width(one_line(step.name)))
        self._measured = session.first_serial + len(session.steps)
        return self._width
