"""The log's file: events appended whole, each in one write, by the process that made it and no other."""

import os
from _thread import RLock  # threading itself is imported by the coordinator, when a heart is to beat
from datetime import UTC, datetime

from writer.errors import SessionError
from writer.paths import make_directories
from writer.text import valid_unicode

__all__ = ["LogFile", "with_valid_unicode"]

_APPEND_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_BINARY", 0)

_now = datetime.now
_write = os.write

_forks = 0  # how many forks lie between the program's start and this process: cheaper to ask than the process id


def _count_fork() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count_fork)


class LogFile:
    """A new file at ``path``, for its owner only, with an event a line.

    Raises:
        SessionError: if it cannot be made.
    """

    def __init__(self, path: str) -> None:
        import orjson

        make_directories(os.path.dirname(path))
        try:
            self._descriptor = os.open(path, _APPEND_FLAGS, 0o600)
        except OSError as error:
            raise SessionError.of(error, "make the session log", path) from error
        self.path = path
        self._forks = _forks
        self._lock = RLock()
        self._seq = 0
        self._torn = False
        self._dumps = orjson.dumps
        self._newline = orjson.OPT_APPEND_NEWLINE

    @property
    def is_open(self) -> bool:
        """Whether more can be appended: it is not closed, and this is the process that made it."""
        return self._descriptor >= 0 and self.is_owned

    @property
    def is_owned(self) -> bool:
        """Whether this is the process that made the file, not a fork of it."""
        return self._forks == _forks

    def check_owner(self) -> None:
        """Raise a `SessionError` in a process forked from the one that made the file."""
        if self._forks != _forks:
            raise SessionError("the session belongs to the process that began it, not to its forks", self.path)

    @property
    def lock(self) -> RLock:
        """Held while an event is appended. A fork must not wait for it: nobody would ever release its copy.

        Raises:
            SessionError: in a forked process.
        """
        self.check_owner()
        return self._lock

    def append(self, event: dict[str, object]) -> None:
        """Set ``seq`` and ``ts`` of an event, and write it as a line.

        Raises:
            SessionError: if the file is closed, cannot be written, or belongs to another process. Of the event
                nothing is left in the file, and its ``seq`` is not given to another.
        """
        # The hot path of every runner: each attribute and call here is paid for by each line of output.
        if self._forks != _forks:
            self.check_owner()
        with self._lock:
            event["seq"] = seq = self._seq + 1
            event["ts"] = _now(UTC)
            try:
                line = self._dumps(event, None, self._newline)
            except TypeError:  # lone surrogates: text that is not valid Unicode
                line = self._dumps(with_valid_unicode(event), None, self._newline)
            if self._seq + 1 != seq:  # a signal handler has recorded something meanwhile
                self.append(event)
                return
            self._seq = seq
            try:
                if self._torn:
                    self._write_rest(b"\n" + line, 0)
                    self._torn = False
                    return
                written = _write(self._descriptor, line)
                if written != len(line):
                    self._write_rest(line, written)
            except OSError as error:
                if self._descriptor < 0:
                    raise SessionError("the session has ended, nothing can follow", self.path) from None
                raise SessionError.of(error, "write the session log", self.path) from error

    def _write_rest(self, line: bytes, written: int) -> None:
        """Complete a line of which the disk took only a part, or cut the part off again."""
        try:
            while written < len(line):
                written += _write(self._descriptor, line[written:])
        except BaseException:
            if written:
                try:
                    os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - written)
                except OSError:
                    self._torn = True  # then the next line begins with a newline, so that nothing is glued to it
            raise

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        if getattr(self, "_descriptor", -1) >= 0:
            os.close(self._descriptor)  # in a forked process too: this closes the copy only


def with_valid_unicode(event: dict[str, object]) -> dict[str, object]:
    """A copy of an event in which lone surrogates are replaced."""
    valid: dict[str, object] = {}
    for key, value in event.items():
        if isinstance(value, str):
            valid[key] = valid_unicode(value)
        elif isinstance(value, list):
            valid[key] = [valid_unicode(text) for text in value]
        else:
            valid[key] = value
    return valid
