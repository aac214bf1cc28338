"""Apply a batch of sound events to the runs of a session."""

from collections.abc import Callable
from typing import Any, cast

from writer import EventType
from zigtui.reader.lines.event_batches import (
    EventBatch,
    Heartbeat,
    SoundEvent,
    StepCompleted,
    StepFailed,
    StepOutput,
    StepSkipped,
    StepStarted,
    TierStarted,
)
from zigtui.reader.session.folding.run_events import RunEvents

__all__ = ["apply_sound_events"]


def apply_sound_events(runs: RunEvents, batch: EventBatch) -> list[tuple[int, int]]:
    """Apply events to the runs.

    Returns:
        For each line of output, the serial of the step run that printed it, and its position in the log.
    """
    # By class, which is quicker than to compare the type of each event with one after another.
    kinds = cast("set[type[SoundEvent]]", set(map(type, batch.events)))
    handlers = {kind: _HANDLERS[kind.__struct_config__.tag] for kind in kinds}
    output: list[tuple[int, int]] = []
    for event, runs.offset in zip(batch.events, batch.offsets, strict=True):
        serial = handlers[type(event)](runs, event)
        if serial is not None:
            output.append((serial, runs.offset))
    return output


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
    EventType.HEARTBEAT.value: _heartbeat,
}
