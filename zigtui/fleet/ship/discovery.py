"""Which logs there are below the base directories, and which may have changed.

A machine may have many thousands of old logs. Nothing is kept of them but a number for each, which tells a name that is
new in a directory from one that is not. So each check looks at directories only, and lists those that have changed.

An old log may grow again without a change of its directory. So a *round* checks all of them, slowly, again and again.
Those that have grown last are the likeliest to grow, and have quicker rounds of their own.
"""

import heapq
import math
import os
import time
from array import array
from collections.abc import Callable, Container, Generator, Iterator, Sequence
from contextlib import suppress

from writer import LOG_SUFFIX, sessions_directory
from zigtui.fleet.ship.number_table import NumberSet
from zigtui.fleet.ship.time_share import TimeShare
from zigtui.fleet.wire.names import RemoteLog
from zigtui.reader.catalog.scan.directories import Directory, directories_of
from zigtui.reader.catalog.scan.file_facts import FileFacts, facts_of
from zigtui.reader.catalog.scan.scan_schedule import ScanSchedule
from zigtui.reader.location import LogLocation, is_log_name

__all__ = ["Discovery", "FoundLog"]

FoundLog = tuple[LogLocation, FileFacts]
"""The location and the metadata of a log."""

_RECENT_DIRECTORIES = 32
_DIRECTORIES_AT_ONCE = 32  # of the others, which each refresh checks too
_SCAN_SECS = 1.0
_LISTING_SECS = 0.02  # that a check may spend on directories that have changed,
_ROUND_SECS = 0.005  # and on old logs
_LISTING_SHARE, _LISTING_BURST_SECS = 0.1, 0.5  # of a directory
_REFRESH_SHARE, _REFRESH_BURST_SECS = 0.05, 0.25
_ROUND_SHARE, _RECENT_SHARE = 0.01, 0.01
_RECENT = 256  # old logs that have rounds of their own
_FINE_SECS, _COARSE_SECS = 0.1, 2.0  # how coarse clocks of file systems are; the latter only have whole seconds
_NS_PER_SEC = 1_000_000_000
_NAMES_AT_ONCE = 64
_MOST_UNREAD = 16

_Steps = Iterator[FoundLog | None]
"""Logs, and None now and then between them. It can be left and gone on with there."""


class _Entries:
    """When the entries of a directory may have changed.

    The clock of a file system is coarse: the time of a change may stay the same with the next one. So the entries are
    read once more a little later. That clock may differ from the one of this machine, which does not count.
    """

    __slots__ = ("_again_at", "_modified_ns")

    def __init__(self) -> None:
        self._modified_ns: int | None = None  # as of the last reading
        self._again_at = math.inf  # by the monotonic clock

    def are_due(self, modified_ns: int) -> bool:
        """Whether to read them, given when the directory was modified."""
        return modified_ns != self._modified_ns or time.monotonic() >= self._again_at

    def begin_reading(self, modified_ns: int) -> None:
        """Record that they are read from now on, and when the directory was modified until now."""
        now = time.monotonic()
        if modified_ns != self._modified_ns:
            self._modified_ns = modified_ns
            self._again_at = now + (_FINE_SECS if modified_ns % _NS_PER_SEC else _COARSE_SECS)
        elif now >= self._again_at:
            self._again_at = math.inf

    def read_again_in(self, secs: float) -> None:
        """Let them be due after a while, even if the directory does not change."""
        self._again_at = time.monotonic() + secs


class _Known:
    """A directory, and what is known of the logs in it.

    Attributes:
        base: the base directory that it is in.
        directory: the directory.
        entries: when it is to be listed.
        time_share: the time that its listings take.
        is_listed: whether it has been listed once, or could not be.
        names: the hashes of the names in it, but not of logs whose metadata could not be read.
        unread: the paths of the first few of these. As soon as one can be read, the directory is listed.
    """

    __slots__ = ("base", "directory", "entries", "is_listed", "names", "time_share", "unread")

    def __init__(self, base: str, directory: Directory) -> None:
        self.base = base
        self.directory = directory
        self.entries = _Entries()
        self.time_share = TimeShare(_LISTING_SHARE, _LISTING_BURST_SECS)
        self.is_listed = False
        self.names = NumberSet()
        self.unread: list[str] = []


