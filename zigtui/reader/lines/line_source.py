"""The interfaces of everything that provides output lines by number."""

from collections.abc import Iterator
from typing import Protocol, TypeAlias

from zigtui.reader.lines.decode import Output

__all__ = ["LineSource", "LineSpan", "PlacedLines", "TimedLines"]


class LineSource(Protocol):
    """Output lines, numbered from 0.

    ``len()`` is the number of lines known so far. It may grow while a log is read or written.
    """

    def __len__(self) -> int: ...

    def line(self, number: int) -> Output | None:
        """Return line ``number``, or None if it cannot be read (any more)."""


LineSpan: TypeAlias = tuple[int, int, float, float]
"""Adjacent lines: the number of the first one, their number, and the lowest and the highest time that they may have.

Times are seconds since the epoch. The lowest is above the highest if no line has a time.
"""


class TimedLines(LineSource, Protocol):
    """Output lines whose times are roughly known without reading them."""

    def spans(self) -> Iterator[LineSpan]:
        """Yield the spans of all lines, in order."""


class PlacedLines(LineSource, Protocol):
    """Output lines that begin at known offsets of a log."""

    def number_at(self, offset: int) -> int | None:
        """Return the number of the line at ``offset`` of the file; None if no known line begins there."""

    def offset_of(self, number: int) -> int | None:
        """Return the offset in the file of line ``number``; None as for `line`."""

    def estimate_offset(self, number: int) -> int:
        """Return the approximate offset of line ``number``. Nothing is read, unless the output is short.

        After the last line, it is an approximate offset after the output.
        """
