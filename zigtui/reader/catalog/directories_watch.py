"""Watch the directories of some bases, and gather hints about what changes in them."""

import math
import threading
from collections.abc import Callable, Sequence
from time import monotonic

from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.hints import Hints
from zigtui.reader.catalog.watch_notices import WatchNotices
from zigtui.reader.directory_watch import watch_directories
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.pause import pause

__all__ = ["DirectoriesWatch"]

_TIMEOUT_MS = 1000
"""The time between two checks for other directories to watch, while nothing changes."""

_RETRY_SECS = 1.0
_LONGEST_RETRY_SECS = 30.0

_CALM_AFTER_SECS = 60.0
"""The watch saves processor time if no log has changed and no session was opened for this long."""

_CALM_STEP_SECS = 0.045
"""The additional time between two checks for changes in this case."""


class DirectoriesWatch:
    """Gathers hints on a thread that runs `run`. Without it changes are found as well, but later.

    Args:
        path: the base directory, or the one that all of them are in.
        bases: returns the bases.
        hints: takes the hints.
        notices: takes the problems.
        stop: ends the watch when it is set.
        is_mirror: whether ``path`` is the root of a mirror, which the bases are in.
        finds_more: whether bases may appear in ``path``.

    Attributes:
        may_begin: set when the bases have been scanned, so that their directories are known.
    """

    def __init__(
        self,
        path: str,
        bases: Callable[[], Sequence[BaseCatalog]],
        hints: Hints,
        notices: WatchNotices,
        stop: threading.Event,
        *,
        is_mirror: bool,
        finds_more: bool,
    ) -> None:
        self.may_begin = threading.Event()
        self._path = path
        self._bases = bases
        self._hints = hints
        self._notices = notices
        self._stop = stop
        self._is_mirror = is_mirror
        self._finds_more = finds_more
        self._last_hint_at = -math.inf  # by the monotonic clock

    def run(self) -> None:
        """Watch until `stop` is set."""
        retry_secs = _RETRY_SECS
        self.may_begin.wait()
        while not self._stop.is_set():
            directories = self._directories()
            if directories:
                try:
                    self._watch(directories)
                    retry_secs = _RETRY_SECS
                    continue
                except FileNotFoundError:
                    pass  # a directory was just removed; the next scan yields the new list
                except BaseException as error:  # a panic in Rust is not an `Exception`
                    reason = _watch_reason(error)
                    self._notices.report(
                        "watch", self._path, f"cannot be watched, changes appear late: {reason}", error
                    )
                    retry_secs = min(retry_secs * 2, _LONGEST_RETRY_SECS)
            self._stop.wait(retry_secs)

    def _directories(self) -> dict[str, tuple[int, int]]:
        """The directories to watch; none if the mirror itself passes on what it writes."""
        bases = self._bases()
        if any(base.mirrored is not None and base.mirrored.is_hinted for base in bases):
            return {}
        if not self._is_mirror:
            return bases[0].directories
        directories = {self._path: (0, 0)} if self._finds_more else {}
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
        for hints in watch_directories(directories, timeout_ms=_TIMEOUT_MS, stop=_WatchStop(self)):
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
        bases = self._bases()
        last_event_at = max(self._last_hint_at, max((base.opened_at for base in bases), default=-math.inf))
        return not any(base.opened for base in bases) or monotonic() - last_event_at > _CALM_AFTER_SECS

    @property
    def is_stopped(self) -> bool:
        """Whether the watch should end."""
        return self._stop.is_set()


class _WatchStop:
    """Ends a watch, and slows it down while it is calm: watchfiles asks at each of its steps whether to stop."""

    def __init__(self, watch: DirectoriesWatch) -> None:
        self._watch = watch

    def is_set(self) -> bool:
        if self._watch.is_calm:
            pause(_CALM_STEP_SECS)  # waiting for the stop event instead takes twice as much of the processor
        return self._watch.is_stopped


def _watch_reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return reason_of(error).partition(" about [")[0].rstrip(".")  # watchfiles appends the paths
    if "decode" in str(error):
        return "a file name is not UTF-8"
    return reason_of(error)