class _Round:
    """A check of old logs, which is made again and again, a few logs at a time.

    Args:
        make: begins one, given the paths of logs that are left out.
        time_share: the share of the time that it takes.
    """

    def __init__(self, make: Callable[[Container[str]], _Steps], time_share: float) -> None:
        self._make = make
        self._steps: _Steps | None = None  # under way
        self._next_at = time.monotonic() + _SCAN_SECS
        self._time_share = TimeShare(time_share, 0.0)

    def go_on(self, watched: Container[str]) -> Iterator[FoundLog]:
        """Go on for a short while, if that is due."""
        now = time.monotonic()
        if self._steps is None:
            if now < self._next_at:
                return
            self._steps, self._next_at = self._make(watched), now + _SCAN_SECS
        if self._time_share.has_time and (yield from _go_on(self._steps, now + _ROUND_SECS, self._time_share)):
            self._steps = None


class Discovery:
    """The logs below some base directories.

    Args:
        bases: the base directories.
        projects: only sessions of these projects (None in it is the base itself); all if it is None.
        since_secs: logs that have not changed within this time are old.
        wanted: paths of logs that count as changed, however old.

    Attributes:
        has_scanned: whether all directories that there were at the start have been listed.
    """

    def __init__(
        self,
        bases: Sequence[str],
        projects: Container[str | None] | None = None,
        since_secs: float = math.inf,
        wanted: Container[str] = (),
    ) -> None:
        self.has_scanned = False
        self._bases = bases
        self._projects = projects
        self._since_secs = since_secs
        self._wanted = wanted
        self._roots = [os.path.realpath(base) for base in bases]
        self._parents: dict[str, _Entries] = {}  # directories in which others may appear
        self._known: dict[str, _Known] = {}
        self._next_directory = 0  # to poll, of those that are not polled each time
        self._is_refresh_due = True
        self._refresh_share = TimeShare(_REFRESH_SHARE, _REFRESH_BURST_SECS)
        self._refresh_schedule = ScanSchedule()
        self._due: dict[str, None] = {}  # directories to list
        self._listing: tuple[_Known, _Steps] | None = None  # under way
        self._rounds: list[_Round] = []  # none before all directories have been listed
        self._recent: list[str] = []  # the paths of the old logs that have changed last, as of the last round of all

    @property
    def is_listing(self) -> bool:
        """Whether the listing of a directory is under way, so that the next check should come at once."""
        return self._listing is not None

    def changes(self, watched: Container[str]) -> Iterator[FoundLog]:
        """Check for changes, for a short while.

        Args:
            watched: paths of logs that are left out.

        Yields:
            Logs that are new or have changed, but not old ones. Consume the iterator to its end.
        """
        self._poll()
        if (self._is_refresh_due and self._refresh_share.has_time) or self._refresh_schedule.is_due(_SCAN_SECS):
            self._refresh()
        yield from self._list_due(watched)
        for old_logs in self._rounds:
            yield from old_logs.go_on(watched)
        if not self.has_scanned and all(
            known.is_listed or known.directory.identity is None for known in self._known.values()
        ):
            self.has_scanned = True
            self._rounds += [_Round(self._check_recent, _RECENT_SHARE), _Round(self._check_all, _ROUND_SHARE)]

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
        """Find directories whose entries have changed. Of many, those that changed last are checked each time."""
        paths = [*self._parents, *self._known]  # the latter newest first, as of the last refresh
        others = paths[_RECENT_DIRECTORIES:]
        start = self._next_directory if self._next_directory < len(others) else 0
        self._next_directory = start + _DIRECTORIES_AT_ONCE
        for path in paths[:_RECENT_DIRECTORIES] + others[start : self._next_directory]:
            try:
                modified_ns = os.stat(path).st_mtime_ns
            except OSError:
                continue  # it does not exist yet, or the next refresh finds out
            known = self._known.get(path)
            if known is None:
                self._is_refresh_due |= self._parents[path].are_due(modified_ns)
            elif known.entries.are_due(modified_ns):
                self._due[path] = None

    def _refresh(self) -> None:
        """Find directories that are new, are gone or have been replaced."""
        started_at, worked_before = time.monotonic(), time.thread_time()
        self._is_refresh_due = False
        parents, self._parents = self._parents, {}
        found: dict[str, _Known] = {}
        for base in self._bases:
            for directory in directories_of(base, self._projects):
                if not directory.holds_logs:
                    if directory.trouble is None:
                        self._parents[directory.path] = entries = parents.get(directory.path) or _Entries()
                        entries.begin_reading(directory.modified_ns)
                    continue
                known = self._known.get(directory.path)
                if known is None or known.directory.identity != directory.identity:
                    known = _Known(base, directory)
                found[directory.path] = known
                is_due = known.entries.are_due(directory.modified_ns) or any(map(facts_of, known.unread))
                if is_due and directory.identity is not None:
                    self._due[directory.path] = None
        self._known = found
        self._due = {path: None for path in self._due if path in found}
        self._refresh_share.take(time.thread_time() - worked_before)
        self._refresh_schedule.scan_ended(time.monotonic() - started_at)

    # Logs

    def _list_due(self, watched: Container[str]) -> Iterator[FoundLog]:
        """List directories that are due, for a short while."""
        ends_at = time.monotonic() + _LISTING_SECS
        while time.monotonic() < ends_at:
            if self._listing is None:
                path = next((path for path in self._due if self._known[path].time_share.has_time), None)
                if path is None:
                    return
                del self._due[path]
                self._listing = self._known[path], self._list(self._known[path], watched)
            known, steps = self._listing
            if (yield from _go_on(steps, ends_at, known.time_share)):
                self._listing = None

    def _is_wanted(self, path: str, modified: float) -> bool:
        return modified >= time.time() - self._since_secs or path in self._wanted

    def _list(self, known: _Known, watched: Container[str]) -> _Steps:
        """Find the logs in a directory that are new."""
        names, listed, unread = known.names, array("q"), list[str]()
        try:
            known.entries.begin_reading(os.stat(known.directory.path).st_mtime_ns)
            with os.scandir(known.directory.path) as files:
                for count, file in enumerate(files):
                    if count % _NAMES_AT_ONCE == 0:
                        yield None
                    number = hash(file.name)
                    if number not in names:
                        if is_log_name(file.name) and file.path not in watched:
                            facts = facts_of(file)
                            if facts is None:
                                if len(unread) < _MOST_UNREAD:
                                    unread.append(file.path)
                                continue
                            if self._is_wanted(file.path, facts.modified):
                                yield LogLocation(file.path, known.base, known.directory.project), facts
                        names.add(number)
                    listed.append(number)
        except OSError:  # it is gone, or cannot be listed
            known.entries.read_again_in(_SCAN_SECS)
        else:
            known.unread = unread
            if len(listed) < len(names):  # some are gone
                known.names = NumberSet(len(listed))
                for count, number in enumerate(listed):
                    if count % _NAMES_AT_ONCE == 0:
                        yield None
                    known.names.add(number)
        known.is_listed = True

    def _check_recent(self, watched: Container[str]) -> _Steps:
        """Find old logs that have changed, among those that had changed last."""
        for path in self._recent:
            yield None
            if path not in watched and (facts := facts_of(path)) is not None and self._is_wanted(path, facts.modified):
                known = self._known.get(os.path.dirname(path))
                if known is not None:
                    yield LogLocation(path, known.base, known.directory.project), facts

    def _check_all(self, watched: Container[str]) -> _Steps:
        """Find all logs that have changed, and those of the others that had changed last."""
        newest: list[tuple[float, str]] = []
        for known in list(self._known.values()):
            yield None
            with suppress(OSError), os.scandir(known.directory.path) as files:
                for count, file in enumerate(files, 1):
                    if count % _NAMES_AT_ONCE == 0:
                        yield None
                    path = file.path
                    if path in watched or not is_log_name(file.name):
                        continue
                    try:
                        modified = file.stat().st_mtime
                    except OSError:
                        continue
                    if self._is_wanted(path, modified):
                        facts = facts_of(file)
                        if facts is not None:
                            yield LogLocation(path, known.base, known.directory.project), facts
                    elif len(newest) < _RECENT:
                        heapq.heappush(newest, (modified, path))
                    elif modified > newest[0][0]:
                        heapq.heapreplace(newest, (modified, path))
        self._recent = [path for _, path in newest]


def _go_on(steps: _Steps, ends_at: float, time_share: TimeShare) -> Generator[FoundLog, None, bool]:
    """Go on until a time of the monotonic clock, and take the processor time from a share.

    Returns:
        Whether the steps have come to their end.
    """
    worked_before = time.thread_time()
    has_ended = True
    for log in steps:
        if log is not None:
            yield log
        elif time.monotonic() >= ends_at:
            has_ended = False
            break
    time_share.take(time.thread_time() - worked_before)
    return has_ended
