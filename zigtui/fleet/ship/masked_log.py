"""The bytes of a log as they are shipped if secrets are masked.

A masked line has the length of the original, so the offsets of both are the same. Its bytes depend only on what the
file has up to its end, never on when it is read: bytes that are sent again, also by a later run, are those that were
sent before. Earlier lines affect how a line is masked. So that not all of the file needs to be read for a line in the
middle, the file is divided into *sections*, and only some lines before a section affect those in it.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from zigtui.fleet.ship.log_bytes import end_of_line, opened, start_of_line
from zigtui.fleet.wire.chunk import ANCHOR_BYTES
from zigtui.reader.lines.tail import read_at

__all__ = ["MaskedLog", "Masking"]

_SECTION_BYTES = 512 * 1024
_CONTEXT_BYTES = 64 * 1024  # before a section: more than a private key has, even if other output is between its lines
_BLOCK_BYTES = 64 * 1024


class Masking(Protocol):
    """Masks secrets in logs."""

    @property
    def fingerprint(self) -> str:
        """Identifies how secrets are masked. Two maskings with the same one give the same bytes."""

    @property
    def max_line_bytes(self) -> int:
        """Longer lines are not given to what `lines` returns, but replaced by `blank`."""

    def lines(self) -> Callable[[bytes], bytes]:
        """Return a function that masks whole lines in order. Each result has the length of its line."""

    def blank(self, size: int, start: int, end: int) -> bytes:
        """A part of the line of ``size`` bytes that replaces one that is too long."""


class _Line(NamedTuple):
    """A masked line: where it starts and ends, and its bytes; None for a line that is too long to be masked."""

    start: int
    end: int
    data: bytes | None


class MaskedLog:
    """Reads the masked bytes of a log. To read on from where the last read ended takes the least time.

    Args:
        path: the log.
        masking: masks secrets.
    """

    def __init__(self, path: str, masking: Masking) -> None:
        self._path = path
        self._masking = masking
        self.forget()

    def forget(self) -> None:
        """Forget what was read, since the file may have changed there."""
        self._mask = self._masking.lines()
        self._section = -1
        self._end = 0  # of the lines that were masked
        self._lines: deque[_Line] = deque()  # those before that, as far as they may be needed again

    def read(self, start: int, end: int) -> bytes:
        """The masked bytes from ``start`` to ``end``; fewer if there are no whole lines up to there.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        with opened(self._path) as descriptor:
            first = self._lines[0].start if self._lines else self._end
            if not first <= start <= self._end:
                self._begin(descriptor, start)
            while self._end < end and self._mask_lines(descriptor, start, end):
                pass
        found = b"".join(self._part(line, start, end) for line in self._lines if line.end > start and line.start < end)
        while len(self._lines) > 1 and self._lines[0].end <= end - ANCHOR_BYTES:
            self._lines.popleft()
        return found

    def _part(self, line: _Line, start: int, end: int) -> bytes:
        first, last = max(0, start - line.start), min(end, line.end) - line.start
        if line.data is None:
            return self._masking.blank(line.end - line.start, first, last)
        return line.data[first:last]

    def _begin(self, descriptor: int, offset: int) -> None:
        """Go to the start of a section, so that the next lines lead to an offset."""
        section = start_of_line(descriptor, offset) // _SECTION_BYTES * _SECTION_BYTES
        self._lines.clear()
        self._section = -1
        self._end = end_of_line(descriptor, section - 1) or 0 if section else 0

    def _mask_lines(self, descriptor: int, start: int, end: int) -> bool:
        """Mask some of the next lines, as far as they are needed.

        Returns:
            Whether there are any.
        """
        raw = read_at(descriptor, self._end, _BLOCK_BYTES)
        size = raw.rfind(b"\n") + 1
        if size == 0:
            line_end = end_of_line(descriptor, self._end)
            if line_end is None:
                return False
            size = line_end - self._end
            if size > self._masking.max_line_bytes:
                self._lines.append(_Line(self._end, line_end, None))
                self._end = line_end
                return True
            raw = read_at(descriptor, self._end, size)
        for line in _lines_of(raw[:size]):
            self._enter_section(descriptor)
            masked = self._mask(line)
            line_start, self._end = self._end, self._end + len(line)
            if self._end > start:
                self._lines.append(_Line(line_start, self._end, masked))
            if self._end >= end:
                break
        return True

    def _enter_section(self, descriptor: int) -> None:
        """Begin a section if the next line is the first one in it."""
        section = self._end // _SECTION_BYTES
        if section != self._section:
            self._section = section
            self._mask = self._masking.lines()
            start = max(0, self._end - _CONTEXT_BYTES)
            context = read_at(descriptor, start, self._end - start)
            for line in _lines_of(context if start == 0 else context[context.find(b"\n") + 1 :]):
                self._mask(line)


def _lines_of(data: bytes) -> list[bytes]:
    """The lines of bytes that end with a newline. Other line ends are part of a line."""
    return [line + b"\n" for line in data.split(b"\n")[:-1]]
