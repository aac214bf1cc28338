"""Cut what a process prints into lines, and record them."""

import threading
from collections.abc import Callable

from writer._events import OutputStream

__all__ = ["LINE_BYTES", "LineSplitter", "ProcessOutput", "Record"]

LINE_BYTES = 1024 * 1024
"""The size of the longest line that is recorded whole. It limits the memory for a program that never ends its line."""

Record = Callable[[str, OutputStream], None]


class LineSplitter:
    r"""Splits the bytes of a pipe into lines of text, in whatever pieces they are read.

    A line ends with ``\n`` or ``\r\n``, as in `writer._text.split_lines`. Bytes that are not UTF-8 become replacement
    characters.

    Example:
        >>> splitter = LineSplitter()
        >>> splitter.feed(b"one\r\ntw"), splitter.feed(b"o\nthree"), splitter.end()
        (['one'], ['two'], ['three'])
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that ``data`` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        texts = [text for line in lines for text in _pieces(line.removesuffix(b"\r"))]
        # A trailing \r does not count: if \n comes next, it is part of the line end.
        while len(self._rest.removesuffix(b"\r")) > LINE_BYTES:
            piece, self._rest = _cut(self._rest)
            texts.append(piece)
        return texts

    def end(self) -> list[str]:
        """Return the last line, if it does not end with a newline."""
        rest, self._rest = self._rest, b""
        return _pieces(rest) if rest else []


def _pieces(line: bytes) -> list[str]:
    texts = []
    while len(line) > LINE_BYTES:
        piece, line = _cut(line)
        texts.append(piece)
    return [*texts, _decode(line)]


def _cut(line: bytes) -> tuple[str, bytes]:
    """Return the first piece of a line that is too long, and the rest."""
    end = _character_start(line, LINE_BYTES)
    return _decode(line[:end]), line[end:]


def _character_start(line: bytes, index: int) -> int:
    """Return the nearest start of a UTF-8 character at or before ``index``."""
    for start in range(index, index - 4, -1):
        if line[start] & 0b1100_0000 != 0b1000_0000:
            return start
    return index  # not UTF-8


def _decode(line: bytes) -> str:
    return line.decode("utf-8", "replace")


class ProcessOutput:
    """Records the output of a process, from any thread, and keeps the first error for later.

    If a line cannot be recorded, reading goes on: otherwise the process would block on a full pipe forever.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._splitters = {stream: LineSplitter() for stream in OutputStream}
        self._lock = threading.Lock()
        self._error: Exception | None = None

    def feed(self, stream: OutputStream, data: bytes) -> None:
        """Record the lines that ``data`` completes; after the end of the stream this does nothing."""
        with self._lock:
            if stream in self._splitters:
                self._record_lines(stream, self._splitters[stream].feed(data))

    def end(self, stream: OutputStream) -> None:
        """Record the last line of a stream if it is incomplete. A second call does nothing."""
        with self._lock:
            splitter = self._splitters.pop(stream, None)
            if splitter is not None:
                self._record_lines(stream, splitter.end())

    def end_all(self) -> None:
        """End the streams that are still open."""
        for stream in OutputStream:
            self.end(stream)

    def raise_error(self) -> None:
        """Raise the first error that occurred while recording, if any."""
        if self._error is not None:
            raise self._error

    def _record_lines(self, stream: OutputStream, lines: list[str]) -> None:
        for line in lines:
            try:
                self._record(line, stream)
            except Exception as error:
                if self._error is None:
                    self._error = error
