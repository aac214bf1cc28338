"""Run a process and record what it prints; `writer._process_async` does the same for asyncio.

Each pipe is read by a thread of its own, so that the process never blocks on a full pipe. Non-blocking pipes and
`select` would need no threads, but Windows supports neither for pipes.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, Any

from writer._events import OutputStream
from writer._text import Text, as_texts

__all__ = [
    "LINE_BYTES",
    "LINGER_SECS",
    "TERMINATE_SECS",
    "LineSplitter",
    "ProcessOutput",
    "Record",
    "as_recorded",
    "outcome",
    "run",
    "with_defaults",
]

LINE_BYTES = 1024 * 1024
"""The size of the longest line that is recorded whole. It limits the memory for a program that never ends its line."""

LINGER_SECS = 2.0
"""How many seconds to read on after the process has ended: a background process may keep the pipes open."""

TERMINATE_SECS = 2.0
"""How many seconds a process has to terminate before it is killed."""

_READ_BYTES = 64 * 1024
_REFUSED_OPTIONS = ("bufsize", "encoding", "errors", "shell", "text", "universal_newlines")

Record = Callable[[str, OutputStream], None]


class LineSplitter:
    r"""Splits the bytes of a pipe into lines of text, in whatever pieces they are read.

    A line ends with ``\n`` or ``\r\n``, as in `writer._text.split_lines`. Bytes that are not UTF-8 become replacement
    characters.

    Example:
        >>> splitter = LineSplitter()
        >>> splitter.feed(b"one\r\ntw"), splitter.feed(b"o\nthree"), splitter.end()
        (['one'], ['two'], ['three'])
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that ``data`` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        texts = [text for line in lines for text in _pieces(line.removesuffix(b"\r"))]
        # A trailing \r does not count: if \n comes next, it is part of the line end.
        while len(self._rest.removesuffix(b"\r")) > LINE_BYTES:
            piece, self._rest = _cut(self._rest)
            texts.append(piece)
        return texts

    def end(self) -> list[str]:
        """Return the last line, if it does not end with a newline."""
        rest, self._rest = self._rest, b""
        return _pieces(rest) if rest else []


def _pieces(line: bytes) -> list[str]:
    texts = []
    while len(line) > LINE_BYTES:
        piece, line = _cut(line)
        texts.append(piece)
    return [*texts, _decode(line)]


def _cut(line: bytes) -> tuple[str, bytes]:
    """Return the first piece of a line that is too long, and the rest."""
    end = _character_start(line, LINE_BYTES)
    return _decode(line[:end]), line[end:]


def _character_start(line: bytes, index: int) -> int:
    """Return the nearest start of a UTF-8 character at or before ``index``."""
    for start in range(index, index - 4, -1):
        if line[start] & 0b1100_0000 != 0b1000_0000:
            return start
    return index  # not UTF-8


def _decode(line: bytes) -> str:
    return line.decode("utf-8", "replace")


class ProcessOutput:
    """Records the output of a process, from any thread, and keeps the first error for later.

    If a line cannot be recorded, reading goes on: otherwise the process would block on a full pipe forever.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._splitters = {stream: LineSplitter() for stream in OutputStream}
        self._lock = threading.Lock()
        self._error: Exception | None = None

    def feed(self, stream: OutputStream, data: bytes) -> None:
        """Record the lines that ``data`` completes; after the end of the stream this does nothing."""
        with self._lock:
            if stream in self._splitters:
                self._record_lines(stream, self._splitters[stream].feed(data))

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

    def raise_error(self) -> None:
        """Raise the first error that occurred while recording, if any."""
        if self._error is not None:
            raise self._error

    def _record_lines(self, stream: OutputStream, lines: list[str]) -> None:
        for line in lines:
            try:
                self._record(line, stream)
            except Exception as error:
                if self._error is None:
                    self._error = error


def with_defaults(argv: Sequence[Text], options: dict[str, Any]) -> dict[str, Any]:
    """Check the arguments of `Step.run` and add the defaults to its options.

    Raises:
        ValueError: If ``argv`` is a single text or empty, or an option would change how output is read.
    """
    if not as_texts(argv, "argv"):
        raise ValueError("argv must name a program")
    for name in _REFUSED_OPTIONS:
        if options.get(name):
            raise ValueError(f"{name} cannot be set: output is read as UTF-8 bytes, and no shell is involved")
    if options.get("stdin") == subprocess.PIPE:
        raise ValueError("stdin cannot be a pipe, since nothing would write to it: pass an open file")
    return {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}


def run(argv: Sequence[Text], record: Record, options: dict[str, Any]) -> int:
    """Run a process to its end and return its exit code; see `Step.run`."""
    options = with_defaults(argv, options)
    output = ProcessOutput(record)
    process: subprocess.Popen[bytes] = subprocess.Popen(argv, **options)
    readers = []
    try:
        for stream, pipe in ((OutputStream.STDOUT, process.stdout), (OutputStream.STDERR, process.stderr)):
            if pipe is not None:
                # A daemon, so that the interpreter can exit while a background process keeps the pipe open.
                reader = threading.Thread(target=_read, args=(pipe, stream, output), name="zig-output", daemon=True)
                reader.start()
                readers.append(reader)
        exit_code = process.wait()
    except BaseException:
        _stop(process)
        raise
    finally:
        give_up = time.monotonic() + LINGER_SECS
        for reader in readers:
            reader.join(max(0.0, give_up - time.monotonic()))
        output.end_all()
    output.raise_error()
    return as_recorded(exit_code)


def _read(pipe: IO[bytes], stream: OutputStream, output: ProcessOutput) -> None:
    with pipe:
        while data := os.read(pipe.fileno(), _READ_BYTES):
            output.feed(stream, data)
    output.end(stream)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.terminate()
        process.wait(TERMINATE_SECS)
    except subprocess.TimeoutExpired:
        pass
    finally:  # even if a second Ctrl-C interrupts the wait
        process.kill()
        process.wait()


def as_recorded(exit_code: int) -> int:
    """Convert an exit code to the signed 32 bits of the log: on Windows it is unsigned, such as 0xC0000005."""
    return exit_code - 2**32 if exit_code >= 2**31 else exit_code


def outcome(exit_code: int) -> str:
    """Describe how a process ended, as the end of a sentence: "exited with code 1", "was killed by SIGKILL"."""
    if exit_code >= 0 or sys.platform == "win32":
        return f"exited with code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was killed by signal {-exit_code}"
