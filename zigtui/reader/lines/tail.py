"""Bytes of a growing file to whole lines: offset, torn tail, truncation, replacement."""

import os
import stat
from collections.abc import Generator
from contextlib import closing
from typing import NamedTuple

__all__ = ["MAX_LINE_BYTES", "Lines", "NotALogError", "Tail", "open_log", "read_at"]

MAX_LINE_BYTES = 64 * 1024 * 1024
"""A longer line is passed over: no runner writes one, and it would have to be held in memory."""

_ANCHOR_BYTES = 64
_HEAD_BYTES = 256  # of a log: when its session began, and which it is
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NotALogError(OSError):
    """The path leads to something that is not a regular file."""


def open_log(path: str) -> int:
    """Open a log to read it; never waits, as opening a pipe may.

    Raises:
        OSError: if it cannot be opened, is missing, or (`NotALogError`) is no regular file.
    """
    _check_is_regular(os.stat(path), path)  # opening a device may do something
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        _check_is_regular(os.fstat(descriptor), path)  # something else may have taken its place
    except NotALogError:
        os.close(descriptor)
        raise
    return descriptor


def _check_is_regular(status: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotALogError(None, "not a regular file", path)


class Lines(NamedTuple):
    """What was read.

    Attributes:
        offset: where in the file `data` begins.
        data: whole lines, newlines included; empty if there is nothing new.
        restarted: the file is another one than before, or was cut: what was read earlier is void.
        passed_over: bytes of an overlong line before `data`, 0 if there was none.
        more: whether another read would find something now.
    """

    offset: int
    data: bytes
    restarted: bool
    passed_over: int
    more: bool


class Tail:
    """Reads a file on from where it stopped, whole lines only.

    A line is delivered once its newline is there. A file that shrinks below what was delivered, is replaced by
    another, or whose first bytes or those just before the offset are no longer the same is read again from its start.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.offset = 0
        """The end of the last line delivered."""
        self.torn_bytes = 0
        """How many bytes lay behind the last newline at the last read."""
        self.size = 0
        """How large the file was at the last read."""
        self.modified = 0.0
        """When it was last modified before that, in seconds since the epoch."""
        self._identity: tuple[int, int] | None = None
        self._head = b""  # the first bytes that were delivered
        self._anchor = b""  # the bytes before the offset, to know them again
        self._partial_anchor = b""  # the same before the end of the torn bytes

    def read(self, limit: int = 256 * 1024) -> Lines:
        """Read about ``limit`` bytes on, more only where a single line is longer.

        Raises:
            OSError: if the file cannot be opened or read, is missing, or (`NotALogError`) is no regular file.
        """
        with closing(self.pieces(limit, limit)) as pieces:
            return next(pieces)

    def pieces(self, limit: int, size: int) -> Generator[Lines, None, None]:
        """Read about ``limit`` bytes on, in pieces of about ``size``; at least one, which may be empty.

        The file is opened, and known again, once for all of them.

        Raises:
            OSError: as for `read`.
        """
        with open(open_log(self.path), "rb", buffering=0) as file:
            descriptor = file.fileno()
            status = os.fstat(descriptor)
            self.size, self.modified = status.st_size, status.st_mtime
            restarted = self._identity is not None and not self._is_same(descriptor, status)
            if restarted:
                self.offset = self.torn_bytes = 0
                self._head = self._anchor = self._partial_anchor = b""
            elif self.torn_bytes and not self._is_partial_intact(descriptor, status):
                self.torn_bytes = 0
                self._partial_anchor = b""
            self._identity = (status.st_dev, status.st_ino)
            lines = self._read_piece(descriptor, min(limit, size), restarted)
            yield lines
            while lines.more and (limit := limit - size) > 0:
                lines = self._read_piece(descriptor, min(limit, size), restarted=False)
                yield lines

    def _read_piece(self, descriptor: int, size: int, restarted: bool) -> Lines:
        start = self.offset + self.torn_bytes
        data = read_at(descriptor, start, size)
        more = start + len(data) < self.size
        end = data.rfind(b"\n") + 1
        if end == 0:
            self.torn_bytes += len(data)
            self._partial_anchor = (self._partial_anchor + data)[-_ANCHOR_BYTES:]
            return Lines(self.offset, b"", restarted, 0, more and bool(data))

        lines_offset, passed_over = self.offset, 0
        lines = data[:end]
        if self.torn_bytes:
            first_end = data.index(b"\n") + 1
            if self.torn_bytes + first_end > MAX_LINE_BYTES:
                passed_over = self.torn_bytes + first_end
                lines_offset += passed_over
                lines = lines[first_end:]
            else:
                lines = read_at(descriptor, self.offset, self.torn_bytes) + lines
        self.offset = start + end
        self.torn_bytes = len(data) - end
        last_bytes = data[max(0, end - _ANCHOR_BYTES) : end]  # perhaps only a newline that was written by itself
        self._anchor = (self._anchor + self._partial_anchor + last_bytes)[-_ANCHOR_BYTES:]
        self._partial_anchor = data[end:][-_ANCHOR_BYTES:]
        if len(self._head) < _HEAD_BYTES:
            self._head = read_at(descriptor, 0, min(_HEAD_BYTES, self.offset))
        return Lines(lines_offset, lines, restarted, passed_over, more)

    def _is_same(self, descriptor: int, status: os.stat_result) -> bool:
        return (
            self._identity == (status.st_dev, status.st_ino)
            and status.st_size >= self.offset
            and _ends_with(descriptor, self.offset, self._anchor)
            and _ends_with(descriptor, len(self._head), self._head)
        )

    def _is_partial_intact(self, descriptor: int, status: os.stat_result) -> bool:
        """Whether the torn bytes are still there: a writer may cut off what the disk took only a part of."""
        end = self.offset + self.torn_bytes
        return status.st_size >= end and _ends_with(descriptor, end, self._partial_anchor)


def _ends_with(descriptor: int, end: int, anchor: bytes) -> bool:
    return read_at(descriptor, end - len(anchor), len(anchor)) == anchor


def read_at(descriptor: int, offset: int, size: int) -> bytes:
    """The bytes at ``offset`` of a file: ``size`` of them, fewer only where it ends."""
    os.lseek(descriptor, offset, os.SEEK_SET)
    data = os.read(descriptor, size)
    while len(data) < size:
        rest = os.read(descriptor, size - len(data))
        if not rest:
            break
        data += rest
    return data
