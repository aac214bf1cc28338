"""LineSplitter: cut what is printed, in whatever pieces it comes, into lines of text."""

import math
from collections.abc import Callable

from writer._common.text import valid_unicode

__all__ = ["LINE_BYTES", "PART_SECS", "SHORT_CHARACTERS", "LineSplitter", "pieces"]

LINE_BYTES = 1024 * 1024
"""The size of the longest line that is recorded whole. It limits the memory for a program that never ends its line."""

SHORT_CHARACTERS = LINE_BYTES // 4
"""A line of this many characters is never too long, whatever they are."""

PART_SECS = 1.0
"""How long the beginning of a line waits for its end. Then it is a line of its own, so that readers see a prompt."""


class LineSplitter:
    r"""Splits the bytes of a pipe into lines of text, in whatever pieces they are read.

    A line ends with ``\n`` or ``\r\n``, as in `writer._common.text.split_lines`. Bytes that are not UTF-8 become
    replacement characters.

    After a lone ``\r`` a terminal overwrites the line, as progress bars do. If such a line is incomplete after a
    second, or too long, its last state is kept and the earlier ones are dropped.

    Attributes:
        due: When to call `take_part`, by the clock of the argument ``now``; infinite while no line is incomplete.

    Example:
        >>> splitter = LineSplitter()
        >>> splitter.feed(b"one\r\ntw"), splitter.feed(b"o\nthree"), splitter.end()
        (['one'], ['two'], ['three'])
    """

    def __init__(self, held_back: Callable[[str], int] = lambda text: 0) -> None:
        """Begin with no text.

        Args:
            held_back: Returns the length of the end of a text that may not become a line without what follows it.
        """
        self._held_back = held_back
        self.due = math.inf
        self._rest = b""
        # Whether the beginning of the incomplete line has been recorded, and whether states of it have been dropped.
        self._is_continued = False
        self._is_overwritten = False
        self._last_state = ""

    def feed(self, data: bytes, now: float = 0.0) -> list[str]:
        """Return the lines that ``data`` completes."""
        end = data.rfind(b"\n") + 1
        if end:
            lines = self._split(self._rest + data[:end])
            if self._is_continued or self._is_overwritten:
                lines[:1] = self._continuation(lines[0])
            self._rest = data[end:]
            self.due = now + PART_SECS if self._rest else math.inf
        else:
            lines = []
            if not self._rest:
                self.due = now + PART_SECS
            self._rest += data
        if len(self._rest) > LINE_BYTES:
            lines += self._shorten()
        return lines

    def take_part(self, now: float) -> list[str]:
        """If the incomplete line is `due`, return it as a line, or its last state if it has been overwritten."""
        if now < self.due:
            return []
        if b"\r" in self._rest:
            held_back = self._cut(self._rest.rpartition(b"\r")[2])[1]
            part, self._rest = _decode(_last_state(self._rest.removesuffix(held_back))), held_back
            self._is_overwritten = True
            self._last_state = part
        else:
            part, self._rest = self._cut(self._rest)
        self.due = now + PART_SECS if self._rest else math.inf
        self._is_continued = self._is_continued or bool(part)
        return [part] if part else []

    def end(self) -> list[str]:
        """Return the last line, if it does not end with a newline."""
        rest, self._rest = self._rest, b""
        self.due = math.inf
        if not rest:
            return []
        return self._continuation(_decode(rest)) if self._is_continued or self._is_overwritten else self._pieces(rest)

    def _continuation(self, text: str) -> list[str]:
        """Return what is left of a line after parts of it have been returned or dropped."""
        if self._is_overwritten or "\r" in text:
            text = _decode(_last_state(text.encode()))
        is_new = bool(text) and text != self._last_state
        lines = [text] if is_new or not self._is_continued else []
        self._is_continued = self._is_overwritten = False
        self._last_state = ""
        return lines

    def _shorten(self) -> list[str]:
        """Make the incomplete line short again: drop earlier states, or else return pieces."""
        lines = []
        if b"\r" in self._rest[:-1]:
            self._rest = self._rest[_last_state_start(self._rest) :]
            self._is_overwritten = True
        # A trailing \r does not count: if \n comes next, it is part of the line end.
        while len(self._rest.removesuffix(b"\r")) > LINE_BYTES:
            piece, self._rest = self._cut(self._rest)
            lines.append(piece)
            self._is_continued = True
        return lines

    def _split(self, whole: bytes) -> list[str]:
        """Split lines that all end with a newline."""
        if len(whole) > LINE_BYTES:
            lines = whole.removesuffix(b"\n").split(b"\n")
            return [piece for line in lines for piece in self._pieces(line.removesuffix(b"\r"))]
        text = _decode(whole)
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        texts = text.split("\n")
        texts.pop()
        return texts

    def _pieces(self, line: bytes) -> list[str]:
        if len(line) > LINE_BYTES and b"\r" in line[:-1]:
            line = _last_state(line)
        texts = []
        while len(line) > LINE_BYTES:
            piece, line = self._cut(line)
            texts.append(piece)
        return [*texts, _decode(line)]

    def _cut(self, line: bytes) -> tuple[str, bytes]:
        """Return the beginning of a line, as much as may be recorded without what follows it, and the rest."""
        end = _end_of_characters(line[:LINE_BYTES])
        text = _decode(line[:end])
        held_back = self._held_back(text)
        if held_back < len(text) or len(line) <= LINE_BYTES:  # otherwise the line would never become shorter
            end -= len(text[len(text) - held_back :].encode())
        return _decode(line[:end]), line[end:]


def pieces(line: str) -> list[str]:
    """Cut a line that is too long as the lines of programs are cut."""
    return LineSplitter()._pieces(valid_unicode(line).encode())


def _end_of_characters(line: bytes) -> int:
    """Return the length of a line without an incomplete UTF-8 character at its end."""
    for length, lead in enumerate(reversed(line[-3:]), 1):
        if lead & 0b1100_0000 == 0b1100_0000:
            size = 2 if lead < 0b1110_0000 else 3 if lead < 0b1111_0000 else 4
            return len(line) - length if length < size else len(line)
        if lead < 0b1000_0000:
            break
    return len(line)


def _last_state_start(line: bytes) -> int:
    r"""Return where the last text that is not blank begins, of those that a lone ``\r`` divides."""
    end = len(line)
    while end > 0:
        start = line.rfind(b"\r", 0, end) + 1
        if not _is_blank(line[start:end]):
            return start
        end = start - 1
    return 0


def _last_state(line: bytes) -> bytes:
    state = line[_last_state_start(line) :].split(b"\r", 1)[0]
    return b"" if _is_blank(state) else state


def _is_blank(state: bytes) -> bool:
    """Whether a text has only spaces, and sequences such as the one that clears the line."""
    import re  # of all that a session needs, this takes longest to import, and only progress bars need it

    return re.fullmatch(rb"(?:\s|\x1b\[[0-9;?]*[A-Za-z])*", state) is not None


def _decode(line: bytes) -> str:
    return line.decode("utf-8", "replace")
