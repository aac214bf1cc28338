"""Helpers for the tests of steps and their processes."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.writers import Json, own_fields
from writer import SessionWriter

Run = Callable[..., int]


def recorded(writer: SessionWriter) -> list[tuple[str, Json]]:
    """Read the type and own fields of each event after the starts of the session and its first tier.

    A line that is still being written is left out.
    """
    lines = writer.log_path.read_bytes().split(b"\n")[2:-1]
    return [(event["type"], own_fields(event)) for event in map(json.loads, lines)]


def types(writer: SessionWriter) -> list[str]:
    return [event_type for event_type, _ in recorded(writer)]


def last(writer: SessionWriter) -> tuple[str, Json]:
    return recorded(writer)[-1]


def failure(error: str, exit_code: int | None = None, attempt: int = 1) -> tuple[str, Json]:
    return "step_failed", {"step_name": "lint", "exit_code": exit_code, "attempt": attempt, "error": error}


def output(writer: SessionWriter, stream: str | None = None) -> list[str]:
    """Read the recorded lines of output, all or those of one stream."""
    events = [fields for event_type, fields in recorded(writer) if event_type == "step_output"]
    return [fields["line"] for fields in events if stream in (None, fields["stream"])]


def python(code: str, *arguments: object) -> list[str]:
    """Return the command that runs ``code``."""
    return [sys.executable, "-c", code, *map(str, arguments)]


def is_gone(pid: int) -> bool:
    """Whether a process has ended, even if nothing has collected it yet."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
