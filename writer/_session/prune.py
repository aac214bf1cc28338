"""Remove old sessions."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta

from writer._common.errors import SessionError, check_interpreter, warn
from writer._common.events import SessionStatus
from writer._common.paths import (
    LOG_SUFFIX,
    absolute_path,
    default_base,
    sessions_directory,
    workspace_directories,
    workspace_of,
)
from writer._common.text import U64_MAX, as_integer
from writer._log.log_file import open_existing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    PrunedState = Literal["succeeded", "failed", "lost"]

__all__ = ["PrunedSession", "prune"]

_STATES: "tuple[PrunedState, ...]" = ("succeeded", "failed", "lost")
_SILENT_SECS = 24 * 3600.0


class PrunedSession:
    """A session that `prune` has removed, or would remove.

    Attributes:
        log_path: The path of its log.
        other_paths: Further paths of the same log, through links. They are removed with it.
        state: How it ended: "succeeded", "failed" or "lost".
        size: The size of its log in bytes.
        written_at: When it was last written, in seconds since 1970.
    """

    __slots__ = ("log_path", "other_paths", "size", "state", "written_at")

    def __init__(self, log_path: str, size: int, written_at: float) -> None:
        self.log_path = log_path
        self.other_paths: list[str] = []
        self.size = size
        self.written_at = written_at
        self.state: PrunedState = "lost"

    @property
    def session_id(self) -> str:
        """The id of the session."""
        return _id_of(self.log_path)


def prune(
    *,
    base: str | os.PathLike[str] | None = None,
    older_than: timedelta | None = None,
    keep: int | None = None,
    max_bytes: int | None = None,
    states: "Iterable[PrunedState]" = _STATES,
    dry_run: bool = True,
) -> list[PrunedSession]:
    """Remove old sessions: their logs and their entries in the indexes.

    A session is removed if it is beyond ``older_than`` or ``max_bytes``, unless it is one of the newest that ``keep``
    spares. A live session is never removed: one without an end, whose process has its log open or has written to it
    within the last 24 hours. A project that cannot be read is passed over with a warning.

    Args:
        base: The directory that holds all sessions; ``~/.zig`` by default.
        older_than: Remove sessions that were last written longer ago.
        keep: Keep this number of the newest sessions in any case. Without another limit, remove all others.
        max_bytes: Remove the oldest sessions until the others take no more than this.
        states: Remove only sessions in these states. The others count for ``keep`` and ``max_bytes`` nevertheless.
        dry_run: Whether only to report what would be removed.

    Returns:
        The sessions, newest first.

    Raises:
        ValueError: If an argument is invalid, or there is no limit.
        SessionError: If there is no home directory, or the base cannot be read.

    Example:
        >>> from datetime import timedelta
        >>> for session in prune(older_than=timedelta(days=30), dry_run=True):
        ...     print(session.session_id, session.state)
    """
    wanted = _as_states(states)
    if older_than is None and keep is None and max_bytes is None:
        raise ValueError("prune needs a limit: older_than, keep or max_bytes")
    for name, limit in (("keep", keep), ("max_bytes", max_bytes)):
        if limit is not None:
            as_integer(limit, name, 0, U64_MAX)
    if older_than is not None and not (isinstance(older_than, timedelta) and older_than >= timedelta()):
        raise ValueError(f"older_than must be a timedelta that is not negative, not {older_than!r}")
    check_interpreter()
    directory = absolute_path(base, "base") if base is not None else default_base()
    oldest = None if older_than is None else time.time() - older_than.total_seconds()
    removes_all_others = older_than is None and max_bytes is None
    chosen = []
    total = 0
    for number, session in enumerate(_sessions(directory)):
        total += session.size
        if keep is not None and number < keep:
            continue
        is_beyond = (
            removes_all_others
            or (oldest is not None and session.written_at < oldest)
            or (max_bytes is not None and total > max_bytes)
        )
        if is_beyond and _can_be_removed(session, wanted):
            chosen.append(session)
            total -= session.size
    return chosen if dry_run else _remove(directory, chosen)


def _as_states(states: Iterable[str]) -> set[str]:
    wanted = {states} if isinstance(states, str) else set(states)
    if not wanted or not wanted <= set(_STATES):
        raise ValueError(f"states must be some of {', '.join(_STATES)}, not {states!r}")
    return wanted


def _sessions(base: str) -> list[PrunedSession]:
    """List all sessions, the one that was written last first."""
    found: dict[tuple[object, ...], PrunedSession] = {}
    try:
        workspaces = workspace_directories(base)
    except OSError as error:
        raise SessionError.of(error, "read the projects", base) from error
    for workspace in workspaces:
        directory = sessions_directory(workspace)
        for entry, status in _files(directory):
            if entry.name.endswith(LOG_SUFFIX) and not entry.name.startswith("."):
                # Links lead to a log by several paths. On Windows, the inode is 0 here.
                identity = (status.st_dev, status.st_ino) if status.st_ino else (entry.path,)
                session = PrunedSession(entry.path, status.st_size, status.st_mtime)
                first = found.setdefault(identity, session)
                if first is not session:
                    first.other_paths.append(entry.path)
    return sorted(found.values(), key=lambda session: session.written_at, reverse=True)


def _files(directory: str) -> "Iterator[tuple[os.DirEntry[str], os.stat_result]]":
    """The files in a directory of sessions.

    One that cannot be listed is passed over: the sessions that are not counted can only save others from removal.
    """
    try:
        with os.scandir(directory) as scanned:
            entries = list(scanned)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        warn("cannot list %s: %s", directory, error.strerror)
        return
    for entry in entries:
        with suppress(OSError):  # removed in the meantime
            if entry.is_file(follow_symlinks=False):
                yield entry, entry.stat(follow_symlinks=False)


def _can_be_removed(session: PrunedSession, states: set[str]) -> bool:
    """Find out how the session ended, and whether it may be removed."""
    from writer._indexes.entries import first_and_last_event

    first, last = first_and_last_event(session.log_path)
    if first.get("type") != "zig_session_started":
        return False  # not a session of ours: leave it alone
    if last.get("type") == "zig_session_ended":
        session.state = "succeeded" if last.get("status") == SessionStatus.SUCCESS else "failed"
    elif session.written_at > time.time() - _SILENT_SECS or not _is_free(session.log_path):
        return False
    return session.state in states


def _is_free(log_path: str) -> bool:
    try:
        descriptor, _ = open_existing(log_path)
    except SessionError:
        return False
    os.close(descriptor)
    return True


def _id_of(log_path: str) -> str:
    return os.path.basename(log_path).removesuffix(LOG_SUFFIX)


def _unlink(session: PrunedSession) -> None:
    os.unlink(session.log_path)
    for path in session.other_paths:
        with suppress(FileNotFoundError):  # through the link of a directory, it was the same entry
            os.unlink(path)


def _remove(base: str, sessions: list[PrunedSession]) -> list[PrunedSession]:
    removed = []
    ids: dict[str, set[str]] = {}
    for session in sessions:
        try:
            if session.state == "lost":
                descriptor, _ = open_existing(session.log_path)  # a process could have reopened it meanwhile
                try:
                    _unlink(session)
                finally:
                    os.close(descriptor)
            else:
                _unlink(session)
        except SessionError as error:
            warn("a session could not be removed: %s", error)
            continue
        except OSError as error:
            warn("%s", SessionError.of(error, "remove a session", session.log_path))
            continue
        removed.append(session)
        for path in (session.log_path, *session.other_paths):
            ids.setdefault(workspace_of(path), set()).add(_id_of(path))
    if removed:
        from writer._indexes.update import remove_entries

        for problem in remove_entries(base, ids):
            warn("%s. %s.", *problem)
    return removed
