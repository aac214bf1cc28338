"""The logs of one base as the file system tells of them: where they lie, how large they are. Nothing is read of them.

Hints tell where to look at once. What they miss is found by looking everywhere: once a second in small homes, but not
in a large one, where that takes seconds. So there is a quick look in between, once a second, at the logs that go on,
and for others that have come or gone in directories whose time tells of a change.
"""

import math
import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from writer import LOG_SUFFIX
from zigtui.reader.catalog.locations import (
    Directory,
    FileFacts,
    Listing,
    directories_of,
    facts_of,
    list_logs,
    location_of,
)
from zigtui.reader.location import LogLocation

__all__ = ["Inventory", "LogFile", "News"]

_LOOK_SECS = 1.0
_LOOK_SHARE = 0.05  # of the time may be spent on each kind of look: large homes are looked at less often
_SLICE_SECS = 0.02  # of looking into directories, in one go
_JUST_BEFORE_LOOKS = 5  # so many intervals between looks may lie between two of them
_TRUSTED_AFTER_SECS = 2.0  # a change may leave the time of a directory as it is if the last one was just before it


@dataclass(slots=True)
class LogFile:
    """What is known of the file of a log.

    Attributes:
        looked_at: when, in seconds since the epoch.
        grown: when it was last seen to be larger than before, in seconds since the epoch; None if it was not, or if
            it grew at some time since the last look, which was long ago.
        seen_in: the number of the last look when it was found to be there.
    """

    location: LogLocation
    facts: FileFacts
    looked_at: float
    grown: float | None = None
    seen_in: int = 0


class News(NamedTuple):
    """What a look has found, as lists that grow; in one directory, or anywhere."""

    new: list[LogFile]
    changed: list[LogFile]
    gone: list[LogFile]
    directory: str | None = None


