"""Report lines of a log that are too long to be printed."""

from zigtui.reader.lines.follow_log import MAX_FOLLOWED_BYTES
from zigtui.system.standard_streams import note

__all__ = ["OverlongLines"]


class OverlongLines:
    """Reports the lines that are left out, with a running count."""

    def __init__(self) -> None:
        self._count = 0

    def report(self, number: int, length: int) -> None:
        """Report line ``number``, counted from 1, of ``length`` bytes."""
        self._count += 1
        so_far = f"; {self._count:,} left out so far" if self._count > 1 else ""
        note(f"zigtui: line {number:,} is left out: it has {length:,} bytes, over {MAX_FOLLOWED_BYTES:,}{so_far}")
