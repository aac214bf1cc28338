"""Standard output and standard error when they are closed, full or without a reader."""

import errno
import io
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TextIO

from zigtui.exit_codes import ExitCode
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.text.safe_text import safe_plain

__all__ = [
    "OutputError",
    "check_reader",
    "code_despite",
    "drop_output",
    "flush_notes",
    "note",
    "notes",
    "prepare_streams",
]

_shows_notes = ContextVar("_shows_notes", default=True)

_STDIN, _STDOUT, _STDERR = 0, 1, 2
_BUFFER_BYTES = 64 * 1024
_MAX_NOTE = 5000  # characters of a line: a path of any length, but not an argument
_GONE = (errno.EPIPE, errno.ECONNRESET)


class OutputError(Exception):
    """Standard output cannot be written to.

    It is raised once: what is written afterwards is dropped. It is not an `OSError`, so that it cannot be taken for
    trouble with another file.

    Attributes:
        reader_has_gone: whether the reader has closed its end, which is not a failure.
    """

    def __init__(self, message: str, *, reader_has_gone: bool = False) -> None:
        super().__init__(message)
        self.reader_has_gone = reader_has_gone

    @classmethod
    def no_reader(cls) -> "OutputError":
        """The error for a reader that has closed its end."""
        return cls("the reader of standard output has gone", reader_has_gone=True)


class _StandardOutput(io.RawIOBase):
    """The file of descriptor 1.

    Args:
        was_closed: whether the program was started without a standard output.
    """

    def __init__(self, *, was_closed: bool) -> None:
        super().__init__()
        self._was_closed = was_closed
        self._has_failed = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self._was_closed:
            raise io.UnsupportedOperation("standard output is closed")
        return _STDOUT

    def isatty(self) -> bool:
        return not self._was_closed and os.isatty(_STDOUT)

    def write(self, data: "memoryview | bytes", /) -> int:  # type: ignore[override]  # only ever called with these
        if self._was_closed and not self._has_failed:
            self._has_failed = True
            raise OutputError("standard output is closed")
        while not self._has_failed:
            try:
                return os.write(_STDOUT, data)
            except BlockingIOError:  # another program has made the terminal or pipe non-blocking
                select.select([], [_STDOUT], [])
            except OSError as error:
                self._has_failed = True
                raise _output_error(error) from error
        return len(data)

    def drop(self) -> None:
        """Drop what has not been written yet, and all that follows."""
        self._has_failed = True

    def check_reader(self) -> None:
        """Raise an `OutputError` if a pipe, socket or terminal has lost its other end.

        Other files never report this. A socket whose peer only no longer sends (``POLLRDHUP``) still has a reader. On
        macOS, ``poll`` reports ``POLLNVAL`` for terminals, which means nothing; a lost terminal sends SIGHUP anyway.
        """
        if self._has_failed or self._was_closed or not hasattr(select, "poll"):
            return
        poll = select.poll()
        poll.register(_STDOUT, 0)  # errors are reported without being asked for
        if any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0)):
            self._has_failed = True
            raise OutputError.no_reader()


def _output_error(error: OSError) -> OutputError:
    is_gone = error.errno in _GONE
    if error.errno == errno.EIO:  # a terminal that was closed; from a disk it is a failure
        with suppress(OSError):
            is_gone = stat.S_ISCHR(os.fstat(_STDOUT).st_mode)
    return OutputError.no_reader() if is_gone else OutputError(f"cannot write to standard output: {reason_of(error)}")


def prepare_streams() -> None:
    """Make standard output UTF-8, and let trouble with it raise an `OutputError`.

    The descriptors of closed streams are occupied: a log or report that got one of them would receive what other parts
    of the program print. An output that a caller has redirected is left alone.
    """
    was_closed = sys.__stdout__ is None
    for descriptor in (_STDIN, _STDOUT, _STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
    if sys.stdout is sys.__stdout__:
        raw = _StandardOutput(was_closed=was_closed)
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw, _BUFFER_BYTES), "utf-8", "replace", line_buffering=raw.isatty()
        )


def check_reader() -> None:
    """Raise an `OutputError` if the reader of standard output has gone. Call it while there is nothing to print."""
    raw = _raw_output()
    if raw is not None:
        raw.check_reader()


def drop_output() -> None:
    """Drop the output that has not been written yet: writing it may wait for a reader that has stopped reading."""
    raw = _raw_output()
    if raw is not None:
        raw.drop()


def _raw_output() -> _StandardOutput | None:
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw if isinstance(raw, _StandardOutput) else None


def code_despite(error: OutputError, known: int) -> int:
    """The exit code of a command whose output failed. Lost output is reported; a reader that has gone is not.

    Args:
        error: the failure.
        known: the exit code that the command would have had.
    """
    if error.reader_has_gone:
        return known
    note(f"zigtui: {error}")
    return known or ExitCode.USAGE


@contextmanager
def notes(*, shown: bool) -> Iterator[None]:
    """Print or drop the notes of a block."""
    token = _shows_notes.set(shown)
    try:
        yield
    finally:
        _shows_notes.reset(token)


def note(text: str) -> None:
    """Print lines for people on standard error, safely for a terminal. If it cannot be written to, they are dropped."""
    if sys.stderr is not None and _shows_notes.get():
        safe = "\n".join(safe_plain(_shortened(line)) for line in text.split("\n"))
        try:
            print(safe.encode("utf-8", "replace").decode(), file=sys.stderr, flush=True)
        except (OSError, ValueError):
            _discard(sys.stderr)


def flush_notes() -> None:
    """Write what is left for standard error, such as the last of a screen; it is dropped if its terminal is gone."""
    if sys.stderr is not None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            _discard(sys.stderr)


def _shortened(line: str) -> str:
    """A line of a note, without the middle of a very long one: its end may have a hint."""
    half = _MAX_NOTE // 2
    return line if len(line) <= _MAX_NOTE else f"{line[:half]}…{line[-half:]}"


def _discard(stream: TextIO) -> None:
    """Redirect a broken stream to the null device: otherwise flushing it at exit would change the exit code to 120."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
