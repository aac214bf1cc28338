"""Wait for a session that does not exist yet."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import click

from zigtui.commands.options.session_argument import AbsentSessionError, active_session, find_session, session_at_path
from zigtui.commands.reading.read_log import read_beginning, settle_logs
from zigtui.reader.catalog.find import may_mean
from zigtui.reader.catalog.scan.directories import directories_of
from zigtui.reader.catalog.scan.file_facts import facts_of
from zigtui.reader.catalog.scan.found_session import FoundSession, found_at
from zigtui.reader.catalog.scan.locations import Logs, bases_with_machines
from zigtui.reader.pause import pause
from zigtui.system.standard_streams import note, notes

__all__ = ["find_or_wait"]

_POLL_SECS = 0.5
_JUST_BEGUN_SECS = 10.0  # it may be the one that the user has started before this command, and be over already


def find_or_wait(
    wanted: str | None,
    bases: Sequence[str],
    list_logs: Callable[[], Logs],
    *,
    active: bool,
    waits: bool,
    is_due: Callable[[], bool] = lambda: False,
) -> FoundSession | None:
    """Find the session that the command line refers to, or wait until there is one.

    Without waiting, the error for a session that does not exist suggests it.

    Args:
        wanted: the word of the command line; None for the newest session.
        bases: the base directories, which need not exist yet.
        list_logs: lists the logs in them to choose from.
        active: whether to find the live session that wrote last.
        waits: whether to wait.
        is_due: whether to give up; called while nothing happens.

    Returns:
        None if ``is_due`` returned True.

    Raises:
        click.UsageError: if there is no such session, or more than one.
    """
    watch = _NewLogs(bases, list_logs) if waits else None  # first, so that no session is missed
    try:
        found = active_session(list_logs()) if active else find_session(wanted, list_logs)
    except AbsentSessionError as error:
        if not waits:
            raise error.suggesting_to_wait() from None
        note(f"zigtui: waiting for {_words(wanted, active=active)}; Ctrl-C ends")
    else:
        if not waits or active or _names_it(found, wanted) or _is_current(found):
            return found
        note(f"zigtui: waiting for the next session of {found.workflow_name!r}, since the newest one is over")
    while not is_due():
        at_path = session_at_path(wanted)
        if at_path is not None and at_path.started_at is not None:
            return at_path
        new = watch.first(wanted) if watch is not None else None
        if new is not None:
            return new
        pause(_POLL_SECS)
    return None


def _words(wanted: str | None, *, active: bool) -> str:
    if wanted is None:
        return "a session to run" if active else "a session"
    return f"a session with the id or the workflow name {wanted!r}"


def _names_it(found: FoundSession, wanted: str | None) -> bool:
    """Whether a word means this very session, and not the newest one of a workflow."""
    return wanted is not None and found.workflow_name != wanted


def _is_current(found: FoundSession) -> bool:
    if found.began > time.time() - _JUST_BEGUN_SECS:
        return True
    log = read_beginning(found.location)
    settle_logs([log])
    return log.snapshot().state.is_live


class _NewLogs:
    """Finds logs that are created from now on.

    Everything is listed only after a directory has changed: there may be a hundred thousand logs.
    """

    def __init__(self, bases: Sequence[str], list_logs: Callable[[], Logs]) -> None:
        self._bases = bases
        self._list_logs = list_logs
        self._stamp = self._current_stamp()
        logs = self._all_logs()
        self._known = {location for location, _ in logs}
        recent = time.time() - _JUST_BEGUN_SECS
        # New ones, whose first line may not be complete yet.
        self._unread = [
            location
            for location, facts in logs
            if facts.modified > recent and found_at(location, facts).started_at is None
        ]

    def first(self, wanted: str | None) -> FoundSession | None:
        """The first new session that a word may mean; any one if it is None."""
        stamp = self._current_stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            new = [location for location, _ in self._all_logs() if location not in self._known]
            self._known.update(new)
            self._unread += new
        for location in self._unread[:]:
            facts = facts_of(location.path)
            found = None if facts is None else found_at(location, facts)
            if found is None or found.started_at is not None:
                self._unread.remove(location)
            if found is not None and found.started_at is not None and (wanted is None or may_mean(found, wanted)):
                return found
        return None

    def _all_logs(self) -> Logs:
        with notes(shown=False), suppress(click.UsageError):  # what cannot be listed has been reported
            return self._list_logs()
        return []

    def _current_stamp(self) -> object:
        return [
            (directory.path, directory.identity, directory.modified_ns)
            for base in bases_with_machines(self._bases)
            for directory in directories_of(base)
        ]
