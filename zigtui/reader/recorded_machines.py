"""The file in which a mirror records its machines, for processes that only read the mirrored logs."""

import os
import threading
import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from zigtui.reader.elapsed_secs import elapsed_secs
from zigtui.reader.lines.tail import NotALogError, open_log, read_at
from zigtui.reader.location import LogLocation
from zigtui.reader.machines import MIRROR_MARKER, Hearing, MachineStatus
from zigtui.reader.threads import start_thread

if TYPE_CHECKING:
    from zigtui.reader.machines_file import MachineRecord, MachinesRecord

__all__ = ["MACHINES_FILE", "HearingOfMachine", "RecordedMachines", "recorded_hearing"]

HearingOfMachine: TypeAlias = Callable[[], Hearing]
"""Returns what is heard of the machine of a log."""

MACHINES_FILE = "machines.json"
"""The name of the file, in the root of the mirror. The mirror replaces it every five seconds."""

_MAX_BYTES = 16 * 1024**2
_CHECK_SECS = 1.0
_OUTDATED_SECS = 15.0
"""The mirror does not run if it has not written for this long."""

_LATE_SECS = 10.0
"""What the mirror knew is not known any more if it has not written for this long."""

_EARLY_SECS = 300.0
"""How far in the future a record may have been written: the mirror may run on another machine, with a shared disk."""

_ENDED_SECS = 30.0
"""How old a record counts as at least if it was written before the clock was set back: its mirror has ended."""

_ANSWER_SECS = 0.5
"""How long the disk may take to answer. After that, the last record counts until the disk answers."""


class _Known(NamedTuple):
    """What is known of a mirror.

    Attributes:
        record: its last record; None if there is none.
        written_at: when that was written, by the steady clock.
        machines: the machines by name.
    """

    record: "MachinesRecord | None"
    written_at: float
    machines: "dict[str, MachineRecord]"


