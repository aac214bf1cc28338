"""How far a log has been read."""

import os
from typing import NamedTuple

__all__ = ["ReadPosition", "modification_time"]


class ReadPosition(NamedTuple):
    """What has been read of the file, as `Tail` has it."""

    offset: int = 0
    torn_bytes: int = 0
    size: int = 0
    modified: float = 0.0

    @property
    def end(self) -> int:
        """The offset up to which bytes have been read."""
        return self.offset + self.torn_bytes


def modification_time(path: str) -> float:
    """The modification time of a log that cannot be opened; 0 if it is not known."""
    try:
        return os.stat(path).st_mtime
    except (OSError, ValueError):  # the latter for a path that no file can have
        return 0.0
