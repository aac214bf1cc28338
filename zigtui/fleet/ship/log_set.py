"""The logs that a shipper ships, the work that is left for each, and the notes about them."""

import os
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from itertools import chain

from zigtui.fleet.ship.discovery import Discovery, FoundLog
from zigtui.fleet.ship.entry import Entry
from zigtui.fleet.ship.masked_log import Masking
from zigtui.fleet.ship.notes import LogNotes
from zigtui.fleet.ship.shared import Shared
from zigtui.fleet.ship.shipped_log import Kept, ShippedLog
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.wire_error import WireError
from zigtui.reader.catalog.scan.file_facts import facts_of
from zigtui.reader.catalog.scan.locations import is_better_link, location_of
from zigtui.reader.catalog.scan.scan_schedule import ScanSchedule
from zigtui.reader.error_reasons import reason_of

__all__ = ["LogSet"]

_NOTES_SECS = 5.0
_NOTES_SECS_PER_LOG = 0.0005  # those of 100,000 logs are 15 MB, and take a second of the processor
_RETIRE_SECS = 60.0
_CHECK_SECS = 1.0
_CHECK_SLICE_SECS = 0.005
_CHECK_SHARE = 0.02
_CHECKED_AT_ONCE = 64
_TROUBLE_SECS = 5.0


