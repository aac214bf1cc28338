"""Keep some bases up to date with two threads: one watches and gathers hints, the other scans and reads."""

import math
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from time import monotonic, sleep

from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.hints import Hints
from zigtui.reader.catalog.watch_notices import WatchNotices
from zigtui.reader.directory_watch import watch_directories
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.threads import start_thread

__all__ = ["BasesWatch"]

_WATCH_TIMEOUT_MS = 1000
"""The time between two checks for other directories to watch, while nothing changes."""

_READ_SECS = 0.05
"""The time spent on reading logs between two reports of changes."""

_FIRST_READ_SECS = 0.02
"""The same during the first scan: the first rows should appear quickly."""

_PAUSE_SECS_PER_HINT = 0.0005
"""The pause after reading, for each changed log: if many are written to at once, each is read less often."""

_LONGEST_PAUSE_SECS = 0.2

_SAME_TURN_SECS = 0.1
"""Bases whose scans are due within this time are scanned together, so that the thread wakes up less often."""

_CHECK_MACHINES_SECS = 1.0
"""The time between two checks which machines have joined a mirror, and which are silent."""

_RETRY_SECS = 1.0
_LONGEST_RETRY_SECS = 30.0

_CALM_AFTER_SECS = 60.0
"""The watch saves processor time if no log has changed and no session was opened for this long."""

_CALM_STEP_SECS = 0.045
"""The additional time between two checks for changes in this case."""

_STOP_SECS = 0.5
"""How long `stop` waits for the watching thread."""


