"""All sessions of all bases. The directories are the truth: what lies in them is what is shown."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass

from writer.paths import LOG_SUFFIX
from zigtui.reader.directory import FileFacts, LogPlace, facts_of, list_logs
from zigtui.reader.liveness import DEFAULT_STALL_SECS, vitals_of
from zigtui.reader.log import SessionLog
from zigtui.reader.summary import Summary, summarise

__all__ = ["BaseCatalog", "Catalog"]

_RESCAN_SECS = 1.0
_RESCAN_SHARE = 0.05  # of the time may be spent on looking at directories: large homes are looked at less often
_PIECE_BYTES = 1024 * 1024


@dataclass(slots=True)
class _Entry:
    place: LogPlace
    facts: FileFacts
    log: SessionLog | None = None  # kept while there may be more to read, or somebody looks at it
    summary: Summary | None = None
    has_caught_up: bool = False
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
        self._pending: OrderedDict[str, None] = OrderedDict()  # paths with something to read, the next one first
        self._opened: dict[str, tuple[SessionLog, int]] = {}
        self._troubles: dict[str, str] = {}
        self._next_scan = 0.0

    def summaries(self) -> list[Summary]:
        """What is known of the sessions now, in no order."""
        with self._lock:
            return [entry.summary for entry in self._entries.values() if entry.summary is not None]

    def find(self, path: str) -> Summary | None:
        """The summary of the log at ``path``, None if there is none (any more)."""
        with self._lock:
            entry = self._entries.get(path)
            return None if entry is None else entry.summary

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read than has been."""
        return bool(self._pending)

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
            if entry is not None and self._is_over(entry):
                entry.log = None

    def refresh(self, hints: Iterable[str] = ()) -> set[str]:
        """Look for what is new: at the files named by ``hints``, and everywhere if one is unknown or it is time.

        Returns:
            The paths of logs that are gone.
        """
        is_due = time.monotonic() >= self._next_scan
        for path in hints:
            entry = self._entries.get(path)
            facts = facts_of(path) if entry is not None else None
            if entry is not None and facts is not None:
                if facts != entry.facts:
                    entry.facts = facts
                    self._read_soon(path)
            elif os.path.splitext(path)[1] in ("", LOG_SUFFIX):  # a directory or a log, not an index
                is_due = True
        return self.scan() if is_due else set()

    def scan(self) -> set[str]:
        """Look at every directory and file.

        Returns:
            The paths of logs that are gone.
        """
        began = time.monotonic()
        listing = list_logs(self.base, self._projects)
        with self._lock:
            self._troubles = listing.troubles
            gone = self._entries.keys() - listing.logs.keys()
            for path in gone:
                del self._entries[path]
            new = self._take(listing.logs)
        new.sort(key=lambda path: -self._entries[path].facts.modified_ns)
        self._pending |= dict.fromkeys(new)
        for path in gone & self._opened.keys():
            self._opened[path][0].advance()  # so that the log itself knows that its file is gone
        ended = time.monotonic()
        self._next_scan = ended + max(_RESCAN_SECS, (ended - began) / _RESCAN_SHARE)
        return gone

    def work(self, seconds: float) -> set[str]:
        """Read pending logs for about ``seconds``, a piece of each in turn.

        Returns:
            The paths whose summaries have changed.
        """
        changed: dict[str, _Entry] = {}
        give_up = time.monotonic() + seconds
        while self._pending:
            path, _ = self._pending.popitem(last=False)
            entry = self._entries.get(path)
            if entry is not None:
                changed[path] = entry
                if self._advance(entry):
                    self._pending[path] = None
            if time.monotonic() > give_up:
                break
        for entry in changed.values():
            self._summarise(entry)
        return set(changed)

    def _read_soon(self, path: str) -> None:
        self._pending[path] = None
        self._pending.move_to_end(path, last=False)

    def _take(self, logs: dict[str, tuple[LogPlace, FileFacts]]) -> list[str]:
        """Take over what is listed, and tell which paths are new."""
        new = []
        for path, (place, facts) in logs.items():
            entry = self._entries.get(path)
            if entry is None:
                log, _ = self._opened.get(path, (None, 0))
                self._entries[path] = _Entry(place, facts, log)
                new.append(path)
            elif facts != entry.facts:
                entry.facts = facts
                self._read_soon(path)
        return new

    def _advance(self, entry: _Entry) -> bool:
        log = entry.log
        if log is None:
            entry.has_caught_up = False
            log = entry.log = SessionLog(entry.place.path)
        before = log.bytes_read
        more = log.advance(_PIECE_BYTES)
        if entry.has_caught_up and log.bytes_read > before:
            entry.grown = self._clock()
        if not more:
            entry.has_caught_up = True
        return more

    def _summarise(self, entry: _Entry) -> None:
        log = entry.log
        if log is None:
            return
        with log.lock:
            vitals = vitals_of(log.session, entry.facts.modified, entry.grown)
            summary = summarise(entry.place, log.session, vitals, log.trouble)
        with self._lock:
            entry.summary = summary
            if entry.has_caught_up and entry.place.path not in self._opened and self._is_over(entry):
                entry.log = None

    def _is_over(self, entry: _Entry) -> bool:
        return entry.summary is not None and entry.summary.state(self._clock(), self._stall_secs).is_over


class Catalog:
    """The sessions of several bases, as one.

    Args:
        bases: the base directories.
        projects: see `BaseCatalog`.
        clock: tells the time in seconds since the epoch.
        stall_secs: see `zigtui.reader.liveness.session_state`.
    """

    def __init__(
        self,
        bases: Sequence[str],
        *,
        projects: Container[str | None] | None = None,
        clock: Callable[[], float] = time.time,
        stall_secs: float = DEFAULT_STALL_SECS,
    ) -> None:
        self.clock = clock
        self.stall_secs = stall_secs
        self.bases = [BaseCatalog(base, clock, stall_secs, projects) for base in dict.fromkeys(bases)]

    def summaries(self) -> list[Summary]:
        """What is known of all sessions now, in no order."""
        return [summary for base in self.bases for summary in base.summaries()]

    def find(self, place: LogPlace) -> Summary | None:
        """The summary of a session, None if its log is gone."""
        return self._base_of(place).find(place.path)

    def open(self, place: LogPlace) -> SessionLog:
        """The log of a session, kept up to date until it is closed."""
        return self._base_of(place).open(place.path)

    def close(self, place: LogPlace) -> None:
        """Let go of a log that was opened."""
        self._base_of(place).close(place.path)

    @property
    def troubles(self) -> list[str]:
        """Directories that cannot be listed, and why."""
        return [trouble for base in self.bases for trouble in base.troubles]

    def read_all(self) -> None:
        """Read everything that is there now; for commands and tests, where no watcher runs."""
        for base in self.bases:
            base.scan()
            while base.is_behind:
                base.work(1.0)

    def _base_of(self, place: LogPlace) -> BaseCatalog:
        return next(base for base in self.bases if base.base == place.base)
