"""Descriptors with high numbers, which no other file of the runner gets.

Code that turns a process into a daemon may close all descriptors, including ours. The next files that the runner opens
get the lowest free numbers: with a low number we would then read or write another file, even right after a check. With
a high number, the call fails. High numbers are assigned in turn, so that a new descriptor of ours does not get one that
we still use for something else.
"""

import errno
import os
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

__all__ = ["close", "high", "high_pipe", "high_socket"]

_LOWEST, _HIGHEST = 512, 1000
_next = _LOWEST


def high(descriptor: int, path: str | None = None) -> int:
    """Move a descriptor to a high number and return that, or the same one where so many files cannot be open.

    Args:
        descriptor: A descriptor that has just been opened.
        path: The path of its file. If the runner has closed the descriptor in another thread meanwhile, and opened a
            file that has the number now, that file is left alone.

    Raises:
        OSError: If it is that of another file than the one at ``path``.
    """
    global _next
    if sys.platform == "win32":
        return descriptor
    import fcntl

    for lowest in (_next, _LOWEST):
        try:
            moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, lowest)
        except OSError:
            continue
        if path is not None and not _is_at(moved, path):
            os.close(moved)
            raise OSError(errno.EBADF, os.strerror(errno.EBADF), path)
        with suppress(OSError):
            if os.path.sameopenfile(descriptor, moved):
                os.close(descriptor)
        _next = moved + 1 if moved < _HIGHEST else _LOWEST
        return moved
    return descriptor


def _is_at(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def high_pipe() -> tuple[int, int]:
    """Make a pipe; return the end to read from, and the one to write to."""
    reader, writer = os.pipe()
    return high(reader), high(writer)


def high_socket(endpoint: "socket.socket") -> "socket.socket":
    """Move a socket to a high descriptor."""
    import socket

    timeout = endpoint.gettimeout()
    moved = socket.socket(fileno=high(endpoint.detach()))
    moved.settimeout(timeout)
    return moved


def close(descriptor: int) -> None:
    """Close a descriptor, unless the runner has done so."""
    with suppress(OSError):
        os.close(descriptor)