class BasesWatch:
    """Keeps some bases up to date with two threads. The bases are on one disk: if it hangs, all of them wait.

    Args:
        path: the base directory, or the one that all of them are in.
        on_change: called after each change, from one of the threads.
        stop: ends both threads when it is set. Call the method `stop` as well.
        bases: the sessions of the bases; `add` adds more.
        is_mirror: whether ``path`` is the root of a mirror, which the bases are in.
        find_more: called about once a second, to add bases that have appeared in ``path``; None if none can appear.
    """

    def __init__(
        self,
        path: str,
        on_change: Callable[[], None],
        stop: threading.Event,
        bases: Iterable[BaseCatalog] = (),
        *,
        is_mirror: bool = False,
        find_more: Callable[[], None] | None = None,
    ) -> None:
        self.bases: tuple[BaseCatalog, ...] = ()
        self._path = path
        self._real_path: str | None = None
        self._is_mirror = is_mirror
        self._on_change = on_change
        self._stop = stop
        self._find_more = find_more
        self._check_machines_at = -math.inf  # by the monotonic clock, as are the other times
        self._notices = WatchNotices(on_change)
        self._woken = threading.Event()
        self._hints = Hints(self._woken)
        self._last_hint_at = -math.inf
        self._due: dict[BaseCatalog, float] = {}  # when a base is scanned
        self._failed: dict[BaseCatalog, float] = {}  # when a base that could not be read is tried again
        self._has_scanned = threading.Event()
        self._watch_thread: threading.Thread | None = None
        for base in bases:
            self.add(base)

    def add(self, base: BaseCatalog) -> None:
        """Keep another base up to date as well."""
        if base not in self.bases:
            base.woken = self._woken
            self.bases = (*self.bases, base)
            self._woken.set()

    def hint(self, path: str, *, is_fresh: bool) -> None:
        """See `Watcher.hint`."""
        self._hints.add((path,), heard_at=monotonic() if is_fresh else None)

    def start(self) -> None:
        """Start both threads."""
        self._watch_thread = self._start_thread("watch", self._keep_watching)
        self._start_thread("read", self._keep_reading)

    def _start_thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        def report(error: BaseException) -> None:
            self._notices.put(name, self._path, f"{self._path} is not kept up to date any more: {reason_of(error)}")

        return start_thread(target, f"{name} {self._path}", report)

    def stop(self) -> None:
        """End both threads, and wait for the one that watches.

        If that thread were still inside watchfiles when the interpreter exits, the program would abort.
        """
        self._woken.set()
        self._has_scanned.set()
        if self._watch_thread is not None:
            self._watch_thread.join(_STOP_SECS)

    def notices(self, of_base: str | None = None) -> list[str]:
        """The present problems, one sentence each.

        Args:
            of_base: only those that concern this base; None for all.
        """
        if of_base is None:
            return self._notices.sentences()
        is_known = any(base.base == of_base for base in self.bases)
        return self._notices.sentences((of_base, self._path)) if is_known else []

    # The thread that scans and reads

    def _keep_reading(self) -> None:
        while not self._stop.is_set():
            if not any(self._has_work(base) for base in self.bases):
                self._woken.wait(self._wait_secs())
            self._woken.clear()
            hints = self._hints.take()
            by_base = self._by_base(hints)
            if self._is_mirror and (monotonic() >= self._check_machines_at or None in by_base):
                self._check_machines_at = monotonic() + _CHECK_MACHINES_SECS
                self._check_machines()
                by_base = self._by_base(hints)
            self._read(by_base)
            if self.bases and all(base.has_scanned for base in self.bases):
                self._has_scanned.set()
            self._stop.wait(min(_LONGEST_PAUSE_SECS, len(hints) * _PAUSE_SECS_PER_HINT))

    def _check_machines(self) -> None:
        """Find the machines that have joined the mirror, and those that have fallen silent or are back."""
        self._notices.wait_for(self._path)
        if self._find_more is not None:
            self._find_more()
        self._notices.wait_for(None)
        changed = [base for base in self.bases if base.notice_silence()]
        if changed:
            self._on_change()

    def _has_work(self, base: BaseCatalog) -> bool:
        return (base.is_behind or base.is_scanning) and self._failed.get(base, -math.inf) <= monotonic()

    def _wait_secs(self) -> float:
        """The time until a scan is due."""
        due = [max(self._due.get(base, -math.inf), self._failed.get(base, -math.inf)) for base in self.bases]
        if self._is_mirror:
            due.append(self._check_machines_at)
        return max(0.0, min(due) - monotonic())

    def _by_base(self, hints: dict[str, float | None]) -> dict[BaseCatalog | None, dict[str, float | None]]:
        """Group hints by the base that they concern; None for one that is not known."""
        found: dict[BaseCatalog | None, dict[str, float | None]] = {}
        if not hints:
            return found
        if not self._is_mirror:
            return {self.bases[0]: hints}
        if self._real_path is None:
            self._real_path = os.path.realpath(self._path)  # as the scans have it
        by_name = {os.path.basename(base.base): base for base in self.bases}
        for path, heard_at in hints.items():
            below = path.removeprefix(self._path) if path.startswith(f"{self._path}{os.sep}") else None
            below = path.removeprefix(self._real_path) if below is None else below
            name = below.lstrip(os.sep).partition(os.sep)[0]
            found.setdefault(by_name.get(name), {})[f"{self._real_path}{below}"] = heard_at
        return found

    def _read(self, hints: Mapping[BaseCatalog | None, dict[str, float | None]]) -> None:
        """Refresh the bases with hints, and those that are due, one after the other."""
        has_news, began_at = False, monotonic()
        report_at = began_at + _READ_SECS
        for base in self.bases:
            now = monotonic()
            is_due = self._due.get(base, -math.inf) <= began_at + _SAME_TURN_SECS
            if self._failed.get(base, -math.inf) > now or not (is_due or base in hints or self._has_work(base)):
                continue
            try:
                has_news |= self._scan_and_read(base, hints.get(base, {}))
                self._failed.pop(base, None)
                self._notices.put("read", base.base, None)
            except Exception as error:  # a failed scan must not stop the display of all sessions
                self._failed[base] = monotonic() + _RETRY_SECS
                self._notices.report("read", base.base, f"cannot be read, trying again: {reason_of(error)}", error)
            self._notices.wait_for(None)
            if has_news and monotonic() >= report_at:
                self._on_change()
                has_news, report_at = False, monotonic() + _READ_SECS
        if has_news:
            self._on_change()

    def _scan_and_read(self, base: BaseCatalog, hints: dict[str, float | None]) -> bool:
        """Refresh one base, and read its logs for a short while. Return whether there is something to report."""
        is_first_scan = not base.has_scanned
        self._notices.wait_for(base.base)
        has_changed = base.refresh(hints, {path: at for path, at in hints.items() if at is not None})
        has_read = base.work(_FIRST_READ_SECS if is_first_scan else _READ_SECS)
        self._due[base] = monotonic() + base.wait_secs
        return has_read or has_changed or is_first_scan

    # The thread that watches

    def _keep_watching(self) -> None:
        retry_secs = _RETRY_SECS
        self._has_scanned.wait()
        while not self._stop.is_set():
            directories = self._directories()
            if directories:
                try:
                    self._watch(directories)
                    retry_secs = _RETRY_SECS
                    continue
                except FileNotFoundError:
                    pass  # a directory was just removed; the next scan yields the new list
                except BaseException as error:  # a panic in Rust is no `Exception`
                    reason = _watch_reason(error)
                    self._notices.report(
                        "watch", self._path, f"cannot be watched, changes appear late: {reason}", error
                    )
                    retry_secs = min(retry_secs * 2, _LONGEST_RETRY_SECS)
            self._stop.wait(retry_secs)

    def _directories(self) -> dict[str, tuple[int, int]]:
        """The directories to watch; none if the mirror itself passes on what it writes."""
        bases = self.bases
        if any(base.mirrored is not None and base.mirrored.is_hinted for base in bases):
            return {}
        if not self._is_mirror:
            return bases[0].directories
        directories = {} if self._find_more is None else {self._path: (0, 0)}
        for base in bases:
            directories.update(base.directories)
        return directories

    def _watch(self, directories: dict[str, tuple[int, int]]) -> None:
        """Gather hints until the set of directories to watch changes.

        Only directories that the last scan could read are watched, and nothing below them. While watchfiles sets up its
        watches, it follows all links and holds the interpreter's lock: a disk that does not answer would stop every
        thread.
        """
        is_first = True
        for hints in watch_directories(directories, timeout_ms=_WATCH_TIMEOUT_MS, stop=_WatchStop(self)):
            self._notices.put("watch", self._path, None)
            if hints:
                self._last_hint_at = monotonic()
            if hints or is_first:
                # An empty path is a hint without a file: something may have changed before the watch began.
                self._hints.add(hints | {""} if is_first else hints)
                is_first = False
            if self._directories() != directories:
                return

    @property
    def is_calm(self) -> bool:
        """Whether to save processor time, at the price of reporting a change a little later."""
        last_event_at = max(self._last_hint_at, max((base.opened_at for base in self.bases), default=-math.inf))
        return not any(base.is_opened for base in self.bases) or monotonic() - last_event_at > _CALM_AFTER_SECS

    @property
    def is_stopped(self) -> bool:
        """Whether both threads should end."""
        return self._stop.is_set()


class _WatchStop:
    """Ends a watch, and slows it down while it is calm: watchfiles asks at each of its steps whether to stop."""

    def __init__(self, watch: BasesWatch) -> None:
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
