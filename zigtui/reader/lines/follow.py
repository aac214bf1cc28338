"""The lines of one log as they are written, for commands that print them."""

import os
import time
from collections.abc import Iterator

from zigtui.reader.directory_watch import watch_directories
from zigtui.reader.lines.tail import Tail

__all__ = ["follow"]

_WAIT_MS = 500


def follow(path: str) -> Iterator[list[bytes]]:
    """The lines of the log at ``path`` from its first one on, in the groups in which they come.

    A line is told once its newline is there. An empty group says that all that was there has been told, or that
    nothing has come for half a second. It goes on until the caller stops.

    Raises:
        OSError: if the log cannot be read (any more), or is not the one that was begun with.
    """
    tail = Tail(path)
    yield from _unread(tail)
    yield []
    # What came before the watch began is found when the first wait is over.
    for _ in _hints(os.path.dirname(os.path.realpath(path))):
        groups = list(_unread(tail))
        yield from groups or [[]]


def _hints(directory: str) -> Iterator[None]:
    """Tells each time that something has happened in a directory, or that half a second has passed."""
    while True:
        try:
            for _ in watch_directories([directory], timeout_ms=_WAIT_MS):
                yield
        except Exception:  # it gives up on names that are not UTF-8, and where the system is out of watches
            time.sleep(_WAIT_MS / 1000)
            yield


def _unread(tail: Tail) -> Iterator[list[bytes]]:
    more = True
    while more:
        lines = tail.read()
        more = lines.more
        if lines.restarted:
            raise OSError(None, "the log was truncated or replaced while it was read", tail.path)
        if lines.data:
            yield lines.data.split(b"\n")[:-1]
