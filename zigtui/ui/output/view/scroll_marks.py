"""The marks in the scroll bar: which of its rows stand for items with a match or a failed attempt."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import Enum

from zigtui.ui.output.view.output_items import OutputItems

__all__ = ["BarMark", "Hits", "ScrollMarks"]


class BarMark(Enum):
    """A mark in a row of the scroll bar: its sign, and the component class of its colours."""

    MATCH = "•", "paint--match"
    CURRENT = "◆", "paint--match-current"
    FAILED = "✘", "paint--failed"


@dataclass(frozen=True)
class Hits:
    """The hits of a search so far.

    Attributes:
        search: what is searched for, and where.
        count: the number of hits.
        before: returns about how many are before a line and a divider. Reads nothing in a long output.
    """

    search: Hashable
    count: int
    before: Callable[[int, int], int] = field(compare=False)


class ScrollMarks:
    """The marks of one output. They are only determined again if something has been added or the height has changed."""

    def __init__(self) -> None:
        self._known_for: Hashable = None
        self._marks: list[BarMark | None] = []

    def of(self, items: OutputItems, hits: Hits | None, height: int) -> list[BarMark | None]:
        """The mark in each row of the scroll bar.

        Args:
            items: the items of the output, which are spread evenly over the rows.
            hits: the hits of the search; None if there is none.
            height: the number of rows.

        Raises:
            NoAnswerError: if the disk has not answered yet.
        """
        dividers = items.dividers
        known_for = items.count, len(dividers), dividers.variant, hits, items.current, height
        if known_for != self._known_for:
            self._marks = _marks(items, hits, height)
            self._known_for = known_for
        return self._marks


def _marks(items: OutputItems, hits: Hits | None, height: int) -> list[BarMark | None]:
    count, dividers = len(items), items.dividers
    firsts = [-(-row * count // height) for row in range(height + 1)]  # the first item of each row
    above = [dividers.estimate_above(first) for first in firsts[:-1]] + [len(dividers)]
    marks: list[BarMark | None] = [None] * height
    if hits is not None and hits.count:
        before = [hits.before(first - divider, divider) for first, divider in zip(firsts, above, strict=True)]
        before[0], before[-1] = 0, hits.count
        for row in range(height):
            if before[row] < before[row + 1]:
                marks[row] = BarMark.MATCH
    for row in range(height):
        if dividers.has_failure(above[row], above[row + 1]):
            marks[row] = BarMark.FAILED
    if hits is not None and items.current is not None and items.has(items.current):
        marks[min(height - 1, items.item_at(items.current) * height // count)] = BarMark.CURRENT
    return marks
