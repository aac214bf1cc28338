"""The machines of a fleet in words."""

import re
from collections.abc import Sequence

from zigtui.reader.machines import MachineStatus
from zigtui.reader.text.safe_text import safe_short
from zigtui.wording.amounts import byte_size, count
from zigtui.wording.dates import when
from zigtui.wording.durations import largest_unit

__all__ = [
    "behind",
    "by_urgency",
    "disk",
    "fleet_concern",
    "is_awaited",
    "last_beat",
    "machine_count",
    "machine_state",
    "version",
]

_MOST_VERSION = 40  # characters
_HEARD_SECS = 30.0  # longer than a beat can be known late where another process mirrors
_NUMBER = re.compile(r"(\d+)")


def fleet_concern(statuses: Sequence[MachineStatus], offline_since: float | None, now: float) -> str:
    """What is wrong with the machines: ``web-07 silent 42s``, ``3 silent`` or ``offline since 14:02``; else empty.

    Those that were removed from the fleet are no concern.

    Args:
        statuses: the machines.
        offline_since: when the connection to all of them was lost; None while it is there.
        now: the current time, in seconds since the epoch.
    """
    if offline_since is not None:
        return f"offline since {when(offline_since, now)}"
    present = [status for status in statuses if not status.is_removed]
    silent = [status for status in present if status.silent_secs is not None]
    awaited = [status for status in present if is_awaited(status)]
    concerns = silent or awaited
    if len(concerns) == 1:
        return f"{concerns[0].name} {machine_state(concerns[0])}"
    return f"{len(concerns):,} {'silent' if silent else 'not heard yet'}" if concerns else ""


def machine_count(statuses: Sequence[MachineStatus], *, with_removed: bool = False) -> str:
    """The number of machines, such as ``12 machines``.

    Args:
        statuses: the machines.
        with_removed: whether to add how many more were removed from the fleet: ``12 machines, 2 removed``.
    """
    removed = sum(status.is_removed for status in statuses)
    present = count(len(statuses) - removed, "machine")
    return f"{present}, {removed:,} removed" if removed and with_removed else present


def machine_state(status: MachineStatus) -> str:
    """Whether a machine gives signs of life: ``live``, ``silent 42s``, or ``not heard yet`` right after the start.

    A machine that does not belong to the fleet any more is ``removed``.
    """
    if status.is_removed:
        return "removed"
    if status.silent_secs is not None:
        return f"silent {largest_unit(status.silent_secs)}" if status.silent_secs >= 1 else "silent"
    return "not heard yet" if is_awaited(status) else "live"


def is_awaited(status: MachineStatus) -> bool:
    """Whether a machine does not count as silent only since the mirror has not listened for long enough."""
    return status.silent_secs is None and (status.beat_age_secs is None or status.beat_age_secs > _HEARD_SECS)


def behind(status: MachineStatus) -> str:
    """How many bytes a machine has not shipped yet: ``1.2 MB``, or ``up to date``; a dash if that is not known."""
    if status.behind_bytes is None:
        return "–"
    return byte_size(status.behind_bytes) if status.behind_bytes else "up to date"


def last_beat(status: MachineStatus) -> str:
    """How long ago a machine gave its last sign of life: ``2s ago``; a dash if it never has."""
    return "–" if status.beat_age_secs is None else f"{largest_unit(status.beat_age_secs)} ago"


def disk(status: MachineStatus) -> str:
    """The free share of the disk with the logs of a machine: ``38% free``; a dash if it is not known."""
    free, size = status.disk_free, status.disk_size
    if free is None or not size:
        return "–"
    return f"{min(100, 100 * free // size)}% free"


def version(status: MachineStatus) -> str:
    """The version of zigtui on a machine; a dash if it is not known."""
    return safe_short(status.version or "", _MOST_VERSION) or "–"


def by_urgency(statuses: Sequence[MachineStatus]) -> list[MachineStatus]:
    """Sort machines: silent ones first, removed ones last, then by name, with numbers in them by their value."""
    return sorted(statuses, key=lambda status: (status.is_removed, status.silent_secs is None, _natural(status.name)))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBER.split(name)]
