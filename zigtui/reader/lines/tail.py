"""Read a growing file as chunks of whole lines, across torn lines, truncation and replacement."""

import os
import stat
from collections.abc import Generator
from contextlib import closing
from typing import NamedTuple

__all__ = ["MAX_LINE_BYTES", "Chunk", "NotALogError", "Tail", "open_log", "read_at"]

MAX_LINE_BYTES = 64 * 1024 * 1024
"""Longer lines are skipped by default: no runner writes them, and reading one would need as much memory."""

_ANCHOR_BYTES = 64
_HEAD_BYTES = 256  # enough to contain the session's id and start time
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class NotALogError(OSError):
    """The path does not lead to a regular file."""


def open_log(path: str, *, follows_link: bool = True) -> int:
    """Open a log for reading, without blocking on a pipe.

    Args:
        path: the file.
        follows_link: whether it may be a symbolic link. Those among its directories are always followed.

    Returns:
        A file descriptor, which the caller closes.

    Raises:
        OSError: if the file is missing, cannot be opened, or (`NotALogError`) is not a regular file.
    """
    return _open_log(path, follows_link)[0]


def _open_log(path: str, follows_link: bool) -> tuple[int, os.stat_result]:
    """Open a log, and return its status too."""
    # Before opening, because opening a device can have side effects.
    _check_is_regular(os.stat(path, follow_symlinks=follows_link), path)
    descriptor = os.open(path, _OPEN_FLAGS if follows_link else _OPEN_FLAGS | _NO_LINK)
    try:
        status = os.fstat(descriptor)
        _check_is_regular(status, path)  # the path may have been replaced in between
    except OSError:
        os.close(descriptor)
        raise
    return descriptor, status


