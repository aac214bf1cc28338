"""The beats of a machine: what it reports about itself."""

import shutil

from zigtui import __version__
from zigtui.fleet.wire.chunk import MAX_NUMBER
from zigtui.fleet.wire.messages import Beat

__all__ = ["Beats"]


class Beats:
    """Makes the beats of a shipper.

    Args:
        base: the base directory whose disk they report.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._count = 0

    def next(self, sessions: int, behind: int) -> Beat:
        """The next beat.

        Args:
            sessions: the number of logs that are shipped.
            behind: the number of bytes that the server has not acknowledged yet.
        """
        self._count += 1
        try:
            size, _, free = shutil.disk_usage(self._base)
        except OSError:  # the base may not exist yet
            size = free = -1
        is_known = 0 <= size <= MAX_NUMBER  # a network file system without a limit has some exabytes
        return Beat(
            n=self._count,
            sessions=sessions,
            behind=behind,
            version=__version__,
            disk_free=min(free, size) if is_known else None,
            disk_size=size if is_known else None,
        )
