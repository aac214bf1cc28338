"""What a base directory of another machine needs beyond that of this one."""

from typing import NamedTuple

from zigtui.reader.machines import Hearing, Machines

__all__ = ["MirroredBase"]


class MirroredBase(NamedTuple):
    """The mirror that a base directory belongs to.

    Attributes:
        root: the root of the mirror.
        machine: the name of the machine whose logs are in the base.
        machines: whether the machines of the mirror give signs of life.
    """

    root: str
    machine: str
    machines: Machines

    @property
    def is_hinted(self) -> bool:
        """Whether each file that is written is passed on as a hint."""
        return self.machines.gives_hints

    def hearing(self, base: str, now: float) -> Hearing:
        """What is heard of the machine. While there is no connection, nothing has come from it.

        Args:
            base: the base directory.
            now: the current time, in seconds since the epoch.
        """
        hearing, offline_since = self.machines.hearing_of(base), self.machines.offline_since
        if hearing.silent_secs is None and offline_since is not None:
            offline_secs = max(0.0, now - offline_since)
            return Hearing(offline_secs, offline_secs if hearing.known_secs == 0 else hearing.known_secs)
        return hearing
