"""The logs that an inventory knows, and the changes that its scans find."""

from dataclasses import dataclass
from typing import NamedTuple

from zigtui.reader.catalog.scan.file_facts import FileFacts
from zigtui.reader.location import LogLocation
from zigtui.reader.session.states.liveness import LIKELY_SKEW_SECS

__all__ = ["LogFile", "ScanChanges"]


@dataclass(slots=True)
class LogFile:
    """A log that is known.

    Attributes:
        location: its location.
        facts: its metadata at the last check.
        checked_at: the time of that check, by the steady clock.
        watched: since when it has been checked without a break, by the steady clock.
        grown: when it was last found to have grown since a recent check, by the steady clock; None if never.
        skew_secs: how far other clocks may be behind ours, in seconds; see `Vitals`.
        is_resumed: whether what other processes saw of it has been added.
        last_scan: the number of the last scan that found it.
    """

    location: LogLocation
    facts: FileFacts
    checked_at: float
    watched: float
    grown: float | None = None
    skew_secs: float = LIKELY_SKEW_SECS
    is_resumed: bool = False
    last_scan: int = 0


class ScanChanges(NamedTuple):
    """The changes that a part of a scan found.

    Attributes:
        new: logs that were not known.
        changed: logs whose metadata has changed.
        gone: logs that no longer exist.
        directory: the directory that was listed; None if the changes are from several.
    """

    new: list[LogFile]
    changed: list[LogFile]
    gone: list[LogFile]
    directory: str | None = None
