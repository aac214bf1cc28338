"""The bytes of a log."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from zigtui.fleet.wire.chunk import ANCHOR_BYTES
from zigtui.reader.lines.tail import open_log, read_at

__all__ = ["bytes_before", "bytes_of", "end_of_line", "opened", "start_of_line"]

_BLOCK_BYTES = 64 * 1024


@contextmanager
def opened(path: str) -> Iterator[int]:
    """Open a log for reading.

    Yields:
        Its descriptor.

    Raises:
        OSError: if the file is gone, is a symbolic link, or cannot be read.
    """
    descriptor = open_log(path, follows_link=False)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def bytes_of(path: str, start: int, end: int) -> bytes:
    """The bytes from ``start`` to ``end``; fewer if the log is shorter.

    Raises:
        OSError: if the file is gone, or cannot be read.
    """
    with opened(path) as descriptor:
        return read_at(descriptor, start, end - start)


def bytes_before(path: str, offset: int) -> bytes:
    """The bytes before an offset, from which its anchor is computed.

    Raises:
        OSError: if the file is gone, or cannot be read.
    """
    return bytes_of(path, max(0, offset - ANCHOR_BYTES), offset) if offset else b""


def start_of_line(descriptor: int, offset: int) -> int:
    """The end of the last newline before an offset; 0 if there is none."""
    end = offset
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        newline = read_at(descriptor, start, end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def end_of_line(descriptor: int, offset: int) -> int | None:
    """The end of the first newline at an offset or after it; None if there is none."""
    while block := read_at(descriptor, offset, _BLOCK_BYTES):
        newline = block.find(b"\n")
        if newline >= 0:
            return offset + newline + 1
        offset += len(block)
    return None
