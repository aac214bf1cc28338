"""The log file: each event is appended whole, in one write, and only by the process that created the file."""

import os
import sys
from _thread import RLock  # the module threading takes longer to import; only the coordinator needs it
from contextlib import suppress
from datetime import UTC, datetime
from time import time_ns
from weakref import WeakSet

from writer._common.errors import SessionError
from writer._common.events import EVENT_FIELDS, EventType
from writer._common.pause import pause
from writer._common.text import cut_off, with_valid_unicode
from writer._log.log_file import OpenFile, end_of_whole_lines
from writer._log.open_log import OpenLog

__all__ = ["BACK_OFF_SECS", "EventLog", "timestamp"]

# How long a thread sleeps if another one has the lock, before it blocks on it. While one blocks, each line of the
# others wakes it for nothing. If threads only block, four of them write at a third of the speed of one. If they sleep
# first, they write at two thirds or more.
BACK_OFF_SECS = 0.001

_LONGEST_BYTES = 8 * 1024 * 1024  # of an event that is recorded as it is: readers pass over lines that are much longer

_SECOND_CHARS = len("2026-03-01T12:00:00")

_write = os.write

_forks = 0  # the number of forks between the program's start and this process: cheaper to read than the process id


_logs: "WeakSet[EventLog]" = WeakSet()


def _after_fork_in_child() -> None:
    """In a forked process: close the copies of the descriptors, which would keep the locks of the logs.

    The fast path of output relies on that, rather than on a check of its own: a write without a descriptor fails.
    """
    global _forks
    _forks += 1
    for log in list(_logs):
        log._make_lock()  # another thread of the parent may have the old one, which is never released here
        log._close_descriptor()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


class _Lock(RLock):  # type: ignore[misc]  # final only for type checkers
    """A lock that an interrupt does not leave locked as a ``with`` block is entered.

    Since Python 3.14, an interrupt can come between the return of ``__enter__`` and the block if it is not a method
    in Python. Leaving the block has no such gap.
    """

    def __enter__(self) -> bool:  # type: ignore[override]  # a block gives it no arguments
        try:
            return self.acquire()
        except BaseException:
            with suppress(RuntimeError):  # the interrupt has ended the wait: the lock is another thread's
                self.release()
            raise


class EventLog(OpenLog):
    """The file of one session, written event by event; all methods may be called from any thread.

    Events that belong together are recorded under `exclusive`.

    Attributes:
        path: The path of the file.
        session_id: The id of the session.
    """

    # Lines of output need most of these. Without slots, the attributes of a log and its subclasses would be more than
    # the interpreter optimizes.
    __slots__ = (
        "__weakref__",
        "_acquire",
        "_dumps",
        "_end",
        "_forks_before",
        "_has_whole_end",
        "_is_dirty",
        "_lock",
        "_newline",
        "_release",
        "_seq",
    )

    def __init__(self, path: str, session_id: str, file: OpenFile) -> None:
        """Write to ``file``, which has been opened at ``path``."""
        from writer._common.safe_orjson import orjson

        super().__init__(path, session_id, file)
        self._forks_before = _forks
        self._make_lock()
        self._seq = 0
        self._is_dirty = False  # a write has begun and not ended: the file may not end with a newline
        self._end: dict[str, object] | None = None  # the last event, from the moment its write begins
        self._has_whole_end = False  # its write has ended, and nothing can follow it
        self._dumps = orjson.dumps
        self._newline = orjson.OPT_APPEND_NEWLINE
        _logs.add(self)

    def _make_lock(self) -> None:
        self._lock: RLock = _Lock() if sys.version_info >= (3, 14) else RLock()
        self._acquire = self._lock.acquire
        self._release = self._lock.release

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
        if self._forks_before != _forks:
            self.check_owner()
        try:
            if not self._acquire(False):
                pause(BACK_OFF_SECS)
        finally:
            try:  # noqa: SIM105 (as in `step_output`)
                self._release()
            except RuntimeError:
                pass
        return self._lock

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
            return self._append_event(event_type, values, is_last)

    def _append_event(self, event_type: EventType, values: tuple[object, ...], is_last: bool) -> dict[str, object]:
        """Append an event under the lock."""
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
            if seq > 1:  # the file of the first event has just been opened
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
            self._has_whole_end = is_last
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
            line = self._dumps(event, None, self._newline)
        except TypeError:  # lone surrogates, which are not valid Unicode
            line = self._dumps(with_valid_unicode(event), None, self._newline)
        if len(line) > _LONGEST_BYTES:
            line = self._dumps(cut_off(with_valid_unicode(event)), None, self._newline)
        return line

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
            if self._is_dirty and not self._has_whole_end and self._is_ours():
                with suppress(OSError):
                    self._mend()
            self._close_descriptor(unlocks=True)


_second = (-1, "")  # the last second, and how the log writes it


def timestamp() -> str:
    """Return the current time as the log has it. The date is formatted once a second: that takes as long as a write."""
    global _second
    seconds, milliseconds = divmod(time_ns() // 1_000_000, 1000)
    second, text = _second
    if second != seconds:
        text = datetime.fromtimestamp(seconds, UTC).isoformat()[:_SECOND_CHARS]  # unlike `strftime`, without an import
        _second = seconds, text
    return f"{text}.{milliseconds:03}+00:00"
