"""Keep a catalog up to date while a program runs: change notifications as hints, scans as the safety net.

Notifications are quick but incomplete. They miss what is written right after its directory was created, and forget a
directory that is removed. They end at a file name that is not UTF-8, or when the system is out of watches. So they only
decide what is checked first: the catalog also scans regularly and compares sizes.
"""

import atexit
import math
import threading
from collections.abc import Callable
from time import monotonic, sleep

from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.directory_watch import watch_directories
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.log_exception import log_exception
from zigtui.reader.threads import start_thread

__all__ = ["Watcher"]

_WATCH_TIMEOUT_MS = 1000
"""The time between two checks for other directories to watch, while nothing changes."""

_READ_SECS = 0.05
"""The time spent on reading logs between two reports of changes."""

_FIRST_READ_SECS = 0.02
"""The same during the first scan: the first rows should appear quickly."""

_PAUSE_SECS_PER_HINT = 0.00025
"""The pause after reading, for each changed log: if many are written to at once, each is read less often."""

_LONGEST_PAUSE_SECS = 0.2

_NO_ANSWER_SECS = 5.0
"""How long a disk may take to answer before a notice is given."""

_RETRY_SECS = 1.0
_LONGEST_RETRY_SECS = 30.0

_CALM_AFTER_SECS = 60.0
"""The watch saves processor time if no log has changed and no session was opened for this long."""

_CALM_STEP_SECS = 0.045
"""The additional time between two checks for changes in this case."""

_STOP_SECS = 0.5
"""How long `stop` waits for the watching thread."""


class Watcher:
    """Keeps a catalog up to date in the background.

    Each base has its own threads, so that a disk that does not answer delays no other base.

    Args:
        catalog: the catalog to keep up to date. While the watcher runs, do not call `Catalog.read_all`.
        on_change: called after each change, from one of the watcher's threads.
    """

    def __init__(self, catalog: Catalog, on_change: Callable[[], None]) -> None:
        self._stop = threading.Event()
        self._watches = [_BaseWatch(base, on_change, self._stop) for base in catalog.bases]

    @property
    def notices(self) -> list[str]:
        """The present problems, one sentence each: bases that do not answer, cannot be read or cannot be watched."""
        return [notice for watch in self._watches for notice in watch.notices]

    def notices_of(self, base: str) -> list[str]:
        """The notices about one base directory."""
        return [notice for watch in self._watches if watch.base.base == base for notice in watch.notices]

    def start(self) -> None:
        """Start watching, until `stop` is called or the program ends. A watcher starts only once.

        Raises:
            RuntimeError: if it has been stopped.
        """
        if self._stop.is_set():
            raise RuntimeError("this watcher has been stopped; make another one")
        atexit.register(self.stop)
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        """Stop watching. This does not wait for a thread blocked by a disk; the thread ends once the disk answers."""
        atexit.unregister(self.stop)
        self._stop.set()
        for watch in self._watches:
            watch.stop()


