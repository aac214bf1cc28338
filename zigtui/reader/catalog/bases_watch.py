"""Keep some bases up to date with two threads: one watches and gathers hints, the other scans and reads."""

import math
import threading
from collections.abc import Callable, Collection, Iterable
from time import monotonic

from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.bases_by_path import BasesByPath, HintsOfBases
from zigtui.reader.catalog.directories_watch import DirectoriesWatch
from zigtui.reader.catalog.hints import Hints
from zigtui.reader.catalog.watch_notices import WatchNotices
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.threads import start_thread

__all__ = ["BasesWatch"]

_READ_SECS = 0.05
"""The time spent on reading logs between two reports of changes."""

_FIRST_READ_SECS = 0.02
"""The same during the first scan: the first rows should appear quickly."""

_PAUSE_SECS_PER_HINT = 0.0005
"""The pause after reading, for each changed log: if many are written to at once, each is read less often."""

_LEAST_PAUSE_SECS, _LONGEST_PAUSE_SECS = 0.01, 0.2

_REPORT_SECS = 1.0
"""The time between two reports of changes that are not displayed."""

_SAME_TURN_SECS = 0.1
"""Bases whose scans are due within this time are scanned together, so that the thread wakes up less often."""

_CHECK_MACHINES_SECS = 1.0
"""The time between two checks which machines have joined a mirror, and which are silent."""

_RETRY_SECS = 1.0

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
        self._by_path = BasesByPath(path, is_mirror=is_mirror)
        self._is_mirror = is_mirror
        self._on_change = on_change
        self._stop = stop
        self._find_more = find_more
        self._check_machines_at = -math.inf  # by the monotonic clock, as are the other times
        self._notices = WatchNotices(on_change)
        self._woken = threading.Event()
        self._hints = Hints(self._woken)
        self._report_at = math.inf  # when changes that are not displayed are reported; infinity if there are none
        self._due: dict[BaseCatalog, float] = {}  # when a base is scanned
        self._failed: dict[BaseCatalog, float] = {}  # when a base that could not be read is tried again
        self._directories = DirectoriesWatch(
            path,
            lambda: self.bases,
            self._hints,
            self._notices,
            stop,
            is_mirror=is_mirror,
            finds_more=find_more is not None,
        )
        self._watch_thread: threading.Thread | None = None
        for base in bases:
            self.add(base)

    def add(self, base: BaseCatalog) -> None:
        """Keep another base up to date as well."""
        if base not in self.bases:
            base.woken = self._woken
            base.on_opened = self._take_opened
            self._by_path.add(base)
            self.bases = (*self.bases, base)
            self._woken.set()

    def hint(self, path: str) -> None:
        """See `Watcher.hint`."""
        self._hints.add((self._by_path.real_path(path),))

    def _take_opened(self, path: str) -> None:
        """Note that a log was opened, so that it is read at once, however many others change."""
        self._note_opened()
        self._hints.add((path,))

    def _note_opened(self) -> None:
        self._hints.note_opened(lambda: {path for base in self.bases for path in base.opened})

    def note_displayed(self, paths: Collection[str]) -> None:
        """Note which logs are displayed; see `Watcher.note_displayed`."""
        self._hints.displayed = paths

    def start(self) -> None:
        """Start both threads."""
        self._watch_thread = self._start_thread("watch", self._directories.run)
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
        self._directories.may_begin.set()
        if self._watch_thread is not None:
            self._watch_thread.join(_STOP_SECS)

    def notices(self, of_base: str | None = None) -> list[str]:
        """The current problems, one sentence each.

        Args:
            of_base: only those that concern this base; None for all.
        """
        if of_base is None:
            return self._notices.sentences()
        is_known = any(base.base == of_base for base in self.bases)
        return self._notices.sentences((of_base, self._path)) if is_known else []

    # The thread that scans and reads

    def _keep_reading(self) -> None:
        may_watch = self._directories.may_begin
        while not self._stop.is_set():
            if not any(self._has_work(base) for base in self.bases):
                self._woken.wait(min(self._wait_secs(), self._hints.wait_secs))
            self._woken.clear()
            self._note_opened()
            hints = self._hints.take()
            by_base = self._by_path.group(hints)
            if monotonic() >= self._check_machines_at or None in by_base:
                self._check_machines_at = monotonic() + _CHECK_MACHINES_SECS
                self._check_machines()
                by_base = self._by_path.group(hints)
            self._read(by_base)
            if not may_watch.is_set() and self.bases and all(base.has_scanned for base in self.bases):
                may_watch.set()
            self._pause(len(hints))

    def _pause(self, hints: int) -> None:
        """Wait in proportion to the number of changed logs. Open ones are read as soon as they change."""
        if not hints:
            return
        end = monotonic() + max(_LEAST_PAUSE_SECS, min(_LONGEST_PAUSE_SECS, hints * _PAUSE_SECS_PER_HINT))
        while (left := end - monotonic()) > 0 and self._hints.urgent.wait(left) and not self._stop.is_set():
            self._read_opened()

    def _read_opened(self) -> None:
        """Read the open logs that have changed."""
        by_base = self._by_path.group(self._hints.take_urgent())
        for base, hints in by_base.items():
            if base is not None:
                self._refresh(base, hints)
        self._on_change()

    def _check_machines(self) -> None:
        """Find the machines that have joined the mirror, or the mirror itself, and those that have fallen silent."""
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
        return max(0.0, min(*due, self._report_at) - monotonic())

    def _read(self, hints: HintsOfBases) -> None:
        """Refresh the bases with hints, and those that are due, one after the other."""
        began_at = monotonic()
        has_news, report_at = False, began_at + _READ_SECS
        for base in self.bases:
            is_due = self._due.get(base, -math.inf) <= began_at + _SAME_TURN_SECS
            if not (is_due or base in hints or self._has_work(base)):
                continue
            has_news |= self._refresh(base, hints.get(base, set()))
            if self._hints.urgent.is_set():
                self._read_opened()
                has_news = False
            elif has_news and monotonic() >= report_at:
                self._on_change()
                has_news, report_at = False, monotonic() + _READ_SECS
        if has_news or monotonic() >= self._report_at:
            self._report_at = math.inf
            self._on_change()

    def _refresh(self, base: BaseCatalog, hints: set[str]) -> bool:
        """Refresh one base, unless it has just failed. Return whether there is something to report at once."""
        if self._failed.get(base, -math.inf) > monotonic():
            return False
        has_news = False
        try:
            has_news = self._scan_and_read(base, hints)
            self._failed.pop(base, None)
            self._notices.put("read", base.base, None)
        except Exception as error:  # a failed scan must not stop the display of all sessions
            self._failed[base] = monotonic() + _RETRY_SECS
            self._notices.report("read", base.base, f"cannot be read, trying again: {reason_of(error)}", error)
        self._notices.wait_for(None)
        return has_news

    def _scan_and_read(self, base: BaseCatalog, hints: set[str]) -> bool:
        is_first_scan, transitions = not base.has_scanned, base.transitions
        self._notices.wait_for(base.base)
        has_changed = base.refresh(hints)
        has_read = base.work(_FIRST_READ_SECS if is_first_scan else _READ_SECS)
        self._due[base] = monotonic() + base.wait_secs
        if has_changed or is_first_scan or base.transitions != transitions:
            return True
        if has_read and hints and not self._hints.is_any_displayed(hints):
            self._report_at = min(self._report_at, monotonic() + _REPORT_SECS)
            return False
        return has_read
