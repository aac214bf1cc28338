"""Update the two indexes of sessions together, for many sessions at a time, while holding the lock of the base once."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress

from writer._common.paths import global_index, project_index, session_id_of, workspace_directories, workspace_of
from writer._common.text import valid_unicode, with_valid_unicode
from writer._indexes.entries import Entry, MakeEntry, entry_of_log, global_entry, project_entry
from writer._indexes.file import IndexFile, Problem
from writer._indexes.lock import LockNeedlessError
from writer._indexes.marks import Mark, marks, take_marks
from writer._indexes.own_descriptor import DescriptorLostError

__all__ = ["SessionEntries", "remove_entries", "update_indexes"]

Maker = Callable[[MakeEntry], Entry | None]
"""Makes the entry of one session for one of the indexes; None if its log has no valid start."""

_MOST_ROUNDS = 20  # so that no process works for all others without end


class SessionEntries:
    """The entries that one session should have in both indexes.

    Attributes:
        base: The base directory.
        workspace: The workspace directory.
        session_id: The id of the session.
        ended: The event that ended the session, or None.
        mark: The mark of the session, if the update is left to others.
        has_begun: Whether an index may have an entry already.
        is_dropped: Whether the session has not begun after all.
        problems: The first problem with each of the indexes, by their paths.
    """

    def __init__(self, log_path: str, base: str, workspace: str) -> None:
        """Prepare the entries of the session with a log; ``workspace`` as in the field of its first event."""
        self._started: Entry = {}
        self._log_path = log_path
        self.base = base
        self.workspace = workspace
        self.session_id = session_id_of(log_path)
        self.ended: Entry | None = None
        self.mark: Mark | None = None
        self.has_begun = False
        self.is_dropped = False
        self.problems: dict[str, Problem] = {}

    def begin(self, started: Entry) -> None:
        """Note the ``zig_session_started`` event; called before `entry`."""
        self._started = started

    def entry(self, make_entry: MakeEntry) -> Entry:
        """Return the entry of one of the indexes."""
        entry = make_entry(with_valid_unicode(self._started), valid_unicode(self._log_path))
        if self.ended is not None:
            entry |= {"ended_at": self.ended["ts"], "status": self.ended["status"]}
        return entry

    def is_updated(self) -> bool:
        """Whether another process has updated the entries."""
        return self.mark is not None and not self.mark.exists()

    def note(self, index: IndexFile) -> None:
        """Note the problem with an index, if there is any."""
        if index.problem is not None:
            self.problems.setdefault(index.path, index.problem)


def update_indexes(
    base: str, sessions: Iterable[SessionEntries], is_leaving: Callable[[], bool] = lambda: False
) -> None:
    """Add or update the entries of sessions, and of all that are marked. Problems do not raise: see `SessionEntries`.

    If another process holds the lock, it will find the marks of the sessions before it releases the lock, or right
    after: so there is no need to wait. This function waits nevertheless, for a few seconds and unless ``is_leaving``,
    since the other process may be killed.

    Args:
        base: The base directory of the sessions.
        sessions: The sessions of this process.
        is_leaving: Whether this process exits; called every now and then.
    """
    own = [session for session in sessions if not session.is_dropped]

    def is_needless() -> bool:
        return all(session.is_updated() or (session.mark is not None and is_leaving()) for session in own)

    for _ in range(_MOST_ROUNDS):
        try:
            may_go_on = _update(base, own, is_needless)
        except DescriptorLostError:
            continue
        if not may_go_on:
            break
        own = []
        if not marks(base):  # after the lock has been released: those who found it held rely on that
            break


def _update(base: str, own: list[SessionEntries], is_needless: Callable[[], bool]) -> bool:
    """Do one round of `update_indexes`, and return whether there may be another."""
    in_all = IndexFile(global_index(base), global_entry, lambda: workspace_directories(base))
    with ExitStack() as stack:
        try:
            has_lock = in_all.lock(stack, is_needless)
        except LockNeedlessError:
            return False
        if in_all.is_busy:
            own = [session for session in own if session.mark is None]
        marked = take_marks(base) if has_lock else []
        makers: dict[str, list[Maker]] = {}
        for session in own:
            session.has_begun = True
            makers.setdefault(session.workspace, []).append(session.entry)
        own_ids = {session.session_id for session in own}
        for log_path in {mark.log_path: None for mark in marked if mark.session_id not in own_ids}:
            makers.setdefault(workspace_of(log_path), []).append(_EntryOfLog(log_path))
        in_projects = {workspace: _put_in_project(workspace, of_project) for workspace, of_project in makers.items()}
        if has_lock:
            in_all.put(_entries(itertools.chain(*makers.values()), global_entry))
        elif not in_all.is_busy:  # nor will another process of this user have the lock
            marked = [session.mark for session in own if session.mark is not None]
        busy = {workspace for workspace, index in in_projects.items() if index.is_busy}
        for mark in marked:
            if not busy or workspace_of(mark.log_path) not in busy:
                mark.remove()
        for session in own:
            session.note(in_projects[session.workspace])
            session.note(in_all)
    return has_lock and not busy


def _put_in_project(workspace: str, makers: list[Maker]) -> IndexFile:
    index = _project_file(workspace)
    with ExitStack() as stack:
        if index.lock(stack):
            index.put(_entries(makers, project_entry))
    return index


class _EntryOfLog:
    """Makes the entries of a session of another process from its log."""

    def __init__(self, log_path: str) -> None:
        self._log_path = log_path

    def __call__(self, make_entry: MakeEntry) -> Entry | None:
        return entry_of_log(self._log_path, make_entry)


def _entries(makers: Iterable[Maker], make_entry: MakeEntry) -> list[Entry]:
    entries = [entry for maker in makers if (entry := maker(make_entry)) is not None]
    return sorted(entries, key=lambda entry: str(entry["started_at"]))


def _project_file(workspace: str) -> IndexFile:
    return IndexFile(project_index(workspace), project_entry, lambda: [workspace])


def remove_entries(base: str, removed: Mapping[str, set[str]]) -> list[Problem]:
    """Remove entries from the indexes.

    Args:
        base: The base directory.
        removed: The ids of the sessions, by their workspace directories.

    Returns:
        The problems, which do not raise.
    """
    for _ in range(_MOST_ROUNDS):
        with suppress(DescriptorLostError):
            return _remove(base, removed)
    return []


def _remove(base: str, removed: Mapping[str, set[str]]) -> list[Problem]:
    in_all = IndexFile(global_index(base), global_entry, lambda: workspace_directories(base))
    files = [in_all]
    with ExitStack() as stack:
        has_lock = in_all.lock(stack)
        for workspace, ids in removed.items():
            index = _project_file(workspace)
            files.append(index)
            with ExitStack() as inner:
                if index.lock(inner):
                    index.remove(_is_one_of(ids))
        if has_lock:
            in_all.remove(_is_one_of(set().union(*removed.values())))
    return [index.problem for index in files if index.problem is not None]


def _is_one_of(ids: set[str]) -> Callable[[Entry], bool]:
    return lambda entry: isinstance(key := entry.get("zig_session_id"), str) and key in ids
