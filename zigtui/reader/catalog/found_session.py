"""A session as it is found: its log, and what the first line of the log describes."""

from typing import NamedTuple

from zigtui.reader.catalog.file_facts import FileFacts
from zigtui.reader.lines.decode import MalformedLineError, decode, text
from zigtui.reader.lines.tail import open_log
from zigtui.reader.location import LogLocation
from zigtui.reader.times import seconds

__all__ = ["FoundSession", "found_at"]

_LONGEST_START_BYTES = 16 * 1024 * 1024
"""The most bytes of a first line that are read. Prompts may be long, but not every file is a log."""


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
    try:
        with open(open_log(location.path), "rb") as file:
            event = decode(file.readline(_LONGEST_START_BYTES))
    except MalformedLineError as error:
        event = error.event or {}
    except OSError:
        event = {}
    started_at = text(event, "ts")
    began = seconds(started_at)
    if began is None:
        began = facts.modified
    return FoundSession(location, facts, text(event, "workflow_name"), started_at, began, text(event, "cwd"))
