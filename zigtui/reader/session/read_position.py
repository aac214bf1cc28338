"""How far a log has been read."""

import os
from typing import NamedTuple

from zigtui.reader.lines.problems import Problem, ProblemKind

__all__ = ["ReadPosition", "modification_time"]


class ReadPosition(NamedTuple):
    """What has been read of the file.

    Attributes:
        offset: the offset after the last whole line, in bytes.
        torn_bytes: the length of the line after it that has no newline yet, in bytes.
        size: the size of the file, in bytes.
        modified: when the file was last modified, in seconds since the epoch.
    """

    offset: int = 0
    torn_bytes: int = 0
    size: int = 0
    modified: float = 0.0

    @property
    def end(self) -> int:
        """The offset up to which bytes have been read."""
        return self.offset + self.torn_bytes

    def torn_end(self, accepted: bytes, lines_read: int) -> Problem | None:
        """The problem that the file ends in the middle of a line; None if it does not, or the rest is not read yet.

        Args:
            accepted: the last line, if it counts although its newline is missing; else empty.
            lines_read: the number of lines that count, including that one.
        """
        if self.torn_bytes == len(accepted) or self.end < self.size:
            return None
        line = lines_read + (0 if accepted else 1)
        words = "byte" if self.torn_bytes == 1 else "bytes"
        return Problem(line, ProblemKind.TORN, f"{self.torn_bytes} {words} without a newline")


def modification_time(path: str) -> float:
    """The modification time of a log that cannot be opened; 0 if it is not known."""
    try:
        return os.stat(path).st_mtime
    except (OSError, ValueError):  # ValueError for a path that no file can have
        return 0.0
