"""Apply batches of valid events to the runs of a session."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, cast

from writer import EventType
from zigtui.reader.lines.event_batches import (
    EventBatch,
    Heartbeat,
    StepCompleted,
    StepFailed,
    StepOutput,
    StepSkipped,
    StepStarted,
    TierStarted,
    ValidEvent,
)
from zigtui.reader.session.folding.coming_events import ComingEvents
from zigtui.reader.session.folding.run_events import RunEvents
from zigtui.reader.session.folding.usual_passes import Stretch, UsualPass

__all__ = ["PrintedLine", "ValidEvents"]


class PrintedLine(NamedTuple):
    """A line of output.

    Attributes:
        serial: the serial of the step run that printed it.
        offset: its position in the log, in bytes.
        time: when it was printed, as recorded.
    """

    serial: int
    offset: int
    time: str


class ValidEvents:
    """Applies batches of valid events to the runs of a session. Passes that will not be kept are only counted.

    Args:
        runs: the runs.
    """

    def __init__(self, runs: RunEvents) -> None:
        self._runs = runs
        self._coming = ComingEvents(runs.runs)

    def apply(self, batches: Iterable[EventBatch]) -> list[PrintedLine]:
        """Apply events.

        Args:
            batches: the events, which follow each other.

        Returns:
            The lines of output, apart from some of those of passes that are no longer kept.
        """
        output: list[PrintedLine] = []
        for batch in batches:
            if "h" in batch.letters:  # nothing else depends on a heartbeat, so only the last one counts
                _heartbeat(self._runs, cast("Heartbeat", batch.events[batch.letters.rindex("h")]))
            self._coming.add(batch)
            output += self._take(self._coming.take())
        output += self._take(self._coming.take(is_end=True))
        return output

    def _take(self, items: Iterable[Stretch | list[UsualPass]]) -> Iterator[PrintedLine]:
        for item in items:
            if isinstance(item, Stretch):
                yield from _apply(self._runs, item)
            else:
                self._runs.pass_over(item)


def _apply(runs: RunEvents, stretch: Stretch) -> Iterator[PrintedLine]:
    # By class, which is quicker than to compare the type of each event with one after another.
    kinds = cast("set[type[ValidEvent]]", set(map(type, stretch.events)))
    handlers = {kind: _HANDLERS[kind.__struct_config__.tag] for kind in kinds}
    for event, runs.offset in zip(stretch.events, stretch.offsets, strict=True):
        serial = handlers[type(event)](runs, event)
        if serial is not None:
            yield PrintedLine(serial, runs.offset, event.ts)


def _tier_started(runs: RunEvents, event: TierStarted) -> None:
    runs.tier_started(event.tier_index, tuple(dict.fromkeys(event.step_names)), event.ts)


def _step_started(runs: RunEvents, event: StepStarted) -> None:
    runs.step_started(
        event.step_name,
        event.tier_index,
        event.ts,
        event.zag_command,
        event.zag_session_id,
        event.model,
        event.prompt_preview,
    )


def _step_output(runs: RunEvents, event: StepOutput) -> int:
    return runs.step_output(event.step_name, 0, event.ts, event.line, event.stream == "stderr")


def _step_completed(runs: RunEvents, event: StepCompleted) -> None:
    runs.step_completed(event.step_name, 0, event.ts, event.exit_code, event.duration_ms, event.saved_vars)


def _step_failed(runs: RunEvents, event: StepFailed) -> None:
    runs.step_failed(event.step_name, 0, event.ts, event.exit_code, event.attempt, event.error)


def _step_skipped(runs: RunEvents, event: StepSkipped) -> None:
    runs.step_skipped(event.step_name, 0, event.ts, event.reason)


def _heartbeat(runs: RunEvents, event: Heartbeat) -> None:
    runs.heartbeat(event.ts, event.interval_secs)


_HANDLERS: dict[object, Callable[[RunEvents, Any], int | None]] = {
    EventType.TIER_STARTED.value: _tier_started,
    EventType.STEP_STARTED.value: _step_started,
    EventType.STEP_OUTPUT.value: _step_output,
    EventType.STEP_COMPLETED.value: _step_completed,
    EventType.STEP_FAILED.value: _step_failed,
    EventType.STEP_SKIPPED.value: _step_skipped,
}
