"""Sessions newest first, without opening more logs than needed."""

import heapq
from collections.abc import Iterable, Iterator

from zigtui.reader.catalog.scan.file_facts import FileFacts
from zigtui.reader.catalog.scan.found_session import FoundSession, found_at
from zigtui.reader.catalog.scan.locations import Logs
from zigtui.reader.location import LogLocation

__all__ = ["newest_first"]


def newest_first(logs: Logs) -> Iterator[FoundSession]:
    """Sort sessions by their start, newest first. Logs whose name is not a session id come last, also newest first.

    A session cannot have started after its log was last modified. If a log records a later start, because its writer's
    clock is ahead or the log was copied without its time, the modification time counts instead. So first lines are read
    in the order of the modification times, and only until no unread log can be newer than the next session.
    """
    latest_first = sorted(logs, key=lambda log: -log[1].modified_ns)
    yield from _by_start(log for log in latest_first if log[0].has_session_id)
    yield from _by_start(log for log in latest_first if not log[0].has_session_id)


def _by_start(latest_first: Iterable[tuple[LogLocation, FileFacts]]) -> Iterator[FoundSession]:
    waiting: list[tuple[float, float, str, FoundSession]] = []
    for location, facts in latest_first:
        while waiting and -waiting[0][0] > facts.modified:
            yield heapq.heappop(waiting)[-1]
        found = found_at(location, facts)
        heapq.heappush(waiting, (-min(found.began, facts.modified), -found.began, location.path, found))
    while waiting:
        yield heapq.heappop(waiting)[-1]
