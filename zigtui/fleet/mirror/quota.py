"""How much a machine may fill of the disk that all machines share."""

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from zigtui.reader.location import is_log_name

__all__ = ["Limits", "MessageRefusedError", "Quota", "Usage", "measured"]

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


class Usage(NamedTuple):
    """What the logs of a machine take: their bytes and their number."""

    bytes: int
    sessions: int


_NOTHING = Usage(0, 0)


def measured(directory: str) -> Usage:
    """What the logs below a directory take, as far as they can be read. With many of them, this is slow."""
    size = sessions = 0
    for parent, _, names in os.walk(directory):  # does not follow links
        for name in filter(is_log_name, names):
            with suppress(OSError):  # it was removed just now, or people have locked its directory
                size += os.lstat(os.path.join(parent, name)).st_size
                sessions += 1
    return Usage(size, sessions)


class _Refusal(NamedTuple):
    """That something of a machine was refused: when to measure its logs again, and what they took then."""

    measure_at: float
    usage: Usage


class Quota:
    """Counts what each machine takes, and refuses what is beyond the limits.

    The logs of machines that are there already are measured at once. Later, only those of machines of which something
    was refused are measured again from time to time, since people may remove some of them.

    Args:
        root: the directory of the mirror.
        limits: the limits.
        steady_clock: returns seconds that pass steadily.
    """

    def __init__(self, root: str, limits: Limits, steady_clock: Callable[[], float] = time.monotonic) -> None:
        self._root = root
        self._limits = limits
        self._steady_clock = steady_clock
        self._usages: dict[str, Usage] = {}
        self._refusals: dict[str, _Refusal] = {}
        self._full: set[str] = set()
        self._check_at = steady_clock()
        self._is_disk_full = False
        with os.scandir(root) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    self._usages[entry.name] = measured(entry.path)

    def is_full(self, machine: str) -> bool:
        """Whether bytes of a machine were refused since its logs take too much."""
        return machine in self._full

    def to_measure(self) -> list[str]:
        """The machines whose logs must be measured again now."""
        now = self._steady_clock()
        due = [machine for machine, refusal in self._refusals.items() if now >= refusal.measure_at]
        for machine in due:
            self._refusals[machine] = _Refusal(now + _MEASURE_SECS, self._usage(machine))
        return due

    def note_usage(self, machine: str, usage: Usage) -> None:
        """Take over what the logs of a machine take.

        Args:
            machine: one of those that `to_measure` has returned.
            usage: what `measured` has returned for its directory since then.
        """
        now, then = self._usage(machine), self._refusals[machine].usage
        usage = Usage(usage.bytes + now.bytes - then.bytes, usage.sessions + now.sessions - then.sessions)
        self._usages[machine] = usage
        if usage.bytes < now.bytes or usage.sessions < now.sessions:
            self._full.discard(machine)
            del self._refusals[machine]

    def add_session(self, machine: str) -> None:
        """Count a log that has no file yet.

        Raises:
            MessageRefusedError: if the machine has too many logs.
        """
        usage = self._usage(machine)
        if usage.sessions >= self._limits.machine_sessions:
            self._note_refusal(machine)
            raise MessageRefusedError(f"more than {self._limits.machine_sessions:,} sessions")
        self._usages[machine] = usage._replace(sessions=usage.sessions + 1)

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
            self._note_refusal(machine)
            self._full.add(machine)
            raise MessageRefusedError(f"more than {self._limits.machine_bytes:,} bytes of logs")
        now = self._steady_clock()
        if now >= self._check_at:
            self._check_at = now + _CHECK_SECS
            status = os.statvfs(self._root)
            self._is_disk_full = status.f_bavail < self._limits.free_share * status.f_blocks
        if self._is_disk_full:
            raise OSError(errno.ENOSPC, f"less than {self._limits.free_share:.0%} of the disk is free", self._root)

    def count(self, machine: str, growth: int) -> None:
        """Count that a file of a machine has grown, or has shrunk."""
        usage = self._usage(machine)
        self._usages[machine] = Usage(usage.bytes + growth, usage.sessions)

    def _usage(self, machine: str) -> Usage:
        return self._usages.get(machine, _NOTHING)

    def _note_refusal(self, machine: str) -> None:
        if machine not in self._refusals:
            self._refusals[machine] = _Refusal(self._steady_clock() + _MEASURE_SECS, self._usage(machine))
