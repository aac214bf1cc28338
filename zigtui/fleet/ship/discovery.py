"""Which logs there are below the base directories, and which may have changed.

A machine may have many thousands of old logs. Nothing is kept of them but a number for each, which tells a name that is
new in a directory from one that is not. So each check looks at directories only, and lists those that have changed. Now
and then a *round* checks the old logs too, since one may grow again without a change of its directory.
"""

import os
import time
from collections.abc import Container, Generator, Iterator, Sequence

from writer import LOG_SUFFIX, sessions_directory
from zigtui.fleet.ship.number_table import NumberSet
from zigtui.fleet.wire.names import RemoteLog
from zigtui.reader.catalog.scan.directories import Directory, directories_of
from zigtui.reader.catalog.scan.file_facts import FileFacts, facts_of
from zigtui.reader.catalog.scan.scan_schedule import ScanSchedule
from zigtui.reader.location import LogLocation, is_log_name

__all__ = ["Discovery", "FoundLog"]

FoundLog = tuple[LogLocation, FileFacts]
"""The location and the metadata of a log."""

_DIRECTORIES_AT_ONCE = 64
_COARSE_NS = 100_000_000
_SETTLED_NS = 2_000_000_000  # a directory that was modified later may be modified again without another time
_SCAN_SECS = 1.0
_LISTING_SECS = 0.02  # that a check may spend on directories that have changed,
_ROUND_SECS = 0.005  # and on old logs
_ROUND_SHARE = 0.01
_SHORT_SECS = 0.002  # a directory whose listing takes no longer is listed as often as it changes
_NAMES_AT_ONCE = 64

_Steps = Iterator[FoundLog | None]
"""Logs, and None now and then between them. It can be left and gone on with there."""


class _Known:
    """A directory, and what is known of the logs in it.

    Attributes:
        base: the base directory that it is in.
        directory: the directory.
        names: the hashes of the names of its logs.
        polled_ns: when it was last modified, as of the last poll. By then, its listing is due.
        settled_ns: when it was last modified, as of the last listing; None if that may be too coarse to rely on.
        schedule: when it may be listed again.
    """

    __slots__ = ("base", "directory", "names", "polled_ns", "schedule", "settled_ns")

    def __init__(self, base: str, directory: Directory) -> None:
        self.base = base
        self.directory = directory
        self.names = NumberSet()
        self.polled_ns = directory.modified_ns
        self.settled_ns: int | None = None
        self.schedule = ScanSchedule()


