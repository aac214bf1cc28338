"""The log file: each event is appended whole, in one write, and only by the process that created the file."""

import os
from _thread import RLock  # the module threading takes longer to import; only the coordinator needs it
from contextlib import suppress
from datetime import UTC, datetime
from errno import EBADF
from time import sleep, time_ns
from weakref import WeakSet

from writer._errors import SessionError
from writer._events import EVENT_FIELDS, STREAMS, EventType, OutputStream, as_stream
from writer._log.line_splitter import SHORT_CHARACTERS, pieces
from writer._log.log_file import OpenFile, end_of_whole_lines
from writer._log.open_log import OpenLog
from writer._text import Text, as_text, split_lines, with_valid_unicode

__all__ = ["EventLog", "timestamp"]

# How long a thread sleeps while another one writes, before it blocks on the lock. If threads only block, the kernel
# wakes them for each line of the others, and four threads write at a third of the speed of one.
_BACK_OFF_SECS = 0.001

_SEPARATOR = "\x7f"

_write = os.write

_forks = 0  # the number of forks between the program's start and this process: cheaper to read than the process id


_logs: "WeakSet[EventLog]" = WeakSet()


def _leave_to_parent() -> None:
    """In a forked process: close the copies of the descriptors, which would keep the locks of the logs."""
    global _forks
    _forks += 1
    for log in list(_logs):
        log._close_descriptor()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)


