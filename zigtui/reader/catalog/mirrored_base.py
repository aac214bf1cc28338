"""What a base directory of another machine needs beyond that of this one."""

from typing import NamedTuple

from zigtui.reader.machines import Machines

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
        """Whether each file that is written is passed on as a hint, with whether its bytes are fresh."""
        return self.machines.gives_hints

    def silent_secs(self, base: str, now: float) -> float | None:
        """For how long nothing has come from the machine, in seconds; None if it was heard recently.

        Args:
            base: the base directory.
            now: the current time, in seconds since the epoch.
        """
        silent_secs, offline_since = self.machines.silence_of(base), self.machines.offline_since
        if silent_secs is None and offline_since is not None:
            return max(0.0, now - offline_since)
        return silent_secs
