"""Which logs there are below the base directories, and which may have changed."""

import os
import time
from collections.abc import Container, Iterator, Sequence

from writer import LOG_SUFFIX, sessions_directory
from zigtui.fleet.wire.names import RemoteLog
from zigtui.reader.catalog.scan.inventory import Inventory
from zigtui.reader.catalog.scan.log_file import LogFile

__all__ = ["Discovery"]

_DIRECTORIES_AT_ONCE = 64
_COARSE_NS = 100_000_000


class Discovery:
    """The logs below some base directories.

    Args:
        bases: the base directories.
        projects: only sessions of these projects (None in it is the base itself); all if it is None.
    """

    def __init__(self, bases: Sequence[str], projects: Container[str | None] | None = None) -> None:
        self._inventories = {base: Inventory(base, time.time, projects) for base in bases}
        self._modified: dict[str, int] = {}  # when each directory was last modified, in nanoseconds
        self._next_directory = 0

    def changes(self) -> Iterator[tuple[list[LogFile], list[LogFile]]]:
        """Check for changes, for a short while.

        Yields:
            Logs that are new or have changed, and logs that are gone. Consume the iterator to its end.
        """
        hints = self._changed_directories()
        for inventory in self._inventories.values():
            for changes in inventory.refresh(hints & inventory.directories.keys(), ()):
                if changes.new or changes.changed or changes.gone:
                    yield changes.new + changes.changed, changes.gone

    def find(self, log: RemoteLog) -> LogFile | None:
        """The log of these names, if there is one."""
        for base, inventory in self._inventories.items():
            workspace = base if log.project is None else os.path.join(base, "projects", log.project)
            file = inventory.files.get(os.path.join(sessions_directory(workspace), f"{log.session}{LOG_SUFFIX}"))
            if file is not None:
                return file
        return None

    @property
    def paths(self) -> set[str] | None:
        """The paths of all logs; None before all directories were scanned."""
        inventories = self._inventories.values()
        if not all(inventory.has_scanned for inventory in inventories):
            return None
        return {path for inventory in inventories for path in inventory.files}

    def _changed_directories(self) -> set[str]:
        """The directories whose entries have changed. In a base with many, only some are checked at once."""
        known = [path for inventory in self._inventories.values() for path in inventory.directories]
        start = self._next_directory if self._next_directory < len(known) else 0
        self._next_directory = start + _DIRECTORIES_AT_ONCE
        changed, now = set(), time.time_ns()
        for path in known[start : self._next_directory]:
            try:
                modified = os.stat(path).st_mtime_ns
            except OSError:
                continue  # the next scan finds out
            # Also one that is new: it may have changed since it was listed. The clock of a file system is coarse, so
            # the time of a change just now may stay the same with the next one.
            if self._modified.get(path) != modified or now - _COARSE_NS < modified <= now:
                changed.add(path)
                self._modified[path] = modified
        return changed