class _BaseWatch:
    """Keeps one base up to date with two threads: one watches and gathers hints, the other scans and reads.

    Args:
        base: the sessions of the base.
        on_change: called after each change, from one of the threads.
        stop: ends both threads when it is set. Call the method `stop` as well.
    """

    def __init__(self, base: BaseCatalog, on_change: Callable[[], None], stop: threading.Event) -> None:
        self.base = base
        self._on_change = on_change
        self._stop = stop
        self._notices: dict[str, str] = {}  # by the name of the thread
        self._waiting_since: float | None = None  # for the disk, by the monotonic clock
        self._hints_lock = threading.Lock()
        self._hints: set[str] = set()
        self._last_hint_at = -math.inf  # by the monotonic clock
        self._has_scanned = threading.Event()
        self._watch_thread: threading.Thread | None = None

    def start(self) -> None:
        """Start both threads."""
        self._watch_thread = self._start_thread("watch", self._keep_watching)
        self._start_thread("read", self._keep_reading)

    def _start_thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        def report(error: BaseException) -> None:
            self._set_notice(name, f"{self.base.base} is not kept up to date any more: {reason_of(error)}")

        return start_thread(target, f"{name} {self.base.base}", report)

    def stop(self) -> None:
        """End both threads, and wait for the one that watches.

        If that thread were still inside watchfiles when the interpreter exits, the program would abort.
        """
        self.base.woken.set()
        self._has_scanned.set()
        if self._watch_thread is not None:
            self._watch_thread.join(_STOP_SECS)

    @property
    def notices(self) -> list[str]:
        """The present problems of the base, one sentence each."""
        waiting_since, notices = self._waiting_since, []
        if waiting_since is not None and monotonic() - waiting_since > _NO_ANSWER_SECS:
            notices.append(f"{self.base.base} does not answer")
        return notices + list(self._notices.copy().values())

    def _report(self, thread: str, what: str, error: BaseException) -> None:
        """Give a notice about an error, and log its traceback unless the same error was reported before."""
        notice = f"{self.base.base} {what}"
        if notice != self._notices.get(thread):
            log_exception(notice, error)
        self._set_notice(thread, notice)

    def _set_notice(self, thread: str, notice: str | None) -> None:
        if notice == self._notices.get(thread):
            return
        if notice is None:
            del self._notices[thread]
        else:
            self._notices[thread] = notice
        self._on_change()

    # The thread that scans and reads

    def _keep_reading(self) -> None:
        while not self._stop.is_set():
            try:
                self._scan_and_read()
                self._set_notice("read", None)
            except Exception as error:  # a failed scan must not stop the display of all sessions
                self._waiting_since = None
                self._report("read", f"cannot be read, trying again: {reason_of(error)}", error)
                self._stop.wait(_RETRY_SECS)

    def _scan_and_read(self) -> None:
        is_first_scan = not self.base.has_scanned
        if not (self.base.is_behind or self.base.is_scanning):
            self.base.woken.wait(self.base.wait_secs)
        self.base.woken.clear()
        with self._hints_lock:
            hints, self._hints = self._hints, set()
        self._waiting_since = monotonic()
        has_changed = self.base.refresh(hints)
        has_read = self.base.work(_FIRST_READ_SECS if is_first_scan else _READ_SECS)
        if has_read or has_changed or is_first_scan:
            self._on_change()
        self._waiting_since = None
        if self.base.has_scanned:
            self._has_scanned.set()
        self._stop.wait(min(_LONGEST_PAUSE_SECS, len(hints) * _PAUSE_SECS_PER_HINT))

    # The thread that watches

    def _keep_watching(self) -> None:
        retry_secs = _RETRY_SECS
        self._has_scanned.wait()
        while not self._stop.is_set():
            directories = self.base.directories
            if directories:
                try:
                    self._watch(directories)
                    retry_secs = _RETRY_SECS
                    continue
                except FileNotFoundError:
                    pass  # a directory was just removed; the next scan yields the new list
                except BaseException as error:  # a panic in Rust is no `Exception`
                    self._report("watch", f"cannot be watched, changes appear late: {_watch_reason(error)}", error)
                    retry_secs = min(retry_secs * 2, _LONGEST_RETRY_SECS)
            self._stop.wait(retry_secs)

    def _watch(self, directories: dict[str, tuple[int, int]]) -> None:
        """Gather hints until the set of directories to watch changes.

        Only directories that the last scan could read are watched, and nothing below them. While watchfiles sets up its
        watches, it follows all links and holds the interpreter's lock: a disk that does not answer would stop every
        thread.
        """
        is_first = True
        for hints in watch_directories(directories, timeout_ms=_WATCH_TIMEOUT_MS, stop=_WatchStop(self)):
            self._set_notice("watch", None)
            if hints:
                self._last_hint_at = monotonic()
            if hints or is_first:
                # An empty path is a hint without a file: something may have changed before the watch began.
                self._add_hints(hints | {""} if is_first else hints)
                is_first = False
            if self.base.directories != directories:
                return

    def _add_hints(self, hints: set[str]) -> None:
        with self._hints_lock:
            self._hints |= hints
        self.base.woken.set()

    @property
    def is_calm(self) -> bool:
        """Whether to save processor time, at the price of reporting a change a little later."""
        last_event_at = max(self._last_hint_at, self.base.opened_at)
        return not self.base.is_opened or monotonic() - last_event_at > _CALM_AFTER_SECS

    @property
    def is_stopped(self) -> bool:
        """Whether both threads should end."""
        return self._stop.is_set()


class _WatchStop:
    """Ends a watch, and slows it down while it is calm: watchfiles asks at each of its steps whether to stop."""

    def __init__(self, watch: _BaseWatch) -> None:
        self._watch = watch

    def is_set(self) -> bool:
        if self._watch.is_calm:
            sleep(_CALM_STEP_SECS)  # waiting for the stop event instead takes twice as much of the processor
        return self._watch.is_stopped


def _watch_reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return reason_of(error).partition(" about [")[0].rstrip(".")  # watchfiles appends the paths
    if "decode" in str(error):
        return "a file name is not UTF-8"
    return reason_of(error)
