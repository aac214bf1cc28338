"""Keep two processes from doing the same work."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["LockedError", "process_lock"]


class LockedError(Exception):
    """Another process holds the lock."""


@contextmanager
def process_lock(path: Path) -> Iterator[None]:
    """Hold a lock, which goes away with the process.

    Args:
        path: the file that is locked. It is created if necessary, as is its directory.

    Raises:
        LockedError: if another process holds it.
        OSError: if the file cannot be created, or the file system has no locks.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError from None
        yield
    finally:
        os.close(descriptor)
