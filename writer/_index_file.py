"""The index files: JSON lists of sessions, which save readers from searching for logs.

Each change reads the file and replaces it atomically, under a lock between processes. No entry is lost, however many
runners start at once. The reference implementation writes the same files in place and without a lock, so a file that
cannot be parsed may just be half written. It is read again for up to a second. If it is still broken then, it is moved
aside and rebuilt from the logs.
"""

import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from writer._errors import SessionError, warn
from writer._index_entries import Entry, MakeEntry, entries_of_logs

__all__ = ["IndexFile"]

Index = dict[str, list[Entry]]
"""The only known key is ``sessions``. Other keys, which a later version may add, are kept unchanged."""

_NEW_FILE_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_BINARY", 0)
_LOCK_TIMEOUT_SECS = 5.0
_PARSE_AGAIN_SECS = 1.0

_ADVICE = (
    "Make sure that this user can read and replace the file and that the disk has room, "
    "or move the file away: the next session makes a new one"
)
_ADVICE_ON_TIMEOUT = "End the process that holds the lock"
_ADVICE_WITHOUT_LOCKS = (
    "Sessions that start or end at the same moment can drop each other's entries. "
    "Keep the base directory on a file system that supports locks (flock)"
)


class _LockTimeoutError(SessionError):
    """Another process has held the lock of an index for too long."""


class IndexFile:
    """One index file. Problems with it do not raise.

    Attributes:
        trouble: The first problem, and what to do about it; None if there has been none.
    """

    def __init__(self, path: str, make_entry: MakeEntry, workspaces: Callable[[], Iterable[str]]) -> None:
        """Prepare the index at ``path``, which need not exist. The logs in ``workspaces`` serve to rebuild it."""
        self._path = path
        self._make_entry = make_entry
        self._workspaces = workspaces
        self.trouble: tuple[SessionError, str] | None = None
        self._has_changed = False

    def put(self, entry: Entry) -> None:
        """Add an entry, or update the one of the same session."""

        def put(entries: list[Entry]) -> bool:
            for other in reversed(entries):  # an entry that exists is among the newest
                if other.get("zig_session_id") == entry["zig_session_id"]:
                    other |= entry
                    break
            else:
                entries.append(entry)
            return True

        self._change(put)

    def remove(self, entry: Entry) -> None:
        """Remove the entry of the same session, if it was added through this object."""
        if not self._has_changed:  # after Ctrl-C during a wait for the lock, do not wait for it again
            return

        def remove(entries: list[Entry]) -> bool:
            count = len(entries)
            entries[:] = [other for other in entries if other.get("zig_session_id") != entry["zig_session_id"]]
            return len(entries) < count

        self._change(remove)

    def _change(self, change: Callable[[list[Entry]], bool]) -> None:
        """Read the index, let ``change`` modify its entries, and replace the file if it returns True."""
        path = os.path.realpath(self._path)
        try:
            with _locked(path) as lock_error:
                temporary = f"{path}.tmp"  # one name is enough under the lock; a killed runner's file is replaced
                if lock_error is not None:
                    self._note(SessionError.of(lock_error, "lock the index", path), _ADVICE_WITHOUT_LOCKS)
                    temporary = f"{path}.{os.getpid()}-{time.monotonic_ns()}.tmp"
                index = _load(path)
                if index is None:
                    index = self._rebuild(path)
                if change(index["sessions"]):
                    self._has_changed = True  # set first, since an interrupt can come right after the change
                    _replace(path, temporary, index)
        except _LockTimeoutError as error:
            self._note(error, _ADVICE_ON_TIMEOUT)
        except SessionError as error:
            self._note(error, _ADVICE)
        except OSError as error:
            self._note(SessionError.of(error, "update the index", path), _ADVICE)

    def _rebuild(self, path: str) -> Index:
        aside = f"{path}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        os.replace(path, aside)
        warn("the index %s cannot be parsed: moved to %s and rebuilt from the logs", path, aside)
        return {"sessions": entries_of_logs(self._workspaces(), self._make_entry)}

    def _note(self, error: SessionError, advice: str) -> None:
        if self.trouble is None:
            self.trouble = error, advice


def _load(path: str) -> Index | None:
    """Read an index. Return an empty one if there is no file, None if it is damaged and stays damaged."""
    give_up = time.monotonic() + _PARSE_AGAIN_SECS
    while True:
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would block, a device must not be moved aside
                raise SessionError("the index is not a regular file", path)
            with open(path, "rb") as file:
                index = _parse(file.read())
        except FileNotFoundError:
            return {"sessions": []}
        if index is not None or time.monotonic() > give_up:
            return index
        time.sleep(0.02)


def _parse(text: bytes) -> Index | None:
    import orjson

    try:
        index = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(index, dict):
        return None
    entries = index.get("sessions")
    well_formed = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    return index if well_formed else None


def _replace(path: str, temporary: str, index: Index) -> None:
    import orjson

    try:
        text = orjson.dumps(index, option=orjson.OPT_INDENT_2)
    except orjson.JSONEncodeError as error:  # nested deeper than orjson can write
        raise SessionError(f"cannot update the index ({error})", path) from error
    with suppress(FileNotFoundError):
        os.unlink(temporary)
    descriptor = _make_file(temporary, path)
    try:
        with open(descriptor, "wb") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _make_file(path: str, index_path: str, *, for_writers_only: bool = False) -> int:
    """Create and open a file with the owner, group and mode of the index, as far as the system permits.

    This way the owner can still use an index that root has replaced. A new index belongs to the owner of its directory,
    and only the owner has access. With ``for_writers_only``, only those who can write the index have access.

    Raises:
        FileExistsError: If there is a file, or anything else, at ``path``.
    """
    descriptor = os.open(path, _NEW_FILE_FLAGS, 0o600)
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
        made = os.fstat(descriptor)
        if made.st_uid != model.st_uid:
            with suppress(OSError):
                os.fchown(descriptor, model.st_uid, -1)
        if made.st_gid != model.st_gid:
            try:
                os.fchown(descriptor, -1, model.st_gid)
            except OSError:
                mode &= ~stat.S_IRWXG  # meant for another group
        with suppress(OSError):
            os.fchmod(descriptor, mode)
    return descriptor


@contextmanager
def _locked(path: str) -> Iterator[OSError | None]:
    """Hold the lock of an index, on a file beside it: the kernel releases it when the process dies.

    Yields:
        None if the lock is held. The error if the file system does not support locks: the block then runs without
        one, as in the reference implementation.

    Raises:
        SessionError: If the lock file cannot be opened, or another process holds the lock for 5 seconds.
    """
    lock_path = f"{path}.lock"
    try:
        try:
            descriptor = _make_file(lock_path, path, for_writers_only=True)
        except FileExistsError:
            descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SessionError.of(error, "lock the index", lock_path) from error
    try:
        lock_error = None
        try:
            _wait_for_lock(descriptor, lock_path)
        except OSError as error:
            lock_error = error
        try:
            yield lock_error
        finally:
            if lock_error is None:
                _unlock(descriptor)  # explicitly: a process forked since has a copy of the descriptor
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int, lock_path: str) -> None:
    give_up = time.monotonic() + _LOCK_TIMEOUT_SECS
    pause = 0.0005
    while not _try_lock(descriptor):
        if time.monotonic() > give_up:
            message = f"cannot lock the index (another process has held the lock for {_LOCK_TIMEOUT_SECS:g} s)"
            raise _LockTimeoutError(message, lock_path)
        time.sleep(pause)
        pause = min(pause * 2, 0.02)


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
