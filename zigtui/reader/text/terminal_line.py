"""One line of a terminal, as the cells that printed text fills."""

import unicodedata
from functools import lru_cache
from itertools import groupby, islice
from typing import NamedTuple, TypeAlias

from zigtui.reader.text.text_style import PLAIN, TextStyle

__all__ = ["PLAIN_CELL", "CellStyle", "Span", "TerminalLine", "character_width"]

CellStyle: TypeAlias = tuple[TextStyle, bool]
"""The style of a cell, and whether it belongs to a marker."""

PLAIN_CELL = (PLAIN, False)


class Span(NamedTuple):
    """Text of one style.

    Attributes:
        text: the text, which is safe to print.
        style: its style.
        marker: whether it is not text of the log, but stands for characters that cannot be shown.
    """

    text: str
    style: TextStyle
    marker: bool = False


class TerminalLine:
    """One terminal line. The first cell of a wide character has its text, the second has "".

    Attributes:
        texts: the text of each cell.
        styles: the style of each cell.
        column: the column of the cursor.
        marks: zero-width characters by the column they follow (-1: none). They are added to their cells at the end:
            adding many of them to one cell one at a time would take quadratic time.
        erased: how many columns at the start are known to be blank. Erasing them again costs nothing.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.styles: list[CellStyle] = []
        self.column = 0
        self.marks: dict[int, list[str]] = {}
        self.erased = 0

    def write(self, text: str, style: CellStyle) -> None:
        """Write printable text at the cursor, over what is there."""
        cells, marks = (text, ()) if text.isascii() else _cells_of(text)
        start, end = self.column, self.column + len(cells)
        self._clear(start, end)
        self.texts[start:end] = cells
        self.styles[start:end] = [style] * len(cells)
        self.column = end
        self.erased = min(self.erased, max(start - 1, 0))  # a mark changes the cell before the cursor
        for offset, mark in marks:
            self.marks.setdefault(start + offset, []).append(mark)

    def tab(self, size: int) -> None:
        """Move to the next tab stop; as in a terminal, the cells in between are kept."""
        self.column += size - self.column % size
        missing = self.column - len(self.texts)
        self.texts += " " * missing
        self.styles += [PLAIN_CELL] * missing

    def carriage_return(self) -> None:
        """Move to the start of the line."""
        self._drop_if_erased()
        self.column = 0

    def erase(self, *, before: bool, after: bool) -> None:
        """Erase the line before or after the cursor. Both include the cell of the cursor."""
        if after:
            self._clear(self.column, len(self.texts))
            del self.texts[self.column :], self.styles[self.column :]
        if before:
            start, end = self.erased, min(self.column + 1, len(self.texts))
            self._clear(start, end)
            self.texts[start:end] = " " * (end - start)
            self.styles[start:end] = [PLAIN_CELL] * (end - start)
            self.erased = end
        self.erased = min(self.erased, len(self.texts))

    def spans(self) -> list[Span]:
        """Return the line as spans, merging neighbours of the same style. Nothing can be written afterwards."""
        self._drop_if_erased()
        leading = self.marks.pop(-1, None)
        for column, marks in self.marks.items():
            self.texts[column] += "".join(marks)
        if leading:
            self.texts.insert(0, "".join(leading))
            self.styles.insert(0, PLAIN_CELL)
        texts = iter(self.texts)
        return [
            Span("".join(islice(texts, len(list(cells)))), style, marker)
            for (style, marker), cells in groupby(self.styles)
        ]

    def _clear(self, start: int, end: int) -> None:
        """Prepare columns to be replaced: remove their marks, and blank wide characters that cross an edge."""
        for edge in (start, end):
            if start < end and edge < len(self.texts) and self.texts[edge] == "":
                self.texts[edge - 1 : edge + 1] = "  "
                self.marks.pop(edge - 1, None)
                self.marks.pop(edge, None)
        if self.marks:
            for column in range(start, end):
                self.marks.pop(column, None)

    def _drop_if_erased(self) -> None:
        if self.erased >= len(self.texts):
            self.texts.clear()
            self.styles.clear()
            self.erased = 0


def _cells_of(text: str) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the cells of a text, and its zero-width characters with the index of the cell they follow."""
    cells: list[str] = []
    marks: list[tuple[int, str]] = []
    for character in text:
        width = character_width(character)
        if width == 0:
            marks.append((len(cells) - 1, character))
        else:
            cells += (character,) if width == 1 else (character, "")
    return cells, marks


_VISIBLE_FORMAT = "\u00ad\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"


@lru_cache(maxsize=4096)
def character_width(character: str) -> int:
    """Return the number of terminal cells of a character: 0, 1 or 2."""
    category = unicodedata.category(character)
    is_joining_jamo = "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb"
    if category[0] == "M" or is_joining_jamo or (category == "Cf" and character not in _VISIBLE_FORMAT):
        return 0
    if category == "Cn":  # unknown to this Python: emoji and ideographs of a later Unicode
        return 2 if "\U0001f300" <= character <= "\U0003fffd" else 1
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
