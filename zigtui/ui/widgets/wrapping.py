"""Long lines wrapped or cut off at a width."""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.segment import Segment

from zigtui.wording.text_fit import clusters

__all__ = ["cut", "wrapped"]


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
    for length in _row_lengths(line, width, at_spaces=True):
        row, rest = _split(rest, length)
        rows.append(row)
    return rows


def cut(line: list[Segment], width: int) -> list[Segment]:
    """Cut off a line at ``width`` cells."""
    return _split(line, next(_row_lengths(line, width, at_spaces=False)))[0]


def _row_lengths(line: Iterable[Segment], width: int, *, at_spaces: bool) -> Iterator[int]:
    """The number of characters of each row."""
    length = cells = 0  # of this row
    length_to_space = cells_to_space = 0  # of this row, up to and including its last space
    for segment in line:
        for cluster in clusters(segment.text):
            size = cell_len(cluster)
            if cells + size > width:
                if not at_spaces or cells_to_space <= width // 2:
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
