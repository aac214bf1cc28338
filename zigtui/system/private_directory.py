"""A temporary directory that the next process removes if this one is killed."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["PrivateDirectory"]

_NEW = "zigtui-new-"


class PrivateDirectory:
    """A new temporary directory for the user alone. Those of the same kind that killed processes left are removed.

    It is locked for as long as the process lives, which shows others that it is in use. Where there are no locks,
    nothing is removed but the process's own directory.

    Args:
        kind: what it is for, a part of its name.

    Raises:
        OSError: if it cannot be created.

    Attributes:
        path: its absolute path.
    """

    def __init__(self, kind: str) -> None:
        prefix = f"zigtui-{kind}-"
        with suppress(OSError):  # such as for a directory that may not be listed
            _remove_stale(tempfile.gettempdir(), prefix)
        self.path = Path(tempfile.mkdtemp(prefix=_NEW))
        self._lock: int | None = None
        try:
            self._lock = _lock(self.path)
            # Others find it only once it is locked.
            self.path = self.path.rename(self.path.with_name(prefix + self.path.name.removeprefix(_NEW)))
        except OSError:
            with suppress(OSError):
                self.path.rmdir()  # `shutil.rmtree` may lack the descriptor that the lock lacked
            self.remove()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove it with all that is in it, as far as possible."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _remove_stale(parent: str, prefix: str) -> None:
    with os.scandir(parent) as entries:
        stale = [entry for entry in entries if entry.name.startswith(prefix)]
    for entry in stale:
        with suppress(OSError):  # it has just gone
            lock = _lock(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else None
            if lock is None:
                continue
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    shutil.rmtree(entry.path, ignore_errors=True)
            finally:
                os.close(lock)


def _lock(directory: Path) -> int | None:
    """Lock a directory; return the descriptor that holds the lock, or None if it is in use or cannot be locked."""
    try:
        import fcntl
    except ImportError:  # on Windows
        return None
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
