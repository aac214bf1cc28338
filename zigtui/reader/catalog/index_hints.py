"""Entries of index files, used as hints that save time.

An index is trusted only until the log has been read. The reference implementation loses entries and timestamps, so
sessions need no entry. The state in an entry is used only if the session has ended there, and if the log was not
modified since.
"""

import os
from collections.abc import Iterator
from typing import NamedTuple

from zigtui.reader.times import seconds
from zigtui.safe_orjson import orjson

__all__ = ["IndexHint", "hints_of", "workflow_names_of"]

_AFTER_END_SECS = 5.0
"""How long after the recorded end a log may be modified: writers record the end before they close the log."""


class IndexHint(NamedTuple):
    """An index entry of a session that has ended.

    Attributes:
        workflow_name: the name of the workflow.
        started_at: when the session started, as recorded.
        ended_at: when it ended, as recorded.
        status: how it ended, as recorded.
    """

    workflow_name: str
    started_at: str
    ended_at: str
    status: str

    def fits(self, modified: float) -> bool:
        """Whether the log was not modified after the recorded end.

        Args:
            modified: when the log was last modified, in seconds since the epoch.
        """
        ended = seconds(self.ended_at)
        return ended is not None and modified <= ended + _AFTER_END_SECS


def hints_of(sessions_directory: str) -> dict[str, IndexHint]:
    """Read the hints of the index beside a sessions directory, by session id; none if it cannot be read."""
    hints = {}
    for entry in _entries(sessions_directory):
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


def workflow_names_of(sessions_directory: str) -> dict[str, str]:
    """Read the workflow names in the index beside a sessions directory, by session id; none if it cannot be read."""
    names = {}
    for entry in _entries(sessions_directory):
        match entry:
            case {"zig_session_id": str(session_id), "workflow_name": str(workflow_name)}:
                names[session_id] = workflow_name
    return names


def _entries(sessions_directory: str) -> Iterator[object]:
    path = os.path.join(os.path.dirname(sessions_directory), "index.json")
    try:
        with open(path, "rb") as file:
            index = orjson.loads(file.read())
    except (OSError, orjson.JSONDecodeError):
        return
    entries = index.get("sessions") if isinstance(index, dict) else None
    yield from entries if isinstance(entries, list) else ()
