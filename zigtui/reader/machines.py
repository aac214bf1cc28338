"""Other machines whose logs are mirrored here: their directories, and whether they give signs of life.

A mirror keeps an ordinary base directory for each machine, all below one directory, its root: ``<root>/<machine>``. The
reader does not know how the logs come there.
"""

import math
import os
import re
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from zigtui.reader.threads import results_within

__all__ = [
    "MIRROR_MARKER",
    "Hearing",
    "MachineStatus",
    "Machines",
    "WriteHint",
    "has_mirror_marker",
    "is_mirror_root",
    "machine_bases",
    "machine_of_base",
    "mirror_root_of",
]

MIRROR_MARKER = "cursor.json"
"""The file in the root of a mirror by which it is recognized."""

_ANSWER_SECS = 0.5
_NAME = re.compile(r"[a-z0-9-]{1,63}")


class Hearing(NamedTuple):
    """What is heard of a machine, as of the call that returned it. Durations are in seconds.

    Attributes:
        silent_secs: for how long it has been silent; None if it was heard recently.
        known_secs: how long ago all that was written to its logs was last known to be here; 0 if it is known now, and
            None if it never was. When the machine or the mirror comes back, it takes some seconds until that is known.
    """

    silent_secs: float | None = None
    known_secs: float | None = None

    def known_until(self, now: float) -> float:
        """Until when the logs are known, by the clock of ``now``, the time of the call.

        Returns:
            Infinity if they are known now, and minus infinity if they never were.
        """
        if self.known_secs is None:
            return -math.inf
        return now - self.known_secs if self.known_secs else math.inf


@dataclass(frozen=True)
class MachineStatus:
    """What is known about a machine. Durations are as of the call that returned it, by a steady clock of this process.

    Attributes:
        name: its name.
        base: its base directory: the root of the mirror, and the name.
        silent_secs: for how long it has been silent; None if it was heard recently.
        sessions: the number of its logs; None if that is not known.
        behind_bytes: the number of bytes that have not left it yet; None if that is not known.
        version: the version of its shipper; None if that is not known.
        disk_free: the free bytes of the disk with its logs; None if that is not known.
        disk_size: the size of that disk, in bytes; None if that is not known.
        beat_age_secs: how long ago it gave its last sign of life; None if it has not yet.
        is_removed: whether it was removed from the fleet, as far as is known.
        known_secs: see `Hearing`.
    """

    name: str
    base: str
    silent_secs: float | None = None
    sessions: int | None = None
    behind_bytes: int | None = None
    version: str | None = None
    disk_free: int | None = None
    disk_size: int | None = None
    beat_age_secs: float | None = None
    is_removed: bool = False
    known_secs: float | None = None


class Machines(Protocol):
    """The machines of a mirror. Any thread may call the methods."""

    @property
    def root(self) -> str:
        """The root of the mirror."""

    @property
    def offline_since(self) -> float | None:
        """When the connection to all machines was lost, in seconds since the epoch; None while there is one."""

    @property
    def gives_hints(self) -> bool:
        """Whether the mirror runs in this process, and passes each file that it writes to `Watcher.hint`."""

    def statuses(self) -> list[MachineStatus]:
        """What is known about each machine."""

    def hearing_of(self, base: str) -> Hearing:
        """What is heard of the machine with a base directory.

        This is quick, even if the disk does not answer.
        """


class WriteHint(Protocol):
    """Passes on that a file of a mirror was written; see `zigtui.reader.catalog.watch.Watcher.hint`."""

    def __call__(self, path: str, /) -> object:
        """Pass it on.

        Args:
            path: the path of the file, below the root of the mirror.
        """


def is_mirror_root(directory: str) -> bool:
    """Whether a mirror keeps the bases of machines in a directory. One that does not answer soon counts as none."""
    return results_within(_ANSWER_SECS, [lambda: has_mirror_marker(directory)], otherwise=[False])[0]


def has_mirror_marker(directory: str) -> bool:
    """The same as `is_mirror_root`, but wait for the disk however long it takes."""
    return os.path.isfile(os.path.join(directory, MIRROR_MARKER))


def mirror_root_of(base: str) -> str | None:
    """The root of the mirror that keeps a base directory; None if none does. The base need not exist yet."""
    root, name = os.path.split(base)
    return root if _NAME.fullmatch(name) and is_mirror_root(root) else None


def machine_of_base(base: str) -> str | None:
    """The name of the machine that a base directory belongs to; None if no mirror keeps it."""
    return None if mirror_root_of(base) is None else os.path.basename(base)


def machine_bases(root: str) -> list[str]:
    """The base directories of the machines in the root of a mirror, sorted.

    Raises:
        OSError: if the root cannot be listed.
    """
    with os.scandir(root) as entries:
        names = [entry.name for entry in entries if _NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)]
    return [os.path.join(root, name) for name in sorted(names)]
