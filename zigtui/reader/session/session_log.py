"""Read one session log as it grows: tail, decode and fold."""

import math
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from zigtui.reader.error_reasons import log_trouble
from zigtui.reader.lines.decode import MalformedLineError
from zigtui.reader.lines.joined_chunks import joined_chunks
from zigtui.reader.lines.last_line import LastLine
from zigtui.reader.lines.line_table import LineTable, RunLines
from zigtui.reader.lines.log_end import LogEnd, read_log_end
from zigtui.reader.lines.output_index import OutputLines, RunRead
from zigtui.reader.lines.parallel_start import start_parallel_reader
from zigtui.reader.lines.problems import Problem, ProblemKind
from zigtui.reader.lines.tail import MAX_LINE_BYTES, Chunk, Tail
from zigtui.reader.location import LogLocation
from zigtui.reader.log_exception import log_exception
from zigtui.reader.recorded_machines import recorded_hearing
from zigtui.reader.session.folding.fold import Fold, session_of
from zigtui.reader.session.folding.folded_lines import FoldedLines
from zigtui.reader.session.growth_watch import GrowthWatch
from zigtui.reader.session.model.listed import listed
from zigtui.reader.session.model.session import Session, StepRun
from zigtui.reader.session.model.silent_steps import DEFAULT_STALL_SECS
from zigtui.reader.session.past_pages import PastPages
from zigtui.reader.session.read_position import ReadPosition, modification_time
from zigtui.reader.session.signs_of_life import SignsOfLife, vitals_at_end
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals
from zigtui.reader.times import seconds

if TYPE_CHECKING:
    from zigtui.reader.lines.parallel_read import ParallelReader

__all__ = ["SessionLog"]

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_CHUNK_BYTES = 64 * 1024  # larger pieces do not stay in a processor's cache, and malloc takes them from mmap each time
_FIRST_BYTES = 16 * 1024  # of a large log: enough to see how it began; the log end has its current state


