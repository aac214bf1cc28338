"""The session that somebody asks for, and all sessions newest first, without reading more than is needed."""

import heapq
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from writer import find_repository, project_name
from zigtui.reader.catalog.locations import FileFacts, Listing, directories_of, list_logs
from zigtui.reader.lines.decode import MalformedLineError, decode, text
from zigtui.reader.lines.tail import open_log
from zigtui.reader.location import LogLocation
from zigtui.reader.times import seconds

__all__ = ["Found", "SessionNotFoundError", "choose_session", "current_project", "found_at", "list_all", "newest_first"]

Logs = list[tuple[LogLocation, FileFacts]]

_CANDIDATES = 10
_LONGEST_START_BYTES = 16 * 1024 * 1024  # of a first line: prompts may be long, but not everything is a log


class Found(NamedTuple):
    """A session, as far as the first line of its log tells.

    Attributes:
        began: when it started, in seconds since the epoch; where that cannot be read, when its log was modified.
    """

    location: LogLocation
    facts: FileFacts
    workflow_name: str | None
    started_at: str | None
    began: float


class SessionNotFoundError(Exception):
    """No session is meant, or more than one.

    Attributes:
        candidates: those that may have been meant.
    """

    def __init__(self, message: str, candidates: Sequence[Found]) -> None:
        super().__init__(message)
        self.candidates = candidates


def list_all(bases: Iterable[str], tell: Callable[[Listing], object] | None = None) -> Logs:
    """All logs of some bases; once each, though a base be named in two ways.

    Args:
        bases: the base directories.
        tell: is told of each directory that cannot be listed.
    """
    logs: dict[str, tuple[LogLocation, FileFacts]] = {}
    for base in bases:
        for directory in directories_of(base):
            listing = list_logs(directory, base)
            logs |= listing.logs
            if listing.trouble is not None and tell is not None:
                tell(listing)
    return list(logs.values())


def current_project(directory: str) -> str | None:
    """The name of the project that a directory belongs to, None outside of any repository."""
    repository = find_repository(os.path.abspath(directory))
    return None if repository is None else project_name(repository)


def newest_first(logs: Logs) -> Iterator[Found]:
    """The sessions in the order of their start, the newest first.

    A session cannot have started after its log was last modified: one that says so, since its writer's clock is ahead
    or the log was copied without its time, comes by the modification. So the first lines are read in the order of the
    modification times, and only as far as the next session to tell may still lie ahead.
    """
    waiting: list[tuple[float, float, str, Found]] = []
    for location, facts in sorted(logs, key=lambda log: -log[1].modified_ns):
        while waiting and -waiting[0][0] > facts.modified:
            yield heapq.heappop(waiting)[-1]
        found = found_at(location, facts)
        heapq.heappush(waiting, (-min(found.began, facts.modified), -found.began, location.path, found))
    while waiting:
        yield heapq.heappop(waiting)[-1]


def choose_session(logs: Logs, wanted: str | None, project: str | None) -> Found:
    """The session meant by a full id, the only one's beginning, or a workflow's name; the newest one if by nothing.

    Sessions of ``project`` come first: others are only looked at if none of them is meant.

    Raises:
        SessionNotFoundError: if there is none, or if the beginning of an id fits several.
    """
    nearby = [log for log in logs if log[0].project == project]
    if wanted is None:
        for some in (nearby, logs):
            for found in newest_first(some):
                return found
        raise SessionNotFoundError("there are no sessions", [])
    fitting = _with_id(nearby, wanted) or _with_id(logs, wanted) or _like_id(nearby, wanted) or _like_id(logs, wanted)
    if len(fitting) == 1:
        return found_at(*fitting[0])
    ids = {location.session_id for location, _ in fitting}
    if wanted not in ids:
        for some in (nearby, logs):
            for found in newest_first(some):
                if found.workflow_name == wanted:
                    return found
    if len(ids) == 1:
        told = f"{len(fitting)} sessions have the id {ids.pop()!r}: name one by the path of its log, or only its --base"
        raise SessionNotFoundError(told, _some(fitting))
    if fitting:
        raise SessionNotFoundError(f"{len(fitting)} sessions have an id that begins with {wanted!r}", _some(fitting))
    raise SessionNotFoundError(f"no session has the id, or is of the workflow, {wanted!r}", _some(logs))


def _with_id(logs: Logs, wanted: str) -> Logs:
    return [log for log in logs if log[0].session_id == wanted]


def _like_id(logs: Logs, wanted: str) -> Logs:
    return [log for log in logs if log[0].session_id.startswith(wanted)] if wanted else []


def _some(logs: Logs) -> list[Found]:
    return [found for found, _ in zip(newest_first(logs), range(_CANDIDATES), strict=False)]


def found_at(location: LogLocation, facts: FileFacts) -> Found:
    """A session by its log."""
    try:
        with open(open_log(location.path), "rb") as file:
            event = decode(file.readline(_LONGEST_START_BYTES))
    except MalformedLineError as error:
        event = error.event or {}
    except OSError:
        event = {}
    started_at = text(event, "ts")
    began = seconds(started_at)
    return Found(location, facts, text(event, "workflow_name"), started_at, facts.modified if began is None else began)
