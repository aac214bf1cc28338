"""Apply a batch of sound events to the runs of a session."""

from typing import NamedTuple

from zigtui.reader.lines.event_batches import (
    EventBatch,
    Heartbeat,
    StepCompleted,
    StepFailed,
    StepOutput,
    StepSkipped,
    StepStarted,
    TierStarted,
)
from zigtui.reader.session.run_events import RunEvents

__all__ = ["apply_sound_events"]


class Applied(NamedTuple):
    """What a batch adds to a session besides its runs.

    Attributes:
        output: for each line of output, the serial of the step run that printed it, and its position in the log.
        last_activity_at: the recorded time of the last event that is not a heartbeat; None if all are.
        last_heartbeat: the last heartbeat; None if there is none.
    """

    output: list[tuple[int, int]]
    last_activity_at: str | None
    last_heartbeat: Heartbeat | None


def apply_sound_events(runs: RunEvents, batch: EventBatch, offset: int) -> Applied:
    """Apply events to the runs.

    Args:
        runs: the runs.
        batch: the events.
        offset: the position of the first one in the log, in bytes.
    """
    output: list[tuple[int, int]] = []
    last_activity_at: str | None = None
    last_heartbeat: Heartbeat | None = None
    for event, position in zip(batch.events, batch.offsets, strict=True):
        runs.offset = offset + position
        match event:
            case StepOutput():
                serial = runs.step_output(event.step_name, event.line, event.ts, is_stderr=event.stream == "stderr")
                output.append((serial, runs.offset))
            case Heartbeat():
                last_heartbeat = event
                continue
            case TierStarted():
                runs.tier_started(event.tier_index, tuple(dict.fromkeys(event.step_names)), event.ts)
            case StepStarted():
                runs.step_started(
                    event.step_name,
                    event.tier_index,
                    event.ts,
                    event.zag_command,
                    event.zag_session_id,
                    event.model,
                    event.prompt_preview,
                )
            case StepCompleted():
                runs.step_completed(event.step_name, 0, event.ts, event.exit_code, event.duration_ms, event.saved_vars)
            case StepFailed():
                runs.step_failed(event.step_name, 0, event.ts, event.exit_code, event.attempt, event.error)
            case StepSkipped():
                runs.step_skipped(event.step_name, 0, event.ts, event.reason)
        last_activity_at = event.ts
    return Applied(output, last_activity_at, last_heartbeat)
