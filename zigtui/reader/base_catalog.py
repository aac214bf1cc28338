"""The sessions of one base. The directories are the truth: what lies in them is what is shown."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

from writer.paths import LOG_SUFFIX
from zigtui.reader.directory import FileFacts, Listing, LogPlace, facts_of, list_logs, place_of
from zigtui.reader.index_hints import IndexHint, hints_of
from zigtui.reader.log import SessionLog
from zigtui.reader.summary import Summary, summarise, summarise_hint

__all__ = ["BaseCatalog"]

_RESCAN_SECS = 1.0
_RESCAN_SHARE = 0.05  # of the time may be spent on looking at directories: large homes are looked at less often
_WORTH_AN_INDEX = 100  # new logs of a directory; fewer are read as quickly as their index


@dataclass(slots=True)
class _Entry:
    place: LogPlace
    facts: FileFacts
    log: SessionLog | None = None  # kept while there may be more to read, or somebody looks at it
    summary: Summary | None = None
    grown: float | None = None


class BaseCatalog:
    """The sessions of one base directory.

    `refresh` and `work` are called by one thread; the other methods by any.

    Args:
        base: the base directory; it need not exist yet.
        projects: only the sessions of these projects (None is the base itself); of all if it is None.
        clock: tells the time in seconds since the epoch.
        stall_secs: see `zigtui.reader.liveness.session_state`.
    """

    def __init__(
        self,
        base: str,
        clock: Callable[[], float],
        stall_secs: float,
        projects: Container[str | None] | None = None,
    ) -> None:
        self.base = base
        self._projects = projects
        self._clock = clock
        self._stall_secs = stall_secs
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._urgent: OrderedDict[str, None] = OrderedDict()  # paths with something to read: opened or changed ones
        self._pending: OrderedDict[str, None] = OrderedDict()  # and the others; in each the next one first
        self.woken = threading.Event()
        """Set when there is something to do before the next look; for the thread that does it."""
        self.directories: dict[str, tuple[int, int]] = {}
        """Where logs may appear, as of the last look, each with what tells it from another directory in its place."""
        self._has_looked = False
        self._opened: dict[str, tuple[SessionLog, int]] = {}
        self._troubles: dict[str, str] = {}
        self._version = 0
        self._changes: OrderedDict[str, tuple[int, LogPlace]] = OrderedDict()  # by path, the latest change last
        self._next_scan = 0.0

    def summaries(self) -> list[Summary]:
        """What is known of the sessions now, in no order."""
        with self._lock:
            return [entry.summary for entry in self._entries.values() if entry.summary is not None]

    def changes_since(self, version: int) -> tuple[int, list[Summary], list[LogPlace]]:
        """The version now, and since another one: the summaries that are new or others, and the logs that are gone."""
        with self._lock:
            changed, gone = [], []
            for path, (changed_in, place) in reversed(self._changes.items()):
                if changed_in <= version:
                    break
                entry = self._entries.get(path)
                if entry is None:
                    gone.append(place)
                elif entry.summary is not None:
                    changed.append(entry.summary)
            return self._version, changed, gone

    def find(self, path: str) -> Summary | None:
        """The summary of the log at ``path``, None if there is none (any more)."""
        with self._lock:
            entry = self._entries.get(path)
            return None if entry is None else entry.summary

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read than has been."""
        return bool(self._urgent or self._pending)

    @property
    def has_looked(self) -> bool:
        """Whether all directories have been looked at once."""
        return self._has_looked

    @property
    def is_opened(self) -> bool:
        """Whether somebody looks at one of the logs."""
        return bool(self._opened)

    @property
    def troubles(self) -> list[str]:
        """Directories that cannot be listed, and why."""
        with self._lock:
            return [f"{path}: {reason}" for path, reason in sorted(self._troubles.items())]

    def open(self, path: str) -> SessionLog:
        """The log at ``path``, kept up to date until `close` is called as often."""
        with self._lock:
            log, users = self._opened.get(path, (None, 0))
            entry = self._entries.get(path)
            log = log or (entry.log if entry is not None else None) or SessionLog(path)
            self._opened[path] = (log, users + 1)
            if entry is not None:
                entry.log = log
            self._urgent[path] = None
        self.woken.set()
        return log

    def close(self, path: str) -> None:
        """Let go of a log that was opened."""
        with self._lock:
            log, users = self._opened[path]
            if users > 1:
                self._opened[path] = (log, users - 1)
                return
            del self._opened[path]
            entry = self._entries.get(path)
            if entry is not None:
                self._let_go(entry)

    def refresh(self, hints: Iterable[str] = ()) -> bool:
        """Look for what is new: at the files named by ``hints``, and everywhere if it is time for that.

        Returns:
            Whether logs have come or gone.
        """
        version = self._version
        is_due = time.monotonic() >= self._next_scan
        for path in hints:
            is_due = self._look_at(path) or is_due
        if is_due:
            self.scan()
        return self._version != version

    def scan(self) -> None:
        """Look at every directory and file."""
        for _ in self.scan_directories():
            pass

    def scan_directories(self) -> Iterator[None]:
        """Look at every directory and file, a directory at a time; then let go of the logs that are gone."""
        taken = 0.0
        gone = set(self._entries)
        troubles: dict[str, str] = {}
        directories = {}
        began = time.monotonic()
        for listing in list_logs(self.base, self._projects):
            if listing.trouble is not None:
                troubles[listing.directory] = listing.trouble
                gone = {path for path in gone if not path.startswith(listing.directory)}  # they may still be there
            if listing.identity is not None:
                directories[listing.directory] = listing.identity
            gone -= listing.logs.keys()
            self._take(listing)
            taken += time.monotonic() - began
            yield
            began = time.monotonic()
        with self._lock:
            self._troubles = troubles
            for path in gone:
                self._note_change(self._entries.pop(path).place)
            opened = [self._opened[path][0] for path in gone & self._opened.keys()]
            self._urgent |= dict.fromkeys(self._opened.keys() - self._entries.keys() - gone)  # which lie elsewhere
            for path, entry in self._entries.items():
                if entry.log is not None and path not in self._urgent:
                    self._let_go(entry)  # a session that fell silent meanwhile is over
        for log in opened:
            log.advance()  # so that the log itself knows that its file is gone
        self.directories = directories
        self._has_looked = True
        self._next_scan = time.monotonic() + max(_RESCAN_SECS, taken / _RESCAN_SHARE)

    def work(self, seconds: float) -> bool:
        """Read for about ``seconds``, opened and changed logs first; tells whether anything has been read."""
        has_read = False
        changed: dict[str, tuple[_Entry, SessionLog]] = {}
        give_up = time.monotonic() + seconds
        while self.is_behind:
            with self._lock:
                queue = self._urgent or self._pending
                path, _ = queue.popitem(last=False)
                entry = self._entries.get(path)
                opened, _ = self._opened.get(path, (None, 0))
                log = entry.log if entry is not None else opened
                if entry is not None:
                    log = entry.log = log or SessionLog(path)
                    log.grown = entry.grown
            if log is not None:
                has_read = True
                if log.advance():
                    with self._lock:
                        queue[path] = None
                if entry is not None:
                    changed[path] = (entry, log)
            if time.monotonic() > give_up:
                break
        for entry, log in changed.values():
            self._summarise(entry, log)
        return has_read

    def _look_at(self, path: str) -> bool:
        """Look at a file that a hint names; tells whether everything has to be looked at because of it."""
        entry = self._entries.get(path)
        place = entry.place if entry is not None else place_of(path, self.base, self._projects)
        if entry is None and path in self._opened:  # it lies elsewhere than logs do
            self._urgent[path] = None
            return False
        if place is None:  # perhaps a directory, but not an index or a log of another project
            return not path.endswith((LOG_SUFFIX, ".json", ".lock", ".tmp"))
        facts = facts_of(path)  # not while the lock is held: the disk may not answer
        if facts is None:
            return entry is not None
        with self._lock:
            if entry is None:
                opened, _ = self._opened.get(path, (None, 0))
                self._entries[path] = _Entry(place, facts, opened)
            elif facts != entry.facts:
                self._note_facts(entry, facts)
            else:
                return False
            self._urgent[path] = None
            return False

    def _note_facts(self, entry: _Entry, facts: FileFacts) -> None:
        if facts.size > entry.facts.size:
            entry.grown = self._clock()
        entry.facts = facts

    def _take(self, listing: Listing) -> None:
        """Take over what is listed; what is new is read after what is known, the newest first."""
        new = []
        with self._lock:
            for path, (place, facts) in listing.logs.items():
                entry = self._entries.get(path)
                if entry is None:
                    log, _ = self._opened.get(path, (None, 0))
                    self._entries[path] = _Entry(place, facts, log)
                    new.append(path)
                elif facts != entry.facts or (entry.log is not None and entry.log.trouble is not None):
                    self._note_facts(entry, facts)
                    self._urgent[path] = None
            new.sort(key=lambda path: -listing.logs[path][1].modified_ns)
            self._pending |= dict.fromkeys(new)
        if len(new) >= _WORTH_AN_INDEX:
            self._use_hints(new, hints_of(listing.directory))

    def _use_hints(self, paths: list[str], hints: dict[str, IndexHint]) -> None:
        with self._lock:
            for path in paths:
                entry = self._entries[path]
                hint = hints.get(entry.place.session_id)
                if hint is not None and hint.fits(entry.facts.modified):
                    entry.summary = summarise_hint(entry.place, entry.facts.modified, hint)
                    self._note_change(entry.place)

    def _summarise(self, entry: _Entry, log: SessionLog) -> None:
        with log.lock:
            summary = summarise(entry.place, log.session, log.vitals, log.trouble)
        with self._lock:
            entry.summary = summary
            self._note_change(entry.place)
            self._let_go(entry)

    def _let_go(self, entry: _Entry) -> None:
        """Forget the fold of a session that is over, unless somebody looks at it."""
        if entry.log is None or entry.summary is None or entry.place.path in self._opened:
            return
        if entry.log.is_complete and entry.summary.state(self._clock(), self._stall_secs).is_over:
            entry.log = None

    def _note_change(self, place: LogPlace) -> None:
        self._version += 1
        self._changes[place.path] = (self._version, place)
        self._changes.move_to_end(place.path)
