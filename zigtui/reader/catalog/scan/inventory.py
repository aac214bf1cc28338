"""The logs of one base and their metadata, kept up to date.

There are two kinds of scans. A full scan checks every log. In a small base it runs each second; in a large one it takes
seconds and runs less often. A quick scan runs each second: it checks the logs that are expected to change, and lists
only directories whose modification time has changed. Hints, such as change notifications, are checked at once.
"""

import math
import os
import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from types import MappingProxyType

from writer import LOG_SUFFIX
from zigtui.reader.catalog.mirrored_base import MirroredBase
from zigtui.reader.catalog.scan.directories import Directory, directories_of
from zigtui.reader.catalog.scan.file_facts import FileFacts, facts_of
from zigtui.reader.catalog.scan.locations import Listing, is_better_link, list_logs, location_of
from zigtui.reader.catalog.scan.log_file import LogFile, ScanChanges
from zigtui.reader.catalog.scan.scan_schedule import ScanSchedule
from zigtui.reader.location import LogLocation, is_log_name

__all__ = ["Inventory"]

_SCAN_SECS = 1.0
"""The time between two scans of one kind, if they are quick."""

_MIRRORED_INTERVALS = 2
_HINTED_INTERVALS = 5
"""The factors for the time between two scans of a mirrored base, and of one whose mirror gives a hint for each file.
They are scanned less often, since a fleet may have a hundred of them on one disk."""

_MIRRORED_SHARE = 0.0002
"""The largest share of the time that full scans of a mirrored base take, for the same reason. A mirror keeps very many
logs that are over. What changes is found by hints, and by quick scans."""

_SLICE_SECS = 0.02
"""The time that one call of `Inventory.refresh` spends on a full scan."""

_RECENT_INTERVALS = 5
"""A check counts as recent if it is at most 5 intervals old."""

_SETTLED_SECS = 2.0
"""The modification time of a directory is trusted if it is at least this old. A newer one might not change with the
next change of the directory, since the file system's clock is coarse."""


