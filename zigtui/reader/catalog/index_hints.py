"""What the index files tell: hints that save time, never believed for longer than it takes to read the log.

The reference implementation loses entries and stamps, so that a session without an entry is as good as one with, and
an entry is only used for a session that has ended by it and whose log has not been touched since.
"""

import os
from typing import NamedTuple

import orjson

from zigtui.reader.times import seconds

__all__ = ["IndexHint", "hints_of"]

_AFTER_END_SECS = 5.0


class IndexHint(NamedTuple):
    """An entry of an index for a session that has ended."""

    workflow_name: str
    started_at: str
    ended_at: str
    status: str

    def fits(self, modified: float) -> bool:
        """Whether the log, ``modified`` then, has not been touched since the end that the entry tells."""
        ended = seconds(self.ended_at)
        return ended is not None and modified <= ended + _AFTER_END_SECS


def hints_of(sessions_directory: str) -> dict[str, IndexHint]:
    """The hints of the index beside a sessions directory, by session id; none if it cannot be read."""
    path = os.path.join(os.path.dirname(sessions_directory), "index.json")
    try:
        with open(path, "rb") as file:
            index = orjson.loads(file.read())
    except (OSError, orjson.JSONDecodeError):
        return {}
    entries = index.get("sessions") if isinstance(index, dict) else None
    hints = {}
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {
                "zig_session_id": str(session_id),
                "workflow_name": str(workflow_name),
                "started_at": str(started_at),
                "ended_at": str(ended_at),
                "status": str(status),
            }:
                hints[session_id] = IndexHint(workflow_name, started_at, ended_at, status)
    return hints
