"""The interface of everything that provides output lines by number."""

from typing import Protocol

from zigtui.reader.lines.decode import Output

__all__ = ["LineSource"]


class LineSource(Protocol):
    """Output lines, numbered from 0.

    ``len()`` is the number of lines known so far. It may grow while a log is read or written.
    """

    def __len__(self) -> int: ...

    def line(self, number: int) -> Output | None:
        """Return line ``number``, or None if it cannot be read (any more)."""