class Inventory:
    """Knows the logs of one base directory. One thread calls the methods; any may read the attributes.

    Args:
        base: the base directory; it need not exist yet.
        clock: tells the time in seconds since the epoch.
        projects: only the sessions of these projects (None is the base itself); of all if it is None.

    Attributes:
        files: by path.
        directories: where logs may appear, as of the last look, each with what tells it from another in its place.
        troubles: directories that cannot be listed, and why.
        looks: how many looks at all directories, or at those that have changed, have been ended.
    """

    def __init__(self, base: str, clock: Callable[[], float], projects: Container[str | None] | None) -> None:
        self.files: dict[str, LogFile] = {}
        self.directories: dict[str, tuple[int, int]] = {}
        self.troubles: dict[str, str] = {}
        self.looks = 0
        self.has_looked = False
        self._base = base
        self._clock = clock
        self._projects = projects
        self._began = 0  # so many looks
        self._looking: Iterator[News] | None = None  # everywhere, a directory at a time
        self._has_taken = 0.0  # so far, in seconds
        self._is_hinted = False  # that something may have happened which only the directories tell
        self._pace, self._quick_pace = _Pace(), _Pace()
        self._listed: dict[str, Directory] = {}  # the same logs lie in them as long as these are the same

    @property
    def wait_secs(self) -> float:
        """How long it may be until there is something to look at, unless hints come."""
        return min(_LOOK_SECS, self._quick_pace.secs_between(0.0)) if self._is_hinted else _LOOK_SECS

    @property
    def is_looking(self) -> bool:
        """Whether there are directories left to look at now, some each time that `refresh` is called."""
        return self._looking is not None or not self.has_looked

    def refresh(self, hints: Iterable[str], going_on: Collection[str]) -> Iterator[News]:
        """What is new: where hints point, and for a short while elsewhere if it is time for that.

        Args:
            hints: paths where something may have happened.
            going_on: paths of logs that change more probably than others.
        """
        news = News([], [], [])
        for path in hints:
            self._is_hinted |= self._look_at(path, news)
        yield news
        if self._looking is None and self._pace.is_due(_LOOK_SECS):
            self._looking = self._look()
        elif self.has_looked and self._quick_pace.is_due(0.0 if self._is_hinted else _LOOK_SECS):
            self._is_hinted = False
            yield from self._look_quickly(going_on)
        yield from self._look_on(_SLICE_SECS)

    def scan(self) -> Iterator[News]:
        """What is new, wherever it is."""
        self._looking = self._look()
        yield from self._look_on(math.inf)

    def _look_on(self, seconds: float) -> Iterator[News]:
        """Go on looking everywhere for about ``seconds``."""
        taken, began = 0.0, time.monotonic()
        while self._looking is not None and taken <= seconds:
            try:
                news = next(self._looking, None)
            except Exception:
                self._looking, self._has_taken = None, 0.0  # it has not been ended: another one is begun
                raise
            taken = time.monotonic() - began
            if news is None:
                self._looking = None
                self.has_looked = True
                self._pace.has_taken(self._has_taken + taken)
                self._quick_pace.has_ended()
                self._has_taken = 0.0
                return
            yield news
        self._has_taken += taken

    def _look_quickly(self, going_on: Iterable[str]) -> Iterator[News]:
        began = time.monotonic()
        news = News([], [], [])
        for path in going_on:
            self._look_at(path, news)
        yield news
        yield from self._look(known=self.files, listed=self._listed)
        self._quick_pace.has_taken(time.monotonic() - began)

    def _look(
        self, known: Container[str] = (), listed: Mapping[str, Directory] = MappingProxyType({})
    ) -> Iterator[News]:
        """Look at the directories, one at a time; at last tell of the logs that are gone.

        Args:
            known: paths of logs that are not looked at.
            listed: directories that are passed over if they are the same now.
        """
        self._began += 1
        look, looks = self._began, self.looks
        directories = directories_of(self._base, self._projects)
        changed = [directory for directory in directories if directory != listed.get(directory.path)]
        troubles = {}
        for directory in changed:
            listing = list_logs(directory, self._base, known)
            self._listed.pop(directory.path, None)
            if listing.trouble is not None:
                troubles[directory.path] = listing.trouble
            elif directory.modified < self._clock() - _TRUSTED_AFTER_SECS:
                self._listed[directory.path] = directory
            yield self._take(listing)
        if self.looks == looks:  # otherwise a quick look has been made meanwhile, and knows better
            self.directories = {entry.path: entry.identity for entry in directories if entry.identity is not None}
            self.troubles = troubles
            paths = {entry.path for entry in directories}
            self._listed = {path: entry for path, entry in self._listed.items() if path in paths}
        if changed:
            looked_into = {directory.project for directory in changed if directory.holds_logs}
            passed_over = {directory.project for directory in directories if directory.holds_logs} - looked_into
            yield self._sweep(look, passed_over, tuple(troubles))
        self.looks += 1

    @property
    def _just_before_secs(self) -> float:
        """How long ago a look may be that was the one just before."""
        return _JUST_BEFORE_LOOKS * self._quick_pace.secs_between(_LOOK_SECS)

    def _look_at(self, path: str, news: News) -> bool:
        """Look at one file; tells whether something else may have happened, which only the directories tell."""
        file = self.files.get(path)
        location = file.location if file is not None else location_of(path, self._base, self._projects)
        if location is None:  # perhaps a directory, but not an index or a log of another project
            return not path.endswith((LOG_SUFFIX, ".json", ".lock", ".tmp"))
        facts = facts_of(path)
        if facts is None:
            return file is not None
        self._note(location, facts, self._clock(), news)
        return False

    def _take(self, listing: Listing) -> News:
        news = News([], [], [], listing.directory.path)
        for path in listing.passed_over:
            self.files[path].seen_in = self._began
        now = self._clock()
        for location, facts in listing.logs.values():
            self._note(location, facts, now, news)
        news.new.sort(key=lambda file: -file.facts.modified_ns)
        return news

    def _note(self, location: LogLocation, facts: FileFacts, now: float, news: News) -> None:
        file = self.files.get(location.path)
        if file is None:
            file = self.files[location.path] = LogFile(location, facts, now)
            news.new.append(file)
        elif facts != file.facts:
            news.changed.append(file)
            if not facts.is_same_file(file.facts):
                file.grown = None
            elif facts.size > file.facts.size:  # nobody knows when, if nobody has looked for long
                file.grown = now if now - file.looked_at < self._just_before_secs else None
            file.facts = facts
        file.looked_at = now
        file.seen_in = self._began

    def _sweep(self, look: int, passed_over: Container[str | None], closed: tuple[str, ...]) -> News:
        """Forget the logs not seen since a look began, but for those of projects and directories not looked into."""
        gone = [
            file
            for path, file in self.files.items()
            if file.seen_in < look and file.location.project not in passed_over and not path.startswith(closed)
        ]
        for file in gone:
            del self.files[file.location.path]
        return News([], [], gone)


class _Pace:
    """When a look is due: after some time, or later if it takes too much of the time."""

    def __init__(self) -> None:
        self._ended: float | None = None
        self._taken = 0.0

    def is_due(self, after_secs: float) -> bool:
        return self._ended is None or time.monotonic() >= self._ended + self.secs_between(after_secs)

    def secs_between(self, least: float) -> float:
        return max(least, self._taken / _LOOK_SHARE)

    def has_taken(self, seconds: float) -> None:
        self._taken = seconds
        self.has_ended()

    def has_ended(self) -> None:
        self._ended = time.monotonic()
