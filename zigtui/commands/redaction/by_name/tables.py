"""Secrets in tables: a header row names the columns, and the rows below it contain the values."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.by_name.pairs import is_value
from zigtui.commands.redaction.judging.names import is_name
from zigtui.commands.redaction.judging.prose import is_code_word, is_prose
from zigtui.commands.redaction.judging.values import is_stand_in
from zigtui.commands.redaction.rules import Span

__all__ = ["Table"]

_DELIMITERS = ("|", "│", "\t", ",", ";")
_ALIGNED = "  "  # stands for columns that only spaces separate
_CELL = re.compile(r"\S+(?: \S+)*")
# In capital letters, or of three columns: two words with spaces between them may be anything
_ALIGNED_HEADER = re.compile(
    r" *[A-Z][A-Z_-]*(?:(?: {2,}| )[A-Z][A-Z_-]*)+ *|(?: *[A-Za-z][\w-]*(?: {2,}|$)){3,}", re.ASCII
)
_COLUMN = re.compile(r"[\"']?[A-Za-z_][\w .-]{0,40}[\"']?")
_RULE = re.compile(r"[\s|+:=_│├┼┤─═-]+")


class Table:
    """Finds secrets in the rows of a table, as the lines of a stream come in."""

    def __init__(self) -> None:
        self._delimiter = ""
        self._size = 0
        self._columns: list[int] = []

    @property
    def is_open(self) -> bool:
        """Whether the next line may be a row."""
        return bool(self._columns)

    def spans(self, line: str, *, has_keyword: bool) -> Iterator[Span]:
        """The spans of the secrets in a line, if it is a row of the current table.

        Args:
            line: the line, without control characters.
            has_keyword: whether the line contains a word that may name a secret. Only such a line can be a header row.
        """
        if self._columns:
            if _RULE.fullmatch(line):
                return
            cells = _cells(line, self._delimiter)
            if len(cells) == self._size:
                yield from self._secrets(cells)
                return
            self._columns = []
        if has_keyword:
            self._read_header(line)

    def _secrets(self, cells: list[tuple[str, int]]) -> Iterator[Span]:
        for number in self._columns:
            cell, start = cells[number]
            value = cell.strip().strip("\"'`")
            if value and value[0] != "-" and " " not in value and self._is_secret(value):
                begin = start + cell.index(value)
                yield Span(begin, begin + len(value), "secret")

    def _is_secret(self, value: str) -> bool:
        """Whether a cell is a secret. In data, unlike in the tables of a manual, a single word is one too."""
        if is_value(value):
            return True
        is_word = value.isalpha() and value.islower() and len(value) >= 6 and not is_stand_in(value)
        return is_word and self._delimiter != _ALIGNED and not is_prose(value) and not is_code_word(value)

    def _read_header(self, line: str) -> None:
        for delimiter in _DELIMITERS:
            if delimiter in line:
                cells = [cell.strip() for cell, _ in _cells(line, delimiter)]
                inner = [cell for cell in cells if cell] if delimiter in "|│" else cells
                if all(_COLUMN.fullmatch(cell) and (delimiter in "|│\t" or " " not in cell) for cell in inner):
                    self._open(delimiter, cells)
                return
        if _ALIGNED in line and _ALIGNED_HEADER.fullmatch(line):
            self._open(_ALIGNED, [cell for cell, _ in _cells(line, _ALIGNED)])

    def _open(self, delimiter: str, header: list[str]) -> None:
        self._columns = [number for number, cell in enumerate(header) if is_name(cell.strip("\"'"))]
        self._size, self._delimiter = len(header), delimiter


def _cells(line: str, delimiter: str) -> list[tuple[str, int]]:
    """The cells of a row, each with the index of its first character."""
    if delimiter == _ALIGNED:
        return [(found[0], found.start()) for found in _CELL.finditer(line)]
    cells, start = [], 0
    for cell in line.split(delimiter):
        cells.append((cell, start))
        start += len(cell) + len(delimiter)
    return cells