class EventLog(OpenLog):
    """The file of one session, written event by event; all methods may be called from any thread.

    Events that belong together are recorded under `exclusive`.

    Attributes:
        path: The path of the file.
        session_id: The id of the session.
    """

    def __init__(self, path: str, session_id: str, file: OpenFile) -> None:
        """Write to ``file``, which has been opened at ``path``."""
        import orjson

        super().__init__(path, session_id, file)
        self._forks_before = _forks
        self._lock = RLock()
        self._acquire = self._lock.acquire
        self._release = self._lock.release
        self._seq = 0
        self._is_dirty = False  # a write has begun and not ended: the file may not end with a newline
        self._end: dict[str, object] | None = None  # the last event, from the moment its write begins
        self._millisecond = 0
        self._output = self._event(EventType.STEP_OUTPUT, "", "", "")
        self._dumps = orjson.dumps
        self._newline = orjson.OPT_APPEND_NEWLINE
        _logs.add(self)

    @property
    def is_open(self) -> bool:
        """Whether more can be recorded: the session has not ended and belongs to this process."""
        return self._descriptor >= 0 and self.is_owned and self._end is None

    @property
    def is_closed(self) -> bool:
        """Whether the file has been closed, with or without an end of the session."""
        return self._descriptor < 0

    @property
    def is_owned(self) -> bool:
        """Whether this process created the log, rather than being forked from the one that did."""
        return self._forks_before == _forks

    @property
    def end(self) -> dict[str, object] | None:
        """The event that ended the session, or None."""
        return self._end

    def check_owner(self) -> None:
        """Raise a `SessionError` in a process forked from the one that created the log."""
        if self._forks_before != _forks:
            raise SessionError("the session belongs to the process that began it, not to its forks", self.path)

    def exclusive(self) -> RLock:
        """Return the lock, for a ``with`` block whose events must follow each other directly in the log."""
        self.check_owner()  # a fork must not wait for its copy of the lock, which is never released
        try:
            if not self._acquire(False):
                sleep(_BACK_OFF_SECS)
        finally:
            try:  # noqa: SIM105 (as in `step_output`)
                self._release()
            except RuntimeError:
                pass
        return self._lock

    def step_output(self, step_name: Text, stream: OutputStream | str, line: Text) -> None:
        """Append the output of a step; see `SessionWriter.step_output`."""
        # The hot path of every runner: this repeats `append` inline, without its calls. After a system call even small
        # operations are slow. Hence one dict for all lines, a timestamp that is made once a millisecond, and a lock
        # that is taken without `with`.
        if type(step_name) is not str or type(line) is not str:
            step_name, line = as_text(step_name, "step_name"), as_text(line, "line")
        try:
            stream = STREAMS[stream]
        except (KeyError, TypeError):
            stream = as_stream(stream)
        if "\n" in line or len(line) > SHORT_CHARACTERS:
            with self.exclusive():
                for part in split_lines(line):
                    if len(part) > SHORT_CHARACTERS:
                        for piece in pieces(part):
                            self.append(EventType.STEP_OUTPUT, step_name, stream, piece)
                    else:
                        self.step_output(step_name, stream, part)
            return
        if self._forks_before != _forks:
            self.check_owner()
        try:
            if not self._acquire(False):  # inside `try`: an interrupt can come as it returns
                sleep(_BACK_OFF_SECS)
                self._acquire()
            event = self._output
            last_seq = self._seq
            event["seq"] = seq = last_seq + 1
            millisecond = time_ns() // 1_000_000
            if millisecond != self._millisecond:
                self._check_file()
                event["ts"] = timestamp()
                self._millisecond = millisecond
            event["step_name"] = step_name
            event["stream"] = stream
            event["line"] = line
            try:
                data = self._dumps(event, None, self._newline)
            except TypeError:
                data = self._line(event)
            if self._is_dirty or self._seq != last_seq:  # if `_seq` differs, a signal handler has used the dict
                self.append(EventType.STEP_OUTPUT, step_name, stream, line)
                return
            # No calls from here to the write: a signal handler could run in one and write its own event first.
            self._seq = seq
            self._is_dirty = True
            try:
                written = _write(self._descriptor, data)
            except OSError as error:
                if error.errno == EBADF and self._seq == seq:  # the runner has closed it: `append` opens it again
                    self._seq, self._is_dirty = last_seq, False
                    self.append(EventType.STEP_OUTPUT, step_name, stream, line)
                    return
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

    def step_lines(self, step_name: str, stream: OutputStream, lines: list[str]) -> None:
        """Append lines of output, none of which has a newline, in one write: the same events as by `step_output`."""
        with self.exclusive():
            self._check_file()
            if len(lines) == 1 or self._is_dirty:
                for line in lines:
                    self.step_output(step_name, stream, line)
                return
            seq = self._seq
            data = self._output_events(step_name, stream, lines)
            if self._is_dirty or self._seq != seq:  # a signal handler has recorded another event
                self.step_lines(step_name, stream, lines)
                return
            # No calls from here to the write, as in `step_output`.
            self._seq = last = seq + len(lines)
            self._is_dirty = True
            try:
                written = _write(self._descriptor, data)
            except OSError as error:
                raise self._write_error(error) from error
            if written == len(data):
                self._is_dirty = False
            else:
                self._complete(data, written, last)

    def _output_events(self, step_name: str, stream: OutputStream, lines: list[str]) -> bytes:
        """Encode events of output that follow the last one."""
        template = self._event(EventType.STEP_OUTPUT, step_name, stream.value, "") | {"ts": timestamp()}
        head = self._line(template)[len(b'{"seq":0') : -len(b'"}\n')]
        # All lines are encoded at once, with a character between them that JSON does not escape.
        text = _SEPARATOR.join(lines)
        if text.count(_SEPARATOR) == len(lines) - 1:
            encoded = self._dumps(text)[1:-1].split(_SEPARATOR.encode())
        else:
            encoded = [self._dumps(line)[1:-1] for line in lines]
        return b"".join([b'{"seq":%d%b%b"}\n' % (seq, head, line) for seq, line in enumerate(encoded, self._seq + 1)])

    def append(self, event_type: EventType, *values: object, is_last: bool = False) -> dict[str, object]:
        """Append an event and return it.

        Args:
            event_type: The type of the event.
            *values: The values of its own fields, valid and in the order of `EVENT_FIELDS`.
            is_last: Whether the event ends the session. No other event can be appended after it.

        Raises:
            SessionError: If the file is closed or belongs to another process, or as `StorageError` if it cannot be
                written. Nothing of the event is left in the file, and its ``seq`` is not used again.
        """
        with self.exclusive():
            return self._append(self._event(event_type, *values), is_last)

    def _append(self, event: dict[str, object], is_last: bool, *, is_late: bool = False) -> dict[str, object]:
        """Append an event under the lock; it gets its ``seq``, and its time if it has none yet.

        An event that is late may come when the end of the session is known, but not written.
        """
        ts = event["ts"]
        event["seq"] = seq = self._seq + 1
        event["ts"] = ts or timestamp()
        line = self._line(event)
        end_before = self._end
        try:
            self._check_file()
            if self._is_dirty and (self._end is None or is_late):
                self._mend()
            if self._end is not None and not is_late:
                raise self.ended_error()
            if self._seq + 1 != seq:  # a signal handler has recorded another event
                event["ts"] = ts
                return self._append(event, is_last, is_late=is_late)
            # No calls from here to the write, as in `step_output`.
            self._seq = seq
            self._is_dirty = True
            if is_last:
                self._end = event
            written = _write(self._descriptor, line)
        except OSError as error:
            self._seq = max(self._seq, seq)  # the gap shows readers that an event was lost
            if is_last:
                self._end = end_before
            raise self._write_error(error) from error
        if written == len(line):
            self._is_dirty = is_last  # keeps the fast path of `step_output` from writing after the end
        else:
            try:
                self._complete(line, written, seq)
            except SessionError:
                self._end = end_before
                raise
        return event

    def _event(self, event_type: EventType, *values: object) -> dict[str, object]:
        """Make an event with its keys in the order of the format."""
        own = zip(EVENT_FIELDS[event_type], values, strict=True)
        return {"seq": 0, "ts": "", "zig_session_id": self.session_id, "type": event_type.value, **dict(own)}

    def _line(self, event: dict[str, object]) -> bytes:
        try:
            return self._dumps(event, None, self._newline)
        except TypeError:  # lone surrogates, which are not valid Unicode
            return self._dumps(with_valid_unicode(event), None, self._newline)

    def _complete(self, line: bytes, written: int, seq: int) -> None:
        """Write the rest of a line that was written in part; if that fails, cut the part off again."""
        try:
            while written < len(line):
                if self._seq != seq:  # a signal handler has cut it off, to record its own event
                    raise SessionError("an event is lost: a signal handler ran while the disk was full", self.path)
                written += _write(self._descriptor, line[written:])
        except OSError as error:
            with suppress(OSError):
                self._mend()
            raise self._write_error(error) from error
        self._is_dirty = False

    def _mend(self) -> None:
        """Cut off an incomplete last line, or at least end it with a newline, so that the next event is readable."""
        seq = self._seq
        size = os.fstat(self._descriptor).st_size
        start = end_of_whole_lines(self._descriptor, size)
        if start < size and self._seq == seq:  # otherwise a signal handler has done it and appended its event
            try:
                os.ftruncate(self._descriptor, start)
            except OSError:
                _write(self._descriptor, b"\n")
        self._is_dirty = False

    def _write_error(self, error: OSError) -> SessionError:
        if self._descriptor < 0:
            return self.ended_error()
        return SessionError.of(error, "write the session log", self.path)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        with self.exclusive():
            if self._is_dirty and self._is_ours():
                with suppress(OSError):
                    self._mend()
            self._close_descriptor(unlocks=True)


def timestamp() -> str:
    """Return the present time as the log has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
