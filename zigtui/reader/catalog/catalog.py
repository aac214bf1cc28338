"""All sessions of all bases."""

import time
from collections.abc import Callable, Container, Sequence

from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.directories import first_spellings
from zigtui.reader.location import LogLocation
from zigtui.reader.session.liveness import DEFAULT_STALL_SECS
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import Summary

__all__ = ["Catalog"]


class Catalog:
    """The sessions of several bases, as one.

    Args:
        bases: the base directories.
        projects: see `BaseCatalog`.
        clock: tells the time in seconds since the epoch.
        stall_secs: see `zigtui.reader.session.liveness.session_state`.
    """

    def __init__(
        self,
        bases: Sequence[str],
        *,
        projects: Container[str | None] | None = None,
        clock: Callable[[], float] = time.time,
        stall_secs: float = DEFAULT_STALL_SECS,
    ) -> None:
        self.clock = clock
        self.stall_secs = stall_secs
        spellings = first_spellings(bases)
        by_base = {base: BaseCatalog(base, clock, stall_secs, projects) for base in dict.fromkeys(spellings.values())}
        self.bases = list(by_base.values())
        self._by_spelling = {base: by_base[first] for base, first in spellings.items()}

    def summaries(self) -> list[Summary]:
        """What is known of all sessions now, in no order."""
        return [summary for base in self.bases for summary in base.summaries()]

    def changes_since(self, versions: Sequence[int]) -> tuple[list[int], list[Summary], list[LogLocation]]:
        """What has changed since this was last asked: see `BaseCatalog.changes_since`; a version for each base."""
        reached, changed, gone = [], [], []
        for base, version in zip(self.bases, versions, strict=True):
            version_now, changed_there, gone_there = base.changes_since(version)
            reached.append(version_now)
            changed += changed_there
            gone += gone_there
        return reached, changed, gone

    def find(self, location: LogLocation) -> Summary | None:
        """The summary of a session, None if its log is gone."""
        return self._base_of(location).find(location.path)

    def open(self, location: LogLocation) -> SessionLog:
        """The log of a session, kept up to date until it is closed."""
        return self._base_of(location).open(location.path)

    def close(self, location: LogLocation) -> None:
        """Let go of a log that was opened."""
        self._base_of(location).close(location.path)

    @property
    def troubles(self) -> list[str]:
        """Directories that cannot be listed, and why."""
        return [trouble for base in self.bases for trouble in base.troubles]

    def read_all(self) -> None:
        """Read everything that is there now; for commands and tests, where no watcher runs."""
        for base in self.bases:
            base.scan()
            while base.is_behind:
                base.work(1.0)

    @property
    def has_scanned(self) -> bool:
        """Whether all directories of all bases have been looked at once."""
        return all(base.has_scanned for base in self.bases)

    def _base_of(self, location: LogLocation) -> BaseCatalog:
        return self._by_spelling[location.base]
