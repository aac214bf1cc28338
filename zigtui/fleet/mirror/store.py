"""The mirrored files: an ordinary base directory for each machine."""

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress

from zigtui.fleet.mirror.held_chunks import HeldChunks
from zigtui.fleet.mirror.mirrored_file import MirroredFile, Placement
from zigtui.fleet.mirror.missing_bytes import MissingBytes
from zigtui.fleet.mirror.obstacles import refuse_if_in_the_way
from zigtui.fleet.mirror.open_files import OpenFiles, files_to_keep_open
from zigtui.fleet.mirror.positions import Position, Positions, each_position
from zigtui.fleet.mirror.quota import Limits, MessageRefusedError, Quota, Usage, measured
from zigtui.fleet.wire.chunk import Chunk
from zigtui.fleet.wire.messages import Ask, State
from zigtui.fleet.wire.names import RemoteLog
from zigtui.reader.error_reasons import reason_of

__all__ = ["MirrorStore"]

_FRESH_SECS = 1.0
_CHECKED_AT_ONCE = 100
_UNKNOWN_TIME = 0.0  # of a file, until its state comes, and while it lacks bytes that are not new
_GROWING_SECS = 12.0  # while a log grows, its state is sent every ten seconds


class MirrorStore:
    """Writes chunks into files below a directory: ``<machine>/projects/<project>/logs/sessions/<session>.jsonl``.

    Chunks may come in any order, several times, or never. In the end each file has the bytes of its original, if lost
    bytes are sent again on request. One thread calls the methods. It knows nothing of servers.

    It takes about 2 KB of memory for each file, until people remove the file.

    A file that cannot be written, as on a damaged part of the disk, is set aside, so that it holds up no other one:
    what comes for it is held in memory, or asked for again later.

    Args:
        root: the directory. It is created if it does not exist, accessible only to its owner.
        limits: how much to take.
        clock: returns the time in seconds since the epoch.
        steady_clock: returns seconds that pass steadily.

    Raises:
        OSError: if the directory cannot be created or opened.
    """

    def __init__(
        self,
        root: str,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        steady_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        limits = limits or Limits()
        self._clock = clock
        self._root = root
        self._files: dict[RemoteLog, MirroredFile] = {}
        self._positions = Positions()
        self._open = OpenFiles(root, files_to_keep_open(limits.open_files), steady_clock)
        self._held = HeldChunks(limits.held_bytes, steady_clock)
        self._missing = MissingBytes(steady_clock)
        self._to_check: list[RemoteLog] = []  # whether their files are still there
        self._removed: set[int] = set()  # what was known of logs whose files people have removed, as hash values
        self._failing: dict[RemoteLog, str] = {}  # the logs that cannot be written although others can, and why
        try:
            self._quota = Quota(root, limits, steady_clock)
        except BaseException:
            self._open.close()
            raise

    def apply(self, log: RemoteLog, chunk: Chunk, age: float | None) -> bool:
        """Write a chunk where it belongs.

        Args:
            log: the log.
            chunk: the chunk.
            age: how long ago the bytes were written, in seconds. The modification time of the file is set accordingly,
                since bytes that come late are no sign of life. None if it is unknown.

        Returns:
            Whether the file has grown, so that there is room for more.

        Raises:
            MessageRefusedError: if the chunk is refused. It must not be applied again.
            OSError: if nothing can be written, such as without room. Apply the chunk again later, and no other before
                it.
        """
        file = self._file(log)
        placement = file.placement(chunk)
        if placement is Placement.OLD:
            if file.lacks_bytes:
                self._missing.add(log)
            return False
        if placement is Placement.AHEAD:
            self._held.hold(log, chunk)
            self._missing.add(log)
            return False
        size = file.size
        if placement is Placement.NEXT:
            self._write(log, file, chunk, age)
        self._apply_held(log, file, age)
        return file.size > size

    def _apply_held(self, log: RemoteLog, file: MirroredFile, age: float | None) -> bool:
        """Apply the chunks of a log that are held, as far as they fit. Return whether all of these were written."""
        while (held := self._held.take(log, file.gen, file.proven)) is not None:
            try:
                if not self._write(log, file, held, age):
                    return False
            except OSError:
                self._held.hold(log, held)
                raise
        return True

    def apply_state(self, log: RemoteLog, state: State, age: float) -> bool:
        """Compare a file with the state of its original. Bytes that it lacks are asked for later.

        Args:
            log: the log.
            state: the state.
            age: how long ago the state was published, in seconds.

        Returns:
            Whether the file may have other bytes or another time now, or is new.

        Raises:
            MessageRefusedError: if the state is refused.
            OSError: as for `apply`.
        """
        if self._removed and log not in self._files and hash((log, state.gen, state.size)) in self._removed:
            return False
        file = self._file(log)
        modified = self._clock() - age - state.age / 1000
        file.note_state(state, modified)
        size, has_moved = file.size, False
        try:
            opened = self._open.file(log, creates=state.size == 0)
            if opened is not None:
                file.check_state(opened, state)
                known = self._known_time(file)
                if file.is_of_last_state and abs(os.fstat(opened.descriptor).st_mtime - known) > _FRESH_SECS:
                    self._set_modified(opened.descriptor, known)
                    has_moved = True
        except OSError as error:
            if not self._try_others(log, error):
                raise
            self._set_aside(log, error)
            return False
        finally:
            self._quota.count(log.machine, file.size - size)
        if file.lacks_bytes:
            self._missing.add(log, soon=True)
            self._apply_held(log, file, None)
        else:
            self._missing.remove(log)
            self._failing.pop(log, None)
        return has_moved or file.size != size or state.size == 0

    def recover(self, caught_up: float) -> list[tuple[str, Ask]]:
        """Find out which bytes to request. Chunks of logs that could not be written are written now if possible.

        Args:
            caught_up: a time by the steady clock. Every message that the server had by then has been applied.

        Returns:
            The machines to ask, and for what.
        """
        self._held.drop_old()
        due = self._missing.take_due(caught_up)
        for log in filter(self._missing.may_never_come, due):
            self._settle_time(log)
        return [
            (log.machine, self._ask(log))
            for log in due
            if not self._quota.is_full(log.machine) and (log not in self._failing or self._write_held(log))
        ]

    def _ask(self, log: RemoteLog) -> Ask:
        file = self._files[log]
        file.note_asked()
        return Ask.for_log(log, file.proven, file.gen)

    def ask_again(self, machine: str) -> None:
        """Ask soon for what the logs of a machine lack, since it has come back."""
        self._missing.ask_again(machine)

    def _write_held(self, log: RemoteLog) -> bool:
        """Write what is held of a log that was set aside. Return whether it can be written again."""
        try:
            return self._apply_held(log, self._files[log], None)
        except (OSError, MessageRefusedError):
            return False

    def forget_removed(self) -> None:
        """Forget logs whose files people have removed, a few at a time. Call it about twice in a second.

        A mirror runs for months, and has very many logs in that time. What is kept of each is only a number, so that
        what was removed stays away while its original does not change.
        """
        if not self._to_check:
            self._to_check = list(self._files)
        checked, self._to_check = self._to_check[-_CHECKED_AT_ONCE:], self._to_check[:-_CHECKED_AT_ONCE]
        for log in checked:
            file = self._files.get(log)
            if file is not None and file.size and not file.lacks_bytes and self._open.is_gone(log):
                self._removed.add(hash((log, file.gen, file.proven)))
                self._open.forget(log)
                self._missing.remove(log)
                self._failing.pop(log, None)
                del self._files[log]
                self._positions.forget(log)

    def failing(self) -> dict[str, str]:
        """The machines of which some logs cannot be written although others can, and a sentence about each."""
        counts = Counter(log.machine for log in self._failing)
        return {
            log.machine: f"some logs of {log.machine} cannot be written ({counts[log.machine]:,}): {reason}"
            for log, reason in self._failing.items()
        }

    def positions(self) -> dict[str, Position]:
        """The positions of all files, for `restore` in the next run."""
        return self._positions.of(self._files)

    def to_measure(self) -> list[str]:
        """The machines whose logs must be measured now. Give what `measured` returns for each to `note_usage`."""
        return self._quota.to_measure()

    def measured(self, machine: str) -> Usage:
        """What the logs of a machine take. It may be called on any thread, since it is slow."""
        return measured(os.path.join(self._root, machine))

    def note_usage(self, machine: str, usage: Usage) -> None:
        """Take over what `measured` has returned. Logs of which there are no bytes yet count too."""
        without_file = sum(log.machine == machine and not file.size for log, file in self._files.items())
        self._quota.note_usage(machine, usage._replace(sessions=usage.sessions + without_file))

    def restore(self, positions: Mapping[str, Position]) -> None:
        """Take over the positions of an earlier run.

        They are hints: bytes that were proven then are not compared again.

        Raises:
            WireError: if a name is damaged.
        """
        for log, (gen, proven) in each_position(positions):
            size = self._open.size(log)
            if size is not None:  # a file that was removed counts no longer
                file = self._files[log] = MirroredFile(size)
                file.restore(gen, proven)
                self._positions.note_change(log)

    def close_unneeded(self) -> None:
        """Close files that are not used, and those that were moved away or replaced.

        The next bytes of the latter are written where they belong then.
        """
        self._open.close_unneeded()

    def close(self) -> None:
        """Close all files."""
        self._open.close()

    def _file(self, log: RemoteLog) -> MirroredFile:
        self._positions.note_change(log)
        file = self._files.get(log)
        if file is None:
            try:
                opened = self._open.file(log, creates=False)
                size = None if opened is None else opened.size
            except OSError as error:
                if not self._try_others(log, error):
                    raise
                size = self._open.size(log)  # with which it is counted
            if size is None:
                self._quota.add_session(log.machine)
            file = self._files[log] = MirroredFile(size or 0)
        return file

    def _try_others(self, log: RemoteLog, error: OSError, size: int = 0) -> bool:
        """Find out whether other files can be written although an operation on one has failed. If so, return True.

        Args:
            log: the log whose file it is.
            error: the error.
            size: how many bytes were to be written.

        Raises:
            MessageRefusedError: if something else is in the place of the file.
        """
        refuse_if_in_the_way(log, error)
        return log in self._failing or self._open.try_to_write(size)

    def _set_aside(self, log: RemoteLog, error: OSError) -> None:
        """Let a log that cannot be written wait, while others go on."""
        self._open.forget(log)  # its disk may have to be mounted again
        self._failing[log] = reason_of(error)
        self._missing.add(log, soon=True)

    def _write(self, log: RemoteLog, file: MirroredFile, chunk: Chunk, age: float | None) -> bool:
        """Write a chunk. Return whether that was done; if not, the log was set aside."""
        if chunk.end > file.size:
            self._quota.check(log.machine, chunk.end - file.size)
        size, proven = file.size, file.proven
        try:
            opened = self._open.file(log, creates=True)
            assert opened is not None
            fits = file.write(opened, chunk)
            if age is None:
                self._set_modified(opened.descriptor, self._known_time(file))
            elif age >= _FRESH_SECS:
                modified = file.modified if file.is_of_last_state else None
                self._set_modified(opened.descriptor, self._clock() - age if modified is None else modified)
        except OSError as error:
            if not self._try_others(log, error, len(chunk.data)):
                raise
            self._held.hold(log, chunk)
            self._set_aside(log, error)
            return False
        finally:
            if file.size != size:
                self._quota.count(log.machine, file.size - size)
        if self._failing:
            self._failing.pop(log, None)
        if file.lacks_bytes:
            self._missing.add(log, has_grown=file.proven > proven, at_once=not fits)
        else:
            self._missing.remove(log)
        return True

    def _known_time(self, file: MirroredFile) -> float:
        """The time of a file by the last state of its original.

        It is unknown while bytes are on their way that the original has had for long, as with a backlog: the session
        may have ended in them. By the time of the original it would count as lost until they are here.
        """
        modified = file.modified
        if modified is None or (file.is_incomplete and self._clock() - modified > _GROWING_SECS):
            return _UNKNOWN_TIME
        return modified

    def _settle_time(self, log: RemoteLog) -> None:
        """Give a file the time of its original although it lacks bytes: its machine may have removed that."""
        modified = self._files[log].modified
        with suppress(OSError):  # then the file waits for other reasons
            opened = self._open.file(log, creates=False)
            if opened is not None and modified is not None:
                self._set_modified(opened.descriptor, modified)

    @staticmethod
    def _set_modified(descriptor: int, modified: float) -> None:
        os.utime(descriptor, (modified, modified))
