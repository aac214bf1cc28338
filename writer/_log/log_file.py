"""The file of a log: create it, find it again if its descriptor is lost, and find the end of its last whole line."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress

from writer._common.descriptors import high, high_with_status
from writer._common.directories import give_to_owner
from writer._common.errors import SessionError, StorageError

if sys.platform != "win32":
    import fcntl

__all__ = [
    "Identity",
    "OpenFile",
    "create",
    "end_of_whole_lines",
    "identity",
    "last_line_with",
    "line_at",
    "lines_with",
    "open_again",
    "open_existing",
    "read_at",
    "unlock",
]

Identity = tuple[int, int]
"""The device and the inode of a file."""

OpenFile = tuple[int, Identity]
"""The descriptor of a file, and which file it is."""

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_BINARY", 0)
_OWNER_MODE = stat.S_IRUSR | stat.S_IWUSR
_HEAD_BYTES = 4096
_TAIL_BYTES = 64 * 1024


def create(path: str, *, needs_owner: bool = True) -> OpenFile:
    """Create the file, accessible only to its owner; as root, to the owner of its directory.

    Args:
        path: The path of the file.
        needs_owner: Whether its directory may have another owner than what this process makes.

    Raises:
        SessionError: If it cannot be created.
    """
    try:
        descriptor, status = high_with_status(os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, _OWNER_MODE))
    except OSError as error:
        raise SessionError.of(error, "make the session log", path) from error
    if needs_owner:
        give_to_owner(descriptor, path)
    _lock(descriptor)  # nothing else can have the lock of a new file; a file system may know none
    if status.st_mode & _OWNER_MODE != _OWNER_MODE:  # due to the umask: not even the owner could read it
        with suppress(OSError):
            os.fchmod(descriptor, _OWNER_MODE)
    return descriptor, (status.st_dev, status.st_ino)


def open_existing(path: str) -> OpenFile:
    """Open a log again whose process has ended.

    Raises:
        SessionError: If it cannot be opened, or another process has it open for writing.
    """
    try:
        descriptor = high(os.open(path, _FLAGS))
    except OSError as error:
        raise SessionError.of(error, "open the session log", path) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SessionError("this is not the log of a session", path)
        if not _lock(descriptor):
            raise SessionError("the session cannot be reopened: its process has not ended", path)
        if status.st_nlink == 0:
            raise StorageError("the session log has been removed", path, is_lasting=True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, (status.st_dev, status.st_ino)


def _lock(descriptor: int) -> bool:
    """Take the lock by which a session has one owner. Return False if another process has it.

    The kernel releases it when the process ends, however that happens.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # this file system has no locks
        return True
    return True


def unlock(descriptor: int) -> None:
    """Release the lock of a log."""
    if sys.platform != "win32":
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def last_line_with(descriptor: int, text: bytes, within: int | None = None) -> bytes:
    """Return the last whole line that contains ``text``, or nothing; see `lines_with`."""
    return next(lines_with(descriptor, text, within), b"")


def lines_with(descriptor: int, text: bytes, within: int | None = None) -> Iterator[bytes]:
    """Return the whole lines that contain ``text``, the last one first.

    With quotes in ``text``, no output of a step is taken for it: JSON escapes them in a string.

    Args:
        descriptor: The descriptor of the file.
        text: The text to find, without a newline.
        within: The number of bytes at the end of the file to search; by default all.
    """
    size = os.fstat(descriptor).st_size
    end = begin = end_of_whole_lines(descriptor, size)
    least = 0 if within is None else max(0, size - within)
    while begin > least:
        stop = min(end, begin + len(text) - 1)  # the text may begin in this block and end in the next one
        begin = max(least, begin - _TAIL_BYTES)
        found = read_at(descriptor, begin, stop - begin).rfind(text)
        if found >= 0:
            begin = end = end_of_whole_lines(descriptor, begin + found)
            yield line_at(descriptor, begin)


def line_at(descriptor: int, start: int) -> bytes:
    """Return the line that begins at an offset, without its newline."""
    line = b""
    while b"\n" not in line and (more := read_at(descriptor, start + len(line), max(_TAIL_BYTES, len(line)))):
        line += more
    return line.partition(b"\n")[0]


def identity(descriptor: int) -> Identity | None:
    """Return which file a descriptor belongs to, or None if it is not open."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def open_again(path: str, wanted: Identity, session_id: str) -> int:
    """Open the file again.

    A file may be given the inode of one that has been removed, so this also searches its beginning for the session id.

    Raises:
        StorageError: If that fails, or another file has taken its path.
    """
    try:
        descriptor = high(os.open(path, _FLAGS))
    except OSError as error:
        raise SessionError.of(error, "open the session log again, whose descriptor was closed", path) from error
    if identity(descriptor) != wanted or session_id.encode() not in read_at(descriptor, 0, _HEAD_BYTES):
        os.close(descriptor)
        raise StorageError("the session log has been replaced, and its descriptor was closed", path, is_lasting=True)
    _lock(descriptor)
    return descriptor


def end_of_whole_lines(descriptor: int, size: int) -> int:
    """Return the offset after the last newline of a file of ``size`` bytes."""
    end = size
    while end > 0:
        begin = max(0, end - _TAIL_BYTES)
        newline = read_at(descriptor, begin, end - begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return 0


def read_at(descriptor: int, offset: int, size: int) -> bytes:
    """Return a part of a file."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, size, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)  # does not affect writes, which are appended
    return os.read(descriptor, size)
