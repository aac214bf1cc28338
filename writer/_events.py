"""The vocabulary of the session log: event types, their fields, and the words they may hold.

The format is that of zig-core 0.11, the reference implementation. Readers import this module too, so that
there is one place that says what an event looks like.
"""

from enum import StrEnum

__all__ = ["ENVELOPE_FIELDS", "EVENT_FIELDS", "HEARTBEAT_SECS", "EventType", "OutputStream", "SessionStatus"]

HEARTBEAT_SECS = 10
"""Seconds between two heartbeats of a runner that lives."""


class EventType(StrEnum):
    """The ``type`` of an event, as recorded."""

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
    """Where a line of a step's output was printed."""

    STDOUT = "stdout"
    STDERR = "stderr"


class SessionStatus(StrEnum):
    """How a session ended."""

    SUCCESS = "success"
    FAILURE = "failure"


ENVELOPE_FIELDS: dict[str, str] = {"seq": "integer", "ts": "text", "zig_session_id": "text", "type": "text"}
"""The fields that begin every event, in the order they are written; see EVENT_FIELDS for the kinds."""

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
"""An event's own fields, in the order they are written after the envelope.

The kind of a field is ``text``, ``integer`` or ``texts`` (a list of text); ``?`` marks one that may be null.
"""
