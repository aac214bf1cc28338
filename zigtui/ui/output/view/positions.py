"""Positions in an output whose items take one row or more each, since long lines wrap."""

from collections.abc import Callable

__all__ = ["Position", "Positions"]

Position = tuple[int, int]
"""The number of an item (a line or a divider), and of a row in it."""


class Positions:
    """Finds positions from the ones near them, so that only items near the screen are laid out.

    Args:
        count: returns the number of items.
        height: returns the number of rows of an item.
    """

    def __init__(self, count: Callable[[], int], height: Callable[[int], int]) -> None:
        self._count = count
        self._height = height

    def moved(self, position: Position, rows: int) -> Position:
        """The position some rows further down, or further up if ``rows`` is negative."""
        item, row = position
        row += rows
        while row < 0 and item > 0:
            item -= 1
            row += self._height(item)
        while item < self._count() - 1 and row >= self._height(item):
            row -= self._height(item)
            item += 1
        return item, max(0, row)

    def before_end(self, rows: int) -> Position:
        """The position from which ``rows`` rows show the end; the start if there are fewer."""
        item = self._count()
        while item > 0 and rows > 0:
            item -= 1
            rows -= self._height(item)
        return (item, max(0, -rows)) if self._count() else (0, 0)
