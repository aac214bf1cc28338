"""The narrow bars beside the steps of a tree that has room for them."""

from collections.abc import Callable, Hashable, Sequence

from zigtui.reader.session.model.session import StepRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.timeline.busy_times import BusyTimes
from zigtui.wording.timeline.row_bars import BarRuns, RowBars, pass_axis
from zigtui.wording.timeline.time_axis import Stretch, TimeAxis
from zigtui.wording.tree.pass_rows import pass_of_key

__all__ = ["SmallBars"]

_MOST_AXES = 100


class SmallBars:
    """Draws the bars of tiers, steps and attempts on the clock of their session, or of their pass in a listener.

    Args:
        silences_of: returns when a step printed nothing for a while.
        quiet_secs: the shortest silence that is drawn, in seconds.
    """

    def __init__(self, silences_of: Callable[[StepRun], Sequence[Stretch]], quiet_secs: float) -> None:
        self._bars = RowBars(silences_of, quiet_secs)
        self._times = BusyTimes()
        self._snapshot: SessionSnapshot | None = None
        self._axes: dict[int, TimeAxis] = {}  # of passes, by their number

    def renew(self, snapshot: SessionSnapshot) -> None:
        """Apply the changes of the session."""
        self._snapshot = snapshot
        if not snapshot.session.pass_count:
            self._times.renew(snapshot)

    def bar(self, key: Hashable, part: SessionSnapshot, width: int) -> BarRuns:
        """The bar of a row after an empty cell; only empty cells for a row without a bar.

        Args:
            key: the key of the row.
            part: the session, or the part of it, that the run of the row belongs to.
            width: the width of the bar, in cells.
        """
        axis = self._axis(key, width)
        if axis is None:
            return [(" " * (width + 1), None)]
        return [(" ", None), *self._bars.bar(key, part, axis)]

    def _axis(self, key: Hashable, width: int) -> TimeAxis | None:
        snapshot = self._snapshot
        if snapshot is None or not isinstance(key, tuple) or key[0] not in ("tier", "step", "attempt"):
            return None
        if not snapshot.session.pass_count:
            return self._times.axis(0.0, None, width)
        run = pass_of_key(snapshot.session, key)
        axis = None if run is None else pass_axis(run, snapshot, width)
        if run is None or axis is None:
            return axis
        kept = self._axes.get(run.number)
        if kept is not None and (kept.begin, kept.end, kept.width) == (axis.begin, axis.end, axis.width):
            return kept  # the same object, so that the bars need not be drawn again
        if len(self._axes) > _MOST_AXES:
            self._axes.clear()
        self._axes[run.number] = axis
        return axis
