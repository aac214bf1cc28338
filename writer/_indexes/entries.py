"""The entries of the two kinds of index: made from a session's first event, or rebuilt from the logs."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime

from writer._common.events import HEAD_BYTES, EventType, SessionStatus, may_be_log
from writer._common.paths import LOG_SUFFIX, sessions_directory
from writer._common.text import valid_unicode

__all__ = [
    "Entry",
    "MakeEntry",
    "entries_of_logs",
    "entry_of_log",
    "first_and_last_event",
    "global_entry",
    "project_entry",
]

Entry = dict[str, object]
MakeEntry = Callable[[Entry, str], Entry]

_LAST_EVENTS_BYTES = 64 * 1024
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


def project_entry(started: Entry, log_path: str) -> Entry:
    """Make the entry of a session in its project's index from its ``zig_session_started`` event."""
    return {
        "zig_session_id": started["zig_session_id"],
        "workflow_name": started["workflow_name"],
        "workflow_path": started["workflow_path"],
        "log_path": log_path,
        "started_at": started["ts"],
        "ended_at": None,
        "status": None,
        "workspace_path": started["workspace_path"],
    }


def global_entry(started: Entry, log_path: str) -> Entry:
    """Make the entry of a session in the global index from its ``zig_session_started`` event."""
    return {
        "zig_session_id": started["zig_session_id"],
        "workflow_name": started["workflow_name"],
        "project": started["workspace_path"] or "",
        "log_path": log_path,
        "started_at": started["ts"],
        "ended_at": None,
        "status": None,
    }


def entries_of_logs(workspaces: Iterable[str], make_entry: MakeEntry) -> list[Entry]:
    """Make the entries of all logs in ``workspaces``, oldest first. Logs without a valid start are left out."""
    entries = []
    for workspace in workspaces:
        directory = sessions_directory(workspace)
        try:
            names = os.listdir(directory)
        except OSError:
            continue
        paths = [os.path.join(directory, name) for name in names if name.endswith(LOG_SUFFIX)]
        entries += [entry for path in paths if (entry := entry_of_log(path, make_entry)) is not None]
    return sorted(entries, key=lambda entry: str(entry["started_at"]))


def entry_of_log(log_path: str, make_entry: MakeEntry) -> Entry | None:
    """Make the entry of a log, or return None if it has no valid start."""
    first, last = first_and_last_event(log_path)
    if first.get("type") != EventType.SESSION_STARTED:
        return None
    try:
        entry = make_entry(first, valid_unicode(log_path))
    except KeyError:
        return None
    if not _is_readable(entry):
        return None
    if last.get("type") == EventType.SESSION_ENDED and _is_time(last.get("ts")):
        is_success = last.get("status") == SessionStatus.SUCCESS
        status = SessionStatus.SUCCESS if is_success else SessionStatus.FAILURE
        entry |= {"ended_at": last["ts"], "status": status.value}
    return entry


def _is_readable(entry: Entry) -> bool:
    """Check the types of an entry: the reference implementation drops the whole index if one of them is wrong."""
    texts = ("zig_session_id", "workflow_name", "workflow_path", "project")
    return (
        all(isinstance(entry[name], str) for name in texts if name in entry)
        and isinstance(entry.get("workspace_path"), str | None)
        and _is_time(entry["started_at"])
    )


def _is_time(value: object) -> bool:
    """Whether a value is a time as in the log: RFC 3339 with an offset."""
    import re

    if not isinstance(value, str) or not re.fullmatch(_TIME, value, re.ASCII):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def first_and_last_event(log_path: str) -> tuple[Entry, Entry]:
    """Read the first and the last event of a log; ``{}`` for what is not an event, and for both if it is not a log."""
    from writer._common.safe_orjson import orjson

    try:
        with open(log_path, "rb") as file:
            first = file.readline(HEAD_BYTES)
            if not may_be_log(first):
                return {}, {}
            first += b"" if first.endswith(b"\n") else file.readline()
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LAST_EVENTS_BYTES))
            last = file.read().splitlines()[-1:]
    except OSError:
        return {}, {}
    events = []
    for line in (first, *last):
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            event = None
        events.append(event if isinstance(event, dict) else {})
    return events[0], events[-1]
