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

if sys.platform != "win32":
    import fcntl

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

__all__ = ["close", "high", "high_pipe", "high_socket", "high_with_status"]

_LOWEST, _HIGHEST = 512, 1000
_next = _LOWEST


def high(descriptor: int) -> int:
    """Move a descriptor to a high number and return that, or the same one where so many files cannot be open."""
    return high_with_status(descriptor)[0]


def high_with_status(descriptor: int, path: str | None = None) -> tuple[int, os.stat_result]:
    """Do what `high` does, and return the status of the file too.

    Args:
        descriptor: A descriptor that has just been opened.
        path: The path of its file. If the runner has closed the descriptor in another thread meanwhile, and opened a
            file that has the number now, that file is left alone.

    Raises:
        OSError: If the runner has closed the descriptor, or it is that of another file than the one at ``path``.
    """
    global _next
    if sys.platform == "win32":
        return descriptor, os.fstat(descriptor)
    for lowest in (_next, _LOWEST):
        try:
            moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, lowest)
        except OSError:
            continue
        status = os.fstat(moved)
        if path is not None and not _is_at(status, path):
            os.close(moved)
            raise OSError(errno.EBADF, os.strerror(errno.EBADF), path)
        with suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), status):
                os.close(descriptor)
        _next = moved + 1 if moved < _HIGHEST else _LOWEST
        return moved, status
    return descriptor, os.fstat(descriptor)


def _is_at(status: os.stat_result, path: str) -> bool:
    try:
        return os.path.samestat(status, os.stat(path))
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
