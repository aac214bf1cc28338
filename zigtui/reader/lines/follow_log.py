"""Follow a log as it is written, for commands that print its lines."""

import os
from collections.abc import Callable, Iterator

from zigtui.reader.directory_watch import watch_directories
from zigtui.reader.lines.last_line import LastLine
from zigtui.reader.lines.tail import Tail, open_log
from zigtui.reader.pause import pause

__all__ = ["MAX_FOLLOWED_BYTES", "LogFollower", "directory_hints", "lines_between"]

MAX_FOLLOWED_BYTES = 512 * 1024 * 1024
"""Longer lines are left out. The limit is far above that of other readers, because the lines are printed whole.
One line at the limit takes a few gigabytes of memory."""

_WAIT_MS = 500


class LogFollower:
    """Reads the lines of a log for commands that print them.

    Args:
        path: the log.
        on_overlong: called with the number, from 1, and the length in bytes of each line that is left out because it
            is longer than `MAX_FOLLOWED_BYTES`.
    """

    def __init__(self, path: str, on_overlong: Callable[[int, int], object] | None = None) -> None:
        self._path = path
        self._on_overlong = on_overlong
        self._count = 0  # of the lines read
        self._tail = Tail(path, MAX_FOLLOWED_BYTES)
        self._last_line = LastLine(self._tail)

    @property
    def size(self) -> int:
        """The size of the file when it was last read, in bytes."""
        return self._tail.size

    @property
    def modified(self) -> float:
        """When the file was last modified, in seconds since the epoch, as of the last time it was read."""
        return self._tail.modified

    def written(self) -> Iterator[list[bytes]]:
        """Read the lines that exist now. A whole event at the end counts although its newline is missing.

        Yields:
            Groups of lines, without their newlines.

        Raises:
            OSError: if the log cannot be read, or is replaced or truncated.
        """
        yield from self._new_lines(may_grow=False)

    def follow(self) -> Iterator[list[bytes]]:
        """Follow the log from its first line on.

        A whole event without its newline is yielded once the log has not grown for a second.

        Yields:
            Groups of lines, without their newlines. An empty group means that every line written so far has been
            yielded. The first one comes after the lines found at the start, others whenever half a second passes
            without a new line. The iterator never ends on its own.

        Raises:
            OSError: if the log cannot be read, or is replaced or truncated.
        """
        yield from self._new_lines(may_grow=True)
        yield []
        # Lines written before the watch begins are found after the first timeout.
        for _ in directory_hints(os.path.dirname(os.path.realpath(self._path))):
            is_silent = True
            for lines in self._new_lines(may_grow=True):
                is_silent = False
                yield lines
            if is_silent:
                yield []

    def _new_lines(self, *, may_grow: bool) -> Iterator[list[bytes]]:
        more = True
        while more:
            chunk = self._tail.read()
            more = chunk.more
            if chunk.restarted:
                raise OSError(None, "the log was truncated or replaced while it was read", self._path)
            if chunk.skipped_bytes:
                self._count += 1
                if self._on_overlong is not None:
                    self._on_overlong(self._count, chunk.skipped_bytes - len(b"\n"))
            if chunk.data and (lines := self._lines_of(chunk.data)):
                yield lines
        last_line = self._last_line.accept(may_grow=may_grow)
        if last_line:
            yield [last_line]

    def _lines_of(self, data: bytes) -> list[bytes]:
        """The lines of a chunk, without what has been yielded of the first one already."""
        accepted = self._last_line.accepted
        lines = data.split(b"\n")[:-1]
        self._count += len(lines)
        if accepted:
            self._last_line = LastLine(self._tail)
            rest = lines[0].removeprefix(accepted)
            lines[:1] = [rest] if rest else []
        return lines


def lines_between(path: str, start: int, end: int | None) -> Iterator[bytes]:
    """Read lines of a log, without their newlines. Longer ones than `MAX_FOLLOWED_BYTES` are cut off.

    Args:
        path: the log.
        start: the position of the first line, in bytes.
        end: the position after the last one; None for the end of the file.

    Raises:
        OSError: if the log cannot be read.
    """
    with open(open_log(path), "rb") as file:
        at = file.seek(start)
        while end is None or at < end:
            line = file.readline(MAX_FOLLOWED_BYTES if end is None else min(MAX_FOLLOWED_BYTES, end - at))
            if not line:
                return
            at += len(line)
            yield line.removesuffix(b"\n")


def directory_hints(directory: str) -> Iterator[None]:
    """Yield after each change in a directory, and after half a second without one."""
    while True:
        try:
            for _ in watch_directories([directory], timeout_ms=_WAIT_MS):
                yield
        except (KeyboardInterrupt, GeneratorExit, SystemExit):
            raise
        except BaseException:  # a file name that is not UTF-8, no watch left, or a panic in the Rust code of watchfiles
            pause(_WAIT_MS / 1000)
            yield
