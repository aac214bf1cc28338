"""Read one session log as it grows: tail, decode and fold."""

import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from zigtui.reader.error_reasons import log_trouble
from zigtui.reader.lines.decode import MalformedLineError, decode
from zigtui.reader.lines.line_table import LineTable, RunLines
from zigtui.reader.lines.log_end import LogEnd, read_log_end
from zigtui.reader.lines.output_index import OutputIndex, OutputLines, RunRead
from zigtui.reader.lines.problems import Problem, ProblemKind
from zigtui.reader.lines.tail import MAX_LINE_BYTES, Chunk, Tail
from zigtui.reader.location import LogLocation
from zigtui.reader.log_exception import log_exception
from zigtui.reader.session.fold import Fold
from zigtui.reader.session.liveness import DEFAULT_STALL_SECS, Vitals, vitals_of
from zigtui.reader.session.model import Session, StepRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds

if TYPE_CHECKING:
    from zigtui.reader.lines.output_batches import OutputBatch
    from zigtui.reader.lines.parallel_read import ParallelReader

__all__ = ["SessionLog"]

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_CHUNK_BYTES = 64 * 1024  # larger pieces do not stay in a processor's cache, and malloc takes them from mmap each time
_FIRST_BYTES = 16 * 1024  # of a large log: enough to see how it began; the log end has its present state
_WORTH_A_PROCESS = 64 * 1024 * 1024  # bytes; fewer are read before another process would have started
_SHORTEST_BATCH = 32 * 1024  # bytes; shorter ones are read as quickly line by line


class _Read(NamedTuple):
    """What has been read of the file, as `Tail` has it."""

    offset: int = 0
    torn_bytes: int = 0
    size: int = 0
    modified: float = 0.0

    @property
    def end(self) -> int:
        return self.offset + self.torn_bytes


