"""Follow a log as it is written, for commands that print its lines."""

import os
import time
from collections.abc import Iterator

from zigtui.reader.directory_watch import watch_directories
from zigtui.reader.lines.tail import Tail

__all__ = ["directory_hints", "follow"]

_WAIT_MS = 500


def follow(path: str) -> Iterator[list[bytes]]:
    """Follow the log at ``path`` from its first line on.

    Yields:
        Groups of lines, without their newlines. An empty group means that every line written so far has been yielded.
        The first one comes after the lines found at the start, others whenever half a second passes without a new line.
        The iterator never ends on its own.

    Raises:
        OSError: if the log cannot be read, or is replaced or truncated.
    """
    tail = Tail(path)
    yield from _new_lines(tail)
    yield []
    # Lines written before the watch begins are found after the first timeout.
    for _ in directory_hints(os.path.dirname(os.path.realpath(path))):
        groups = list(_new_lines(tail))
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


def _new_lines(tail: Tail) -> Iterator[list[bytes]]:
    more = True
    while more:
        chunk = tail.read()
        more = chunk.more
        if chunk.restarted:
            raise OSError(None, "the log was truncated or replaced while it was read", tail.path)
        if chunk.data:
            yield chunk.data.split(b"\n")[:-1]
