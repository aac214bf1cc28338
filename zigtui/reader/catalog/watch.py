"""Keep a catalog up to date while a program runs."""

import atexit
import threading
from collections.abc import Callable

from zigtui.reader.catalog.base_watch import BaseWatch
from zigtui.reader.catalog.catalog import Catalog

__all__ = ["Watcher"]


class Watcher:
    """Keeps a catalog up to date in the background.

    Each base has its own threads, so that a disk that does not answer delays no other base.

    Args:
        catalog: the catalog to keep up to date. While the watcher runs, do not call `Catalog.read_all`.
        on_change: called after each change, from one of the watcher's threads.
    """

    def __init__(self, catalog: Catalog, on_change: Callable[[], None]) -> None:
        self._stop = threading.Event()
        self._watches = [BaseWatch(base, on_change, self._stop) for base in catalog.bases]

    @property
    def notices(self) -> list[str]:
        """The present problems, one sentence each: bases that do not answer, cannot be read or cannot be watched."""
        return [notice for watch in self._watches for notice in watch.notices]

    def notices_of(self, base: str) -> list[str]:
        """The notices about one base directory."""
        return [notice for watch in self._watches if watch.base.base == base for notice in watch.notices]

    def start(self) -> None:
        """Start watching, until `stop` is called or the program ends."""
        atexit.register(self.stop)
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        """Stop watching. This does not wait for a thread blocked by a disk; the thread ends once the disk answers."""
        atexit.unregister(self.stop)
        self._stop.set()
        for watch in self._watches:
            watch.stop()
