"""Sessions that were begun inside a step of another session."""

import os
from typing import NamedTuple

from zigtui.reader.catalog.scan.found_session import first_event
from zigtui.reader.catalog.scan.locations import Logs
from zigtui.reader.lines.decode import text
from zigtui.reader.lines.tail import open_log
from zigtui.reader.location import LogLocation
from zigtui.reader.times import seconds

__all__ = ["ChildSession", "children_of"]

_PARENT = "parent_session_id"
_START_BYTES = 4096


class ChildSession(NamedTuple):
    """A session that was begun inside a step of another one.

    Attributes:
        location: the location of its log.
        workflow_name: the name of its workflow.
        step: the name of the step.
        began: when it started, in seconds since the epoch.
    """

    location: LogLocation
    workflow_name: str
    step: str
    began: float


def children_of(session_id: str, began: float | None, logs: Logs) -> list[ChildSession]:
    """The sessions that were begun inside steps of a session, the oldest first.

    Only the first lines of logs that were written since are read.

    Args:
        session_id: the id of the outer session.
        began: when that started, in seconds since the epoch; None if it is not known.
        logs: the logs to search.
    """
    children = []
    for location, facts in logs:
        if began is not None and facts.modified < began:
            continue
        if location.session_id == session_id or not _may_have_parent(location.path):
            continue
        event = first_event(location.path)
        if text(event, _PARENT) == session_id:
            child_began = seconds(text(event, "ts")) or facts.modified
            name, step = text(event, "workflow_name") or "", text(event, "parent_step") or ""
            children.append(ChildSession(location, name, step, child_began))
    return sorted(children, key=lambda child: child.began)


def _may_have_parent(path: str) -> bool:
    """Whether the first line of a log may name an outer session. Of many logs, only few have to be decoded then."""
    try:
        descriptor = open_log(path)
        try:
            start = os.read(descriptor, _START_BYTES)
        finally:
            os.close(descriptor)
    except (OSError, ValueError):  # ValueError for a path that no file can have
        return False
    line, newline, _ = start.partition(b"\n")
    return _PARENT.encode() in line or b"\\u" in line or (not newline and len(start) == _START_BYTES)
