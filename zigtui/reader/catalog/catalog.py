"""All sessions of all base directories."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.known_sessions import BaseChanges
from zigtui.reader.catalog.mirrored_base import MirroredBase
from zigtui.reader.catalog.project import Project, names_of, recorded_real_path
from zigtui.reader.catalog.scan.directories import first_spellings
from zigtui.reader.catalog.shared_files import SharedFiles
from zigtui.reader.late_answers import LateAnswers, NoAnswerError
from zigtui.reader.location import LogLocation
from zigtui.reader.machines import (
    Machines,
    MachineStatus,
    has_mirror_marker,
    is_mirror_root,
    machine_bases,
    mirror_root_of,
)
from zigtui.reader.recorded_machines import RecordedMachines
from zigtui.reader.session.model.silent_steps import DEFAULT_STALL_SECS
from zigtui.reader.session.observations import Observations
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["Catalog", "CatalogChanges"]

_ANSWER_SECS = 0.5
"""How long the disk of a working directory may take. After that, the path counts as if it had no symbolic links."""

_SETTLED_NS = 2_000_000_000  # the clock of a file system may be coarse


class CatalogChanges:
    """The changes in a catalog since the last call of `take`. At first, every session counts as changed.

    Created by `Catalog.changes`.
    """

    def __init__(
        self,
        bases: Callable[[], Sequence[BaseCatalog]],
        is_wanted: Callable[[SessionSnapshot], bool],
        shared_files: Callable[[], SharedFiles | None],
        since: float | None,
    ) -> None:
        self._bases = bases
        self._is_wanted = is_wanted
        self._choose_shared = shared_files
        self._since = since
        self._records: dict[BaseCatalog, BaseChanges] = {}
        self._shared_files: SharedFiles | None = None
        self._include_new_bases()

    def take(self) -> tuple[list[SessionSnapshot], list[LogLocation]]:
        """Return the sessions that are new or have changed, and the logs that are gone, since the last call."""
        gone = self._include_new_bases()
        changed: list[SessionSnapshot] = []
        for base in self._records.values():
            changed_there, gone_there = base.take()
            changed += filter(self._is_wanted, changed_there)
            gone += gone_there
        return (changed, gone) if self._shared_files is None else self._shared_files.take(changed, gone)

    def _include_new_bases(self) -> list[LogLocation]:
        """Record the changes of bases that have been added.

        Returns:
            The logs that are gone by the records that are begun anew.
        """
        new = [base for base in self._bases() if base not in self._records]
        if not new:
            return []
        replaced: list[BaseChanges] = []
        if self._shared_files is None and (shared_files := self._choose_shared()) is not None:
            # It must learn of all locations, so every session counts as changed again.
            self._shared_files, replaced = shared_files, list(self._records.values())
            new = [*self._bases()]
        self._records.update((base, base.changes(self._since)) for base in new)
        return [location for record in replaced for location in record.take()[1]]


class Catalog:
    """The sessions of several base directories.

    A catalog reads nothing by itself: a `Watcher` keeps it up to date, or `read_all` reads what is there now.

    Args:
        bases: the base directories; they need not exist yet. The root of a mirror stands for the bases of its machines,
            those that join later as well.
        projects: only sessions of these projects; all if it is None.
        clock: returns the time in seconds since the epoch; by default, the system's clock.
        steady_clock: returns seconds that pass steadily, to notice jumps of ``clock``; None if that never jumps.
        stall_secs: a live session is stalled after this many seconds without activity.
        observations: what other processes saw of doubtful logs; None if that does not count.
        machines: the machines of the mirror that runs in this process; None if there is none. Those of other mirrors
            are read from the mirrors' records.
    """

    def __init__(
        self,
        bases: Sequence[str],
        *,
        projects: Sequence[Project] | None = None,
        clock: Callable[[], float] | None = None,
        steady_clock: Callable[[], float] | None = None,
        stall_secs: float = DEFAULT_STALL_SECS,
        observations: Observations | None = None,
        machines: Machines | None = None,
    ) -> None:
        if clock is None:
            clock, steady_clock = time.time, time.monotonic
        self.clock = clock
        self.stall_secs = stall_secs
        self.on_added: Callable[[BaseCatalog], object] | None = None
        """Called with each base that is added later, by the thread that adds it."""
        self._steady_clock = steady_clock
        self._projects = projects
        self._real_paths = LateAnswers(recorded_real_path)
        self._observations = observations
        self._machines = machines
        self._recorded: dict[str, RecordedMachines] = {}  # by the root of the mirror
        self._lock = threading.Lock()
        self._bases: tuple[BaseCatalog, ...] = ()
        self._by_spelling: dict[str, BaseCatalog] = {}
        self._roots: dict[str, int | None] = {}  # when they were modified, as of when their machines were found
        spellings = first_spellings(bases)
        self._roots.update((first, None) for first in dict.fromkeys(spellings.values()) if is_mirror_root(first))
        own = [base for base in spellings if spellings[base] not in self._roots]
        if own and self._roots:  # one of them may be the base of a machine, by another path
            spellings = first_spellings([*self._machine_bases(), *own])
        for base in own:
            self.add_base(spellings[base])
            self._by_spelling[base] = self._by_spelling[spellings[base]]
        for root in self.roots:
            self.find_machines(root)

    @property
    def bases(self) -> Sequence[BaseCatalog]:
        """The sessions of each base directory."""
        return self._bases

    @property
    def roots(self) -> list[str]:
        """The roots of mirrors whose machines are bases of this catalog."""
        return list(self._roots)

    def add_base(self, base: str) -> None:
        """Add a base directory, such as that of a machine that has joined. Any thread may call this.

        Watchers that run watch it as well, and records of `changes` that exist report its sessions.
        """
        names = None if self._projects is None else names_of(self._projects)
        with self._lock:
            if base in self._by_spelling:
                return
            added = BaseCatalog(
                base, self.clock, self.stall_secs, names, self._steady_clock, self._observations, self._mirrored(base)
            )
            self._by_spelling[base] = added
            self._bases = (*self._bases, added)
        if self.on_added is not None:
            self.on_added(added)

    def _mirrored(self, base: str) -> MirroredBase | None:
        directory = os.path.dirname(base)
        root = directory if directory in self._roots else mirror_root_of(base)
        if root is None:
            return None
        machines = self._machines
        if machines is None or machines.root != root:
            machines = self._recorded.get(root)
        if machines is None:
            machines = self._recorded[root] = RecordedMachines(root)
        return MirroredBase(root, os.path.basename(base), machines)

    def machine_statuses(self) -> list[MachineStatus]:
        """What is known about the machines whose mirrored sessions are in this catalog."""
        found = {
            base.base: MachineStatus(base.mirrored.machine, base.base)
            for base in self._bases
            if base.mirrored is not None
        }
        for machines in self._all_machines():
            for status in machines.statuses():
                if status.base in found or os.path.dirname(status.base) in self._roots:
                    found[status.base] = status
        return list(found.values())

    @property
    def offline_since(self) -> float | None:
        """When the connection to the machines was lost, in seconds since the epoch; None while it is there."""
        lost = [since for machines in self._all_machines() if (since := machines.offline_since) is not None]
        return min(lost, default=None)

    def _all_machines(self) -> list[Machines]:
        recorded = list(self._recorded.copy().values())
        return [*recorded] if self._machines is None else [self._machines, *recorded]

    def _machine_bases(self) -> list[str]:
        found: list[str] = []
        for root in self._roots:
            with suppress(OSError):
                found += machine_bases(root)
        return found

    def find_machines(self, root: str) -> None:
        """Add the machines that have joined a mirror since the last call. Any thread may call this.

        Args:
            root: the directory of the mirror, one of `roots`. No other disk is waited for.
        """
        now = time.time_ns()  # before the disk is asked, since it may be slow
        with suppress(OSError):  # known bases are kept
            modified = os.stat(root).st_mtime_ns
            if modified != self._roots[root]:
                for base in machine_bases(root):
                    self.add_base(base)
                # A directory that was changed just now may change again without another time.
                self._roots[root] = modified if modified < now - _SETTLED_NS else None

    def find_mirror(self, base: str) -> None:
        """Add the machines of a base directory that has become the root of a mirror, or whose disk was slow.

        This waits for the disk of that base. Any thread may call this.
        """
        if base in self._roots or has_mirror_marker(base):
            self._roots.setdefault(base)
            self.find_machines(base)  # the first one may join long after the mirror began

    def now(self) -> float:
        """The current time, in seconds since the epoch. A jump of the clock restarts the watch of live sessions."""
        return max((base.now() for base in self.bases), default=self.clock())

    def sessions(self) -> list[SessionSnapshot]:
        """All sessions known so far, in no order.

        Tiers and steps are left out, since those of many sessions would not fit into memory. To get them, `open` a
        session or use `zigtui.reader.read_session`.
        """
        found = [snapshot for base in self.bases for snapshot in base.sessions() if self._is_wanted(snapshot)]
        shared_files = self._shared_files()
        return found if shared_files is None else shared_files.only_first(found)

    def changes(self, since: float | None = None) -> CatalogChanges:
        """A record of all changes from now on, and of every session that is known now.

        Args:
            since: leaves out sessions that had ended by then, in seconds since the epoch; None for all sessions.
        """
        return CatalogChanges(lambda: self._bases, self._is_wanted, self._shared_files, since)

    def find(self, location: LogLocation) -> SessionSnapshot | None:
        """The session whose log is at a location, as in `sessions`; None if the log is gone.

        Raises:
            ValueError: if the location is in none of the catalog's bases.
        """
        return self._base_of(location).find(location.path)

    def open(self, location: LogLocation) -> SessionLog:
        """Open the log of a session. It is kept up to date until it is closed.

        Raises:
            ValueError: if the location is in none of the catalog's bases.
        """
        return self._base_of(location).open(location)

    def close(self, location: LogLocation) -> None:
        """Close a log that was opened.

        Raises:
            ValueError: if the location is in none of the catalog's bases.
        """
        self._base_of(location).close(location.path)

    @property
    def troubles(self) -> list[str]:
        """Directories that cannot be listed, each with the reason."""
        return [trouble for base in self.bases for trouble in base.troubles]

    def read_all(self) -> None:
        """Read all logs that exist now. This is for programs that run no `Watcher`."""
        for root in self.roots:
            self.find_machines(root)
        for base in self.bases:
            base.scan()
            while base.is_behind:
                base.work(1.0)

    def include_all_projects(self) -> None:
        """Include the sessions of all projects from now on.

        They come with scans that begin now. Call `changes` again: an older record lacks sessions known before.
        """
        self._projects = None
        for base in self.bases:
            base.include_all_projects()

    @property
    def has_all_projects(self) -> bool:
        """Whether the sessions of all projects are included."""
        return self._projects is None

    @property
    def has_scanned(self) -> bool:
        """Whether all directories of all bases have been scanned once."""
        return all(base.has_scanned for base in self.bases)

    def _shared_files(self) -> SharedFiles | None:
        """What chooses one location of each file; None if no other base can have it too."""
        # A mirror gives each log a file of its own.
        if sum(base.mirrored is None for base in self.bases) < 2:
            return None
        return SharedFiles([base.base for base in self.bases], self._file_of, self.find)

    def _file_of(self, location: LogLocation) -> tuple[int, int] | None:
        return self._base_of(location).file_of(location.path)

    def _is_wanted(self, snapshot: SessionSnapshot) -> bool:
        if self._projects is None:
            return True
        location, cwd = snapshot.location, snapshot.session.cwd
        return any(project.includes(location, cwd, self._real_path) for project in self._projects)

    def _real_path(self, path: str) -> str:
        try:
            return self._real_paths.get(path, _ANSWER_SECS)
        except NoAnswerError:
            return path

    def _base_of(self, location: LogLocation) -> BaseCatalog:
        base = self._by_spelling.get(location.base)
        if base is None:
            raise ValueError(f"{location.base} is not a base of this catalog")
        return base
