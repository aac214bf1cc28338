"""Open the mirrored files, without ever leaving the directory of the mirror."""

import errno
import os
import resource
import stat
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Generic, TypeVar

from writer import LOG_SUFFIX, sessions_directory
from zigtui.fleet.wire.names import RemoteLog
from zigtui.reader.lines.tail import NotALogError

__all__ = ["OpenFile", "OpenFiles", "files_to_keep_open", "has_moved", "path_of"]

_DIRECTORY_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_MAX_DIRECTORIES = 256
_FILES_PER_DIRECTORY = 4
_UNUSED_SECS = 60.0
"""How long a file stays open that is not used. Whether it has moved is checked meanwhile; most files are of sessions
that are over."""

_PROBE = ".probe"

_Key = TypeVar("_Key")


@lru_cache(16384)  # few logs grow often
def path_of(log: RemoteLog) -> str:
    """The path of a mirrored file, below the directory of the mirror."""
    workspace = log.machine if log.project is None else os.path.join(log.machine, "projects", log.project)
    return os.path.join(sessions_directory(workspace), log.session + LOG_SUFFIX)


def files_to_keep_open(wanted: int) -> int:
    """How many files may be kept open: half of the limit of the process, which is raised as far as possible."""
    limit, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit < 2 * wanted:
        limit = 2 * wanted if hard_limit == resource.RLIM_INFINITY else min(2 * wanted, hard_limit)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard_limit))
    return min(wanted, limit // 2)


def has_moved(descriptor: int, path: str) -> bool:
    """Whether an open file was removed, moved away or replaced: it is not at its path any more.

    Raises:
        OSError: if that cannot be found out.
    """
    try:
        return not os.path.samestat(os.stat(path, follow_symlinks=False), os.fstat(descriptor))
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        if error.errno == errno.ESTALE:  # another client of a network file system has removed it
            return True
        raise


class OpenFile:
    """An open file, or a directory.

    Args:
        descriptor: its descriptor.
        size: its size in bytes.

    Attributes:
        descriptor: its descriptor.
        size: its size in bytes when it was last measured.
        used_at: when it was last used, by the steady clock of the files.
    """

    __slots__ = ("descriptor", "size", "used_at")

    def __init__(self, descriptor: int, size: int = 0) -> None:
        self.descriptor = descriptor
        self.size = size
        self.used_at = 0.0

    def measure(self) -> bool:
        """Measure it. Return whether it is still there. Other than `has_moved`, this takes next to no time.

        Raises:
            OSError: if that cannot be found out.
        """
        try:
            status = os.fstat(self.descriptor)
        except OSError as error:
            if error.errno == errno.ESTALE:
                return False
            raise
        self.size = status.st_size
        return status.st_nlink > 0


class OpenFiles:
    """Keeps the descriptors of the files that were used last, and of their directories.

    Names are opened one by one below the root, and none may be a symbolic link. So nothing outside is reached, even if
    the directories change meanwhile.

    Args:
        root: the directory of the mirror. It is created if it does not exist, accessible only to its owner.
        max_files: how many files to keep open, beside a quarter as many directories.
        steady_clock: returns seconds that pass steadily.

    Raises:
        OSError: if the root cannot be created or opened.
    """

    def __init__(self, root: str, max_files: int, steady_clock: Callable[[], float] = time.monotonic) -> None:
        os.makedirs(root, mode=0o700, exist_ok=True)
        self._path = root
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._directories: _Descriptors[str] = _Descriptors(
            min(_MAX_DIRECTORIES, max(1, max_files // _FILES_PER_DIRECTORY)), steady_clock
        )
        self._files: _Descriptors[RemoteLog] = _Descriptors(max_files, steady_clock)

    def file(self, log: RemoteLog, *, creates: bool) -> OpenFile | None:
        """A file, open for reading and writing, and just measured. It is valid until the next call.

        Args:
            log: the log whose mirrored file it is.
            creates: whether to create the file, accessible only to its owner, if it does not exist.

        Returns:
            None if the file does not exist.

        Raises:
            OSError: if it cannot be opened, if something else is there (`NotALogError`), or if a directory is a
                symbolic link.
        """
        file = self._files.get(log)
        if file is None:
            try:
                file = self._open(log, creates=creates)
            except FileNotFoundError:
                if creates:
                    raise
                return None
            self._files.add(log, file)
        return file

    def is_gone(self, log: RemoteLog) -> bool:
        """Whether there is no file of a log."""
        try:
            self._status(log)
        except FileNotFoundError:
            return True
        except OSError:  # which the next use reports
            return False
        return False

    def size(self, log: RemoteLog) -> int | None:
        """The size of a file, which need not be readable; None if there is none, or if that cannot be found out."""
        try:
            status = self._status(log)
        except OSError:
            return None
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def _status(self, log: RemoteLog) -> os.stat_result:
        return os.stat(path_of(log), dir_fd=self._root, follow_symlinks=False)

    def try_to_write(self, size: int) -> bool:
        """Write a file of a size in the root, and remove it. Return whether that was possible."""
        try:
            descriptor = os.open(_PROBE, _FILE_FLAGS | os.O_CREAT, 0o600, dir_fd=self._root)
            try:
                return os.pwrite(descriptor, bytes(max(1, size)), 0) >= size
            finally:
                os.close(descriptor)
                os.unlink(_PROBE, dir_fd=self._root)
        except OSError:
            return False

    def forget(self, log: RemoteLog) -> None:
        """Close a file and its directory, which are opened again when they are needed."""
        self._files.close_one(log)
        self._directories.close_one(os.path.dirname(path_of(log)))

    def close_unneeded(self) -> None:
        """Close files and directories that were not used for a minute, and those that were moved away or replaced."""
        self._directories.close_unused()
        self._files.close_unused()
        self._directories.close_moved(lambda path: os.path.join(self._path, path))
        self._files.close_moved(lambda log: os.path.join(self._path, path_of(log)))

    def close(self) -> None:
        """Close all files."""
        self._files.close()
        self._directories.close()
        os.close(self._root)

    def _open(self, log: RemoteLog, *, creates: bool) -> OpenFile:
        flags = _FILE_FLAGS | os.O_CREAT if creates else _FILE_FLAGS
        directory = self._directory(log, creates=creates)
        name = os.path.basename(path_of(log))
        descriptor = os.open(name, flags, 0o600, dir_fd=directory)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise NotALogError(None, "not a regular file", name)
        return OpenFile(descriptor, status.st_size)

    def _directory(self, log: RemoteLog, *, creates: bool) -> int:
        path = os.path.dirname(path_of(log))
        directory = self._directories.get(path)
        if directory is not None:
            return directory.descriptor
        descriptor = self._root
        for name in path.split(os.sep):
            parent = descriptor
            try:
                descriptor = _open_directory(name, parent, creates=creates)
            finally:
                if parent != self._root:
                    os.close(parent)
        self._directories.add(path, OpenFile(descriptor))
        return descriptor


def _open_directory(name: str, parent: int, *, creates: bool) -> int:
    if creates:
        with suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=parent)
    return os.open(name, _DIRECTORY_FLAGS, dir_fd=parent)


class _Descriptors(Generic[_Key]):
    """Open files. The least recently used ones are closed, and those that were removed."""

    def __init__(self, limit: int, steady_clock: Callable[[], float]) -> None:
        self._limit = limit
        self._steady_clock = steady_clock
        self._open: OrderedDict[_Key, OpenFile] = OrderedDict()

    def get(self, key: _Key) -> OpenFile | None:
        file = self._open.get(key)
        if file is not None:
            if not file.measure():
                self.close_one(key)
                return None
            file.used_at = self._steady_clock()
            self._open.move_to_end(key)
        return file

    def add(self, key: _Key, file: OpenFile) -> None:
        file.used_at = self._steady_clock()
        self._open[key] = file
        if len(self._open) > self._limit:
            os.close(self._open.popitem(last=False)[1].descriptor)

    def close_one(self, key: _Key) -> None:
        file = self._open.pop(key, None)
        if file is not None:
            os.close(file.descriptor)

    def close_unused(self) -> None:
        since = self._steady_clock() - _UNUSED_SECS
        while self._open and next(iter(self._open.values())).used_at < since:
            os.close(self._open.popitem(last=False)[1].descriptor)

    def close_moved(self, path_of: Callable[[_Key], str]) -> None:
        for key, file in list(self._open.items()):
            with suppress(OSError):  # the next use reports it
                if has_moved(file.descriptor, path_of(key)):
                    self.close_one(key)

    def close(self) -> None:
        while self._open:
            os.close(self._open.popitem()[1].descriptor)