class LogSet:
    """The logs that are shipped.

    Args:
        machine: the name of the machine.
        bases: the base directories.
        notes: the notes of the last run.
        report: called with what people should know.
        since_secs: include logs that have changed within this time; older ones only when `find` asks for them.
        projects: only sessions of these projects (None in it is the base itself); all if it is None.
        masking: masks secrets; None to ship the logs as they are.
        shared: shared with the shippers of other base directories; None if there are none.

    Attributes:
        entries: all logs, by path.
        hot: those that grow, or that need attention soon.
        states: those whose state must be sent, now or later.
        bulk: those with a backlog, or with bytes that must be sent again.
    """

    def __init__(
        self,
        machine: str,
        bases: Sequence[str],
        notes: LogNotes,
        report: Callable[[str], object],
        *,
        since_secs: float,
        projects: Container[str | None] | None,
        masking: Masking | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.entries: dict[str, Entry] = {}
        self.hot: dict[str, Entry] = {}
        self.states: dict[str, Entry] = {}
        self.bulk: dict[str, Entry] = {}
        self._by_log: dict[RemoteLog, Entry] = {}
        self._linked: dict[tuple[int, int], FoundLog] = {}  # by device and inode, those with several hard links
        self._missing: list[Entry] = []  # those that were gone when they were to be read
        self._unchecked: Iterator[Entry] | None = None  # which a check under way has not come to yet
        self._checked_secs = 0.0  # the time that it has taken so far
        self._check_schedule = ScanSchedule(_CHECK_SHARE)
        self._machine = machine
        self._shared = shared or Shared(bases[0])
        self._notes = notes
        self._kept = notes.load()
        self._report = report
        self._since_secs = since_secs
        self._masking = masking
        self._bases, self._projects = bases, projects
        self._covered: dict[str, bool] = {}  # by directory
        self._unmasked = self._shipped_unmasked()
        self._discovery = Discovery(bases, projects, since_secs, self._unmasked)
        self._troubles: dict[str, str] = {}
        self._next_notes = self._next_retire = 0.0

    def _covers(self, path: str) -> bool:
        """Whether a log belongs to the projects and base directories that are shipped now."""
        directory = os.path.dirname(path)
        covers = self._covered.get(directory)
        if covers is None:
            covers = any(location_of(path, base, self._projects) is not None for base in self._bases)
            self._covered[directory] = covers
        return covers

    def _shipped_unmasked(self) -> set[str]:
        """The paths of logs that an earlier run has shipped without this masking. They are replaced, however old."""
        if self._masking is None:
            return set()
        fingerprint = self._masking.fingerprint
        others: dict[str, Kept] = {}
        for path, kept in chain(self._notes.old, self._kept.items()):  # the latter are newer
            if kept.acked and kept.masking != fingerprint:
                others[path] = kept
            else:
                others.pop(path, None)
        found = set(filter(self._covers, others))
        purge = f"zigtui fleet purge --machine {self._machine} removes it there"
        if any(not others[path].masking for path in found):
            self._report(
                "what was sent without --redact is replaced in mirrors, but the server keeps it for up to 7 days; "
                + purge
            )
        if any(not kept.masking for path, kept in others.items() if path not in found):
            self._report(
                "logs of other projects or base directories that were sent without --redact stay as they are, in "
                f"mirrors too; {purge}"
            )
        return found

    @property
    def has_scanned(self) -> bool:
        """Whether all logs that there were at the start have been found."""
        return self._discovery.has_scanned

    @property
    def is_listing(self) -> bool:
        """Whether the next call of `discover` should come at once, since a directory is being listed."""
        return self._discovery.is_listing

    def discover(self, now: float) -> None:
        """Find logs that are new, have changed or are gone.

        Args:
            now: the time of the monotonic clock.
        """
        self._forget_missing()
        for found in self._discovery.changes(self.entries):
            entry = self._add(found, now)
            if entry is not None:
                self.hot[entry.log.path] = entry
        self._check_entries()

    def _check_entries(self) -> None:
        """Check for a short while whether quiet logs have grown, and which ones are gone."""
        if self._unchecked is None:
            if not self._check_schedule.is_due(_CHECK_SECS):
                return
            self._unchecked = iter(list(self.entries.values()))
        started_at = time.monotonic()
        for count, entry in enumerate(self._unchecked):
            if not self.has(entry):
                continue
            try:
                if entry.log.has_changed():
                    self.hot[entry.log.path] = entry
            except (FileNotFoundError, NotADirectoryError):
                self._forget(entry.log.path)
            except OSError:
                pass  # whether it is there is not known
            if count % _CHECKED_AT_ONCE == 0 and time.monotonic() - started_at > _CHECK_SLICE_SECS:
                self._checked_secs += time.monotonic() - started_at
                return
        self._check_schedule.scan_ended(self._checked_secs + time.monotonic() - started_at)
        self._unchecked, self._checked_secs = None, 0.0

    def _add(self, found: FoundLog, now: float) -> Entry | None:
        location, facts = found
        path = location.path
        if os.path.islink(path):  # to any file that this user may read: whoever made it may not
            if not self._discovery.has(os.path.realpath(path)):
                self.note_trouble(path, "it is a symbolic link")
            return None
        if facts.has_other_paths and self._keeps_other_path(found):
            return None
        try:
            log = RemoteLog(self._machine, location.project, location.session_id)
            spelling = log.spelling
        except WireError as error:
            self.note_trouble(path, str(error))
            return None
        if not self._shared.claim(log, path):
            self.note_trouble(path, "there is a session of the same project and id in another base")
            return None
        kept = self._kept.pop(path, None) or self._notes.old.get(path)
        entry = Entry(ShippedLog(log, path, kept, self._masking), spelling, now)
        self._unmasked.discard(path)
        self.entries[path] = self._by_log[log] = self.states[path] = entry
        return entry

    def _keeps_other_path(self, found: FoundLog) -> bool:
        """Whether a file of several hard links is shipped by another one, which counts. If this one does, it stops."""
        location, facts = found
        identity = facts.device, facts.inode
        other = self._linked.get(identity)
        if other is not None and other[0].path != location.path and other[0].path in self.entries:
            other_facts = facts_of(other[0].path)
            if other_facts is not None and other_facts.is_same_file(facts):
                if is_better_link(other[0], location, facts):
                    return True
                self._forget(other[0].path)
        self._linked[identity] = found
        return False

    def _forget_missing(self) -> None:
        for missing in self._missing:
            if self.has(missing) and not os.path.lexists(missing.log.path):
                self._forget(missing.log.path)
        self._missing.clear()

    def _forget(self, path: str) -> None:
        entry = self.entries.pop(path, None)
        if entry is not None:
            del self._by_log[entry.log.log]
            self._shared.release(entry.log.log)
        for known in (self.hot, self.states, self.bulk, self._troubles):
            known.pop(path, None)

    def has(self, entry: Entry) -> bool:
        """Whether an entry has not been forgotten since, so that bytes of it that are lost must be sent again."""
        return self.entries.get(entry.log.path) is entry

    def send_all_states(self) -> None:
        """Let the states of all logs be sent soon."""
        for path, entry in self.entries.items():
            entry.state_at = 0.0
            self.states[path] = entry

    def pause(self, entry: Entry, error: OSError, now: float) -> None:
        """Leave a log alone for a while that could not be read. If it is gone, it is forgotten soon."""
        entry.pause_until = now + _TROUBLE_SECS
        if isinstance(error, FileNotFoundError):
            self._missing.append(entry)
        else:
            self.note_trouble(entry.log.path, reason_of(error))

    def note_trouble(self, path: str, reason: str) -> None:
        """Report why a log is not shipped, once."""
        if self._troubles.get(path) != reason:
            self._troubles[path] = reason
            self._report(f"{path} is not shipped: {reason}")

    def clear_trouble(self, path: str) -> None:
        """Record that there is no trouble with a log any more."""
        self._troubles.pop(path, None)

    def find(self, log: RemoteLog, now: float) -> Entry | None:
        """The entry of a log, which is added if there is such a log; None if there is none."""
        entry = self._by_log.get(log)
        if entry is None and (file := self._discovery.find(log)) is not None:
            entry = self._add(file, now)
        return entry

    def keep_soon(self) -> None:
        """Write the notes as soon as possible."""
        self._next_notes = 0.0

    def keep_if_due(self, now: float) -> None:
        """Write the notes every few seconds, and give up logs that have not changed for long.

        Args:
            now: the time of the monotonic clock.
        """
        if now >= self._next_retire:
            self._next_retire = now + _RETIRE_SECS
            self._retire()
        if now >= self._next_notes:
            count = self.save_notes()
            self._next_notes = now + max(_NOTES_SECS, count * _NOTES_SECS_PER_LOG)

    def _retire(self) -> None:
        """Keep only notes of logs that have not changed for long, and not in memory."""
        oldest = time.time() - self._since_secs
        retired: dict[str, Kept] = {}
        if self._discovery.has_scanned:  # what is left is old, or of logs that are not shipped now
            retired.update((path, kept) for path, kept in self._kept.items() if not self._is_gone(path))
        for path, entry in self.entries.items():
            log = entry.log
            if path in self.hot or path in self.bulk or not log.is_acked or log.modified >= oldest:
                continue
            with suppress(OSError):
                retired[path] = log.kept()
        if not retired or self._keep(lambda: self._notes.old.add(retired.items(), self._is_gone)):
            for path in retired:
                self._forget(path)
            if self._discovery.has_scanned:
                self._kept.clear()
        self._linked = {file: found for file, found in self._linked.items() if found[0].path in self.entries}
        for path in [path for path in self._troubles if path and not os.path.lexists(path)]:
            del self._troubles[path]

    def _is_gone(self, path: str) -> bool:
        """Whether there is no log any more at a path that belongs to what is shipped now."""
        return self._covers(path) and not os.path.lexists(path)

    def save_notes(self) -> int:
        """Write the notes, so that the next start goes on from here.

        Returns:
            How many logs they are about.
        """
        self._forget_missing()
        self._keep(lambda: self._notes.save(chain(self._kept.items(), self._notes_of_entries())))
        return len(self._kept) + len(self.entries)

    def _notes_of_entries(self) -> Iterator[tuple[str, Kept]]:
        for path, entry in self.entries.items():
            with suppress(OSError):
                yield path, entry.log.kept()

    def _keep(self, write: Callable[[], None]) -> bool:
        """Write notes, or report why they cannot be written. Return whether they could be."""
        try:
            write()
        except OSError as error:
            reason = f"the notes cannot be kept: {reason_of(error)}"
            if self._troubles.get("") != reason:
                self._troubles[""] = reason
                self._report(reason)
            return False
        self._troubles.pop("", None)
        return True
