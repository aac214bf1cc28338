"""Keeps a catalog up to date: events of the file system as hints, a rescan as the safety net.

watchfiles tells quickly, but not everything: it misses what is written right after its directory was made, forgets
a root that is removed, and gives up on names that are not UTF-8 or when the system is out of watches. So its events
only say where to look first; the catalog compares sizes, and looks at everything once a second anyway.
"""

import os
import threading
from collections.abc import Callable, Iterator

import watchfiles

from zigtui.reader.catalog import BaseCatalog, Catalog

__all__ = ["Watcher"]

_DEBOUNCE_MS = 50
_STEP_MS = 10
_WAIT_MS = 1000  # without events: then it is time for a rescan
_SLICE_SECS = 0.05  # of reading between two notifications
_RETRY_SECS = 1.0
_LONGEST_RETRY_SECS = 30.0


class Watcher:
    """Runs one thread per base, so that one that does not answer holds up no other.

    Args:
        catalog: what to keep up to date.
        on_change: called from the threads after something has changed.
    """

    def __init__(self, catalog: Catalog, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._stop = threading.Event()
        self._notices: dict[str, str] = {}
        self._threads = [
            threading.Thread(target=self._run, args=(base,), name=f"watch {base.base}", daemon=True)
            for base in catalog.bases
        ]

    @property
    def notices(self) -> list[str]:
        """What people should know of the watching: bases that are only looked at once a second, and why."""
        return list(self._notices.values())

    def start(self) -> None:
        """Begin to watch."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop watching; a thread that waits for a disk is left to itself."""
        self._stop.set()

    def _run(self, base: BaseCatalog) -> None:
        for hints in self._hints(base.base):
            gone = base.refresh(hints)
            changed = base.work(_SLICE_SECS)
            if gone or changed:
                self._on_change()
            while base.is_behind and not self._stop.is_set():
                base.refresh()
                base.work(_SLICE_SECS)
                self._on_change()

    def _hints(self, base: str) -> Iterator[set[str]]:
        """Paths where something happened, or none when a second has passed, until the watcher is stopped."""
        retry = _RETRY_SECS
        yield set()
        while not self._stop.is_set():
            watched = _identity(base)
            if watched is not None:
                try:
                    for changes in watchfiles.watch(
                        os.path.realpath(base),
                        watch_filter=None,
                        debounce=_DEBOUNCE_MS,
                        step=_STEP_MS,
                        rust_timeout=_WAIT_MS,
                        yield_on_timeout=True,
                        stop_event=self._stop,
                        raise_interrupt=False,
                    ):
                        if self._notices.pop(base, None):
                            self._on_change()
                        retry = _RETRY_SECS
                        yield {path for _, path in changes}
                        if not changes and _identity(base) != watched:
                            break  # it was removed, and its watch with it
                except Exception as error:  # whatever goes wrong in there, sessions go on being shown
                    self._notices[base] = f"{base} is looked at once a second only: {error}"
                    self._on_change()
            yield from self._every_second(retry)
            retry = min(retry * 2, _LONGEST_RETRY_SECS) if base in self._notices else _RETRY_SECS

    def _every_second(self, seconds: float) -> Iterator[set[str]]:
        while seconds > 0 and not self._stop.wait(1.0):
            yield set()
            seconds -= 1.0


def _identity(directory: str) -> tuple[int, int] | None:
    """Tells a directory from one that has been made anew in its place; None if there is none."""
    try:
        status = os.stat(directory)
    except OSError:
        return None
    return (status.st_dev, status.st_ino)
