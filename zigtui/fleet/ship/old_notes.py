"""Notes about logs that have not changed for long. There may be hundreds of thousands, most of them never needed."""

import os
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from zigtui.fleet.ship.number_table import NumberMap
from zigtui.fleet.ship.shipped_log import Kept
from zigtui.reader.lines.tail import open_log, read_at
from zigtui.state.files import replace_file

__all__ = ["OldNotes"]

_BLOCK_BYTES = 64 * 1024
_MAX_LINE_BYTES = 32 * 1024  # more than the longest path takes
_SPARE_LINES = 1000


class _Head(msgspec.Struct):
    """The first line.

    Attributes:
        fleet: what the notes are about.
        lines: how many there were when the file was last rewritten.
    """

    fleet: str
    lines: int = 0


_HEAD = msgspec.json.Decoder(_Head)
_LINE = msgspec.json.Decoder(tuple[str, Kept])


class OldNotes:
    """A file with a line for each note, of which the last one about a log counts. In memory is only where that is.

    A line that was not written whole is dropped. Without the file, a log that is needed is sent again from its start,
    and mirrors that have it already recognise it. Any thread may call the methods.

    Args:
        path: the file. Its directory need not exist.
        fleet: what the notes are about. Those about something else do not count.
    """

    def __init__(self, path: Path, fleet: str) -> None:
        self._path = path
        self._fleet = fleet
        self._lock = threading.Lock()
        self._end = 0  # of the last whole line; 0 if the file must be written anew
        self._lines = self._lines_then = 0  # now, and when the file was last rewritten
        self._offsets = NumberMap()  # of the last note about each log, by the hash of its path
        self._load()

    def get(self, path: str) -> Kept | None:
        """The note about a log, if there is one that can be read."""
        with self._lock:
            offset = self._offsets.get(hash(path), -1)
            if offset < 0:
                return None
            try:
                descriptor = open_log(str(self._path))
                try:
                    line = read_at(descriptor, offset, _MAX_LINE_BYTES).partition(b"\n")[0]
                finally:
                    os.close(descriptor)
            except OSError:
                return None
        note = _decoded(line)
        return note[1] if note is not None and note[0] == path else None

    def __iter__(self) -> Iterator[tuple[str, Kept]]:
        """The notes: the path of each log, and what is kept of it."""
        with self._lock:
            for _, path, kept in self._current():
                yield path, kept

    def add(self, notes: Iterable[tuple[str, Kept]], is_gone: Callable[[str], bool]) -> None:
        """Add notes. Those about logs whose paths are not UTF-8 are left out.

        Args:
            notes: path and note of each log.
            is_gone: whether the log at a path is gone, so that its note is not needed. It is called for all notes when
                there have become twice as many.

        Raises:
            OSError: if they cannot be written.
        """
        lines = [(hash(path), line) for path, kept in notes if (line := _encoded(path, kept))]
        if not lines:
            return
        with self._lock:
            data = b"".join(line for _, line in lines)
            if not (self._end and self._append(data)):
                self._rewrite(is_gone)
                self._append(data)
            for number, line in lines:
                self._offsets.set(number, self._end)
                self._end += len(line)
            self._lines += len(lines)
            if self._lines > 2 * self._lines_then + _SPARE_LINES:
                self._rewrite(is_gone)

    def _append(self, data: bytes) -> bool:
        """Append to the file, unless it is gone or was cut off meanwhile. Return whether it was there."""
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            if os.fstat(descriptor).st_size < self._end:
                return False
            os.ftruncate(descriptor, self._end)  # without what was not written whole
            os.lseek(descriptor, self._end, os.SEEK_SET)
            while data:
                data = data[os.write(descriptor, data) :]
        finally:
            os.close(descriptor)
        return True

    def _rewrite(self, is_gone: Callable[[str], bool]) -> None:
        """Write the file anew, without notes that are not needed."""
        needed = array("q", [offset for offset, path, _ in self._current() if not is_gone(path)])

        def pieces() -> Iterator[bytes]:
            yield msgspec.json.encode(_Head(self._fleet, len(needed))) + b"\n"
            offsets = iter(needed)
            next_offset = next(offsets, -1)
            for offset, line in self._whole_lines():
                if offset == next_offset:
                    yield line
                    next_offset = next(offsets, -1)

        replace_file(self._path, pieces())
        self._load()

    def _load(self) -> None:
        """Find the notes in the file."""
        self._end = self._lines = 0
        self._offsets = NumberMap()
        lines = self._whole_lines()
        _, first = next(lines, (0, b""))
        try:
            head = _HEAD.decode(first)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return
        if head.fleet != self._fleet:
            return
        self._end, self._lines_then = len(first), head.lines
        for offset, line in lines:
            note = _decoded(line)
            if note is not None:
                self._offsets.set(hash(note[0]), offset)
            self._end = offset + len(line)
            self._lines += 1

    def _current(self) -> Iterator[tuple[int, str, Kept]]:
        """The notes that count, with their offsets."""
        for offset, line in self._whole_lines():
            note = _decoded(line)
            if note is not None and self._offsets.get(hash(note[0]), -1) == offset:
                yield offset, *note

    def _whole_lines(self) -> Iterator[tuple[int, bytes]]:
        """The whole lines of the file up to one that is too long to be a note, with their offsets."""
        with suppress(OSError):
            descriptor = open_log(str(self._path))
            try:
                offset, rest = 0, b""
                while block := read_at(descriptor, offset + len(rest), _BLOCK_BYTES):
                    *lines, rest = (rest + block).split(b"\n")
                    for line in lines:
                        yield offset, line + b"\n"
                        offset += len(line) + 1
                    if len(rest) > _MAX_LINE_BYTES:
                        break
            finally:
                os.close(descriptor)


def _encoded(path: str, kept: Kept) -> bytes:
    """The line of a note; empty if the path is not UTF-8."""
    try:
        return msgspec.json.encode((path, kept)) + b"\n"
    except UnicodeEncodeError:
        return b""


def _decoded(line: bytes) -> tuple[str, Kept] | None:
    try:
        return _LINE.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
