"""A session as it is found: its log, and what the first line of the log describes."""

from typing import NamedTuple

from writer import EventType
from zigtui.reader.catalog.scan.file_facts import FileFacts
from zigtui.reader.lines.decode import Event, MalformedLineError, decode, text
from zigtui.reader.lines.tail import open_log
from zigtui.reader.location import LogLocation
from zigtui.reader.times import seconds

__all__ = ["FoundSession", "begins_with_event", "first_event", "found_at"]

_LONGEST_START_BYTES = 16 * 1024 * 1024
"""The most bytes of a first line that are read. Prompts may be long, but not every file is a log."""

_EVENT_TYPES = [kind.value for kind in EventType]  # a list, since the value in a file may not be hashable


class FoundSession(NamedTuple):
    """A session, as far as the first line of its log describes it.

    Attributes:
        location: the location of the log.
        facts: the metadata of the log.
        workflow_name: the name of the workflow; None if it cannot be read.
        started_at: when the session started, as recorded; None if it cannot be read.
        began: the same in seconds since the epoch; if it cannot be read, when the log was last modified.
        cwd: the working directory; None if it cannot be read or was not recorded.
        note: a sentence for people about why this session was chosen; None if it is the only choice.
    """

    location: LogLocation
    facts: FileFacts
    workflow_name: str | None
    started_at: str | None
    began: float
    cwd: str | None = None
    note: str | None = None


def found_at(location: LogLocation, facts: FileFacts) -> FoundSession:
    """Read the first line of a log. Facts that it does not contain are None; all of them, if it cannot be read."""
    event = first_event(location.path)
    started_at = text(event, "ts")
    began = seconds(started_at)
    if began is None:
        began = facts.modified
    return FoundSession(location, facts, text(event, "workflow_name"), started_at, began, text(event, "cwd"))


def begins_with_event(path: str) -> bool:
    """Whether the first line of a file is an event of a session; False if it cannot be read."""
    event = first_event(path)
    return event.get("type") in _EVENT_TYPES or text(event, "zig_session_id") is not None


def first_event(path: str) -> Event:
    """The event on the first line of a file; an empty one if there is none, or the file cannot be read."""
    try:
        with open(open_log(path), "rb") as file:
            return decode(file.readline(_LONGEST_START_BYTES))
    except MalformedLineError as error:
        return error.event or {}
    except (OSError, ValueError):  # ValueError for a path that no file can have
        return {}