class RecordedMachines:
    """The machines of a mirror that another process runs, or has run; see `Machines`.

    If the mirror does not run any more, all its machines are silent.

    Args:
        root: the root of the mirror.
        clock: returns the time in seconds since the epoch; by default, the system's clock.
        steady_clock: returns seconds that pass steadily, also while this machine sleeps.

    Attributes:
        root: the root of the mirror.
    """

    gives_hints = False

    def __init__(
        self,
        root: str,
        clock: Callable[[], float] | None = None,
        steady_clock: Callable[[], float] = elapsed_secs,
    ) -> None:
        self.root = root
        self._path = os.path.join(root, MACHINES_FILE)
        self._clock = clock or time.time
        self._steady_clock = steady_clock
        self._lock = threading.Lock()
        self._check_at = steady_clock()
        self._check_thread: threading.Thread | None = None
        self._file: tuple[int, int] | None = None  # inode and modification time, when it was last read
        self._damaged: tuple[int, int] | None = None  # the same of a file that has no record, and may have 16 MB
        self._known = _Known(None, 0.0, {})

    @property
    def offline_since(self) -> float | None:
        """When the mirror lost its connection or was ended; None if it has a connection, or there is no record."""
        (record, _, _), age = self._read()
        if record is None or record.offline_since is not None:
            return None if record is None else record.offline_since
        return record.written_at if age > _OUTDATED_SECS else None

    def statuses(self) -> list[MachineStatus]:
        """What is known about each machine."""
        (record, _, machines), age = self._read()
        if record is None:
            return []
        return [
            MachineStatus(
                machine.name,
                os.path.join(self.root, machine.name),
                _silence(machine, age, is_offline=record.offline_since is not None),
                machine.sessions,
                machine.behind_bytes,
                machine.version,
                machine.disk_free,
                machine.disk_size,
                None if machine.beat_age_secs is None else machine.beat_age_secs + age,
                machine.is_removed,
                self._known_secs(machine, record, age),
            )
            for machine in machines.values()
        ]

    def hearing_of(self, base: str) -> Hearing:
        """What is heard of the machine with a base directory."""
        (record, _, machines), age = self._read()
        if record is None:
            return Hearing()
        machine = machines.get(os.path.basename(base))
        silent_secs = _silence(machine, age, is_offline=record.offline_since is not None)
        return Hearing(silent_secs, self._known_secs(machine, record, age))

    def _known_secs(self, machine: "MachineRecord | None", record: "MachinesRecord", age: float) -> float | None:
        """How long ago the logs of a machine were last known; see `Hearing.known_secs`.

        It leads back to the moment of the record, by the clock as it was then. The times of the logs were set by it,
        and fit no other, whatever the clock shows now. If the clock was set back since, that moment is yet to come.
        """
        known_secs = None if machine is None else machine.known_secs
        since = self._clock() - record.written_at
        if known_secs is None or since < -_EARLY_SECS:
            return None
        return 0.0 if known_secs == 0 and age <= _LATE_SECS else known_secs + max(0.0, since)

    def _read(self) -> tuple[_Known, float]:
        """What is known, and the age of the record in seconds. The file is checked about once in a second.

        It is read on a thread of its own, since a screen must not wait for a disk that does not answer.
        """
        now, thread = self._steady_clock(), None
        with self._lock:
            if now >= self._check_at and (self._check_thread is None or not self._check_thread.is_alive()):
                self._check_at = now + _CHECK_SECS
                thread = self._check_thread = start_thread(self._check, f"read {self._path}")
        if thread is not None:
            thread.join(_ANSWER_SECS)
        known = self._known
        return known, max(0.0, now - known.written_at)

    def _check(self) -> None:
        from zigtui.reader.machines_file import decode_machines, record_of_none  # which is slow

        file: tuple[int, int] | None = None
        try:
            status = os.stat(self._path)
            file = status.st_ino, status.st_mtime_ns
            if file in (self._file, self._damaged):
                return
            descriptor = open_log(self._path)
            try:
                record = decode_machines(read_at(descriptor, 0, _MAX_BYTES))
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            written_at = None if self._known.record is not None else self._ended_at()
            record = None if written_at is None else record_of_none(written_at)
        except (OSError, NotALogError):
            return  # the last record counts, and grows old
        if record is None:
            self._damaged = file
            return
        # The first one may be old. The others were written just now, whatever the clock shows.
        since = self._clock() - record.written_at if self._file is None else 0.0
        age = max(0.0, since) if since >= -_EARLY_SECS else _ENDED_SECS
        self._file = file
        self._known = _Known(record, self._steady_clock() - age, {machine.name: machine for machine in record.machines})

    def _ended_at(self) -> float | None:
        """About when a mirror without a record has ended, since one that runs has a record; None if there is none."""
        try:
            return os.stat(os.path.join(self.root, MIRROR_MARKER)).st_mtime
        except OSError:
            return None


def recorded_hearing(location: LogLocation) -> HearingOfMachine | None:
    """The function that returns what the record says of the machine of a log; None for a log of this machine."""
    if location.machine is None:
        return None
    return partial(_recorded(os.path.dirname(location.base)).hearing_of, location.base)


_recorded = lru_cache(maxsize=16)(RecordedMachines)  # of the mirrors whose logs are read


def _silence(machine: "MachineRecord | None", age: float, *, is_offline: bool) -> float | None:
    """For how long a machine has been silent; None if it was heard recently.

    Args:
        machine: the record of the machine; None if there is none.
        age: the age of the record, in seconds.
        is_offline: whether the mirror has no connection.
    """
    silent_secs = None if machine is None else machine.silent_secs
    if silent_secs is None and not is_offline and age <= _OUTDATED_SECS:
        return None
    if silent_secs is None and machine is not None:
        silent_secs = machine.beat_age_secs
    return (silent_secs or 0.0) + age