class SessionLog:
    """Folds a log piece by piece, and makes snapshots of what has been read.

    All methods may be called from any thread. No lock of the log is held while the disk is read, except by `advance`,
    which one thread runs at a time. `output` and `line_table` may read a past pass.

    Args:
        location: the location of the log.
        follows_link: whether the log may be a symbolic link when it is folded, see `open_log`.

    Attributes:
        is_awaited: whether a user is waiting for the log to be read. If so, another process may help.
        signs: what readers have observed of the log and its machine; replaced as a whole.
    """

    def __init__(self, location: LogLocation, *, follows_link: bool = True) -> None:
        self.location = location
        self.is_awaited = False
        self.signs = SignsOfLife()
        self._lock = threading.RLock()  # guards what `advance` changes
        self._reading = threading.Lock()
        self._generation = 0
        self._error: OSError | None = None
        self._tail = Tail(location.path, follows_link=follows_link)
        self._begin()

    def _begin(self) -> None:
        name = self.location.session_id
        self._past = PastPages(self.path, follows_link=self._tail.follows_link)
        self._folded = FoldedLines(Fold(name if _UUID.fullmatch(name) else None))  # another name was given by a person
        self._parallel: ParallelReader | None = None
        self._may_read_in_parallel = True
        self._end: LogEnd | None = None
        self._end_session: Session | None = None  # folded from the events of `_end` alone
        self._has_caught_up = False
        self._read = ReadPosition()
        self._last_line = LastLine(self._tail)

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
    def size(self) -> int:
        """The size of the file when it was last read, in bytes."""
        return self._read.size

    @property
    def is_end_undecided(self) -> bool:
        """Whether the log ends in a line without its newline. It may count a second later, so call `advance` then."""
        return self._last_line.is_undecided and self._error is None

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
            OSError: the error of the system.
        """
        if (error := self._error) is not None:
            raise error

    def snapshot(self, now: float | None = None, stall_secs: float = DEFAULT_STALL_SECS) -> SessionSnapshot:
        """Return the session as it has been read so far, without reading more.

        Args:
            now: the moment of the snapshot, in seconds since the epoch; by default, now.
            stall_secs: see `SessionSnapshot`.
        """
        with self._lock:
            session = self._folded.fold.session
            torn_end = self._read.torn_end(self._last_line.accepted, self._folded.fold.lines_read)
            return self._snapshot_of(session, self._vitals(session), now, stall_secs, torn_end)

    def observe(self, watch: GrowthWatch) -> None:
        """Pass the state of the file to a watch, and take over what the watch saw."""
        watch.check(self.size)
        skew_secs = math.inf if watch.has_jumped else self.signs.skew_secs
        self.signs = SignsOfLife(watch.grown, watch.watched, skew_secs, watch.unheard_since, watch.known_until)

    def hear_machine(self) -> None:
        """Find out what is heard of the machine of a mirrored log, by the record of the mirror."""
        hearing = recorded_hearing(self.location)
        if hearing is not None:
            self.observe(GrowthWatch(hearing=hearing))

    def listing(self, now: float | None = None, stall_secs: float = DEFAULT_STALL_SECS) -> SessionSnapshot:
        """The same as ``snapshot(...).listed()``, but quicker to make."""
        with self._lock:
            session = self._folded.fold.outline
            return self._snapshot_of(listed(session), self._vitals(session), now, stall_secs)

    def _snapshot_of(
        self, session: Session, vitals: Vitals, now: float | None, stall_secs: float, torn_end: Problem | None = None
    ) -> SessionSnapshot:
        return SessionSnapshot(
            location=self.location,
            session=session,
            vitals=vitals,
            now=time.time() if now is None else now,
            stall_secs=stall_secs,
            progress=1.0 if self.is_complete else self.progress,
            is_complete=self.is_complete,
            generation=self._generation,
            torn_end=torn_end,
            trouble=self.trouble,
        )

    def _vitals(self, session: Session) -> Vitals:
        vitals = self.signs.vitals(session, self._read.modified)
        return vitals if self.is_complete else vitals_at_end(vitals, self._end_session)

    def output(self, step: StepRun | None = None, *, run_read: RunRead | None = None) -> OutputLines:
        """The output lines of a step run, or of all steps; for ``run_read`` see `OutputLines`.

        Raises:
            OSError: if the step belongs to a past pass, and the log cannot be read.
        """
        with self._lock:
            folded, past = self._folded, self._past
            if step is None:
                return OutputLines(self.path, folded.output, run_read=run_read)
            session = folded.fold.session
        if step.serial < session.first_serial:
            folded = past.with_pass(session, session.past.of_step(step.serial))
        return self.output_in(folded, step, run_read)

    def kept_output(self, step: StepRun, run_read: RunRead | None = None) -> OutputLines | None:
        """The same as `output` without reading the log; None if the step belongs to a past pass by now."""
        with self._lock:
            folded = self._folded
            return None if step.serial < folded.fold.first_serial else self.output_in(folded, step, run_read)

    def output_in(self, folded: FoldedLines, step: StepRun, run_read: RunRead | None = None) -> OutputLines:
        """The output lines of a step run among lines of the log, such as those from `PastPages.with_pass`."""
        return OutputLines(self.path, folded.output_of(step.serial), step.name, run_read=run_read)

    def silences(self, step: StepRun) -> list[tuple[float, float]]:
        """When a step run printed nothing for a while; empty if it belongs to a past pass. Nothing is read."""
        with self._lock:
            return self._folded.output_of(step.serial).silences(seconds(step.started_at))

    @property
    def past(self) -> PastPages:
        """The past passes of a listener, which are read again when they are needed."""
        return self._past

    def line_table(self, session: Session | None = None) -> LineTable:
        """A table of the output lines of many step runs, which are numbered by their serials.

        Args:
            session: the session with the step runs whose lines are wanted, or one of its passes; by default, all step
                runs that the session has.

        Raises:
            OSError: if the log cannot be read. Only that of a past pass is read here.
        """
        with self._lock:
            folded, past = self._folded, self._past
            current = folded.fold.session
            end = self._read.offset + len(self._last_line.accepted)
        session = current if session is None else session
        first = session.first_serial
        if session.steps and first < current.first_serial:
            folded = past.with_pass(current, current.past.of_step(first))
        indexed = [(step, folded.output_of(step.serial)) for step in session.steps]
        runs = [RunLines(step.name, index.count, index.start) for step, index in indexed]
        return LineTable(self.path, end, runs, first)

    # Reading

    def read_all(self) -> SessionSnapshot:
        """Read to the current end of the file, and return a snapshot.

        A whole event at the end counts although its newline is missing.
        """
        self.is_awaited = True
        while self.advance():
            pass
        with self._reading, suppress(OSError):  # `advance` reports that
            self._accept_last_line(may_grow=False)
        return self.snapshot()

    def advance(self, limit: int = 1024 * 1024) -> bool:
        """Read and fold about ``limit`` more bytes.

        A whole event without its newline counts once the file has not grown for a second; see `is_end_undecided`.
        Faults of the file or its content never raise; see `trouble`.

        Returns:
            Whether there is more to read now.
        """
        with self._reading:
            try:
                return self._advance(limit)
            except OSError as error:
                error.filename = error.filename or self.path  # an error of reading, rather than opening, has none
                modified = self._read.modified or modification_time(self.path)
                with self._lock:
                    self._parallel = None
                    self._error = error.with_traceback(None)  # which would keep what was read
                    self._read = self._read._replace(modified=modified)
                return False
            except Exception as error:  # an error must not stop other logs; this one is read again from its start
                self._begin_again()
                with self._lock:
                    self._error = OSError(None, f"the log cannot be read: {log_trouble(error)}", self.path)
                log_exception(f"reading {self.path} failed", error)
                return False

    def _advance(self, limit: int) -> bool:
        size_before = self._tail.size
        more, is_first = False, True
        if size_before == 0 and os.path.getsize(self.path) > limit:
            limit = _FIRST_BYTES
        for chunk in joined_chunks(self._chunks(limit), lambda: self._folded.is_mixed):
            more = chunk.more
            if self._last_line.accepted and not chunk.restarted and self._last_line.rest_of(chunk) is None:
                self._begin_again()
                return True
            end = self._end if more and not chunk.restarted else None
            is_far_behind = is_first and self._tail.size - self._tail.offset - self._tail.torn_bytes > limit
            if is_far_behind and (end is None or self._tail.size != size_before):
                with suppress(OSError):  # the file has just gone: the next `advance` reports that
                    end = read_log_end(self.path, follows_link=self._tail.follows_link)
            self._take(chunk, end)
            is_first = False
        if not more:
            self._accept_last_line(may_grow=True)
        if not (more and self.is_awaited):
            self._parallel = None
        # A large log whose end has been shown. The other process helps only where steps just print.
        elif size_before and self._may_read_in_parallel and not self._folded.is_mixed:
            self._may_read_in_parallel = False
            self._parallel = start_parallel_reader(self._tail, _CHUNK_BYTES, self._folded.fold.session_id)
        return more

    def _begin_again(self) -> None:
        """Forget what has been read, so that the next `advance` begins at the start of the file."""
        with self._lock:
            self._tail = Tail(self.path, follows_link=self._tail.follows_link)
            self._generation += 1
            self._begin()

    def _accept_last_line(self, *, may_grow: bool) -> None:
        if line := self._last_line.accept(may_grow=may_grow):
            with self._lock:
                self._folded.add(line + b"\n", self._tail.offset)

    def _chunks(self, limit: int) -> Iterator[Chunk]:
        """Chunks of about ``limit`` bytes; of more if the log's first line is longer, which has the session's name."""
        more = True
        while more:
            for chunk in self._tail.chunks(limit, _CHUNK_BYTES):
                yield chunk
                more = chunk.more
            more = more and self._tail.offset == 0 and self._tail.torn_bytes < MAX_LINE_BYTES

    def _take(self, chunk: Chunk, end: LogEnd | None) -> None:
        end_session = self._end_session if end is self._end else None
        if end is not None and end_session is None:
            end_session = session_of(end.events)
        with self._lock:
            self._error = None
            if chunk.restarted:
                self._generation += 1
                self._begin()
            self._fold_chunk(chunk)
            self._end, self._end_session = end, end_session
            self._has_caught_up = self._has_caught_up or not chunk.more
            tail = self._tail
            self._read = ReadPosition(tail.offset, tail.torn_bytes, tail.size, tail.modified)

    def _fold_chunk(self, chunk: Chunk) -> None:
        if chunk.skipped_bytes:
            self._folded.fold.malformed_line(
                MalformedLineError(ProblemKind.TOO_LONG, f"not read: the line has more than {MAX_LINE_BYTES:,} bytes")
            )
        data, offset = chunk.data, chunk.offset
        accepted = self._last_line.accepted
        if accepted and data:  # the line has been folded already
            self._last_line = LastLine(self._tail)
            data, offset = data[len(accepted) + 1 :], offset + len(accepted) + 1
        self._folded.add(data, offset, self._parallel)
