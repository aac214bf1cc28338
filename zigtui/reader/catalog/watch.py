"""Keep a catalog up to date while a program runs: change notifications as hints, scans as the safety net.

Notifications are quick but incomplete. They miss what is written right after its directory was created, and forget a
directory that is removed. They end at a file name that is not UTF-8, or when the system is out of watches. So they only
decide what is checked first: the catalog also scans regularly and compares sizes.
"""

import atexit
import os
import threading
from collections.abc import Callable, Iterable
from functools import partial

from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.bases_watch import BasesWatch
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation

__all__ = ["Watcher"]


class Watcher:
    """Keeps a catalog up to date in the background.

    Each base has its own threads, so that a disk that does not answer delays no other base. The bases of a mirror are
    all in one directory of this machine, and share theirs.

    Args:
        catalog: the catalog to keep up to date. While the watcher runs, do not call `Catalog.read_all`.
        on_change: called after each change, from one of the watcher's threads.
    """

    def __init__(self, catalog: Catalog, on_change: Callable[[], None]) -> None:
        self._catalog = catalog
        self._on_change = on_change
        self._stop = threading.Event()
        self._lock = threading.RLock()  # any thread may add a base
        self._is_started = False
        self._watches: tuple[BasesWatch, ...] = ()
        self._mirrors: dict[str, BasesWatch] = {}  # by root
        self._displayed: set[str] | None = None  # paths
        for root in catalog.roots:
            self._mirror_watch(root)
        for base in catalog.bases:
            self._add(base)

    @property
    def notices(self) -> list[str]:
        """The current problems, one sentence each: bases that do not answer, cannot be read or cannot be watched."""
        return [notice for watch in self._watches for notice in watch.notices()]

    def notices_of(self, base: str) -> list[str]:
        """The notices about one base directory."""
        return [notice for watch in self._watches for notice in watch.notices(base)]

    def start(self) -> None:
        """Start watching, until `stop` is called or the program ends. A watcher starts only once.

        Raises:
            RuntimeError: if it has been stopped.
        """
        if self._stop.is_set():
            raise RuntimeError("this watcher has been stopped; make another one")
        atexit.register(self.stop)
        self._catalog.on_added = self._add
        for base in self._catalog.bases:  # some may have been added since
            self._add(base)
        with self._lock:
            self._is_started = True
            watches = self._watches
        for watch in watches:
            watch.start()

    def stop(self) -> None:
        """Stop watching. This does not wait for a thread blocked by a disk; the thread ends once the disk answers."""
        atexit.unregister(self.stop)
        if self._catalog.on_added == self._add:
            self._catalog.on_added = None
        self._stop.set()
        for watch in self._watches:
            watch.stop()

    def hint(self, path: str) -> None:
        """Pass on that a file of a mirror was written, so that it is checked at once. Any thread may call this.

        Args:
            path: the path of the file, below the root of the mirror as the catalog has it.
        """
        for root, watch in self._mirrors.copy().items():
            if path.startswith(f"{root}{os.sep}"):
                watch.hint(path)

    def note_displayed(self, locations: Iterable[LogLocation]) -> None:
        """Note which sessions are displayed, so that these and the open ones are read first. Any thread may call this.

        From then on, other logs that keep growing are read about once a second, and ``on_change`` is called for them as
        often. That a session begins or ends is reported as soon as it is found, whether or not it is displayed.
        """
        paths = {location.path for location in locations}
        self._displayed = paths
        for watch in self._watches:
            watch.note_displayed(paths)

    def _add(self, base: BaseCatalog) -> None:
        with self._lock:
            if base.mirrored is not None:
                self._mirror_watch(base.mirrored.root).add(base)
            elif all(base not in watch.bases for watch in self._watches):
                find_mirror = partial(self._catalog.find_mirror, base.base)
                self._begin(BasesWatch(base.base, self._on_change, self._stop, [base], find_more=find_mirror))

    def _mirror_watch(self, root: str) -> BasesWatch:
        watch = self._mirrors.get(root)
        if watch is None:
            finds_more = partial(self._catalog.find_machines, root) if root in self._catalog.roots else None
            watch = self._mirrors[root] = BasesWatch(
                root, self._on_change, self._stop, is_mirror=True, find_more=finds_more
            )
            self._begin(watch)
        return watch

    def _begin(self, watch: BasesWatch) -> None:
        if self._displayed is not None:
            watch.note_displayed(self._displayed)
        self._watches = (*self._watches, watch)
        if self._is_started:
            watch.start()