class Inventory:
    """The logs of one base directory. One thread calls the methods; any thread may read the attributes.

    Args:
        base: the base directory; it need not exist yet.
        clock: returns the time in seconds since the epoch.
        projects: only sessions of these projects (None in it is the base itself); all if it is None.
        steady_clock: returns seconds that pass steadily.
        mirrored: the mirror that the base belongs to; None for a base of this machine.

    Attributes:
        files: the logs that are known, by path.
        directories: the directories in which logs may appear, by path, with device and inode as of the last scan.
        troubles: the reasons why directories cannot be listed, by path.
        scan_count: the number of scans, full or quick, that have ended.
        has_scanned: whether a full scan has ended.
        resumed_at: when checks were last resumed after a pause, by the steady clock. What was checked before that may
            have grown long ago.
    """

    def __init__(
        self,
        base: str,
        clock: Callable[[], float],
        projects: Container[str | None] | None,
        steady_clock: Callable[[], float] = time.monotonic,
        mirrored: MirroredBase | None = None,
    ) -> None:
        self.files: dict[str, LogFile] = {}
        self.directories: dict[str, tuple[int, int]] = {}
        self.troubles: dict[str, str] = {}
        self.scan_count = 0
        self.has_scanned = False
        self.resumed_at = -math.inf
        self._base = base
        self._clock = clock
        self._steady_clock = steady_clock
        self._projects = projects
        self._mirrored = mirrored
        self._machine = None if mirrored is None else mirrored.machine
        self._started_scans = 0
        self._full_scan: Iterator[ScanChanges] | None = None  # under way, a directory at a time
        self._full_scan_secs = 0.0  # the time it has taken so far
        self._is_scan_wanted = False  # a full scan is due, whatever its schedule is
        self._is_hinted = False  # a hint without a known file came, so a quick scan is due
        self._full_schedule = ScanSchedule(None if mirrored is None else _MIRRORED_SHARE)
        self._quick_schedule = ScanSchedule()
        self._settled: dict[str, Directory] = {}  # they hold the same logs as long as these entries stay equal
        self._session_directories: set[tuple[int, int] | None] = set()  # device and inode of each
        self._linked: dict[tuple[int, int], str] = {}  # the path that counts, for files with other paths

    @property
    def wait_secs(self) -> float:
        """The seconds until a scan is due, unless hints come."""
        return min(self._scan_secs, self._quick_schedule.interval(0.0)) if self._is_hinted else self._scan_secs

    @property
    def _scan_secs(self) -> float:
        """The seconds between two scans of one kind, if they are quick."""
        if self._mirrored is None:
            return _SCAN_SECS
        return _SCAN_SECS * (_HINTED_INTERVALS if self._mirrored.is_hinted else _MIRRORED_INTERVALS)

    @property
    def is_scanning(self) -> bool:
        """Whether a full scan is under way or due. Each call of `refresh` continues it."""
        return self._full_scan is not None or not self.has_scanned or self._is_scan_wanted

    def include_all_projects(self) -> None:
        """Include the logs of all projects. A full scan is due now. Any thread may call this."""
        self._projects = None
        self._is_scan_wanted = True

    def refresh(self, hints: Iterable[str], live_paths: Collection[str]) -> Iterator[ScanChanges]:
        """Check the hints, and scan for a short while if a scan is due.

        Args:
            hints: paths where something may have changed.
            live_paths: paths of logs that are expected to change.

        Yields:
            The changes found, step by step. Consume the iterator to its end.
        """
        changes = ScanChanges([], [], [])
        for path in hints:
            self._is_hinted |= self._check(path, changes)
        yield changes
        if self._full_scan is None and (self._is_scan_wanted or self._full_schedule.is_due(self._scan_secs)):
            self._is_scan_wanted = False
            self._full_scan = self._scan()
        elif self.has_scanned and self._quick_schedule.is_due(0.0 if self._is_hinted else self._scan_secs):
            self._is_hinted = False
            yield from self._quick_scan(live_paths)
        yield from self._continue_full_scan(_SLICE_SECS)

    def scan(self) -> Iterator[ScanChanges]:
        """Run a full scan from its start to its end."""
        self._full_scan = self._scan()
        yield from self._continue_full_scan(math.inf)

    def _continue_full_scan(self, seconds: float) -> Iterator[ScanChanges]:
        took, started_at = 0.0, time.monotonic()
        while self._full_scan is not None and took <= seconds:
            try:
                changes = next(self._full_scan, None)
            except Exception:
                self._full_scan, self._full_scan_secs = None, 0.0  # the next call starts another one
                raise
            took = time.monotonic() - started_at
            if changes is None:
                self._full_scan = None
                self.has_scanned = True
                self._full_schedule.scan_ended(self._full_scan_secs + took)
                self._quick_schedule.postpone()
                self._full_scan_secs = 0.0
                return
            yield changes
        self._full_scan_secs += took

    def _quick_scan(self, live_paths: Iterable[str]) -> Iterator[ScanChanges]:
        started_at = time.monotonic()
        changes = ScanChanges([], [], [])
        for path in live_paths:
            self._check(path, changes)
        yield changes
        yield from self._scan(known=self.files, settled=self._settled)
        self._quick_schedule.scan_ended(time.monotonic() - started_at)

    def _scan(
        self, known: Container[str] = (), settled: Mapping[str, Directory] = MappingProxyType({})
    ) -> Iterator[ScanChanges]:
        """Scan one directory at a time. Logs that are gone are reported last.

        Args:
            known: paths of logs that are not checked.
            settled: directories that are skipped if they have not changed.
        """
        self._started_scans += 1
        scan, scan_count = self._started_scans, self.scan_count
        directories = directories_of(self._base, self._projects)
        self._session_directories = {directory.identity for directory in directories if directory.holds_logs}
        changed = [directory for directory in directories if directory != settled.get(directory.path)]
        troubles = {}
        for directory in changed:
            listing = list_logs(directory, self._base, known, machine=self._machine)
            self._settled.pop(directory.path, None)
            if listing.trouble is not None:
                troubles[directory.path] = listing.trouble
            elif directory.modified < self._clock() - _SETTLED_SECS:
                self._settled[directory.path] = directory
            yield self._record_listing(listing)
        if self.scan_count == scan_count:  # otherwise a quick scan has ended since, and its results are newer
            self.directories = {entry.path: entry.identity for entry in directories if entry.identity is not None}
            self.troubles = troubles
            paths = {entry.path for entry in directories}
            self._settled = {path: entry for path, entry in self._settled.items() if path in paths}
        if changed:
            scanned = {directory.project for directory in changed if directory.holds_logs}
            skipped = {directory.project for directory in directories if directory.holds_logs} - scanned
            yield self._remove_unseen(scan, skipped, tuple(troubles))
        self.scan_count += 1

    @property
    def _recent_secs(self) -> float:
        """The largest age of a check that counts as recent, in seconds."""
        return _RECENT_INTERVALS * self._quick_schedule.interval(self._scan_secs)

    def _check(self, path: str, changes: ScanChanges) -> bool:
        """Check one file. Return whether something else may have changed, which only a scan can find."""
        file = self.files.get(path)
        location = file.location if file is not None else self._location_of(path)
        if location is None:  # perhaps a directory, but not an index or a log of another project
            return not path.endswith((LOG_SUFFIX, ".json", ".lock", ".spare", ".tmp"))
        facts = facts_of(path)
        if facts is None:
            return file is not None
        self._record(location, facts, self._steady_clock(), changes)
        return False

    def _location_of(self, path: str) -> LogLocation | None:
        return location_of(path, self._base, self._projects, machine=self._machine)

    def _record_listing(self, listing: Listing) -> ScanChanges:
        changes = ScanChanges([], [], [], listing.directory.path)
        for path in listing.skipped:
            self.files[path].last_scan = self._started_scans
        now = self._steady_clock()
        for location, facts in listing.logs.values():
            self._record(location, facts, now, changes)
        if changes.gone:  # of some new files a better path came later in the listing
            changes.new[:] = [file for file in changes.new if file.location.path in self.files]
        changes.new.sort(key=lambda file: -file.facts.modified_ns)
        return changes

    def _record(self, location: LogLocation, facts: FileFacts, now: float, changes: ScanChanges) -> None:
        path = location.path
        file = self.files.get(path)
        has_changed = file is None or facts != file.facts
        if has_changed and facts.has_other_paths and self._keep_better_path(location, facts, changes):
            self._remove(path, changes)
            return
        if file is None:
            file = self.files[path] = LogFile(location, facts, now, now)
            changes.new.append(file)
        elif has_changed:
            changes.changed.append(file)
            if not facts.is_same_file(file.facts):
                file.grown, file.watched = None, now
            elif facts.size > file.facts.size:
                if now - file.checked_at >= self._recent_secs:  # it may have grown long ago
                    file.grown, file.watched = None, now
                elif file.checked_at < self.resumed_at:  # it may have grown before the machine went to sleep
                    file.watched = now
                else:
                    file.grown = now
            file.facts = facts
        file.checked_at = now
        file.last_scan = self._started_scans

    def _keep_better_path(self, location: LogLocation, facts: FileFacts, changes: ScanChanges) -> bool:
        """Keep the better path of a file with several. Return whether that is not this one."""
        path = location.path
        if os.path.islink(path) and self._is_in_session_directory(os.path.realpath(path)):
            return True
        identity = facts.device, facts.inode
        other = self._linked.get(identity, path)
        if other != path and other in self.files:
            other_facts = facts_of(other)
            if other_facts is not None and other_facts.is_same_file(facts):
                if is_better_link(self.files[other].location, location, facts):
                    return True
                self._remove(other, changes)
        self._linked[identity] = path
        return False

    def _is_in_session_directory(self, path: str) -> bool:
        directory, name = os.path.split(path)
        try:
            status = os.stat(directory)
        except OSError:
            return False
        return is_log_name(name) and (status.st_dev, status.st_ino) in self._session_directories

    def _remove(self, path: str, changes: ScanChanges) -> None:
        file = self.files.pop(path, None)
        if file is not None:
            changes.gone.append(file)

    def _remove_unseen(self, scan: int, skipped: Container[str | None], troubles: tuple[str, ...]) -> ScanChanges:
        """Remove logs not found since a scan started, except those of skipped projects and unlisted directories."""
        gone = [
            file
            for path, file in self.files.items()
            if file.last_scan < scan and file.location.project not in skipped and not path.startswith(troubles)
        ]
        for file in gone:
            del self.files[file.location.path]
        if gone:
            self._linked = {identity: path for identity, path in self._linked.items() if path in self.files}
        return ScanChanges([], [], gone)
