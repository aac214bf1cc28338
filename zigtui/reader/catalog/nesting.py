"""Sessions that were begun inside a step of another session."""

import heapq
from typing import NamedTuple

from zigtui.reader.catalog.found_session import first_event
from zigtui.reader.catalog.locations import Logs
from zigtui.reader.lines.decode import text
from zigtui.reader.location import LogLocation
from zigtui.reader.times import seconds

__all__ = ["ChildSession", "children_of"]


_MOST_LOGS = 5_000


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

    Only the first lines of logs that were written since are read, and of very many only the earliest.

    Args:
        session_id: the id of the outer session.
        began: when that started, in seconds since the epoch; None if it is not known.
        logs: the logs to search.
    """
    children = []
    written_since = (log for log in logs if began is None or log[1].modified >= began)
    for location, facts in heapq.nsmallest(_MOST_LOGS, written_since, key=lambda log: log[1].modified_ns):
        event = first_event(location.path)
        if text(event, "parent_session_id") == session_id and location.session_id != session_id:
            child_began = seconds(text(event, "ts")) or facts.modified
            name, step = text(event, "workflow_name") or "", text(event, "parent_step") or ""
            children.append(ChildSession(location, name, step, child_began))
    return sorted(children, key=lambda child: child.began)
