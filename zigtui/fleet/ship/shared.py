"""What the shippers of one machine share, if it has several base directories."""

from zigtui.fleet.ship.beats import Beats
from zigtui.fleet.ship.rate import Rate
from zigtui.fleet.wire.names import RemoteLog

__all__ = ["Shared"]


class Shared:
    """Shared by the shippers of a machine. Each runs on a thread of its own.

    Args:
        base: the base directory whose disk the machine reports.
        bytes_per_sec: how fast to send a backlog; None for no limit.

    Attributes:
        beats: the signs of life of the machine.
        rate: the limit for backlogs.
    """

    def __init__(self, base: str, bytes_per_sec: float | None = None) -> None:
        self.beats = Beats(base)
        self.rate = Rate(bytes_per_sec)
        self._paths: dict[RemoteLog, str] = {}

    def claim(self, log: RemoteLog, path: str) -> bool:
        """Ship the file at a path as a log, unless a file of another base is shipped as the same one.

        Returns:
            Whether it may be shipped.
        """
        return self._paths.setdefault(log, path) == path

    def release(self, log: RemoteLog) -> None:
        """Give up a log, so that another base may ship a file as that one."""
        self._paths.pop(log, None)
