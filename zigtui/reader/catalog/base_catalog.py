"""The sessions of one base. The directories are the truth: what lies in them is what is shown."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable

from zigtui.reader.catalog.index_hints import IndexHint, hints_of
from zigtui.reader.catalog.inventory import Inventory, LogFile, ScanChanges
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import Summary, summarise, summarise_hint

__all__ = ["BaseCatalog"]

_WORTH_AN_INDEX = 100  # new logs of a directory; fewer are read as quickly as their index
_LONG_LOST_SECS = 24 * 3600.0  # without an end or a change: it need not be asked each second whether it goes on


class BaseCatalog:
    """The sessions of one base directory.

    `refresh` and `work` are called by one thread; the other methods by any.

    Args:
        base: the base directory; it need not exist yet.
        projects: only the sessions of these projects (None is the base itself); of all if it is None.
        clock: tells the time in seconds since the epoch.
        stall_secs: see `zigtui.reader.session.liveness.session_state`.
    """

    def __init__(
        self,
        base: str,
        clock: Callable[[], float],
        stall_secs: float,
        projects: Container[str | None] | None = None,
    ) -> None:
        self.base = base
        self._clock = clock
        self._stall_secs = stall_secs
        self._inventory = Inventory(base, clock, projects)
        self._lock = threading.Lock()
        self._summaries: dict[str, Summary] = {}
        self._logs: dict[str, SessionLog] = {}  # those that there may be more to read of, or that somebody looks at
        self._opened: dict[str, int] = {}  # by how many
        self._unended: set[str] = set()  # paths of the logs that may go on
        self._urgent: OrderedDict[str, None] = OrderedDict()  # paths with something to read: opened or changed ones
        self._pending: OrderedDict[str, None] = OrderedDict()  # others, in each the next one first
        self._told: OrderedDict[str, None] = OrderedDict()  # and those that an index tells of meanwhile
        self._version = 0
        self._changes: dict[str, int] = {}  # the version of each path; the latest change is the last one
        self._gone: dict[str, LogLocation] = {}
        self.opened_at = -math.inf
        """When a log was last opened, by the monotonic clock."""
        self.woken = threading.Event()
        """Set when there is something to do before the next look; for the thread that does it."""

    def summaries(self) -> list[Summary]:
        """What is known of the sessions now, in no order."""
        with self._lock:
            return list(self._summaries.values())

    def changes_since(self, version: int) -> tuple[int, list[Summary], list[LogLocation]]:
        """The version now, and since another one: the summaries that are new or others, and the logs that are gone."""
        with self._lock:
            changed, gone = [], []
            for path, changed_in in reversed(self._changes.items()):
                if changed_in <= version:
                    break
                if path in self._gone:
                    gone.append(self._gone[path])
                else:
                    changed.append(self._summaries[path])
            return self._version, changed, gone

    def find(self, path: str) -> Summary | None:
        """The summary of the log at ``path``, None if there is none (any more)."""
        with self._lock:
            return self._summaries.get(path)

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read than has been."""
        return bool(self._urgent or self._pending or self._told)

    @property
    def has_scanned(self) -> bool:
        """Whether all directories have been looked at once."""
        return self._inventory.has_scanned

    @property
    def is_scanning(self) -> bool:
        """Whether there are directories left to look at now, some each time that `refresh` is called."""
        return self._inventory.is_scanning

    @property
    def wait_secs(self) -> float:
        """How long nothing need be done, unless hints come or it is woken."""
        return self._inventory.wait_secs

    @property
    def directories(self) -> dict[str, tuple[int, int]]:
        """Where logs may appear, as of the last look, each with what tells it from another directory in its place."""
        return self._inventory.directories

    @property
    def is_opened(self) -> bool:
        """Whether somebody looks at one of the logs."""
        return bool(self._opened)

    @property
    def troubles(self) -> list[str]:
        """Directories that cannot be listed, and why."""
        return [f"{path}: {reason}" for path, reason in sorted(self._inventory.troubles.items())]

    def open(self, path: str) -> SessionLog:
        """The log at ``path``, kept up to date until `close` is called as often."""
        with self._lock:
            log = self._logs.setdefault(path, SessionLog(path))
            log.is_awaited = True
            self._opened[path] = self._opened.get(path, 0) + 1
            self._urgent[path] = None
            self.opened_at = time.monotonic()
        self.woken.set()
        return log

    def close(self, path: str) -> None:
        """Let go of a log that was opened."""
        with self._lock:
            self._opened[path] -= 1
            if not self._opened[path]:
                del self._opened[path]
                self._logs[path].is_awaited = False
                self._let_go(path)

    def refresh(self, hints: Iterable[str] = ()) -> bool:
        """Look for what is new: where ``hints`` point, and for a short while elsewhere if it is time for that.

        Returns:
            Whether there is something else to show already: what is new is told when it has been read.
        """
        version, hinted = self._version, set(hints)
        with self._lock:
            self._urgent |= dict.fromkeys(self._opened_elsewhere() & hinted)
            live_paths = self._unended | self._opened.keys()
        self._take(self._inventory.refresh(hinted, live_paths))
        return self._version != version

    def scan(self) -> None:
        """Look at every directory and file."""
        self._take(self._inventory.scan())

    def work(self, seconds: float) -> bool:
        """Read for about ``seconds``, opened and changed logs first; tells whether anything has been read."""
        has_read = False
        changed: dict[str, tuple[LogFile, SessionLog]] = {}
        give_up = time.monotonic() + seconds
        while self.is_behind:
            with self._lock:
                queue = self._urgent or self._pending or self._told
                path, _ = queue.popitem(last=False)
                file, log = self._inventory.files.get(path), self._logs.get(path)
                if file is not None:
                    log = self._logs[path] = log or SessionLog(path)
                    log.grown = file.grown
            if log is not None:
                has_read = True
                if log.advance():
                    with self._lock:
                        queue[path] = None
                if file is not None:
                    changed[path] = (file, log)
            if time.monotonic() > give_up:
                break
        for file, log in changed.values():
            with log.lock:
                summary = summarise(file.location, log.session, log.vitals, log.trouble)
            with self._lock:
                self._tell(summary)
                self._let_go(file.location.path)
        return has_read

    def _take(self, scanning: Iterable[ScanChanges]) -> None:
        """Take over what is found. At first, what is new is read after what is known."""
        scan_count = self._inventory.scan_count
        for news in scanning:  # the disk may not answer, so not while the lock is held
            indexed = news.directory if len(news.new) >= _WORTH_AN_INDEX else None
            with self._lock:
                queue = self._urgent if self.has_scanned and indexed is None else self._pending
                queue |= dict.fromkeys(file.location.path for file in news.new)
                self._urgent |= dict.fromkeys(file.location.path for file in news.changed)
                for file in news.gone:
                    self._forget(file.location)
            if indexed is not None:
                self._use_index(news.new, hints_of(indexed))
        if self._inventory.scan_count != scan_count:
            self._look_after_logs()

    def _use_index(self, files: list[LogFile], hints: dict[str, IndexHint]) -> None:
        with self._lock:
            for file in files:
                hint = hints.get(file.location.session_id)
                if hint is not None and hint.fits(file.facts.modified):
                    del self._pending[file.location.path]
                    self._told[file.location.path] = None
                    self._tell(summarise_hint(file.location, file.facts.modified, hint))

    def _look_after_logs(self) -> None:
        """Read those again that cannot be read or lie elsewhere, and let go of those that have fallen silent."""
        with self._lock:
            self._urgent |= dict.fromkeys(self._opened_elsewhere())
            for path, log in list(self._logs.items()):
                if log.trouble is not None:
                    self._urgent[path] = None
                elif path not in self._urgent:
                    self._let_go(path)
            long_ago = self._clock() - _LONG_LOST_SECS
            self._unended = {path for path in self._unended if self._summaries[path].vitals.modified > long_ago}

    def _opened_elsewhere(self) -> set[str]:
        """Opened logs that are gone, or lie where no log of a base does."""
        return self._opened.keys() - self._inventory.files.keys()

    def _tell(self, summary: Summary) -> None:
        path = summary.location.path
        self._summaries[path] = summary
        if summary.vitals.status is None:
            self._unended.add(path)
        else:
            self._unended.discard(path)
        self._gone.pop(path, None)
        self._note_change(path)

    def _forget(self, location: LogLocation) -> None:
        self._summaries.pop(location.path, None)
        self._unended.discard(location.path)
        self._let_go(location.path)
        self._gone[location.path] = location
        self._note_change(location.path)

    def _let_go(self, path: str) -> None:
        """Forget the fold of a session that is over, unless somebody looks at it."""
        log, summary = self._logs.get(path), self._summaries.get(path)
        if log is None or path in self._opened:
            return
        if summary is None or (log.is_complete and summary.state(self._clock(), self._stall_secs).is_over):
            del self._logs[path]

    def _note_change(self, path: str) -> None:
        self._version += 1
        self._changes.pop(path, None)
        self._changes[path] = self._version
