"""The lock of an index between processes, and files that those who use the index can use too."""

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from writer._common.errors import SessionError
from writer._common.pause import pause
from writer._indexes.own_descriptor import DescriptorLostError, OwnDescriptor

__all__ = ["Lock", "LockNeedlessError", "LockTimeoutError", "is_held", "locked", "make_file"]

_LOCK_TIMEOUT_SECS = 5.0  # others hold a lock for milliseconds, unless they are stopped


class Lock(NamedTuple):
    """The lock of an index.

    Attributes:
        file: The file beside the index that is locked.
        error: None if the lock is held; why not, if the file system does not support locks.
    """

    file: OwnDescriptor
    error: OSError | None


class LockTimeoutError(SessionError):
    """Another process has held the lock of an index for too long."""


class LockNeedlessError(SessionError):
    """Another process has done the work while this one waited for the lock."""


def make_file(path: str, index_path: str, *, for_writers_only: bool = False) -> OwnDescriptor:
    """Create and open a file with the owner, group and mode of the index, as far as the system allows.

    This way the owner can still use an index that root has replaced. A new index belongs to the owner of its directory,
    and only the owner has access. With ``for_writers_only``, only those who can write the index have access.

    Raises:
        FileExistsError: If there is a file, or anything else, at ``path``.
    """
    own = OwnDescriptor(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    if sys.platform != "win32":
        try:
            model = os.stat(index_path)
            mode = stat.S_IMODE(model.st_mode)
        except OSError:
            model = os.stat(os.path.dirname(index_path))
            mode = 0o600
        if for_writers_only:
            writers = mode & 0o222
            mode = writers | writers << 1
        made = own.opened
        if made.st_uid != model.st_uid:
            with suppress(OSError):
                os.fchown(own.number(), model.st_uid, -1)
        if made.st_gid != model.st_gid:
            try:
                os.fchown(own.number(), -1, model.st_gid)
            except OSError:
                mode &= ~stat.S_IRWXG  # meant for another group
        if stat.S_IMODE(made.st_mode) != mode:
            with suppress(OSError):
                os.fchmod(own.number(), mode)
    return own


@contextmanager
def locked(path: str, is_needless: Callable[[], bool] = lambda: False) -> Iterator[Lock]:
    """Hold the lock of an index, on a file beside it: the kernel releases it when the process dies.

    Args:
        path: The index.
        is_needless: Whether another process has done the work meanwhile; called every now and then.

    Yields:
        The lock. If the file system does not support locks, the block runs without one, as in the reference
        implementation.

    Raises:
        LockTimeoutError: If another process holds the lock for 5 seconds.
        LockNeedlessError: If ``is_needless`` returns True.
        SessionError: If the lock file cannot be opened.
    """
    lock_path = f"{path}.lock"
    try:
        try:
            own = OwnDescriptor(lock_path, os.O_RDWR)
        except FileNotFoundError:
            try:
                own = make_file(lock_path, path, for_writers_only=True)
            except FileExistsError:  # another process has made it since
                own = OwnDescriptor(lock_path, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise SessionError.of(error, "lock the index", lock_path) from error
    try:
        lock_error = None
        try:
            _wait_for_lock(own, lock_path, is_needless)
        except OSError as error:
            lock_error = error
        try:
            yield Lock(own, lock_error)
        finally:
            if lock_error is None:
                with suppress(DescriptorLostError):
                    _unlock(own.number())  # explicitly: a process forked since has a copy of the descriptor
    finally:
        own.close()


def is_held(path: str) -> bool:
    """Whether a process holds the lock of a file, such as a log: False if that cannot be found out."""
    try:
        own = OwnDescriptor(path, os.O_RDONLY)
    except OSError:
        return False
    except DescriptorLostError:
        return True
    try:
        return not _try_lock(own.number())
    except DescriptorLostError:
        return True  # not known, and tried again later
    except OSError:  # this file system has no locks
        return False
    finally:
        own.close()


def _wait_for_lock(own: OwnDescriptor, lock_path: str, is_needless: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _LOCK_TIMEOUT_SECS
    pause_secs = 0.0005
    while not _try_lock(own.number()):
        if time.monotonic() > give_up:
            message = f"cannot lock the index (another process has held the lock for {_LOCK_TIMEOUT_SECS:g} s)"
            raise LockTimeoutError(message, lock_path)
        if is_needless():
            raise LockNeedlessError("another process has updated the index", lock_path)
        pause(pause_secs)
        pause_secs = min(pause_secs * 2, 0.02)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
