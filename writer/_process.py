"""Run a process and record what it prints; what the asyncio twin shares with it is here too.

A thread per pipe reads, on every system: it never lets the process wait for a full pipe, and needs neither
non-blocking pipes nor `select`, which Windows has not got for them.
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

__all__ = ["LINE_BYTES", "LINGER_SECS", "TERMINATE_SECS", "LineSplitter", "ProcessOutput", "outcome", "run"]

LINE_BYTES = 1024 * 1024
"""A longer line is cut, so that a program that never ends its line does not fill the memory."""

LINGER_SECS = 2.0
"""How long to read on after the process has ended: a background process of its own may keep the pipes open."""

TERMINATE_SECS = 2.0
"""How long a process that is told to terminate may take before it is killed."""

_READ_BYTES = 64 * 1024
_REFUSED_OPTIONS = ("bufsize", "encoding", "errors", "shell", "text", "universal_newlines")

Record = Callable[[str, OutputStream], None]


class LineSplitter:
    r"""Cuts bytes into lines of text; the lines are the same however the bytes were cut before.

    A line ends with ``\n`` or ``\r\n``. Bytes that are not UTF-8 become replacement characters.

    Example:
        >>> splitter = LineSplitter()
        >>> splitter.feed(b"one\r\ntw"), splitter.feed(b"o\nthree"), splitter.end()
        (['one'], ['two'], ['three'])
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that ``data`` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        texts = [text for line in lines for text in _pieces(line.removesuffix(b"\r"))]
        # A last \r does not count: it belongs to the end of the line, should \n come next.
        while len(self._rest.removesuffix(b"\r")) > LINE_BYTES:
            piece, self._rest = _cut(self._rest)
            texts.append(piece)
        return texts

    def end(self) -> list[str]:
        """The last line, where it has no newline at its end."""
        rest, self._rest = self._rest, b""
        return _pieces(rest) if rest else []


def _pieces(line: bytes) -> list[str]:
    texts = []
    while len(line) > LINE_BYTES:
        piece, line = _cut(line)
        texts.append(piece)
    return [*texts, _decode(line)]


def _cut(line: bytes) -> tuple[str, bytes]:
    """The first piece of a line that is too long, and the rest."""
    place = _character_start(line, LINE_BYTES)
    return _decode(line[:place]), line[place:]


def _character_start(line: bytes, index: int) -> int:
    """The nearest place, from ``index`` backwards, that is not inside a UTF-8 character."""
    for place in range(index, index - 4, -1):
        if line[place] & 0b1100_0000 != 0b1000_0000:
            return place
    return index  # no UTF-8 at all


def _decode(line: bytes) -> str:
    return line.decode("utf-8", "replace")


class ProcessOutput:
    """Records what a process prints, from any thread, and keeps the first error for later.

    A line that cannot be recorded must not stop the reading: the process would wait for ever for its full pipe.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._splitters = {stream: LineSplitter() for stream in OutputStream}
        self._lock = threading.Lock()
        self._error: Exception | None = None

    def feed(self, stream: OutputStream, data: bytes) -> None:
        """Record the lines that ``data`` completes; nothing after the end of the stream."""
        with self._lock:
            if stream in self._splitters:
                self._record_lines(stream, self._splitters[stream].feed(data))

    def end(self, stream: OutputStream) -> None:
        """Record what is left of the stream's last line. A second call does nothing."""
        with self._lock:
            splitter = self._splitters.pop(stream, None)
            if splitter is not None:
                self._record_lines(stream, splitter.end())

    def end_all(self) -> None:
        """End the streams that have not ended by themselves."""
        for stream in OutputStream:
            self.end(stream)

    def raise_error(self) -> None:
        """Raise the first error there was while recording, if any."""
        if self._error is not None:
            raise self._error

    def _record_lines(self, stream: OutputStream, lines: list[str]) -> None:
        for line in lines:
            try:
                self._record(line, stream)
            except Exception as error:
                if self._error is None:
                    self._error = error


def checked(argv: Sequence[Text], options: dict[str, Any]) -> dict[str, Any]:
    """The options to start a process with, the defaults among them.

    Raises:
        ValueError: if ``argv`` is a single text or empty, or an option is not for us.
    """
    if not as_texts(argv, "argv"):
        raise ValueError("argv must name a program")
    for name in _REFUSED_OPTIONS:
        if options.get(name):
            raise ValueError(f"{name} cannot be set: output is read as UTF-8 bytes, and no shell is involved")
    if options.get("stdin") == subprocess.PIPE:
        raise ValueError("stdin cannot be a pipe, which nobody would write to: give an open file")
    return {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}


def run(argv: Sequence[Text], record: Record, options: dict[str, Any]) -> int:
    """Run a process to its end; see `writer._steps.Step.run`."""
    options = checked(argv, options)
    output = ProcessOutput(record)
    process: subprocess.Popen[bytes] = subprocess.Popen(argv, **options)
    readers = []
    try:
        for stream, pipe in ((OutputStream.STDOUT, process.stdout), (OutputStream.STDERR, process.stderr)):
            if pipe is not None:
                # A daemon: neither this call nor the interpreter's exit may wait for a pipe that is never closed.
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
    finally:  # also when a second Ctrl-C comes
        process.kill()
        process.wait()


def as_recorded(exit_code: int) -> int:
    """The exit code as the log holds it, in 32 bits with a sign: Windows' own have none (0xC0000005)."""
    return exit_code - 2**32 if exit_code >= 2**31 else exit_code


def outcome(exit_code: int) -> str:
    """How a process ended, to be put after its name: "exited with code 1", "was killed by SIGKILL"."""
    if exit_code >= 0 or sys.platform == "win32":
        return f"exited with code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was killed by signal {-exit_code}"
