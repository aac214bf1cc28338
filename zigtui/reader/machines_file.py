"""The content of the file in which a mirror records its machines.

Import this module only for logs of a mirror: importing msgspec takes a tenth of the start of the program.
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from zigtui.reader.machines import MachineStatus

__all__ = ["MachineRecord", "MachinesRecord", "decode_machines", "encode_machines", "record_of_none"]

_VERSION = 1
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Secs = Annotated[float, msgspec.Meta(ge=0)]


class MachineRecord(msgspec.Struct, omit_defaults=True):
    """A machine, with the fields of `MachineStatus`."""

    name: str
    silent_secs: _Secs | None = None
    sessions: _Count | None = None
    behind_bytes: _Count | None = None
    version: str | None = None
    disk_free: _Count | None = None
    disk_size: _Count | None = None
    beat_age_secs: _Secs | None = None
    is_removed: bool = False
    known_secs: _Secs | None = None


class MachinesRecord(msgspec.Struct):
    """All machines.

    Attributes:
        version: the version of the format.
        written_at: when it was written, in seconds since the epoch.
        offline_since: see `Machines`.
        machines: the machines.
    """

    version: int
    written_at: float
    offline_since: float | None
    machines: list[MachineRecord]


def encode_machines(statuses: Iterable[MachineStatus], now: float, offline_since: float | None) -> bytes:
    """The content of the file.

    Args:
        statuses: the machines.
        now: the current time, in seconds since the epoch.
        offline_since: see `Machines`.
    """
    fields = MachineRecord.__struct_fields__
    machines = [MachineRecord(**{name: getattr(status, name) for name in fields}) for status in statuses]
    return msgspec.json.encode(MachinesRecord(_VERSION, now, offline_since, machines))


def record_of_none(now: float) -> MachinesRecord:
    """A record in which no machine is known yet.

    Args:
        now: when it was written, in seconds since the epoch.
    """
    return MachinesRecord(_VERSION, now, None, [])


def decode_machines(content: bytes) -> MachinesRecord | None:
    """The record in the file; None if it has none that can be read."""
    try:
        record = msgspec.json.decode(content, type=MachinesRecord)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return record if record.version == _VERSION else None
