"""How much a machine may fill of the disk that all machines share."""

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from zigtui.reader.location import is_log_name

__all__ = ["Limits", "MessageRefusedError", "Quota"]

_CHECK_SECS = 1.0
_MEASURE_SECS = 60.0


class MessageRefusedError(Exception):
    """A message of a machine is refused. The text names the cause, and is safe to show."""


class Limits(NamedTuple):
    """How much a mirror takes.

    Attributes:
        machine_bytes: the bytes of all logs of a machine.
        machine_sessions: the number of logs of a machine.
        free_share: the share of the disk that stays free.
        held_bytes: the memory for chunks that wait for others.
        open_files: the number of files that are kept open.
    """

    machine_bytes: int = 20 * 1024**3
    machine_sessions: int = 10_000
    free_share: float = 0.05
    held_bytes: int = 64 * 1024**2
    open_files: int = 2048


class _Usage:
    """What the logs of a machine take."""

    def __init__(self, directory: str) -> None:
        self.bytes = self.sessions = 0
        for parent, _, names in os.walk(directory):  # does not follow links
            for name in filter(is_log_name, names):
                with suppress(FileNotFoundError):  # it was removed just now
                    self.bytes += os.lstat(os.path.join(parent, name)).st_size
                    self.sessions += 1


class _Full(NamedTuple):
    """That bytes of a machine were refused: when to measure its logs again, and how much they took then."""

    measure_at: float
    bytes: int


class Quota:
    """Counts what each machine takes, and refuses what is beyond the limits.

    Args:
        root: the directory of the mirror.
        limits: the limits.
        steady_clock: returns seconds that pass steadily.
    """

    def __init__(self, root: str, limits: Limits, steady_clock: Callable[[], float] = time.monotonic) -> None:
        self._root = root
        self._limits = limits
        self._steady_clock = steady_clock
        self._usages: dict[str, _Usage] = {}
        self._full: dict[str, _Full] = {}
        self._check_at = steady_clock()
        self._is_disk_full = False

    def is_full(self, machine: str) -> bool:
        """Whether bytes of a machine were refused since its logs take too much.

        The logs are measured again from time to time, since people may remove some.
        """
        full = self._full.get(machine)
        if full is not None and self._steady_clock() >= full.measure_at:
            usage = self._usage(machine)
            usage.bytes = self._measured(machine).bytes
            if usage.bytes < full.bytes:
                del self._full[machine]
            else:
                self._full[machine] = full._replace(measure_at=self._steady_clock() + _MEASURE_SECS)
        return machine in self._full

    def add_session(self, machine: str) -> None:
        """Count a log that has no file yet.

        Raises:
            MessageRefusedError: if the machine has too many logs.
        """
        usage = self._usage(machine)
        if usage.sessions >= self._limits.machine_sessions:
            raise MessageRefusedError(f"more than {self._limits.machine_sessions:,} sessions")
        usage.sessions += 1

    def check(self, machine: str, growth: int) -> None:
        """Check whether a file of a machine may grow.

        Args:
            machine: the machine.
            growth: by how many bytes.

        Raises:
            MessageRefusedError: if the logs of the machine would take too much.
            OSError: if too little of the disk is free.
        """
        usage = self._usage(machine)
        if usage.bytes + growth > self._limits.machine_bytes:
            if machine not in self._full:
                self._full[machine] = _Full(self._steady_clock() + _MEASURE_SECS, usage.bytes)
            raise MessageRefusedError(f"more than {self._limits.machine_bytes:,} bytes of logs")
        if self._steady_clock() >= self._check_at:
            self._check_at = self._steady_clock() + _CHECK_SECS
            status = os.statvfs(self._root)
            self._is_disk_full = status.f_bavail < self._limits.free_share * status.f_blocks
        if self._is_disk_full:
            raise OSError(errno.ENOSPC, f"less than {self._limits.free_share:.0%} of the disk is free", self._root)

    def count(self, machine: str, growth: int) -> None:
        """Count that a file of a machine has grown, or has shrunk."""
        self._usage(machine).bytes += growth

    def _usage(self, machine: str) -> _Usage:
        usage = self._usages.get(machine)
        if usage is None:
            usage = self._usages[machine] = self._measured(machine)
        return usage

    def _measured(self, machine: str) -> _Usage:
        return _Usage(os.path.join(self._root, machine))
