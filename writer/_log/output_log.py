"""OutputLog: the output of steps, which is most of a log and has to cost as little as possible."""

import os
from errno import EBADF
from math import inf
from time import monotonic, time

from writer._common.errors import StorageError
from writer._common.events import EventType, OutputStream, as_stream
from writer._common.pause import pause
from writer._common.text import Text, as_text, split_lines
from writer._log.event_log import BACK_OFF_SECS, EventLog, timestamp
from writer._log.line_splitter import SHORT_CHARACTERS, pieces
from writer._log.log_file import OpenFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.events import Stream

__all__ = ["OutputLog"]

_SEPARATOR = "\x7f"
_MILLISECOND = 0.001

_write = os.write


class OutputLog(EventLog):
    """The file of one session, with a fast way to write lines of output."""

    __slots__ = ("_fragment", "_last_output", "_moment")

    def __init__(self, path: str, session_id: str, file: OpenFile) -> None:
        """Write to ``file`` as `EventLog` does."""
        from writer._common.safe_orjson import orjson

        super().__init__(path, session_id, file)
        self._fragment = orjson.Fragment
        # When this millisecond ends, its time as the log has it, and its events of output: see `_output_event`.
        self._moment: tuple[float, str, dict[tuple[str, str], dict[str, object]]] = (-inf, "", {})
        self._last_output: tuple[str, Stream, float, dict[str, object]] = ("", "stdout", -inf, {})

    def step_output(self, step_name: Text, stream: "Stream", line: Text) -> None:
        """Append the output of a step; see `SessionWriter.step_output`."""
        # The hot path of every runner: this repeats `append` inline, without its calls. What the lines of a step have
        # in common is encoded once a millisecond, and the lock is taken without `with`.
        if type(line) is not str:
            line = as_text(line, "line")
        if "\n" in line:
            with self.exclusive():
                for one in split_lines(line):
                    self.step_output(step_name, stream, one)
            return
        # Called as attributes, these would be taken for methods, which are slower to find.
        acquire, release, dumps = self._acquire, self._release, self._dumps
        try:
            try:
                # Inside `try`: an interrupt can come as `acquire` returns.
                if not acquire(False):  # another thread is writing
                    pause(BACK_OFF_SECS)
                    acquire()
                last_seq = self._seq
                name, known_stream, until, event = self._last_output
                if monotonic() >= until or step_name is not name or stream is not known_stream:
                    event = self._output_event(step_name, stream)
                event["seq"] = seq = last_seq + 1
                event["line"] = line
                try:
                    data = dumps(event, None, self._newline)
                except TypeError:
                    data = self._line(event)
                size = len(data)
                # If `_seq` differs, a signal handler has recorded an event.
                if size > SHORT_CHARACTERS or self._is_dirty or self._seq != last_seq:
                    self._append_output(step_name, stream, line)
                    return
                # No calls from here to the write: a signal handler could run in one and write its own event first.
                self._seq = seq
                self._is_dirty = True
                try:
                    written = _write(self._descriptor, data)
                except OSError as error:
                    if error.errno == EBADF and self._seq == seq:  # the runner has closed it: `append` opens it again
                        self._seq, self._is_dirty = last_seq, False
                        self._append_output(step_name, stream, line)
                        return
                    raise self._write_error(error) from error
                if written == size:
                    self._is_dirty = False
                else:
                    self._complete(data, written, seq)
            finally:
                try:  # noqa: SIM105 (a context manager would cost more than the lock)
                    release()
                except RuntimeError:  # an interrupt ended the wait: the lock is another thread's
                    pass
        except StorageError as error:  # after the release of the lock: a warning may be printed to a step
            self.handle_error(error, in_step=False)

    def _append_output(self, step_name: Text, stream: "Stream", line: str) -> None:
        """Append a line of output by the slow path; one that is too long, in pieces."""
        name, word = as_text(step_name, "step_name"), as_stream(stream)
        for piece in [line] if len(line) <= SHORT_CHARACTERS else pieces(line):
            self.append(EventType.STEP_OUTPUT, name, word, piece)

    def handle_error(self, error: StorageError, *, in_step: bool) -> None:
        """Raise an error of the file, unless the session goes on without its log; see `SessionLog.handle_error`."""
        raise error

    def step_lines(self, step_name: str, stream: OutputStream, lines: list[str]) -> None:
        """Append lines of output without newlines in one write: the same events as those of `step_output`."""
        with self.exclusive():
            self._check_file()
            if len(lines) < 2 or self._is_dirty:
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
        event = self._output_event(step_name, stream)
        head = self._dumps(event | {"seq": 0, "line": ""})[len(b'{"seq":0') : -len(b'"}')]
        # All lines are encoded at once, with a character between them that JSON does not escape.
        encoded = self._dumps(_SEPARATOR.join(lines))[1:-1].split(_SEPARATOR.encode())
        count = len(lines)
        if len(encoded) != count:
            encoded = [self._dumps(line)[1:-1] for line in lines]
        # The parts of all events are put together by slices, which takes half as long as to format each event.
        first = self._seq + 1
        parts = [head] * (4 * count)
        parts[0::4] = self._dumps(list(range(first, first + count)))[1:-1].split(b",")
        parts[2::4] = encoded
        parts[3::4] = [b'"}\n{"seq":'] * count
        parts[0] = b'{"seq":' + parts[0]
        parts[-1] = b'"}\n'
        return b"".join(parts)

    def _output_event(self, step_name: Text, stream: "Stream") -> dict[str, object]:
        """Return an event of output, made once for each step and millisecond: all but ``seq`` and ``line`` is encoded.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If the descriptor is no longer that of the log.
        """
        key = as_text(step_name, "step_name"), as_stream(stream)
        until, ts, events = self._moment
        now = monotonic()  # not the clock of the timestamps, which may be set back
        if now >= until:
            self._check_file()
            until = now + _MILLISECOND - time() % _MILLISECOND
            ts, events = timestamp(), {}
            self._moment = until, ts, events
        event = events.get(key)
        if event is None:
            whole = self._line(self._event(EventType.STEP_OUTPUT, *key, "") | {"ts": ts})
            encoded = whole[len(b'{"seq":0,"ts":') : -len(b',"line":""}\n')]
            events[key] = event = {"seq": 0, "ts": self._fragment(encoded), "line": ""}
        self._last_output = key[0], stream, until, event  # not the given name, which may be mutable bytes
        return event
