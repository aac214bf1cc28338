"""Keeps a catalog up to date: events of the file system as hints, a rescan as the safety net.

watchfiles tells quickly, but not everything: it misses what is written right after its directory was made, forgets
a directory that is removed, and gives up on names that are not UTF-8 or when the system is out of watches. So its
events only say where to look first; the catalog looks by itself every now and then, and compares sizes.
"""

import atexit
import math
import threading
from collections.abc import Callable
from time import monotonic, sleep

import watchfiles

from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.catalog import Catalog

__all__ = ["Watcher"]

_DEBOUNCE_MS = 50
_STEP_MS = 5  # between two looks at whether there are events, each of which takes some of the processor
_CALM_STEP_SECS = 0.045  # more, unless somebody looks at a session that is new to him or to which something happens
_CALM_AFTER_SECS = 60.0
_WAIT_MS = 1000  # without events: then it is time for a rescan
_SLICE_SECS = 0.05  # of reading between two notifications
_REST_SECS_PER_LOG = 0.00025  # after looking at it: where many are written to at once, each is read less often
_LONGEST_REST_SECS = 0.2
_FIRST_SLICE_SECS = 0.02  # the same while directories are listed the first time: then there is something to be seen
_PATIENCE_SECS = 5.0  # with a disk, until people are told that it does not answer
_RETRY_SECS = 1.0
_LONGEST_RETRY_SECS = 30.0
_END_SECS = 0.5


class Watcher:
    """Keeps a catalog up to date with two threads per base, so that one that does not answer holds up no other.

    One thread gathers hints; the other looks where they point, reads, and tells of changes.

    Args:
        catalog: what to keep up to date.
        on_change: called from the threads after something has changed.
    """

    def __init__(self, catalog: Catalog, on_change: Callable[[], None]) -> None:
        self._stop = threading.Event()
        self._watches = [_BaseWatch(base, on_change, self._stop) for base in catalog.bases]

    @property
    def notices(self) -> list[str]:
        """What people should know of the watching: bases that do not answer, or cannot be watched."""
        return [notice for watch in self._watches for notice in watch.notices]

    def notices_of(self, base: str) -> list[str]:
        """Those of one base."""
        return [notice for watch in self._watches if watch.base.base == base for notice in watch.notices]

    def start(self) -> None:
        """Begin to watch, until `stop` is called or the program ends."""
        atexit.register(self.stop)
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        """Stop watching; a thread that waits for a disk is left to itself."""
        atexit.unregister(self.stop)
        self._stop.set()
        for watch in self._watches:
            watch.end()


class _BaseWatch:
    def __init__(self, base: BaseCatalog, on_change: Callable[[], None], stop: threading.Event) -> None:
        self.base = base
        self._notices: dict[str, str] = {}  # by the thread that gives it
        self._asked: float | None = None  # the disk, and when, while there is no answer
        self._on_change = on_change
        self._stop = stop
        self._lock = threading.Lock()
        self._hints: set[str] = set()
        self._gathering = threading.Thread(target=self._gather, name=f"watch {base.base}", daemon=True)
        self._has_looked = threading.Event()
        self._last_hint = -math.inf

    def start(self) -> None:
        self._gathering.start()
        threading.Thread(target=self._read, name=f"read {self.base.base}", daemon=True).start()

    def end(self) -> None:
        """It is to end: the thread that reads as soon as the disk lets it, the other one now.

        A thread that is still in watchfiles' own code when the interpreter ends would abort the program.
        """
        self.base.woken.set()
        self._has_looked.set()
        if self._gathering.is_alive():
            self._gathering.join(_END_SECS)

    @property
    def notices(self) -> list[str]:
        """What people should know of this base."""
        asked, notices = self._asked, []
        if asked is not None and monotonic() - asked > _PATIENCE_SECS:
            notices.append(f"{self.base.base} does not answer")
        return notices + list(self._notices.copy().values())

    # What the reading thread does

    def _read(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
                self._tell("reading", None)
            except Exception as error:  # whatever it is, sessions go on being shown
                self._tell("reading", f"{self.base.base} could not be read, trying again: {error!r}")
                self._stop.wait(_RETRY_SECS)

    def _look(self) -> None:
        is_first = not self.base.has_looked
        if not (self.base.is_behind or self.base.is_looking):
            self.base.woken.wait(self.base.wait_secs)
        self.base.woken.clear()
        with self._lock:
            hints, self._hints = self._hints, set()
        self._asked = monotonic()
        has_changed = self.base.refresh(hints)
        if self.base.work(_FIRST_SLICE_SECS if is_first else _SLICE_SECS) or has_changed or is_first:
            self._on_change()
        self._asked = None
        if self.base.has_looked:
            self._has_looked.set()
        self._stop.wait(min(_LONGEST_REST_SECS, len(hints) * _REST_SECS_PER_LOG))

    # What the gathering thread does

    def _gather(self) -> None:
        retry = _RETRY_SECS
        self._has_looked.wait()
        while not self._stop.is_set():
            directories = self.base.directories
            if directories:
                try:
                    self._watch(directories)
                    retry = _RETRY_SECS
                    continue
                except FileNotFoundError:  # one of them has just gone
                    pass
                except BaseException as error:  # out of watches, a name that is not UTF-8, a panic in Rust and more
                    self._tell("watching", f"{self.base.base} cannot be watched, changes show a little late: {error}")
                    retry = min(retry * 2, _LONGEST_RETRY_SECS)
            self._stop.wait(retry)

    def _watch(self, directories: dict[str, tuple[int, int]]) -> None:
        """Gather hints until there are other directories to watch.

        Only those that have answered just now are watched, and not what else lies below them: all threads stand still
        while watchfiles asks the disk where to begin, and it follows links to wherever they lead.
        """
        has_begun = False
        for changes in watchfiles.watch(
            *directories,
            watch_filter=None,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            rust_timeout=_WAIT_MS,
            yield_on_timeout=True,
            stop_event=self,
            raise_interrupt=False,
            recursive=False,
        ):
            self._tell("watching", None)
            hints = {path for _, path in changes}
            if hints:
                self._last_hint = monotonic()
            if not has_begun:
                has_begun = True
                hints.add("")  # at nothing in particular: something may have happened before it began
            if hints:
                with self._lock:
                    self._hints |= hints
                self.base.woken.set()
            if self.base.directories != directories:
                return

    def is_set(self) -> bool:
        """Whether to stop: asked by watchfiles at each step, and answered late where there is no hurry."""
        is_calm = monotonic() - max(self._last_hint, self.base.opened_at) > _CALM_AFTER_SECS
        if is_calm or not self.base.is_opened:
            sleep(_CALM_STEP_SECS)  # to wait for the event itself takes twice as much of the processor
        return self._stop.is_set()

    def _tell(self, thread: str, notice: str | None) -> None:
        if notice != self._notices.get(thread):
            if notice is None:
                del self._notices[thread]
            else:
                self._notices[thread] = notice
            self._on_change()
