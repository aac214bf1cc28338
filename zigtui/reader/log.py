"""One session log, read as it grows: tail, decode and fold put together."""

import os
import threading
from pathlib import Path

from writer.paths import LOG_SUFFIX
from zigtui.reader.bulk import output_run
from zigtui.reader.decode import MalformedLineError, decode
from zigtui.reader.fold import Fold
from zigtui.reader.model import Problem, ProblemKind, Session, StepRun
from zigtui.reader.output import OutputIndex, OutputLines
from zigtui.reader.tail import MAX_LINE_BYTES, Lines, Tail

__all__ = ["SessionLog"]

_PIECE_BYTES = 64 * 1024
_SHORTEST_RUN = 2048  # bytes; shorter ones are as quick line by line


class SessionLog:
    """Folds the log at ``path``, piece by piece.

    Any thread may `advance` it, and look at `session` while it holds `lock`, which is never held while the disk is
    read.

    Attributes:
        lock: guards the session and the output index.
        generation: counts how often the log was begun anew, because the file was replaced or truncated.
        trouble: why the file cannot be read at present, None if it can.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.lock = threading.RLock()
        self.generation = 0
        self.trouble: str | None = None
        self._reading = threading.Lock()
        self._tail = Tail(path)
        self._begin()

    def _begin(self) -> None:
        name = Path(self.path).name
        self._fold = Fold(name.removesuffix(LOG_SUFFIX) if name.endswith(LOG_SUFFIX) else None)
        self._all_output = OutputIndex()
        self._step_output: list[OutputIndex] = []  # by the step run's serial

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
    def problems(self) -> list[Problem]:
        """What is wrong with the log, a torn end of a session that is over included."""
        problems = list(self.session.problems)
        if self.torn_bytes:
            problems.append(
                Problem(self._fold.lines_read + 1, ProblemKind.TORN, f"{self.torn_bytes} bytes without a newline")
            )
        return problems

    def advance(self, limit: int = 256 * 1024) -> bool:
        """Read and fold about ``limit`` bytes more.

        Never raises for what the file holds or does; see `trouble`.

        Returns:
            Whether there is more to read now.
        """
        with self._reading:
            try:
                lines = self._tail.read(limit)
            except OSError as error:
                with self.lock:
                    self.trouble = error.strerror or str(error)
                return False
            with self.lock:
                self.trouble = None
                if lines.restarted:
                    self.generation += 1
                    self._begin()
                self._fold_lines(lines)
            return lines.more

    def read_all(self) -> Session:
        """Read on to the end of the file as it is now."""
        while self.advance():
            pass
        return self.session

    def output(self, step: StepRun | None = None) -> OutputLines:
        """The output lines of a step run, or of all steps."""
        if step is None:
            return OutputLines(self.path, self._all_output)
        return OutputLines(self.path, self._output_of(step), step.name)

    def _fold_lines(self, lines: Lines) -> None:
        fold = self._fold
        if lines.passed_over:
            fold.malformed_line(
                MalformedLineError(ProblemKind.BAD_JSON, f"a line of more than {MAX_LINE_BYTES} bytes, passed over")
            )
        start = 0
        while start < len(lines.data):
            end = lines.data.find(b"\n", min(start + _PIECE_BYTES, len(lines.data) - 1)) + 1
            self._fold_piece(lines.data[start:end], lines.offset + start)
            start = end

    def _fold_piece(self, data: bytes, offset: int) -> None:
        session_id = self.session.session_id
        run = output_run(data, session_id) if session_id is not None and len(data) >= _SHORTEST_RUN else None
        folded = self._fold.apply_run(run) if run is not None else None
        if run is not None and folded is not None:
            self._all_output.add(offset, run.lines)
            for step, count in folded:
                self._output_of(step).add(offset, count)
        else:
            self._fold_singly(data, offset)

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
