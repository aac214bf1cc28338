"""The steps of a session as bars over time. Each row is a separate SVG, with coordinates in percent of its width."""

from zigtui.commands.reading.pass_selection import Part
from zigtui.reader.session.model.session import StepRun
from zigtui.reader.times import seconds
from zigtui.wording.durations import duration
from zigtui.wording.timeline.time_axis import NICE_SECS
from zigtui.wording.timeline.time_spans import FailureTimes, Piece, step_span

__all__ = ["Timeline"]

_MAX_TICKS = 5
_HEIGHT_PX = 16
_MIN_WIDTH_PERCENT = 0.4


class Timeline:
    """A horizontal time axis from the start of a session, or of one of its passes, to its end, or to now."""

    def __init__(self, part: Part) -> None:
        snapshot, run = part.snapshot, part.run
        session = snapshot.session
        began = seconds(session.started_at if run is None else run.started_at)
        elapsed_ms = snapshot.elapsed_ms if run is None else snapshot.pass_elapsed_ms(run)
        failures = FailureTimes()
        self._spans = {step.serial: step_span(step, snapshot, failures) for step in session.steps}
        times = [time for span in self._spans.values() if span is not None for time in (span.begin, span.end)]
        self._start = min([*times, *([] if began is None else [began])], default=0.0)
        end = max(times, default=self._start)
        if elapsed_ms is not None and began is not None:
            end = max(end, began + elapsed_ms / 1000)
        self._span = max(end - self._start, 0.001)
        self._ticks = _ticks(self._span)
        self._grid = "".join(
            f'<rect class="grid" x="{self._percent(self._start + tick)}" y="0" width="1" height="{_HEIGHT_PX}"/>'
            for tick in self._ticks
        )

    def axis(self) -> str:
        """The labels of the axis."""
        labels = "".join(
            f'<text x="{self._percent(self._start + tick)}" y="11"'
            f"{'' if tick == 0 else ' text-anchor=middle'}>{_tick_text(tick)}</text>"
            for tick in self._ticks
        ).replace("text-anchor=middle", 'text-anchor="middle"')
        return f'<div class="axis" aria-hidden="true"><svg height="{_HEIGHT_PX}">{labels}</svg></div>\n'

    def secs_to_last_output(self, step: StepRun) -> float | None:
        """The time from the start of a step run to its last output, in seconds; None if that is not known."""
        span = self._spans[step.serial]
        return None if span is None else span.secs_to_last_output

    def bar(self, step: StepRun) -> str:
        """Draw a step run: a bar for each attempt, a ring where one failed, and a paler end after its last output."""
        span = self._spans[step.serial]
        if span is None:
            return f'<svg height="{_HEIGHT_PX}" aria-hidden="true">{self._grid}</svg>'
        parts = "".join([self._rect(piece) for piece in (span.pieces() if span.failed else span.rest)])
        label = f"from {self._clock(span.begin)} to {self._clock(span.end)}"
        if span.failed:
            parts += "".join(f'<circle class="ring" cx="{self._percent(time)}" cy="8" r="4"/>' for time in span.failed)
            label += "; failed at " + ", ".join(map(self._clock, span.failed))
        title = f"<title>{label}</title>"
        return f'<svg height="{_HEIGHT_PX}" role="img" aria-label="{label}">{title}{self._grid}{parts}</svg>'

    def _rect(self, piece: Piece) -> str:
        begin, end, severity, _, is_tail = piece
        width = 100 * (end - begin) / self._span
        if width < _MIN_WIDTH_PERCENT:
            width = _MIN_WIDTH_PERCENT
        left = min(100 * (begin - self._start) / self._span, 100 - width)
        tail = " tail" if is_tail else ""
        return f'<rect class="bar {severity}{tail}" x="{left:.2f}%" y="4" width="{width:.2f}%" height="8" rx="1.5"/>'

    def _percent(self, time: float) -> str:
        return f"{min(100.0, max(0.0, 100 * (time - self._start) / self._span)):.2f}%"

    def _clock(self, time: float) -> str:
        """The time since the start of the axis, in words."""
        return duration(max(0, round((time - self._start) * 1000)))


def _ticks(span: float) -> list[float]:
    distance = next((step for step in NICE_SECS if span / step <= _MAX_TICKS), span)
    return [number * distance for number in range(_MAX_TICKS + 1) if number * distance <= span * 0.97 or not number]


def _tick_text(tick: float) -> str:
    return (
        "0" if tick == 0 else duration(round(tick * 1000)).replace(".0s", "s").replace("m00s", "m").replace("h00m", "h")
    )
