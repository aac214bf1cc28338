"""LineSplitter: cut what is printed, in whatever pieces it comes, into lines of text."""

__all__ = ["LINE_BYTES", "LineSplitter"]

LINE_BYTES = 1024 * 1024
"""The size of the longest line that is recorded whole. It limits the memory for a program that never ends its line."""


class LineSplitter:
    r"""Splits the bytes of a pipe into lines of text, in whatever pieces they are read.

    A line ends with ``\n`` or ``\r\n``, as in `writer._text.split_lines`. Bytes that are not UTF-8 become replacement
    characters.

    Example:
        >>> splitter = LineSplitter()
        >>> splitter.feed(b"one\r\ntw"), splitter.feed(b"o\nthree"), splitter.end()
        (['one'], ['two'], ['three'])
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that ``data`` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        texts = [text for line in lines for text in _pieces(line.removesuffix(b"\r"))]
        # A trailing \r does not count: if \n comes next, it is part of the line end.
        while len(self._rest.removesuffix(b"\r")) > LINE_BYTES:
            piece, self._rest = _cut(self._rest)
            texts.append(piece)
        return texts

    def end(self) -> list[str]:
        """Return the last line, if it does not end with a newline."""
        rest, self._rest = self._rest, b""
        return _pieces(rest) if rest else []


def _pieces(line: bytes) -> list[str]:
    texts = []
    while len(line) > LINE_BYTES:
        piece, line = _cut(line)
        texts.append(piece)
    return [*texts, _decode(line)]


def _cut(line: bytes) -> tuple[str, bytes]:
    """Return the first piece of a line that is too long, and the rest."""
    end = _character_start(line, LINE_BYTES)
    return _decode(line[:end]), line[end:]


def _character_start(line: bytes, index: int) -> int:
    """Return the nearest start of a UTF-8 character at or before ``index``."""
    for start in range(index, index - 4, -1):
        if line[start] & 0b1100_0000 != 0b1000_0000:
            return start
    return index  # not UTF-8


def _decode(line: bytes) -> str:
    return line.decode("utf-8", "replace")
