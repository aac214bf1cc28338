"""Follow a log as it is written, for commands that print its lines."""

import os
import time
from collections.abc import Callable, Iterator

from zigtui.reader.directory_watch import watch_directories
from zigtui.reader.lines.tail import Tail

__all__ = ["MAX_FOLLOWED_BYTES", "directory_hints", "follow"]

MAX_FOLLOWED_BYTES = 512 * 1024 * 1024
"""Longer lines are left out. The limit is far above that of other readers, because the lines are to be printed whole.
One line at the limit takes a few gigabytes of memory."""

_WAIT_MS = 500


def follow(path: str, on_overlong: Callable[[int, int], object] | None = None) -> Iterator[list[bytes]]:
    """Follow the log at ``path`` from its first line on.

    Args:
        path: the path of the log.
        on_overlong: called with the number, from 1, and the length in bytes of each line that is left out because it
            is longer than `MAX_FOLLOWED_BYTES`.

    Yields:
        Groups of lines, without their newlines. An empty group means that every line written so far has been yielded.
        The first one comes after the lines found at the start, others whenever half a second passes without a new line.
        The iterator never ends on its own.

    Raises:
        OSError: if the log cannot be read, or is replaced or truncated.
    """
    tail = Tail(path, MAX_FOLLOWED_BYTES)
    lines = _Lines(tail, on_overlong)
    yield from lines.new()
    yield []
    # Lines written before the watch begins are found after the first timeout.
    for _ in directory_hints(os.path.dirname(os.path.realpath(path))):
        groups = list(lines.new())
        yield from groups or [[]]


def directory_hints(directory: str) -> Iterator[None]:
    """Yield after each change in a directory, and after half a second without one."""
    while True:
        try:
            for _ in watch_directories([directory], timeout_ms=_WAIT_MS):
                yield
        except (KeyboardInterrupt, GeneratorExit, SystemExit):
            raise
        except BaseException:  # a file name that is not UTF-8, no watch left, or a panic in the Rust code of watchfiles
            time.sleep(_WAIT_MS / 1000)
            yield


class _Lines:
    """The lines of a log, numbered from 1."""

    def __init__(self, tail: Tail, on_overlong: Callable[[int, int], object] | None) -> None:
        self._tail = tail
        self._on_overlong = on_overlong
        self._count = 0

    def new(self) -> Iterator[list[bytes]]:
        """Yield the lines written since the last call, in groups."""
        more = True
        while more:
            chunk = self._tail.read()
            more = chunk.more
            if chunk.restarted:
                raise OSError(None, "the log was truncated or replaced while it was read", self._tail.path)
            if chunk.skipped_bytes:
                self._count += 1
                if self._on_overlong is not None:
                    self._on_overlong(self._count, chunk.skipped_bytes - len(b"\n"))
            if chunk.data:
                lines = chunk.data.split(b"\n")[:-1]
                self._count += len(lines)
                yield lines
