"""The log's file: events appended whole, each in one write, by the process that made it and no other."""

import os
from _thread import RLock  # threading itself is imported by the coordinator, when a heart is to beat
from contextlib import suppress
from datetime import UTC, datetime
from time import sleep, time_ns

from writer._errors import SessionError
from writer._events import EventType, OutputStream
from writer._paths import make_directories
from writer._text import Text, as_text, with_valid_unicode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["EventLog"]

_APPEND_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_BINARY", 0)

_STREAMS = {stream.value: stream.value for stream in OutputStream}
# How long a thread sleeps that finds another one writing, before it waits for the lock in earnest. Threads that only
# ever wait are woken by the kernel for each line of the others, and four of them write at a third of the speed of one.
_PATIENCE_SECS = 0.001

_TAIL_BYTES = 64 * 1024

_write = os.write

_forks = 0  # how many forks lie between the program's start and this process: cheaper to ask than the process id


def _count_fork() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count_fork)


class EventLog:
    """A new file with an event of one session a line, and the one event of which there are many: output.

    Raises:
        SessionError: if the file cannot be made.
    """

    def __init__(self, path: str, session_id: str) -> None:
        """Make the file at ``path``, for its owner only."""
        import orjson

        make_directories(os.path.dirname(path))
        try:
            self._descriptor = os.open(path, _APPEND_FLAGS, 0o600)
        except OSError as error:
            raise SessionError.of(error, "make the session log", path) from error
        self._path = path
        self._id = session_id
        self._forks_before = _forks
        self._lock = RLock()
        self._acquire = self._lock.acquire
        self._release = self._lock.release
        self._seq = 0
        self._is_dirty = False  # a write has begun and not ended: perhaps the file does not end with a newline
        self._end: dict[str, object] | None = None  # the last event, as soon as it is being written
        self._millisecond = 0
        self._ts = ""
        self._output: dict[str, object] = self._event(
            EventType.STEP_OUTPUT, {"step_name": "", "stream": "", "line": ""}
        )
        self._dumps = orjson.dumps
        self._newline = orjson.OPT_APPEND_NEWLINE

    @property
    def session_id(self) -> str:
        """The id of the session: a random UUID."""
        return self._id

    @property
    def log_path(self) -> "Path":
        """The log this writes."""
        from pathlib import Path

        return Path(self._path)

    @property
    def is_open(self) -> bool:
        """Whether more can be recorded: the session has not ended, and this is the process that began it."""
        return self._descriptor >= 0 and self._is_owned and self._end is None

    @property
    def _is_owned(self) -> bool:
        return self._forks_before == _forks

    def check_owner(self) -> None:
        """Raise a `SessionError` in a process forked from the one that created the session."""
        if self._forks_before != _forks:
            raise SessionError("the session belongs to the process that began it, not to its forks", self._path)

    def together(self) -> RLock:
        """For a ``with`` block: the events recorded in it follow each other, other threads wait."""
        self.check_owner()  # a fork must not wait for its copy of the lock: nobody would ever release it
        try:
            if not self._acquire(False):
                sleep(_PATIENCE_SECS)
        finally:
            try:  # noqa: SIM105 (as in `step_output`)
                self._release()
            except RuntimeError:
                pass
        return self._lock

    def step_output(self, step_name: Text, stream: OutputStream | str, line: Text) -> None:
        """A step printed a line.

        A newline at the end is taken off; text with newlines in it becomes an event for each of its lines.
        """
        # The hot path of every runner, so what `_append` does stands here once more without the calls. Right after a
        # system call even small things are slow: hence one dict for all lines, a time of day that is made once a
        # millisecond, and a lock that is taken without `with`.
        if type(step_name) is not str or type(line) is not str:
            step_name, line = as_text(step_name, "step_name"), as_text(line, "line")
        try:
            stream = _STREAMS[stream]
        except (KeyError, TypeError):
            raise ValueError(f"stream must be one of {', '.join(_STREAMS)}, not {stream!r}") from None
        if "\n" in line:
            with self.together():  # the lines of one text stay together
                for part in line.removesuffix("\n").split("\n"):
                    self.step_output(step_name, stream, part)
            return
        if self._forks_before != _forks:
            self.check_owner()
        try:
            if not self._acquire(False):  # inside of `try`: an interrupt can come as it returns
                sleep(_PATIENCE_SECS)
                self._acquire()
            event = self._output
            event["seq"] = seq = self._seq + 1
            millisecond = time_ns() // 1_000_000
            if millisecond != self._millisecond:
                self._check_file()
                self._ts = _timestamp()
                self._millisecond = millisecond
            event["ts"] = self._ts
            event["step_name"] = step_name
            event["stream"] = stream
            event["line"] = line
            try:
                data = self._dumps(event, None, self._newline)
            except TypeError:
                data = self._line(event)
            if self._is_dirty or self._seq + 1 != seq:  # or a signal handler has used the dict meanwhile
                self._append(EventType.STEP_OUTPUT, {"step_name": step_name, "stream": stream, "line": line})
                return
            # From here to the write nothing is called, for then a signal handler could write its event before.
            self._seq = seq
            self._is_dirty = True
            try:
                written = _write(self._descriptor, data)
            except OSError as error:
                raise self._write_error(error) from error
            if written == len(data):
                self._is_dirty = False
            else:
                self._complete(data, written, seq)
        finally:
            try:  # noqa: SIM105 (a context manager would cost more than the lock)
                self._release()
            except RuntimeError:  # an interrupt ended the wait: the lock is another thread's
                pass

    def _append(self, event_type: EventType, fields: dict[str, object], *, is_last: bool = False) -> dict[str, object]:
        """Write an event as a line, and give it back; after the last one nothing can follow.

        Raises:
            SessionError: if the file is closed, cannot be written, or belongs to another process. Of the event
                nothing is left in the file, and its ``seq`` is not given to another.
        """
        with self.together():
            event = self._event(event_type, fields)
            event["seq"] = seq = self._seq + 1
            event["ts"] = _timestamp()
            line = self._line(event)
            try:
                self._check_file()
                if self._end is None and self._is_dirty:
                    self._mend()
                if self._end is not None:
                    raise self._ended_error()
                if self._seq + 1 != seq:  # a signal handler has recorded something meanwhile
                    return self._append(event_type, fields, is_last=is_last)
                # From here to the write nothing is called, as in `step_output`.
                self._seq = seq
                self._is_dirty = True
                if is_last:
                    self._end = event
                written = _write(self._descriptor, line)
            except OSError as error:
                self._seq = max(self._seq, seq)  # the gap tells of the event that is lost
                if is_last:
                    self._end = None
                raise self._write_error(error) from error
            if written == len(line):
                self._is_dirty = is_last  # no line takes the quick way behind the last one
            else:
                try:
                    self._complete(line, written, seq)
                except SessionError:
                    self._end = None
                    raise
            return event

    def _event(self, event_type: EventType, fields: dict[str, object]) -> dict[str, object]:
        """An event with its keys in the order of the format: the envelope first."""
        return {"seq": 0, "ts": "", "zig_session_id": self._id, "type": event_type.value, **fields}

    def _line(self, event: dict[str, object]) -> bytes:
        try:
            return self._dumps(event, None, self._newline)
        except TypeError:  # lone surrogates: text that is not valid Unicode
            return self._dumps(with_valid_unicode(event), None, self._newline)

    def _complete(self, line: bytes, written: int, seq: int) -> None:
        """Write the rest of a line of which the disk has taken a part, or cut the part off again."""
        try:
            while written < len(line):
                if self._seq != seq:  # a signal handler has cut it off, to record something
                    raise SessionError("a signal came while the disk was full: an event is lost", self._path)
                written += _write(self._descriptor, line[written:])
        except OSError as error:
            with suppress(OSError):
                self._mend()
            raise self._write_error(error) from error
        self._is_dirty = False

    def _check_file(self) -> None:
        """Raise a `SessionError` if nobody can find the file any more, or it is closed."""
        if self._descriptor < 0:
            raise self._ended_error()
        if os.fstat(self._descriptor).st_nlink == 0:
            raise SessionError("the session log has been removed", self._path)

    def _mend(self) -> None:
        """Cut off what lies behind the last newline, or at least end it with one, so that no line is glued to it."""
        seq = self._seq
        size = start = os.fstat(self._descriptor).st_size
        while start > 0:
            begin = max(0, start - _TAIL_BYTES)
            newline = _read_at(self._descriptor, begin, start - begin).rfind(b"\n")
            if newline >= 0:
                start = begin + newline + 1
                break
            start = begin
        if start < size and self._seq == seq:  # otherwise a signal handler has done it, and written behind
            try:
                os.ftruncate(self._descriptor, start)
            except OSError:
                _write(self._descriptor, b"\n")
        self._is_dirty = False

    def _write_error(self, error: OSError) -> SessionError:
        return (
            self._ended_error() if self._descriptor < 0 else SessionError.of(error, "write the session log", self._path)
        )

    def _ended_error(self) -> SessionError:
        return SessionError("the session has ended, nothing can follow", self._path)

    def close(self) -> None:
        """Let go of the log without an end. Only for a runner that gives up recording; `ended` does it itself."""
        with self.together():
            if self._is_dirty:
                with suppress(OSError):
                    self._mend()
            descriptor, self._descriptor = self._descriptor, -1  # after all calls: a signal handler may close it too
            if descriptor >= 0:
                os.close(descriptor)

    def __del__(self) -> None:
        if getattr(self, "_descriptor", -1) >= 0:
            os.close(self._descriptor)  # in a forked process too: this closes the copy only


def _read_at(descriptor: int, offset: int, size: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(descriptor, size, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)  # writes go to the end all the same
    return os.read(descriptor, size)


def _timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
