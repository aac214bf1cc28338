"""One session log, read as it grows: tail, decode and fold put together."""

import errno
import os
import re
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from writer import LOG_SUFFIX
from zigtui.reader.lines.decode import MalformedLineError, decode
from zigtui.reader.lines.log_end import RecentEvents, recent_events
from zigtui.reader.lines.output_index import OutputIndex, OutputLines, RunRead
from zigtui.reader.lines.problems import Problem, ProblemKind
from zigtui.reader.lines.tail import MAX_LINE_BYTES, Chunk, Tail
from zigtui.reader.session.fold import Fold
from zigtui.reader.session.liveness import Vitals, vitals_of
from zigtui.reader.session.model import Session, StepRun
from zigtui.reader.times import seconds

if TYPE_CHECKING:
    from zigtui.reader.lines.output_batches import OutputBatch
    from zigtui.reader.lines.parallel_read import ParallelReader

__all__ = ["SessionLog"]

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PIECE_BYTES = 64 * 1024  # what is larger does not stay in a processor's cache, and comes from mmap each time
_FIRST_BYTES = 16 * 1024  # of a large log, to be quick: how it began and, by `recent`, how it goes on now
_WORTH_A_PROCESS = 64 * 1024 * 1024  # bytes; fewer are read before another process would have begun
_SHORTEST_RUN = 32 * 1024  # bytes; shorter ones are as quick line by line


