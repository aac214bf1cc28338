"""The bars over time of the rows of a tree. Each is drawn again only when it changes."""

from collections.abc import Callable, Hashable, Sequence

from zigtui.reader.session.model.attempts import AttemptRun, attempt_of
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import StepRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.wording.states import Severity
from zigtui.wording.timeline.time_axis import Stretch, TimeAxis, nice_end
from zigtui.wording.timeline.time_bars import draw_bar, runs_of
from zigtui.wording.timeline.time_spans import FailureTimes, RunSpan, span_of_row

__all__ = ["BarRuns", "RowBars", "pass_axis"]

BarRuns = Sequence[tuple[str, Severity | None]]
"""The texts of a bar side by side, each with its severity; None for empty cells."""

_MOST_KEPT = 1000  # bars
_REDRAWN_SECS = 1.0


class RowBars:
    """Draws the bars of rows.

    Args:
        silences_of: returns when a step printed nothing for a while.
        quiet_secs: the shortest silence that is drawn, in seconds.
    """

    def __init__(self, silences_of: Callable[[StepRun], Sequence[Stretch]], quiet_secs: float) -> None:
        self._silences_of = silences_of
        self._quiet_secs = quiet_secs
        self._failures = FailureTimes()
        self._drawn: dict[Hashable, tuple[TimeAxis, Hashable, BarRuns]] = {}

    def bar(self, key: Hashable, part: SessionSnapshot, axis: TimeAxis) -> BarRuns:
        """The bar of a row, in as many cells as the axis has.

        Args:
            key: the key of the row.
            part: the session, or the part of it, that the run of the row belongs to.
            axis: the axis.
        """
        basis = self._basis(key, part)
        kept = self._drawn.get(key)
        if kept is not None and kept[0] is axis and kept[1] == basis:
            return kept[2]
        span = span_of_row(key, part, self._failures)
        runs: BarRuns = [(" " * axis.width, None)]
        if span is not None:
            runs = runs_of(draw_bar(span, axis, self._silences(key, span, part), self._quiet_secs))
        if len(self._drawn) > _MOST_KEPT:
            self._drawn.clear()
        self._drawn[key] = axis, basis, runs
        return runs

    def _basis(self, key: Hashable, part: SessionSnapshot) -> Hashable:
        """A value that is equal as long as the bar of a row need not be drawn again, which is for a second at most."""
        session = part.session
        run: StepRun | AttemptRun | None = None
        match key:
            case ("step", int(serial)):
                run = session.step(serial)
            case ("attempt", int(serial), int(position)) if (step := session.step(serial)) is not None:
                is_failed = position < len(step.attempts)
                run = attempt_of(step, position) if is_failed else step  # comparing steps with many attempts is slow
        return run, session.status, session.pass_count, len(session.tiers), int(part.now / _REDRAWN_SECS)

    def _silences(self, key: Hashable, span: RunSpan, part: SessionSnapshot) -> Sequence[Stretch]:
        match key:
            case ("step", int(serial)) | ("attempt", int(serial), _) if span.end - span.begin >= self._quiet_secs:
                step = part.session.step(serial)
                return () if step is None else self._silences_of(step)
        return ()


def pass_axis(run: PassRun, snapshot: SessionSnapshot, width: int) -> TimeAxis | None:
    """The axis of a pass by itself; None if it is not known when the pass began. It grows in steps, like its session's.

    Args:
        run: the pass.
        snapshot: the session.
        width: the width of the axis, in cells.
    """
    began, elapsed_ms = seconds(run.started_at), snapshot.pass_elapsed_ms(run)
    if began is None or elapsed_ms is None:
        return None
    is_last = run.number == snapshot.session.pass_count and snapshot.state.is_live
    length = nice_end(elapsed_ms / 1000) if is_last else elapsed_ms / 1000
    return TimeAxis([(began, began + length)], width)
