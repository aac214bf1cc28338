"""The format of the session log: event types, their fields and the values of the fields.

This is the format of zig-core 0.11, the reference implementation. It is defined only here, for the writer and for
readers.
"""

from enum import StrEnum

TYPE_CHECKING = False

__all__ = [
    "ENVELOPE_FIELDS",
    "EVENT_FIELDS",
    "HEAD_BYTES",
    "HEARTBEAT_SECS",
    "STREAMS",
    "EventType",
    "OutputStream",
    "SessionStatus",
    "as_status",
    "as_stream",
    "may_be_log",
]

HEAD_BYTES = 64 * 1024
"""How much of a file `may_be_log` needs: in an event, the type comes before long texts."""

HEARTBEAT_SECS = 10
"""The default interval between two heartbeats, in seconds. The reference implementation always uses it."""


class EventType(StrEnum):
    """The kinds of events; the values are those of the ``type`` field."""

    SESSION_STARTED = "zig_session_started"
    TIER_STARTED = "tier_started"
    STEP_STARTED = "step_started"
    STEP_OUTPUT = "step_output"
    STEP_COMPLETED = "step_completed"
    STEP_FAILED = "step_failed"
    STEP_SKIPPED = "step_skipped"
    HEARTBEAT = "heartbeat"
    SESSION_ENDED = "zig_session_ended"


class OutputStream(StrEnum):
    """The standard streams a step prints to; the values of the ``stream`` field of its output."""

    STDOUT = "stdout"
    STDERR = "stderr"


class SessionStatus(StrEnum):
    """The outcomes of a session; the values of the ``status`` field of its last event."""

    SUCCESS = "success"
    FAILURE = "failure"


if TYPE_CHECKING:
    from typing import Literal

    StreamName = Literal["stdout", "stderr"]
    Stream = OutputStream | StreamName
    """A stream, or its name."""
    Status = SessionStatus | Literal["success", "failure"]
    """An outcome, or its name."""

STREAMS: "dict[str, StreamName]" = {"stdout": "stdout", "stderr": "stderr"}
"""The names of the streams, by what stands for them: a name, or a member of `OutputStream`."""


def may_be_log(head: bytes) -> bool:
    """Whether a file with the beginning ``head`` may be a log. Any other file may be a single line of any length."""
    return EventType.SESSION_STARTED.encode() in head


def as_stream(value: object) -> "StreamName":
    """Convert ``value`` to the name of a stream, or raise a `ValueError` that lists the names."""
    try:
        return STREAMS[value]  # type: ignore[index]  # a KeyError also for values that are not text
    except (KeyError, TypeError):
        raise ValueError(f"stream must be one of {', '.join(STREAMS)}, not {value!r}") from None


def as_status(value: object) -> SessionStatus:
    """Convert ``value`` to a status, or raise a `ValueError` that lists them."""
    try:
        return SessionStatus(value)  # type: ignore[arg-type]  # a ValueError also for values that are not text
    except ValueError:
        raise ValueError(f"status must be one of {', '.join(SessionStatus)}, not {value!r}") from None


ENVELOPE_FIELDS: dict[str, str] = {"seq": "integer", "ts": "text", "zig_session_id": "text", "type": "text"}
"""The fields every event begins with, in the order of the log; their kinds are those of `EVENT_FIELDS`."""

EVENT_FIELDS: dict[str, dict[str, str]] = {
    EventType.SESSION_STARTED: {
        "workflow_name": "text",
        "workflow_path": "text",
        "workspace_path": "text?",
        "cwd": "text?",
        "prompt": "text?",
        "tier_count": "integer",
    },
    EventType.TIER_STARTED: {"tier_index": "integer", "step_names": "texts"},
    EventType.STEP_STARTED: {
        "step_name": "text",
        "tier_index": "integer",
        "zag_session_id": "text",
        "zag_command": "text",
        "model": "text?",
        "prompt_preview": "text",
    },
    EventType.STEP_OUTPUT: {"step_name": "text", "stream": "text", "line": "text"},
    EventType.STEP_COMPLETED: {
        "step_name": "text",
        "exit_code": "integer",
        "duration_ms": "integer",
        "saved_vars": "texts",
    },
    EventType.STEP_FAILED: {
        "step_name": "text",
        "exit_code": "integer?",
        "attempt": "integer",
        "error": "text",
    },
    EventType.STEP_SKIPPED: {"step_name": "text", "reason": "text"},
    EventType.HEARTBEAT: {"interval_secs": "integer"},
    EventType.SESSION_ENDED: {"status": "text", "duration_ms": "integer"},
}
"""The fields of each event type after the envelope, in the order of the log: field name to kind.

A kind is ``text``, ``integer`` or ``texts`` (a list of text); a ``?`` after it means that the value may be null.
"""
