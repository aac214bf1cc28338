"""The spare of a large index: its last version but one, kept beside it.

To copy a whole index for each update takes time in proportion to all old sessions. The spare differs from the index by
one update only. So the next update changes the end of the spare and then swaps the names of the two files. As with a
new file, readers find either the old index or the new one.

A reader may still read a spare that was the index when it was opened. A spare is therefore only changed while no other
process has it open, which a lease of the kernel tells. Only Linux has leases: elsewhere, no index has a spare, and each
update copies it.

The file of the index's lock holds a note that describes both files. If anything else has changed one of them, the note
does not fit.

After a power failure, the disk may have only a part of such a change, somewhere in the middle of the file. So a note is
only valid until the system starts again. The next update then checks the whole index, and copies it.
"""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from writer._indexes.own_descriptor import OwnDescriptor
from writer._indexes.text import Splice, write_spliced

__all__ = ["Spare"]

_NOTE_BYTES = 256


class _Version(NamedTuple):
    """What tells one version of a file from another."""

    inode: int
    size: int
    time_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "_Version":
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)


class _Note(NamedTuple):
    """What the last update has left: both versions, and how many bytes at their beginning are the same."""

    current: _Version
    last: _Version
    same_bytes: int


class Spare:
    """The spare of one index, while the lock of the index is held."""

    def __init__(self, index_path: str, lock_file: OwnDescriptor) -> None:
        """Prepare the spare of the index at ``index_path``, which need not have one."""
        self._index_path = index_path
        self._path = f"{index_path}.spare"
        self._lock_file = lock_file

    def is_doubtful(self) -> bool:
        """Whether the index may be damaged: it had a spare when the system was started again."""
        return self._words()[:1] not in ([], [_boot()])

    def update(self, source: OwnDescriptor, splices: list[Splice], temporary: str) -> bool:
        """Make the spare the new index, and the index the new spare.

        Args:
            source: The index.
            splices: The changes of the index.
            temporary: A path in the same directory, for a name that the index has for a moment.

        Returns:
            False if there is no spare that can be used, or the disk is full. The index has not changed then.
        """
        note = self._read_note()
        if note is None or note.current != _Version.of(source.opened):
            return False
        try:
            # Not blocking: a killed runner whose forked process lives on still has a lease.
            target = OwnDescriptor(self._path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                return self._update(target, source, splices, note) and self._swap(temporary)
            finally:
                target.close()
        except OSError:
            return False

    def _update(self, target: OwnDescriptor, source: OwnDescriptor, splices: list[Splice], note: _Note) -> bool:
        has_other_names = target.opened.st_nlink > 1  # a backup may consist of such names
        has_other_access = _access(target.opened) != _access(source.opened)  # the index was given another since
        if has_other_names or has_other_access or note.last != _Version.of(target.opened):
            return False
        with _leased(target) as is_leased:
            if is_leased:
                self._write_words(_boot())  # if this is interrupted, no note may fit
                write_spliced(target, source, splices, min(note.same_bytes, splices[0][0]))
                self._write_note(target, source, splices)
        return is_leased

    def _swap(self, temporary: str) -> bool:
        with suppress(FileNotFoundError):
            os.unlink(temporary)  # of a killed runner
        os.link(self._index_path, temporary)
        os.replace(self._path, self._index_path)
        os.replace(temporary, self._path)
        return True

    def keep(self, source: OwnDescriptor, splices: list[Splice], target: OwnDescriptor) -> None:
        """Keep the index as the spare, just before a changed copy of it, ``target``, replaces it."""
        try:
            os.link(self._index_path, self._path)
            self._write_note(target, source, splices)
        except OSError:
            self.drop()

    def drop(self) -> None:
        """Remove the spare, if there is one."""
        with suppress(OSError):
            os.unlink(self._path)

    def _read_note(self) -> _Note | None:
        try:
            boot, *words = self._words()
            numbers = [int(word) for word in words]
            if boot != _boot():
                return None
            return _Note(_Version(*numbers[0:3]), _Version(*numbers[3:6]), *numbers[6:])
        except (OSError, ValueError, TypeError):
            return None

    def _write_note(self, target: OwnDescriptor, source: OwnDescriptor, splices: list[Splice]) -> None:
        changed = _Version.of(os.fstat(target.number()))
        self._write_words(_boot(), *changed, *_Version.of(source.opened), splices[0][0])

    def _words(self) -> list[str]:
        return os.pread(self._lock_file.number(), _NOTE_BYTES, 0).decode("ascii", "replace").split()

    def _write_words(self, *words: str | int) -> None:
        os.ftruncate(self._lock_file.number(), 0)
        os.pwrite(self._lock_file.number(), " ".join(map(str, words)).encode(), 0)


@functools.cache
def _boot() -> str:
    """Return what tells this run of the system from others."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:  # there is no /proc
        return "-"


def _access(status: os.stat_result) -> tuple[int, int, int]:
    """Return what decides who can use a file."""
    return status.st_mode, status.st_uid, status.st_gid


@contextmanager
def _leased(file: OwnDescriptor) -> Iterator[bool]:
    """Keep others from opening a file. Yield False if one has it open, or if the file system cannot tell."""
    descriptor = file.number()
    try:
        import fcntl  # late, as `signal`, which takes most of a millisecond: few indexes are large
        import signal

        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)  # if one waits to open it; ignored by default
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except (OSError, ImportError):
        yield False
        return
    try:
        yield True
    finally:
        fcntl.fcntl(file.number(), fcntl.F_SETLEASE, fcntl.F_UNLCK)