class SessionLog:
    """Folds the log at ``path``, piece by piece.

    Any thread may `advance` it, and look at `session` while it holds `lock`, which is never held while the disk is
    read.

    Attributes:
        lock: guards the session and the output index.
        generation: counts how often the log was begun anew, because the file was replaced or truncated.
        trouble: why the file cannot be read at present, None if it can.
        recent: the end of the file, while what lies before it is still being read; None once all is read.
        is_awaited: whether somebody waits for it to be read: then another process may help.
        grown: when somebody saw the file grow, in seconds since the epoch; None if nobody has yet.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.lock = threading.RLock()
        self.generation = 0
        self.trouble: str | None = None
        self.recent: RecentEvents | None = None
        self.is_awaited = False
        self.grown: float | None = None
        self._has_caught_up = False
        self._reading = threading.Lock()
        self._tail = Tail(path)
        self._begin()

    def _begin(self) -> None:
        name = os.path.basename(self.path).removesuffix(LOG_SUFFIX)
        self._fold = Fold(name if _UUID.fullmatch(name) else None)  # any other name somebody has given the file
        self._all_output = OutputIndex()
        self._step_output: list[OutputIndex] = []  # by the step run's serial
        self._ahead: ParallelReader | None = None
        self._may_read_ahead = True

    @property
    def session(self) -> Session:
        """What is folded so far."""
        return self._fold.session

    @property
    def torn_bytes(self) -> int:
        """Bytes behind the last newline: a line that is being written, or was torn."""
        return self._tail.torn_bytes

    @property
    def bytes_read(self) -> int:
        """How far into the file it has been read."""
        return self._tail.offset + self._tail.torn_bytes

    @property
    def is_complete(self) -> bool:
        """Whether the file has been read to its end once, however much has been added since."""
        return self._has_caught_up and self.recent is None

    @property
    def progress(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return min(1.0, self.bytes_read / self._tail.size) if self._tail.size else 1.0

    @property
    def vitals(self) -> Vitals:
        """What tells whether the session lives; of a log that is half read, by its end."""
        vitals = vitals_of(self.session, self._tail.modified, self.grown)
        recent = self.recent
        if recent is None:
            return vitals
        return vitals._replace(
            status=recent.status,
            last_event=seconds(recent.last_event_at),
            last_activity=seconds(recent.last_activity_at) or vitals.last_activity,
        )

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the log, a torn end of a session that is over included."""
        problems = list(self.session.problems)
        if self.torn_bytes:
            problems.append(
                Problem(self._fold.lines_read + 1, ProblemKind.TORN, f"{self.torn_bytes} bytes without a newline")
            )
        return problems

    def advance(self, limit: int = 1024 * 1024) -> bool:
        """Read and fold about ``limit`` bytes more.

        Never raises for what the file holds or does; see `trouble`.

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
                for lines in self._tail.chunks(limit, _PIECE_BYTES):
                    more = lines.more
                    recent = self.recent if more and not lines.restarted else None
                    is_far_behind = is_first and self._tail.size - self.bytes_read > limit
                    if is_far_behind and (recent is None or self._tail.size != size_before):
                        recent = self._recent_events()
                    self._take(lines, recent)
                    is_first = False
                if not (more and self.is_awaited):
                    self._ahead = None
                elif size_before and self._may_read_ahead:  # a large log; not before its end has been shown
                    self._read_ahead()
            except OSError as error:
                with self.lock:
                    self._ahead = None
                    self.trouble = "the log is gone" if error.errno == errno.ENOENT else error.strerror or str(error)
                return False
            except Exception as error:  # whatever it is, other logs are shown; this one is read again from its start
                with self.lock:
                    self._tail = Tail(self.path)
                    self.generation += 1
                    self._begin()
                    self.trouble = f"it cannot be read: {error!r}"
                return False
            return more

    def _read_ahead(self) -> None:
        """Have another process begin at the other end, if much is left to be read and there is a processor for it."""
        self._may_read_ahead = False
        session_id, left = self.session.session_id, self._tail.size - self.bytes_read
        has_processor = (os.cpu_count() or 1) > 1 and bool(sys.executable)
        if left > _WORTH_A_PROCESS and session_id is not None and has_processor:
            from zigtui.reader.lines.parallel_read import ParallelReader  # takes as long to import as what parses

            with suppress(OSError, ValueError, RuntimeError):  # the last one if there can be no more threads
                self._ahead = ParallelReader(self.path, self.bytes_read, self._tail.size, _PIECE_BYTES, session_id)

    def _recent_events(self) -> RecentEvents | None:
        try:
            return recent_events(self.path)
        except OSError:  # gone just now: the next look will tell
            return None

    def _take(self, lines: Chunk, recent: RecentEvents | None) -> None:
        with self.lock:
            self.trouble = None
            if lines.restarted:
                self.generation += 1
                self._begin()
            self._fold_lines(lines)
            self.recent = recent
            self._has_caught_up = self._has_caught_up or not lines.more

    def read_all(self) -> Session:
        """Read on to the end of the file as it is now."""
        self.is_awaited = True
        while self.advance():
            pass
        return self.session

    def output(self, step: StepRun | None = None, *, ask: RunRead | None = None) -> OutputLines:
        """The output lines of a step run, or of all steps; for ``ask`` see `OutputLines`."""
        if step is None:
            return OutputLines(self.path, self._all_output, run_read=ask)
        return OutputLines(self.path, self._output_of(step), step.name, run_read=ask)

    def lines_behind(self, recent: RecentEvents) -> int:
        """How many output lines the log has behind those that were recent once."""
        try:
            return len(recent_events(self.path, recent.end_offset))
        except OSError:
            return 0

    def _fold_lines(self, lines: Chunk) -> None:
        fold = self._fold
        if lines.skipped_bytes:
            fold.malformed_line(
                MalformedLineError(ProblemKind.BAD_JSON, f"a line of more than {MAX_LINE_BYTES} bytes, passed over")
            )
        if len(lines.data) < _SHORTEST_RUN or not self._fold_run(lines.data, lines.offset):
            self._fold_singly(lines.data, lines.offset)

    def _fold_run(self, data: bytes, offset: int) -> bool:
        from zigtui.reader.lines.output_batches import output_batch  # takes longer to import than a short log to read

        session_id = self.session.session_id
        reading = self._ahead.take(offset, len(data)) if self._ahead is not None else None
        run: OutputBatch | None = None
        if reading is not None:
            run = reading.batch
        elif session_id is not None:
            run = output_batch(data, session_id)
        folded = None if run is None else self._fold.apply_run(run)
        if run is None or folded is None:
            return False
        self._all_output.add(offset, run.lines)
        for step, count in folded:
            self._output_of(step).add(offset, count)
        return True

    def _fold_singly(self, data: bytes, offset: int) -> None:
        for line in data.split(b"\n")[:-1]:
            step = self._fold_line(line)
            if step is not None:
                self._all_output.add(offset)
                self._output_of(step).add(offset)
            offset += len(line) + 1

    def _fold_line(self, line: bytes) -> StepRun | None:
        if not line or line.isspace():
            self._fold.blank_line()
            return None
        try:
            return self._fold.apply(decode(line))
        except MalformedLineError as error:
            return self._fold.malformed_line(error)

    def _output_of(self, step: StepRun) -> OutputIndex:
        while len(self._step_output) <= step.serial:
            self._step_output.append(OutputIndex())
        return self._step_output[step.serial]
