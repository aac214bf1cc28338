"""The sessions of one base directory. Every log in it counts, whether or not an index lists it."""

import math
import threading
import time
from collections.abc import Callable, Container, Iterable

from zigtui.reader.catalog.hinted_snapshot import hinted_snapshot
from zigtui.reader.catalog.index_hints import IndexHint, hints_of
from zigtui.reader.catalog.known_sessions import BaseChanges, KnownSessions
from zigtui.reader.catalog.mirrored_base import MirroredBase
from zigtui.reader.catalog.observed_growth import ObservedGrowth
from zigtui.reader.catalog.read_queue import ReadQueue, Urgency
from zigtui.reader.catalog.scan.inventory import Inventory
from zigtui.reader.catalog.scan.log_file import LogFile, ScanChanges
from zigtui.reader.location import LogLocation
from zigtui.reader.session.observations import Observations
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.signs_of_life import SignsOfLife
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals

__all__ = ["BaseCatalog"]

_WORTH_AN_INDEX = 100  # new logs in a directory; fewer are read as quickly as their index


class BaseCatalog:
    """The sessions of one base directory.

    One thread calls `refresh` and `work`; any thread may call the other methods.

    Args:
        base: the base directory; it need not exist yet.
        clock: returns the time in seconds since the epoch.
        stall_secs: see `zigtui.reader.session.states.liveness.session_state`.
        projects: only sessions of these projects (None in it is the base itself); all if it is None.
        steady_clock: returns seconds that pass steadily, to notice jumps of the clock; None if it never jumps.
        observations: what other processes saw of doubtful logs; None if that does not count.
        mirrored: the mirror that the base belongs to; None for a base of this machine.
    """

    def __init__(
        self,
        base: str,
        clock: Callable[[], float],
        stall_secs: float,
        projects: Container[str | None] | None = None,
        steady_clock: Callable[[], float] | None = None,
        observations: Observations | None = None,
        mirrored: MirroredBase | None = None,
    ) -> None:
        self.base = base
        self.mirrored = mirrored
        self._clock = clock
        self._growth = ObservedGrowth(clock, steady_clock, observations, is_mirrored=mirrored is not None)
        self._stall_secs = stall_secs
        self._inventory = Inventory(base, clock, projects, self._growth.steady_clock, mirrored)
        self._lock = threading.Lock()
        self._known = KnownSessions()
        self._logs: dict[str, SessionLog] = {}  # by path: those with more to read, and those that are open
        self._opened: dict[str, int] = {}  # how many times each log is open
        self._undecided: set[str] = set()  # paths of logs whose last line may count in a moment
        self._queue = ReadQueue()
        self._is_reading = False  # logs that have been read are not in `_known` yet
        self.opened_at = -math.inf
        """When a log was last opened, by the monotonic clock."""
        self.on_opened: Callable[[str], object] = lambda path: None
        """Called with the path of each log that is opened."""
        self.woken = threading.Event()
        """Wakes the thread that calls `refresh` and `work` when there is something to do before the next scan."""

    # Sessions and changes

    def now(self) -> float:
        """The current time, in seconds since the epoch. A jump of the clock restarts the watch of live sessions."""
        self._notice_jumps()
        return self._growth.now()

    def sessions(self) -> list[SessionSnapshot]:
        """All sessions known so far, in no order."""
        now = self.now()
        with self._lock:
            return [snapshot.at(now) for snapshot in self._known]

    def find(self, path: str) -> SessionSnapshot | None:
        """The session whose log is at ``path``; None if there is no such log (any more)."""
        now = self.now()
        with self._lock:
            snapshot = self._known.get(path)
        return None if snapshot is None else snapshot.at(now)

    def file_of(self, path: str) -> tuple[int, int] | None:
        """The device and the inode of the log at ``path``, as of the last scan; None if it is not known."""
        file = self._inventory.files.get(path)
        return None if file is None else file.facts[:2]

    def changes(self, since: float | None = None) -> BaseChanges:
        """A record of changes from now on; see `Catalog.changes`."""
        with self._lock:
            return self._known.record_changes(self._take_changes, since)

    def _take_changes(self, changes: BaseChanges) -> tuple[list[SessionSnapshot], list[LogLocation]]:
        now = self.now()
        with self._lock:
            return self._known.take(changes, now)

    @property
    def is_behind(self) -> bool:
        """Whether there are logs that have not been read to their end, or whose changes have not been noted yet."""
        return self._is_reading or bool(self._queue)

    @property
    def has_scanned(self) -> bool:
        """Whether all directories have been scanned once."""
        return self._inventory.has_scanned

    @property
    def is_scanning(self) -> bool:
        """Whether a scan is under way: each call of `refresh` continues it."""
        return self._inventory.is_scanning

    @property
    def wait_secs(self) -> float:
        """How long to wait before the next call of `refresh`, unless hints come or `woken` is set, in seconds."""
        return self._inventory.wait_secs

    @property
    def directories(self) -> dict[str, tuple[int, int]]:
        """The directories in which logs may appear, as of the last scan, each with its device and inode."""
        return self._inventory.directories

    @property
    def opened(self) -> list[str]:
        """The paths of the logs that are open."""
        return list(self._opened)

    @property
    def transitions(self) -> int:
        """How many times a session was found, ended, continued, or was removed."""
        return self._known.transitions

    @property
    def troubles(self) -> list[str]:
        """Directories that cannot be listed, each with the reason."""
        return [f"{path}: {reason}" for path, reason in sorted(self._inventory.troubles.items())]

    # Opened logs

    def open(self, location: LogLocation) -> SessionLog:
        """Open a log. It is kept up to date until `close` has been called once for each `open`."""
        path = location.path
        with self._lock:
            log = self._log_at(location)
            log.is_awaited = True
            self._opened[path] = self._opened.get(path, 0) + 1
            self._queue.add([path])
            self.opened_at = time.monotonic()
        self.on_opened(path)
        self.woken.set()
        return log

    def close(self, path: str) -> None:
        """Close a log that was opened."""
        with self._lock:
            self._opened[path] -= 1
            if not self._opened[path]:
                del self._opened[path]
                self._growth.forget_elsewhere(path)
                self._logs[path].is_awaited = False
                self._discard_log(path)

    # Keeping up to date

    def include_all_projects(self) -> None:
        """Include the sessions of all projects. They come with a scan that begins now."""
        self._inventory.include_all_projects()
        self.woken.set()

    def refresh(self, hints: Iterable[str] = ()) -> bool:
        """Check the paths in ``hints``, and continue a scan for a short while if one is due.

        Args:
            hints: the paths where something may have changed.

        Returns:
            Whether there are changes to report before any log is read: logs that are gone or that an index describes.
        """
        hinted = set(hints)
        self._notice_jumps(observes=True)
        with self._lock:
            self._queue.add(self._opened_elsewhere() & hinted)
            self._queue.add(self._undecided)
            live_paths = self._known.unended | self._opened.keys()
        return self._take(self._inventory.refresh(hinted, live_paths))

    def _notice_jumps(self, *, observes: bool = False) -> None:
        """After a jump of the clock, watch the live sessions anew before one of them counts as lost.

        The same after a pause of this program, or of the disk: growth may have been missed.

        Args:
            observes: whether the logs are checked now.
        """
        with self._lock:
            jump = self._growth.take_jump(observes=observes)
            if jump is None:
                return
            self._inventory.resumed_at = self._growth.steady_clock()
            self._judge_anew(lambda vitals, now: self._growth.after_jump(vitals, now, jump))
            for path in filter(self._growth.is_watched_elsewhere, self._opened):
                self._growth.watch_elsewhere(self._logs[path])

    def notice_silence(self) -> bool:
        """Note whether the machine of a mirrored base is silent, and until when its logs are known.

        Returns:
            Whether that has changed.
        """
        if self.mirrored is None:
            return False
        self._notice_jumps(observes=self.mirrored.is_hinted)  # then what changes in the meantime is passed on
        hearing = self.mirrored.hearing(self.base, self._clock())
        with self._lock:
            if not self._growth.take_hearing(hearing):
                return False
            self._judge_anew(lambda vitals, _: self._growth.heard(vitals))
        return True

    def _judge_anew(self, judged: Callable[[Vitals, float], Vitals]) -> None:
        """Replace the vitals of all sessions that have not ended, as of now. Some of them may be watched anew then."""
        steady_now, now = self._growth.steady_clock(), self._growth.now()
        for snapshot in self._known:
            vitals, path = snapshot.vitals, snapshot.location.path
            if vitals.status is None and (after := judged(vitals, now)) is not vitals:
                self._known.put(snapshot._replace(vitals=after))
                file, log = self._inventory.files.get(path), self._logs.get(path)
                if file is not None and after.watched == now:
                    file.watched, file.skew_secs = steady_now, after.skew_secs
                if log is not None:
                    log.signs = SignsOfLife.of(after)

    def scan(self) -> None:
        """Scan every directory and file."""
        self._notice_jumps()
        self.notice_silence()
        self._take(self._inventory.scan())

    def work(self, seconds: float) -> bool:
        """Read logs for about ``seconds``, opened and changed ones first.

        Returns:
            Whether anything has been read.
        """
        has_read = False
        changed: dict[str, tuple[LogFile, SessionLog]] = {}
        give_up = time.monotonic() + seconds
        while self._queue:
            self._is_reading = True
            with self._lock:
                path, urgency = self._queue.pop()
                file, log = self._inventory.files.get(path), self._logs.get(path)
                if file is not None:
                    log = self._log_at(file.location)
                    log.signs = self._growth.signs(file)
            if log is not None:
                has_read = True
                self._advance(log, urgency, is_listed=file is not None)
                if file is not None:
                    changed[path] = (file, log)
            if time.monotonic() > give_up:
                break
        found = [(file, log.listing(self._clock(), self._stall_secs)) for file, log in changed.values()]
        self._growth.resume(found)
        for file, snapshot in found:
            with self._lock:  # in which the clock does not jump
                self._known.put(self._growth.judged(snapshot, file))
                if (log := self._logs.get(file.location.path)) is not None:
                    log.signs = self._growth.signs(file)  # with what other processes saw
                if file.grown is None or snapshot.vitals.status is not None:  # else it is over only later
                    self._discard_log(file.location.path)
        self._is_reading = False
        return has_read

    def _advance(self, log: SessionLog, urgency: Urgency, *, is_listed: bool) -> None:
        if log.advance():
            with self._lock:
                self._queue.add([log.path], urgency)
        if log.is_end_undecided:
            self._undecided.add(log.path)
        else:
            self._undecided.discard(log.path)
        if not is_listed:
            with self._lock:
                if log.path in self._opened:
                    self._growth.watch_elsewhere(log)

    def _log_at(self, location: LogLocation) -> SessionLog:
        if (log := self._logs.get(location.path)) is None:
            log = self._logs[location.path] = SessionLog(location)
            log.signs = self._growth.signs_of_machine
        return log

    def _take(self, scanned: Iterable[ScanChanges]) -> bool:
        """Apply the results of a scan. During the first one, new logs are read after those that are known."""
        has_changed = False
        scan_count = self._inventory.scan_count
        for changes in scanned:  # the lock is not held here, since the disk may not answer
            indexed = changes.directory if len(changes.new) >= _WORTH_AN_INDEX else None
            with self._lock:
                urgency = Urgency.URGENT if self.has_scanned and indexed is None else Urgency.NORMAL
                self._queue.add((file.location.path for file in changes.new), urgency)
                self._queue.add(file.location.path for file in changes.changed)
                for file in changes.gone:
                    self._forget(file.location)
            if indexed is not None:
                self._use_index(changes.new, hints_of(indexed))
            has_changed = has_changed or bool(changes.gone) or indexed is not None
        if self._inventory.scan_count != scan_count:
            self._review()
        return has_changed

    def _use_index(self, files: list[LogFile], hints: dict[str, IndexHint]) -> None:
        with self._lock:
            for file in files:
                hint = hints.get(file.location.session_id)
                if hint is not None and hint.fits(file.facts.modified):
                    self._queue.postpone(file.location.path)
                    self._known.put(hinted_snapshot(file, hint, self._clock(), self._stall_secs))

    def _review(self) -> None:
        """After a scan, retry logs that cannot be read or are outside the base, and discard those that are silent."""
        with self._lock:
            self._queue.add(self._opened_elsewhere())
            for path, log in list(self._logs.items()):
                if log.trouble is not None:
                    self._queue.add([path])
                elif not self._queue.is_urgent(path):
                    self._discard_log(path)
            self._known.give_up_long_lost(self._clock())
            unended = self._known.unended_sessions()
        self._growth.keep_silences(unended, self._inventory.files)

    def _opened_elsewhere(self) -> set[str]:
        """The opened logs that are gone, or that are outside the directories of the base."""
        return self._opened.keys() - self._inventory.files.keys()

    def _forget(self, location: LogLocation) -> None:
        self._known.forget(location)
        self._undecided.discard(location.path)
        self._discard_log(location.path)

    def _discard_log(self, path: str) -> None:
        """Free the fold of a session that is over, unless its log is open."""
        log, snapshot = self._logs.get(path), self._known.get(path)
        if log is None or path in self._opened:
            return
        if snapshot is None or (log.is_complete and snapshot.at(self._clock()).is_over):
            del self._logs[path]
