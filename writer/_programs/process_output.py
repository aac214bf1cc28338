"""ProcessOutput: record what a process prints, line by line."""

import math
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import NamedTuple

from writer._common.errors import warn
from writer._common.events import OutputStream
from writer._log.line_splitter import LineSplitter

__all__ = ["ProcessOutput", "Recorder"]


class Recorder(NamedTuple):
    """How lines become output of a step.

    Attributes:
        record: Records lines of a stream.
        held_back: Returns the length of the end of a text that may not be recorded without what follows.
        started: Called with the id of each program that runs.
    """

    record: Callable[[list[str], OutputStream], None]
    held_back: Callable[[str], int]
    started: Callable[[int], None]

    def note(self, text: str) -> None:
        """Record a line about the program among its errors, unless that fails: on a full disk, for example."""
        with suppress(Exception):  # the program itself has done its work
            self.record([text], OutputStream.STDERR)

    def note_unknown_exit_code(self) -> None:
        """Record that the exit code is not known, so that nobody takes its 0 for a success."""
        warn("the exit code of a program is not known: the runner ignores SIGCHLD, or its handler has collected it")
        self.note("exit code not known: the runner ignores SIGCHLD, or its handler has collected it")


class ProcessOutput:
    """Records the output of a process, from any thread.

    If a line cannot be recorded, reading goes on: otherwise the process would block on a full pipe forever.

    Attributes:
        error: The first error that occurred while recording, or None.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._record = recorder.record
        self._splitters = {stream: LineSplitter(recorder.held_back) for stream in OutputStream}
        self._lock = threading.Lock()
        self.error: Exception | None = None

    def feed(self, stream: OutputStream, data: bytes) -> None:
        """Record the lines that ``data`` completes; after the end of the stream this does nothing."""
        with self._lock:
            if stream in self._splitters:
                self._record_lines(stream, self._splitters[stream].feed(data, monotonic()))

    def record_parts(self) -> float:
        """Record the lines that have been incomplete for too long, and return when to call this again."""
        due = math.inf
        with self._lock:
            now = monotonic()
            for stream, splitter in self._splitters.items():
                self._record_lines(stream, splitter.take_part(now))
                due = min(due, splitter.due)
        return due

    def end(self, stream: OutputStream) -> None:
        """Record the last line of a stream if it is incomplete. A second call does nothing."""
        with self._lock:
            splitter = self._splitters.pop(stream, None)
            if splitter is not None:
                self._record_lines(stream, splitter.end())

    def end_all(self) -> None:
        """End the streams that are still open."""
        for stream in OutputStream:
            self.end(stream)

    def _record_lines(self, stream: OutputStream, lines: list[str]) -> None:
        if lines:
            try:
                self._record(lines, stream)
            except Exception as error:
                if self.error is None:
                    self.error = error