class Discovery:
    """The logs below some base directories.

    Args:
        bases: the base directories.
        projects: only sessions of these projects (None in it is the base itself); all if it is None.

    Attributes:
        has_scanned: whether all directories have been listed once.
    """

    def __init__(self, bases: Sequence[str], projects: Container[str | None] | None = None) -> None:
        self.has_scanned = False
        self._bases = bases
        self._projects = projects
        self._roots = [os.path.realpath(base) for base in bases]
        self._parents: dict[str, int] = {}  # directories in which others may appear, and when they were modified
        self._known: dict[str, _Known] = {}
        self._next_directory = 0  # to poll
        self._due: dict[str, None] = {}  # directories to list
        self._schedule = ScanSchedule()
        self._is_refresh_due = True
        self._listing: tuple[_Known, _Steps] | None = None  # under way
        self._listing_secs = 0.0  # the time it has taken so far
        self._round: _Steps | None = None
        self._round_schedule = ScanSchedule(_ROUND_SHARE)
        self._round_secs = 0.0

    def changes(self, watched: Container[str]) -> Iterator[FoundLog]:
        """Check for changes, for a short while.

        Args:
            watched: paths of logs that are left out.

        Yields:
            Logs that are new, and old ones that are checked again. Consume the iterator to its end.
        """
        self._poll()
        if self._is_refresh_due or self._schedule.is_due(_SCAN_SECS):
            self._refresh()
        yield from self._list_due(watched)
        if self._listing is None and not self._due:
            if not self.has_scanned:
                self.has_scanned = True
                self._round_schedule.postpone()
            yield from self._go_round(watched)

    def find(self, log: RemoteLog) -> FoundLog | None:
        """The log of these names, if there is one."""
        for root in self._roots:
            workspace = root if log.project is None else os.path.join(root, "projects", log.project)
            directory = sessions_directory(workspace)
            path = os.path.join(directory, f"{log.session}{LOG_SUFFIX}")
            known = self._known.get(directory)
            if known is not None and is_log_name(os.path.basename(path)) and (facts := facts_of(path)) is not None:
                return LogLocation(path, known.base, known.directory.project), facts
        return None

    def has(self, path: str) -> bool:
        """Whether a path is that of a log in one of the directories."""
        directory, name = os.path.split(path)
        return directory in self._known and is_log_name(name)

    # Directories

    def _poll(self) -> None:
        """Find directories whose entries have changed. In a base with many, only some are checked at once."""
        paths = [*self._parents, *self._known]
        start = self._next_directory if self._next_directory < len(paths) else 0
        self._next_directory = start + _DIRECTORIES_AT_ONCE
        now = time.time_ns()
        for path in paths[start : self._next_directory]:
            try:
                modified = os.stat(path).st_mtime_ns
            except OSError:
                continue  # it does not exist yet, or the next refresh finds out
            known = self._known.get(path)
            # Also one that is new: it may have changed since it was listed. The clock of a file system is coarse, so
            # the time of a change just now may stay the same with the next one.
            is_fresh = now - _COARSE_NS < modified <= now
            if known is None:
                self._is_refresh_due |= is_fresh or self._parents[path] != modified
            elif is_fresh or known.polled_ns != modified:
                known.polled_ns = modified
                self._due[path] = None

    def _refresh(self) -> None:
        """Find directories that are new, are gone or have been replaced."""
        started_at = time.monotonic()
        self._is_refresh_due = False
        found: dict[str, _Known] = {}
        self._parents.clear()
        for base in self._bases:
            for directory in directories_of(base, self._projects):
                if not directory.holds_logs:
                    self._parents[directory.path] = directory.modified_ns
                    continue
                known = self._known.get(directory.path)
                if known is None or known.directory.identity != directory.identity:
                    known = _Known(base, directory)
                found[directory.path] = known
                if directory.identity is not None and directory.modified_ns != known.settled_ns:
                    self._due[directory.path] = None
        self._known = found
        self._due = {path: None for path in self._due if path in found}
        self._schedule.scan_ended(time.monotonic() - started_at)

    # Logs

    def _list_due(self, watched: Container[str]) -> Iterator[FoundLog]:
        """List directories that are due, for a short while."""
        ends_at = time.monotonic() + _LISTING_SECS
        while (now := time.monotonic()) < ends_at:
            if self._listing is None:
                path = next((path for path in self._due if self._known[path].schedule.is_due(0.0)), None)
                if path is None:
                    return
                del self._due[path]
                self._listing = self._known[path], self._list(self._known[path], watched, checks_all=False)
            known, steps = self._listing
            has_ended = yield from _go_on(steps, ends_at)
            self._listing_secs += time.monotonic() - now
            if has_ended:
                known.schedule.scan_ended(max(0.0, self._listing_secs - _SHORT_SECS))
                self._listing, self._listing_secs = None, 0.0

    def _go_round(self, watched: Container[str]) -> Iterator[FoundLog]:
        """Check old logs for a short while, if that is due."""
        if self._round is None:
            if not self._round_schedule.is_due(_SCAN_SECS):
                return
            self._round = self._list_all(watched)
        now = time.monotonic()
        has_ended = yield from _go_on(self._round, now + _ROUND_SECS)
        self._round_secs += time.monotonic() - now
        if has_ended:
            self._round_schedule.scan_ended(self._round_secs)
            self._round, self._round_secs = None, 0.0

    def _list_all(self, watched: Container[str]) -> _Steps:
        for known in list(self._known.values()):
            yield from self._list(known, watched, checks_all=True)

    def _list(self, known: _Known, watched: Container[str], *, checks_all: bool) -> _Steps:
        """List a directory.

        Args:
            known: the directory.
            watched: paths of logs that are left out.
            checks_all: whether to check also logs that were there before.
        """
        names = NumberSet(len(known.names))
        try:
            status = os.stat(known.directory.path)
            is_settled = status.st_mtime_ns < time.time_ns() - _SETTLED_NS
            with os.scandir(known.directory.path) as files:
                for count, file in enumerate(files):
                    if count % _NAMES_AT_ONCE == 0:
                        yield None
                    if not is_log_name(file.name):
                        continue
                    number = hash(file.name)
                    names.add(number)
                    if (checks_all or number not in known.names) and file.path not in watched:
                        facts = facts_of(file)
                        if facts is not None:
                            yield LogLocation(file.path, known.base, known.directory.project), facts
        except OSError:  # it is gone, or cannot be listed
            return
        known.names = names
        known.settled_ns = status.st_mtime_ns if is_settled else None


def _go_on(steps: _Steps, ends_at: float) -> Generator[FoundLog, None, bool]:
    """Go on until a time of the monotonic clock.

    Returns:
        Whether the steps have come to their end.
    """
    for log in steps:
        if log is not None:
            yield log
        elif time.monotonic() >= ends_at:
            return False
    return True
