"""The two index files: JSON lists of sessions that a reader may use to save time.

Every change reads the file, replaces it atomically and is made under a lock between processes, so that no entry
is lost however many runners start at once. The reference implementation writes the same files in place and
without a lock: a file that cannot be parsed may be half-way through such a write and is read again for a while.
If it stays broken it is put aside and the index is rebuilt from the logs, which are the truth.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from writer._errors import SessionError, warn
from writer._events import EventType, SessionStatus
from writer._paths import LOG_SUFFIX, sessions_directory
from writer._text import valid_unicode

__all__ = ["IndexLockTimeoutError", "global_entry", "project_entry", "put_entry"]

Entry = dict[str, object]
Index = dict[str, list[Entry]]
"""What a later version may add beside ``sessions`` is kept as it is."""

_LOCK_TIMEOUT_SECS = 5.0
_PARSE_AGAIN_SECS = 1.0
_LAST_EVENTS_BYTES = 64 * 1024
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


class IndexLockTimeoutError(SessionError):
    """Somebody else has held the lock of an index for seconds."""


def project_entry(started: Entry, log_path: str) -> Entry:
    """The entry of a session in its project's index, from its ``zig_session_started`` event."""
    return {
        "zig_session_id": started["zig_session_id"],
        "workflow_name": started["workflow_name"],
        "workflow_path": started["workflow_path"],
        "log_path": log_path,
        "started_at": started["ts"],
        "ended_at": None,
        "status": None,
        "workspace_path": started["workspace_path"],
    }


def global_entry(started: Entry, log_path: str) -> Entry:
    """The entry of a session in the global index, from its ``zig_session_started`` event."""
    return {
        "zig_session_id": started["zig_session_id"],
        "workflow_name": started["workflow_name"],
        "project": started["workspace_path"] or "",
        "log_path": log_path,
        "started_at": started["ts"],
        "ended_at": None,
        "status": None,
    }


def put_entry(path: str, entry: Entry, workspaces: Callable[[], Iterable[str]]) -> None:
    """Add ``entry`` to the index at ``path``, or put it in the place of the one with the same id.

    Args:
        path: the index file; it is made if there is none.
        entry: made by `project_entry` or `global_entry`.
        workspaces: tells the workspace directories whose logs the index is of, should it have to be rebuilt.

    Raises:
        IndexLockTimeoutError: if the lock cannot be had within 5 seconds.
        SessionError: if the file cannot be read or replaced.
    """
    path = os.path.realpath(path)
    try:
        with _locked(path):
            _put_entry(path, entry, workspaces)
    except OSError as error:
        raise SessionError.of(error, "update the index", path) from error


def _put_entry(path: str, entry: Entry, workspaces: Callable[[], Iterable[str]]) -> None:
    index = _load(path)
    if index is None:
        aside = f"{path}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        os.replace(path, aside)
        warn("the index %s cannot be parsed: kept as %s and rebuilt from the logs", path, aside)
        index = {"sessions": _rebuild(workspaces(), like=entry)}
    entries = index["sessions"]
    for other in reversed(entries):  # from the end: an entry that is there is among the newest
        if other.get("zig_session_id") == entry["zig_session_id"]:
            other |= entry
            break
    else:
        entries.append(entry)
    _replace(path, index)


def _load(path: str) -> Index | None:
    """An index, an empty one if there is no file, None if it is and stays damaged."""
    give_up = time.monotonic() + _PARSE_AGAIN_SECS
    while True:
        try:
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


def _replace(path: str, index: Index) -> None:
    import orjson

    text = orjson.dumps(index, option=orjson.OPT_INDENT_2)
    temporary = f"{path}.tmp"  # the lock is ours: one name will do, and what a killed runner left is overwritten
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(text)
        with suppress(FileNotFoundError):  # a new index is for its owner only, an older one stays as open as it is
            os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _rebuild(workspaces: Iterable[str], like: Entry) -> list[Entry]:
    """The entries of all logs below ``workspaces``, oldest first, of the same kind as ``like``."""
    make_entry = project_entry if "workflow_path" in like else global_entry
    entries = []
    for workspace in workspaces:
        directory = sessions_directory(workspace)
        try:
            names = os.listdir(directory)
        except OSError:
            continue
        for name in names:
            if name.endswith(LOG_SUFFIX):
                log_path = os.path.join(directory, name)
                first, last = _first_and_last_event(log_path)
                if first.get("type") != EventType.SESSION_STARTED:
                    continue
                try:
                    rebuilt = make_entry(first, valid_unicode(log_path))
                except KeyError:
                    continue
                if not _is_readable(rebuilt):
                    continue
                if last.get("type") == EventType.SESSION_ENDED and _is_time(last.get("ts")):
                    is_success = last.get("status") == SessionStatus.SUCCESS
                    status = SessionStatus.SUCCESS if is_success else SessionStatus.FAILURE
                    rebuilt |= {"ended_at": last["ts"], "status": status.value}
                entries.append(rebuilt)
    return sorted(entries, key=lambda entry: str(entry["started_at"]))


def _is_readable(entry: Entry) -> bool:
    """Whether the reference's reader takes the entry: because of one that it does not, it drops all."""
    texts = ("zig_session_id", "workflow_name", "workflow_path", "project")
    return (
        all(isinstance(entry[name], str) for name in texts if name in entry)
        and isinstance(entry.get("workspace_path"), str | None)
        and _is_time(entry["started_at"])
    )


def _is_time(value: object) -> bool:
    """Whether it is a time as the log has it (RFC 3339), offset included."""
    import re

    if not isinstance(value, str) or not re.fullmatch(_TIME, value, re.ASCII):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _first_and_last_event(log_path: str) -> tuple[Entry, Entry]:
    import orjson

    try:
        with open(log_path, "rb") as file:
            first = file.readline()
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LAST_EVENTS_BYTES))
            last = file.read().splitlines()[-1:]
    except OSError:
        return {}, {}
    events = []
    for line in (first, *last):
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            event = None
        events.append(event if isinstance(event, dict) else {})
    return events[0], events[-1]


@contextmanager
def _locked(path: str) -> Iterator[None]:
    """Hold the lock of an index: the kernel's lock on a file beside it, which dies with its process."""
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        give_up = time.monotonic() + _LOCK_TIMEOUT_SECS
        pause = 0.0005
        while not _try_lock(descriptor):
            if time.monotonic() > give_up:
                raise IndexLockTimeoutError(f"the lock was held by others for {_LOCK_TIMEOUT_SECS:g} s", path)
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
        try:
            yield
        finally:
            _unlock(descriptor)  # said aloud: a process forked meanwhile holds a copy of the descriptor
    finally:
        os.close(descriptor)


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
