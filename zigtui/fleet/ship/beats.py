"""The beats of a machine: what it reports about itself."""

import random
import shutil
import threading

from zigtui import __version__
from zigtui.fleet.wire.chunk import MAX_NUMBER
from zigtui.fleet.wire.messages import Beat

__all__ = ["Beats"]


class Beats:
    """Makes the beats of a machine.

    Args:
        base: the base directory whose disk they report.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._run = random.randrange(MAX_NUMBER)
        self._count = 0
        self._disk = -1, -1  # its size, and what is free
        self._shipped: dict[str, tuple[int, int]] = {}  # by base: how many logs, and how many bytes are behind
        self._lock = threading.Lock()

    def next(self, base: str, sessions: int, behind: int) -> Beat:
        """The next beat, for all base directories. Any thread may call this.

        Args:
            base: the base directory whose shipper sends it. The disk of no other one is read.
            sessions: the number of logs of that base which are shipped.
            behind: the number of their bytes that the server has not acknowledged yet.
        """
        disk = None
        if base == self._base:
            try:
                size, _, free = shutil.disk_usage(base)
                disk = size, free
            except OSError:  # the base may not exist yet
                disk = -1, -1
        with self._lock:
            self._count += 1
            self._disk = disk or self._disk
            self._shipped[base] = sessions, behind
            return self._beat()

    def _beat(self) -> Beat:
        size, free = self._disk
        is_known = 0 <= size <= MAX_NUMBER  # a network file system without a limit has some exabytes
        return Beat(
            n=self._count,
            run=self._run,
            sessions=sum(sessions for sessions, _ in self._shipped.values()),
            behind=sum(behind for _, behind in self._shipped.values()),
            version=__version__,
            disk_free=min(free, size) if is_known else None,
            disk_size=size if is_known else None,
        )
