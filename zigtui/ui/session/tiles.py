"""Divide the area of several outputs: side by side if they are wide enough, else below each other."""

from itertools import pairwise

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

__all__ = ["LEAST_HEIGHT", "LEAST_WIDTH", "Tiles", "least_height", "room_for", "tiles_of"]

LEAST_WIDTH = 40
"""The width of an output beside another, in cells."""

LEAST_HEIGHT = 5
"""The height of an output above or below another, in rows: a border, a title and three lines."""


def tiles_of(size: Size, count: int) -> list[Region]:
    """Divide an area among outputs, row by row. Those in a row of fewer are wider."""
    rows = _rows(size.width, count)
    in_row = [count // rows + (row < count % rows) for row in range(rows)]
    regions: list[Region] = []
    for row, columns in enumerate(in_row):
        top, bottom = size.height * row // rows, size.height * (row + 1) // rows
        edges = [size.width * column // columns for column in range(columns + 1)]
        regions += [Region(left, top, right - left, bottom - top) for left, right in pairwise(edges)]
    return regions


def room_for(size: Size, count: int) -> int:
    """The largest number of outputs for which there is room, up to a number. There is always room for one."""
    while count > 1 and least_height(size.width, count) > size.height:
        count -= 1
    return count


def least_height(width: int, count: int) -> int:
    """The number of rows that some outputs need."""
    return _rows(width, count) * LEAST_HEIGHT


def _rows(width: int, count: int) -> int:
    columns = max(1, min(count, width // LEAST_WIDTH))
    return max(1, -(-count // columns))


class Tiles(Layout):
    """The layout of widgets that are tiles, in their order."""

    name = "tiles"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Give each widget its tile."""
        parent.pre_layout(self)
        regions = tiles_of(size, len(children))
        return [
            WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child)
            for region, child in zip(regions, children, strict=False)
        ]
