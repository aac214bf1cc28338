"""The index files: JSON lists of sessions, which save readers from searching for logs.

Each change replaces the file atomically, under a lock between processes. No entry is lost, however many runners start
at once. The reference implementation writes the same files in place and without a lock, so a file that cannot be
parsed may just be half written. It is read again for up to a second. If it is still broken then, it is moved aside and
rebuilt from the logs.
"""

import os
import stat
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

from writer._common.errors import SessionError, warn
from writer._indexes.entries import Entry, MakeEntry, entries_of_logs
from writer._indexes.lock import LockNeedlessError, LockTimeoutError, locked, make_file
from writer._indexes.own_descriptor import OwnDescriptor
from writer._indexes.spare import Spare
from writer._indexes.text import (
    SMALL_BYTES,
    Index,
    Splice,
    find_splices,
    is_whole,
    load,
    put,
    write_index,
    write_spliced,
)

__all__ = ["IndexFile", "Problem"]

Problem = tuple[SessionError, str]
"""A problem with an index, and what to do about it."""

_ADVICE = (
    "Make sure that this user can read and replace the file and that the disk has room, "
    "or move the file away: the next session makes a new one"
)
_ADVICE_ON_TIMEOUT = "End the process that holds the lock"
_ADVICE_WITHOUT_LOCKS = (
    "Sessions that start or end at the same moment can drop each other's entries. "
    "Keep the base directory on a file system that supports locks (flock)"
)


class IndexFile:
    """One index file. Problems with it do not raise.

    Attributes:
        path: Its path; if that is a symbolic link, where it leads to.
        problem: The first one; None if there has been none.
    """

    def __init__(self, path: str, make_entry: MakeEntry, workspaces: Callable[[], Iterable[str]]) -> None:
        """Prepare the index at ``path``, which need not exist. The logs in ``workspaces`` serve to rebuild it."""
        self.path = os.path.realpath(path) if os.path.islink(path) else path
        self._make_entry = make_entry
        self._workspaces = workspaces
        self.problem: Problem | None = None
        self._spare: Spare | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the problem is that another process has held the lock for too long."""
        return self.problem is not None and isinstance(self.problem[0], LockTimeoutError)

    def lock(self, stack: ExitStack, is_needless: Callable[[], bool] = lambda: False) -> bool:
        """Hold the lock of the index until ``stack`` is left.

        Args:
            stack: Releases the lock.
            is_needless: As for `writer._indexes.lock.locked`.

        Returns:
            Whether the index can be changed. If not, the problem is noted.

        Raises:
            LockNeedlessError: If another process has done the work meanwhile.
        """
        try:
            lock = stack.enter_context(locked(self.path, is_needless))
        except LockNeedlessError:
            raise
        except LockTimeoutError as error:
            self._note(error, _ADVICE_ON_TIMEOUT)
            return False
        except SessionError as error:
            self._note(error, _ADVICE)
            return False
        self._temporary = f"{self.path}.tmp"  # one name is enough under the lock; a killed runner's file is replaced
        self._spare = Spare(self.path, lock.file) if lock.error is None and sys.platform == "linux" else None
        if lock.error is not None:
            self._note(SessionError.of(lock.error, "lock the index", self.path), _ADVICE_WITHOUT_LOCKS)
            self._temporary = f"{self.path}.{os.getpid()}-{time.monotonic_ns()}.tmp"
        return True

    def put(self, entries: list[Entry]) -> None:
        """Add entries, or update those of the same sessions, while the lock is held."""
        self._change(lambda index: put(index, entries), entries)

    def remove(self, is_removed: Callable[[Entry], bool]) -> None:
        """Remove entries, while the lock is held."""

        def remove(index: Index) -> bool:
            sessions = index["sessions"]
            count = len(sessions)
            sessions[:] = [entry for entry in sessions if not is_removed(entry)]
            return len(sessions) < count

        self._change(remove)

    def _change(self, change: Callable[[Index], bool], entries: Iterable[Entry] = ()) -> None:
        try:
            if entries and self._size() > SMALL_BYTES and self._splice(entries):
                return
            index = load(self.path)
            is_damaged = index is None
            if index is None:
                index = self._rebuild()
            if change(index) or is_damaged:
                self._replace(lambda target: write_index(target, index, self.path))
        except SessionError as error:
            self._note(error, _ADVICE)
        except OSError as error:
            self._note(SessionError.of(error, "update the index", self.path), _ADVICE)

    def _size(self) -> int:
        try:
            status = os.stat(self.path)
        except FileNotFoundError:
            return 0
        return status.st_size if stat.S_ISREG(status.st_mode) else 0

    def _splice(self, entries: Iterable[Entry]) -> bool:
        """Change the entries in a large index, and return whether that is possible."""
        source = OwnDescriptor(self.path, os.O_RDONLY)
        try:
            splices = find_splices(source, entries)
            if splices is None or (self._is_doubtful() and not is_whole(source)):
                return False
            if splices and not self._update_spare(source, splices):
                self._replace(lambda target: self._write_changed(target, source, splices))
            return True
        finally:
            source.close()

    def _is_doubtful(self) -> bool:
        return self._spare is not None and self._spare.is_doubtful()

    def _update_spare(self, source: OwnDescriptor, splices: list[Splice]) -> bool:
        return self._spare is not None and self._spare.update(source, splices, self._temporary)

    def _write_changed(self, target: OwnDescriptor, source: OwnDescriptor, splices: list[Splice]) -> None:
        write_spliced(target, source, splices)
        if self._spare is not None:
            self._spare.keep(source, splices, target)

    def _rebuild(self) -> Index:
        aside = f"{self.path}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        os.replace(self.path, aside)
        warn("the index %s cannot be parsed: moved to %s and rebuilt from the logs", self.path, aside)
        return {"sessions": entries_of_logs(self._workspaces(), self._make_entry)}

    def _replace(self, write: Callable[[OwnDescriptor], None]) -> None:
        if self._spare is not None:
            self._spare.drop()  # it is not needed any more, and the disk may be full
        try:
            target = make_file(self._temporary, self.path)
        except FileExistsError:
            os.unlink(self._temporary)
            target = make_file(self._temporary, self.path)
        try:
            try:
                write(target)
            finally:
                target.close()
            os.replace(self._temporary, self.path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(self._temporary)
            raise

    def _note(self, error: SessionError, advice: str) -> None:
        if self.problem is None:
            self.problem = error, advice