class SessionLog:
    """Folds a log piece by piece, and makes snapshots of what has been read.

    All methods may be called from any thread. No lock is held while the disk is read, except by `advance`, which one
    thread runs at a time.

    Args:
        location: the location of the log.

    Attributes:
        is_awaited: whether a user is waiting for the log to be read. If so, another process may help.
        grown: when a reader last saw the file grow, in seconds since the epoch; None if none has yet.
    """

    def __init__(self, location: LogLocation) -> None:
        self.location = location
        self.is_awaited = False
        self.grown: float | None = None
        self._lock = threading.RLock()  # guards what `advance` changes
        self._reading = threading.Lock()
        self._generation = 0
        self._error: OSError | None = None
        self._tail = Tail(location.path)
        self._begin()

    def _begin(self) -> None:
        name = self.location.session_id
        self._fold = Fold(name if _UUID.fullmatch(name) else None)  # another name was given by a person
        self._all_output = OutputIndex()
        self._step_output: list[OutputIndex] = []  # by the serial of the step run
        self._parallel: ParallelReader | None = None
        self._may_read_in_parallel = True
        self._end: LogEnd | None = None
        self._end_session: Session | None = None  # folded from the events of `_end` alone
        self._has_caught_up = False
        self._read = _Read()

    # The state so far

    @property
    def path(self) -> str:
        """The path of the log."""
        return self.location.path

    @property
    def end(self) -> LogEnd | None:
        """The end of the log while the part before it is still being read; None once everything has been read."""
        return self._end

    @property
    def end_offset(self) -> int:
        """The offset after the last whole line that has been read, in bytes."""
        return self._read.offset

    @property
    def is_complete(self) -> bool:
        """Whether the file has been read to its end at least once, even if more has been added since."""
        return self._has_caught_up and self._end is None

    @property
    def progress(self) -> float:
        """The share of the file that has been read, from 0 to 1."""
        read = self._read
        return min(1.0, read.end / read.size) if read.size else 1.0

    @property
    def trouble(self) -> str | None:
        """The reason why the log cannot be read at present; None if it can."""
        error = self._error
        return None if error is None else log_trouble(error)

    def check_readable(self) -> None:
        """Raise the error that the log cannot be read with at present; nothing if it can be read.

        Raises:
            OSError: what the system said.
        """
        error = self._error
        if error is not None:
            raise error

    def snapshot(self, now: float | None = None, stall_secs: float = DEFAULT_STALL_SECS) -> SessionSnapshot:
        """Return the session as it has been read so far, without reading more.

        Args:
            now: the moment of the snapshot, in seconds since the epoch; by default, the present.
            stall_secs: see `SessionSnapshot`.
        """
        with self._lock:
            return self._snapshot_of(self._fold.session, now, stall_secs)

    def listing(self, now: float | None = None, stall_secs: float = DEFAULT_STALL_SECS) -> SessionSnapshot:
        """The same as ``snapshot(...).listed()``, but quicker to make."""
        with self._lock:
            return self._snapshot_of(self._fold.outline, now, stall_secs).listed()

    def _snapshot_of(self, session: Session, now: float | None, stall_secs: float) -> SessionSnapshot:
        return SessionSnapshot(
            location=self.location,
            session=session,
            vitals=self._vitals(session),
            now=time.time() if now is None else now,
            stall_secs=stall_secs,
            progress=1.0 if self.is_complete else self.progress,
            is_complete=self.is_complete,
            generation=self._generation,
            torn_end=self._torn_end(),
            trouble=self.trouble,
        )

    def _vitals(self, session: Session) -> Vitals:
        """The vitals of the session. If the log is only half read, the events at its end count."""
        vitals = vitals_of(session, self._read.modified, self.grown)
        end = self._end_session
        if end is None:
            return vitals
        return vitals._replace(
            status=end.status,
            last_event=seconds(end.last_event_at),
            last_activity=seconds(end.last_activity_at) or vitals.last_activity,
        )

    def _torn_end(self) -> Problem | None:
        torn = self._read.torn_bytes
        if not torn or self._read.end < self._read.size:  # then the rest of the line has not been read yet
            return None
        return Problem(self._fold.lines_read + 1, ProblemKind.TORN, f"{torn} bytes without a newline")

    def output(self, step: StepRun | None = None, *, run_read: RunRead | None = None) -> OutputLines:
        """The output lines of a step run, or of all steps; for ``run_read`` see `OutputLines`."""
        with self._lock:
            index = self._all_output if step is None else self._output_of(step.serial)
        return OutputLines(self.path, index, None if step is None else step.name, run_read=run_read)

    def line_table(self) -> LineTable:
        """A table of all output lines, to read those of many step runs. The number of a run is its serial."""
        with self._lock:
            runs = [
                RunLines(step.name, index.count, index.start)
                for step, index in ((step, self._output_of(step.serial)) for step in self._fold.session.steps)
            ]
        return LineTable(self.path, self._read.offset, runs)

    # Reading

    def read_all(self) -> SessionSnapshot:
        """Read to the present end of the file, and return a snapshot."""
        self.is_awaited = True
        while self.advance():
            pass
        return self.snapshot()

    def advance(self, limit: int = 1024 * 1024) -> bool:
        """Read and fold about ``limit`` more bytes.

        Faults of the file or its content never raise; see `trouble`.

        Returns:
            Whether there is more to read now.
        """
        with self._reading:
            size_before = self._tail.size
            more = False
            is_first = True
            try:
                if size_before == 0 and os.path.getsize(self.path) > limit:
                    limit = _FIRST_BYTES
                for chunk in self._chunks(limit):
                    more = chunk.more
                    end = self._end if more and not chunk.restarted else None
                    is_far_behind = is_first and self._tail.size - self._tail.offset - self._tail.torn_bytes > limit
                    if is_far_behind and (end is None or self._tail.size != size_before):
                        end = self._read_end()
                    self._take(chunk, end)
                    is_first = False
                if not (more and self.is_awaited):
                    self._parallel = None
                elif size_before and self._may_read_in_parallel:  # a large log whose end has been shown
                    self._read_in_parallel()
            except OSError as error:
                with self._lock:
                    self._parallel = None
                    self._error = error.with_traceback(None)  # which would keep what was read
                return False
            except Exception as error:  # an error must not stop other logs; this one is read again from its start
                with self._lock:
                    self._tail = Tail(self.path)
                    self._generation += 1
                    self._begin()
                    self._error = OSError(None, f"the log cannot be read: {log_trouble(error)}", self.path)
                log_exception(f"reading {self.path} failed", error)
                return False
            return more

    def _chunks(self, limit: int) -> Iterator[Chunk]:
        """Chunks of about ``limit`` bytes; of more if the log's first line is longer, which has the session's name."""
        more = True
        while more:
            for chunk in self._tail.chunks(limit, _CHUNK_BYTES):
                yield chunk
                more = chunk.more
            more = more and self._tail.offset == 0 and self._tail.torn_bytes < MAX_LINE_BYTES

    def _read_in_parallel(self) -> None:
        """Start another process at the other end, if much is left to read and there is a processor for it."""
        self._may_read_in_parallel = False
        start = self._tail.offset + self._tail.torn_bytes
        session_id, left = self._fold.session_id, self._tail.size - start
        has_processor = (os.cpu_count() or 1) > 1 and bool(sys.executable)
        if left > _WORTH_A_PROCESS and session_id is not None and has_processor:
            from zigtui.reader.lines.parallel_read import (
                ParallelReader,  # importing it takes longer than reading most logs
            )

            with suppress(OSError, ValueError, RuntimeError):  # the last one if there can be no more threads
                self._parallel = ParallelReader(self.path, start, self._tail.size, _CHUNK_BYTES, session_id)

    def _read_end(self) -> LogEnd | None:
        try:
            return read_log_end(self.path)
        except OSError:  # the file has just gone: the next `advance` reports that
            return None

    def _take(self, chunk: Chunk, end: LogEnd | None) -> None:
        end_session = self._end_session if end is self._end else None
        if end is not None and end_session is None:
            fold = Fold()
            for event in end.events:
                fold.apply(event)
            end_session = fold.session
        with self._lock:
            self._error = None
            if chunk.restarted:
                self._generation += 1
                self._begin()
            self._fold_chunk(chunk)
            self._end, self._end_session = end, end_session
            self._has_caught_up = self._has_caught_up or not chunk.more
            tail = self._tail
            self._read = _Read(tail.offset, tail.torn_bytes, tail.size, tail.modified)

    def _fold_chunk(self, chunk: Chunk) -> None:
        if chunk.skipped_bytes:
            self._fold.malformed_line(
                MalformedLineError(ProblemKind.BAD_JSON, f"a line of more than {MAX_LINE_BYTES} bytes, passed over")
            )
        if len(chunk.data) < _SHORTEST_BATCH or not self._fold_batch(chunk.data, chunk.offset):
            self._fold_singly(chunk.data, chunk.offset)

    def _fold_batch(self, data: bytes, offset: int) -> bool:
        from zigtui.reader.lines.output_batches import (
            output_batch,  # importing it takes longer than reading a short log
        )

        session_id = self._fold.session_id
        parsed = self._parallel.take(offset, len(data)) if self._parallel is not None else None
        batch: OutputBatch | None = None
        if parsed is not None:
            batch = parsed.batch
        elif session_id is not None:
            batch = output_batch(data, session_id)
        folded = None if batch is None else self._fold.apply_batch(batch)
        if batch is None or folded is None:
            return False
        self._all_output.add(offset, batch.lines)
        for serial, count in folded:
            self._output_of(serial).add(offset, count)
        return True

    def _fold_singly(self, data: bytes, offset: int) -> None:
        for line in data.split(b"\n")[:-1]:
            serial = self._fold_line(line)
            if serial is not None:
                self._all_output.add(offset)
                self._output_of(serial).add(offset)
            offset += len(line) + 1

    def _fold_line(self, line: bytes) -> int | None:
        if not line or line.isspace():
            self._fold.blank_line()
            return None
        try:
            return self._fold.apply(decode(line))
        except MalformedLineError as error:
            return self._fold.malformed_line(error)

    def _output_of(self, serial: int) -> OutputIndex:
        while len(self._step_output) <= serial:
            self._step_output.append(OutputIndex())
        return self._step_output[serial]
