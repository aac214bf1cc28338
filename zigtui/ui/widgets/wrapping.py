"""Long lines wrapped or cut off at a width."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment

from zigtui.wording.text_fit import clusters

__all__ = ["Window", "cells_before", "window", "wrapped"]


class Window(NamedTuple):
    """The part of a line between two columns.

    Attributes:
        segments: the part. A wide character that the left column divides is a space.
        start: the position in the line of its first character.
        end: the position after its last one.
        goes_on: whether the line goes on after it.
    """

    segments: list[Segment]
    start: int
    end: int
    goes_on: bool


def wrapped(line: list[Segment], width: int) -> list[list[Segment]]:
    """Wrap a line into rows of at most ``width`` cells. No character is dropped.

    A row ends after its last space if that is in the second half of the row, else at the last cell that fits.

    Args:
        line: the line.
        width: the width of the rows in cells; at least 2, since a character of two cells is never cut.
    """
    if sum(cell_len(segment.text) for segment in line) <= width:
        return [line]
    rows = []
    rest = line
    for length in _row_lengths(line, width):
        row, rest = _split(rest, length)
        rows.append(row)
    return rows


def window(line: list[Segment], left: int, width: int) -> Window:
    """Cut off a line at both sides.

    Args:
        line: the line.
        left: the number of cells left of the window.
        width: the width of the window, in cells.
    """
    line = [segment for segment in line if segment.text]
    before, is_divided = _length_in(line, left) if left else (0, False)
    rest = _split(line, before)[1] if before else line
    shown: list[Segment] = []
    if is_divided:
        style, begin = rest[0].style, next(clusters(rest[0].text))
        before, rest, shown = before + len(begin), _split(rest, len(begin))[1], [Segment(" ", style)]
    length, _ = _length_in(rest, width - len(shown))
    pieces, behind = _split(rest, length)
    return Window(shown + pieces, before, before + length, any(segment.text for segment in behind))


def cells_before(line: Iterable[Segment], position: int) -> int:
    """The width of the first ``position`` characters of a line, in cells."""
    cells = 0
    for text, _, _ in line:
        cells += cell_len(text[: max(0, position)])
        position -= len(text)
    return cells


def _length_in(line: Iterable[Segment], cells: int) -> tuple[int, bool]:
    """The number of characters that fit into some cells, and whether the next one fits only in part."""
    length = 0
    for text, _, _ in line:
        size = len(text) if text.isascii() else cell_len(text)
        if size <= cells:
            length, cells = length + len(text), cells - size
        elif text.isascii():
            return length + cells, False
        else:
            for cluster in clusters(text):
                size = cell_len(cluster)
                if size > cells:
                    return length, cells > 0
                length, cells = length + len(cluster), cells - size
    return length, False


def _row_lengths(line: Iterable[Segment], width: int) -> Iterator[int]:
    """The number of characters of each row."""
    length = cells = 0  # of this row
    length_to_space = cells_to_space = 0  # of this row, up to and including its last space
    for segment in line:
        for cluster in clusters(segment.text):
            size = cell_len(cluster)
            if cells + size > width:
                if cells_to_space <= width // 2:
                    length_to_space, cells_to_space = length, cells
                yield length_to_space
                length -= length_to_space
                cells -= cells_to_space
                length_to_space = cells_to_space = 0
            length += len(cluster)
            cells += size
            if cluster == " ":
                length_to_space, cells_to_space = length, cells
    yield length


def _split(line: list[Segment], length: int) -> tuple[list[Segment], list[Segment]]:
    """Split a line after ``length`` characters."""
    for number, segment in enumerate(line):
        if length < len(segment.text):
            text, style, control = segment
            before, behind = Segment(text[:length], style, control), Segment(text[length:], style, control)
            return [*line[:number], before], [behind, *line[number + 1 :]]
        length -= len(segment.text)
    return line, []
