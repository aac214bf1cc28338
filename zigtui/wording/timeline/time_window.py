"""The part of a session's time that a timeline displays, and the moment that the user points at."""

from zigtui.wording.timeline.busy_times import BusyTimes
from zigtui.wording.timeline.time_axis import TimeAxis

__all__ = ["TimeWindow"]

_ZOOM = 2.0
_SHORTEST_SECS = 0.1
_PASSES_AT_FIRST = 10  # of a listener


class TimeWindow:
    """A window on the times of a session, in positions of `BusyTimes`.

    At first it displays all of the session, of a listener the last passes, and follows the current time.

    Args:
        times: the times of the session.

    Attributes:
        cursor: the moment that the user points at, in seconds since the epoch; None for now.
    """

    def __init__(self, times: BusyTimes) -> None:
        self._times = times
        self._window: tuple[float, float | None] | None = None
        self.cursor: float | None = None

    def axis(self, width: int) -> TimeAxis:
        """The axis of the window, for some cells."""
        first, last = self._window or (self._times.home(_PASSES_AT_FIRST), None)
        return self._times.axis(first, last, width)

    def cursor_column(self, axis: TimeAxis) -> int:
        """The cell of the axis with the moment that the user points at."""
        return min(axis.width - 1, int(axis.column(self.moment)))

    @property
    def moment(self) -> float:
        """The moment that the user points at."""
        return self._times.now if self.cursor is None else self.cursor

    def _positions(self) -> tuple[float, float]:
        first, last = self._window or (self._times.home(_PASSES_AT_FIRST), None)
        return first, self._times.end if last is None else last

    def reset(self) -> None:
        """Display what is displayed at first, and point at the current time."""
        self._window = self.cursor = None

    def zoom(self, direction: int) -> None:
        """Display half of the time around the moment that the user points at (1), or twice the time (-1)."""
        first, last = self._positions()
        length = (last - first) * (1 / _ZOOM if direction > 0 else _ZOOM)
        position = self._times.position(self.moment)
        share = (position - first) / (last - first) if last > first else 1.0
        self._display(position - min(1.0, max(0.0, share)) * length, length)

    def _display(self, first: float, length: float) -> None:
        """Display a window of a length that begins at a position, or as near to that as possible.

        It continues to follow the current time if the user points at that.
        """
        end = self._times.end
        length = min(max(_SHORTEST_SECS, length), max(_SHORTEST_SECS, end))
        first = max(0.0, min(first, end - length))
        is_whole = first <= 0 and length >= end
        follows = self.cursor is None and first + length >= end
        window = first, None if follows else first + length
        self._window = None if is_whole and self._times.home(_PASSES_AT_FIRST) == 0 else window

    def move(self, cells: int, axis: TimeAxis) -> None:
        """Point at another moment, some cells away. Beyond the edge, the window moves by half of its length."""
        column = self.cursor_column(axis) + cells
        if 0 <= column < axis.width:
            self.point_at(column, axis)
            return
        first, last = self._positions()
        half = (last - first) / 2
        self.cursor = self._times.moment(last if column >= 0 else first)
        self._display(first + half if column >= 0 else first - half, last - first)

    def point_at(self, column: int, axis: TimeAxis) -> None:
        """Point at the moment of a cell."""
        self.cursor = min(axis.moment(column + 0.5), self._times.now)

    def reveal(self, moment: float) -> None:
        """Move the window so that it contains a moment."""
        first, last = self._positions()
        position = self._times.position(moment)
        if not first <= position <= last:
            self._display(position - (last - first) / 2, last - first)
