"""A range of a log to search from start to end, and the hits found in it."""

from array import array
from bisect import bisect_left
from io import FileIO

from zigtui.reader.lines.last_line import is_whole
from zigtui.reader.lines.tail import MAX_LINE_BYTES

__all__ = ["FileRange"]

_ANCHOR_BYTES = 64


class FileRange:
    """A range of a log. Each read continues where the last one stopped.

    Args:
        start: the offset of its first line.
        end: the offset of its end; None for the end of the file, which may grow.

    Attributes:
        position: the offset up to which all lines have been searched.
        torn_bytes: the number of bytes after `position` that belong to a line whose end has not been found yet.
        hits: the offsets of the matching lines, in order.
    """

    __slots__ = ("_anchor", "end", "hits", "position", "start", "torn_bytes")

    def __init__(self, start: int, end: int | None) -> None:
        self.start = self.position = start
        self.end = end
        self.hits = array("Q")
        self.torn_bytes = 0
        self._anchor = b""  # the last of the torn bytes: if they differ now, the line was rewritten

    def read(self, file: FileIO, size: int) -> bytes | None:
        """Read about ``size`` bytes after the position.

        Returns:
            Whole lines; empty if no line ends in the bytes read; None at the end of the file. The newline of a whole
            event at the end may be missing.
        """
        if self._anchor:
            file.seek(self.position + self.torn_bytes - len(self._anchor))
            if file.read(len(self._anchor)) != self._anchor:
                self.advance(0)
        file.seek(self.position + self.torn_bytes)
        data = file.read(size)
        if not self.torn_bytes and (end := data.rfind(b"\n") + 1):
            return data[:end]
        end = data.find(b"\n") + 1
        line_bytes = self.torn_bytes + (end or len(data))
        if not end:
            self.torn_bytes = line_bytes
            self._anchor = (self._anchor + data)[-_ANCHOR_BYTES:]
            return b"" if data else self._last_event(file)
        if line_bytes > MAX_LINE_BYTES:  # skipped, as by everything that reads logs
            self.advance(line_bytes)
            return b""
        file.seek(self.position)
        line = file.read(line_bytes)
        return line[: line.rfind(b"\n") + 1]  # empty if the file has been truncated in the meantime

    def _last_event(self, file: FileIO) -> bytes | None:
        """The torn bytes at the end of the file if they are a whole event, as left by a runner that was killed."""
        if not self._anchor.endswith(b"}") or self.torn_bytes + len(b"\n") > MAX_LINE_BYTES:
            return None
        file.seek(self.position)
        line = file.read(self.torn_bytes)
        return line if is_whole(line) else None

    def advance(self, size: int) -> None:
        """Move the position by ``size`` bytes of searched lines."""
        self.torn_bytes, self._anchor = 0, b""
        self.position += size

    def limit(self, end: int) -> None:
        """Set the end, unless it is smaller already, and drop the hits after it."""
        self.end = end if self.end is None else min(self.end, end)
        del self.hits[bisect_left(self.hits, self.end) :]