def _check_is_regular(status: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotALogError(
            None, "it is a symbolic link" if stat.S_ISLNK(status.st_mode) else "not a regular file", path
        )


class Chunk(NamedTuple):
    """Whole lines read from a file.

    Attributes:
        offset: the position of `data` in the file, in bytes.
        data: whole lines with their newlines; empty if there are no new ones.
        restarted: whether the file was replaced or truncated. Everything read before is void.
        skipped_bytes: the length of an overlong line skipped before `data`; 0 if there was none.
        more: whether another read would return something now.
    """

    offset: int
    data: bytes
    restarted: bool
    skipped_bytes: int
    more: bool


class Tail:
    """Reads a growing file from where the last read stopped, in chunks of whole lines.

    A line is returned once its newline has been written; until then it is *torn*. The file is read again from its
    start if it was replaced or truncated, or if its first bytes or the bytes before the offset have changed.

    Args:
        path: the file. It need not exist yet.
        max_line_bytes: longer lines are skipped; `MAX_LINE_BYTES` if None.
        follows_link: see `open_log`.

    Attributes:
        follows_link: whether it may be a symbolic link.
        offset: the end of the last line returned, in bytes.
        torn_bytes: the number of bytes after the last newline at the last read.
        size: the size of the file at the last read, in bytes.
        modified: the modification time of the file at the last read, in seconds since the epoch.
    """

    def __init__(
        self, path: str | os.PathLike[str], max_line_bytes: int | None = None, *, follows_link: bool = True
    ) -> None:
        self.path = os.fspath(path)
        self.follows_link = follows_link
        self._max_line_bytes = max_line_bytes or MAX_LINE_BYTES
        self.offset = 0
        self.torn_bytes = 0
        self.size = 0
        self.modified = 0.0
        self._identity: tuple[int, int] | None = None
        # Copies of some bytes already read; if the file differs there now, it was rewritten.
        self._head = b""  # at the start of the file
        self._anchor = b""  # before the offset
        self._torn_anchor = b""  # before the end of the torn bytes

    def read(self, limit: int = 256 * 1024) -> Chunk:
        """Read the next chunk.

        Args:
            limit: the largest number of bytes to read. Only a longer line exceeds it.

        Raises:
            OSError: if the file is missing, cannot be read, or (`NotALogError`) is not a regular file.
        """
        with closing(self.chunks(limit, limit)) as chunks:
            return next(chunks)

    def chunks(self, limit: int, chunk_bytes: int) -> Generator[Chunk, None, None]:
        """Read several chunks, opening and checking the file only once.

        Args:
            limit: about how many bytes to read in all.
            chunk_bytes: about how many bytes to read for each chunk.

        Yields:
            At least one chunk, which may be empty.

        Raises:
            OSError: as for `read`.
        """
        descriptor, status = _open_log(self.path, self.follows_link)
        try:
            self.size, self.modified = status.st_size, status.st_mtime
            restarted = self._identity is not None and not self._is_same(descriptor, status)
            if restarted:
                self.offset = self.torn_bytes = 0
                self._head = self._anchor = self._torn_anchor = b""
            elif self.torn_bytes and not self._is_torn_line_intact(descriptor, status):
                self.torn_bytes = 0
                self._torn_anchor = b""
            self._identity = (status.st_dev, status.st_ino)
            chunk = self._read_chunk(descriptor, min(limit, chunk_bytes), restarted)
            yield chunk
            while chunk.more and (limit := limit - chunk_bytes) > 0:
                chunk = self._read_chunk(descriptor, min(limit, chunk_bytes), restarted=False)
                yield chunk
        finally:
            os.close(descriptor)

    def rewind(self, offset: int) -> None:
        """Continue at another offset, which the caller has chosen: the next read does not check the bytes before it.

        Args:
            offset: an earlier offset, or any one if nothing has been read yet. Within a line, the next chunk begins
                with the rest of that line.
        """
        self.offset = offset
        self.torn_bytes = 0
        self._anchor = self._torn_anchor = b""

    def torn_line(self) -> bytes:
        """Read the torn bytes again; empty if there are none, or too many for a line.

        Raises:
            OSError: as for `read`.
        """
        if not self.torn_bytes or self.torn_bytes + len(b"\n") > MAX_LINE_BYTES:
            return b""
        descriptor = open_log(self.path, follows_link=self.follows_link)
        try:
            return read_at(descriptor, self.offset, self.torn_bytes)
        finally:
            os.close(descriptor)

    def _read_chunk(self, descriptor: int, size: int, restarted: bool) -> Chunk:
        start = self.offset + self.torn_bytes
        # No room for more than there is, but for a byte: a file that cannot be read may seem to be empty.
        data = read_at(descriptor, start, max(1, min(size, self.size - start)))
        more = start + len(data) < self.size
        end = data.rfind(b"\n") + 1
        if end == 0:
            self.torn_bytes += len(data)
            self._torn_anchor = (self._torn_anchor + data)[-_ANCHOR_BYTES:]
            return Chunk(self.offset, b"", restarted, 0, more and bool(data))

        lines_offset, skipped_bytes = self.offset, 0
        lines = data[:end]
        if self.torn_bytes:
            first_end = data.index(b"\n") + 1
            if self.torn_bytes + first_end > self._max_line_bytes:
                skipped_bytes = self.torn_bytes + first_end
                lines_offset += skipped_bytes
                lines = lines[first_end:]
            else:
                lines = read_at(descriptor, self.offset, self.torn_bytes) + lines
        self.offset = start + end
        self.torn_bytes = len(data) - end
        last_bytes = data[max(0, end - _ANCHOR_BYTES) : end]  # only a newline, if that was written on its own
        self._anchor = (self._anchor + self._torn_anchor + last_bytes)[-_ANCHOR_BYTES:]
        self._torn_anchor = data[end:][-_ANCHOR_BYTES:]
        if len(self._head) < _HEAD_BYTES:
            self._head = read_at(descriptor, 0, min(_HEAD_BYTES, self.offset))
        return Chunk(lines_offset, lines, restarted, skipped_bytes, more)

    def _is_same(self, descriptor: int, status: os.stat_result) -> bool:
        return (
            self._identity == (status.st_dev, status.st_ino)
            and status.st_size >= self.offset
            and _ends_with(descriptor, self.offset, self._anchor)
            and _ends_with(descriptor, len(self._head), self._head)
        )

    def _is_torn_line_intact(self, descriptor: int, status: os.stat_result) -> bool:
        """Whether the torn bytes are unchanged: a writer removes a line that could be written only in part."""
        end = self.offset + self.torn_bytes
        return status.st_size >= end and _ends_with(descriptor, end, self._torn_anchor)


def _ends_with(descriptor: int, end: int, anchor: bytes) -> bool:
    return read_at(descriptor, end - len(anchor), len(anchor)) == anchor


def read_at(descriptor: int, offset: int, size: int) -> bytes:
    """Read ``size`` bytes at ``offset``; fewer only at the end of the file.

    Raises:
        OSError: if the file cannot be read.
    """
    data = _read_part(descriptor, size, offset)
    while len(data) < size:
        rest = _read_part(descriptor, size - len(data), offset + len(data))
        if not rest:
            break
        data += rest
    return data


def _seek_and_read(descriptor: int, size: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, size)


_read_part = os.pread if hasattr(os, "pread") else _seek_and_read  # Windows does not have it
