"""The selected part of an output: from one character to another, whatever is on the screen."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.search.query import shown_text
from zigtui.ui.copying import TextReader, joined, plain_line, plain_text
from zigtui.ui.output.dividers.dividers import Divider
from zigtui.ui.output.view.output_items import Drawn, OutputItems
from zigtui.ui.output.view.viewport import Spot
from zigtui.wording.text_fit import clusters

__all__ = ["Point", "Selection", "column_in", "highlighted", "word_at"]

_TO_END = 1 << 62


class Point(NamedTuple):
    """A character of the output, or the end of a row.

    Attributes:
        spot: its line or divider.
        start: its position in the line, or in the text of the divider as it is drawn.
        end: the position after it; equal to ``start`` at the end of a row.
    """

    spot: Spot
    start: int
    end: int


class Selection:
    """What is selected. It keeps its characters when lines are added, scrolled or wrapped again.

    Dividers are left out, unless the selection is within one.

    Args:
        items: returns the items of the output.
        drawn: returns an item as it is drawn.
    """

    def __init__(self, items: Callable[[], OutputItems], drawn: Callable[[int], Drawn]) -> None:
        self._items = items
        self._drawn = drawn
        self._anchor: Point | None = None
        self._head: Point | None = None

    @property
    def anchor(self) -> Point | None:
        """Where the selection began, or would begin; None if it does not exist."""
        return self._anchor

    @property
    def exists(self) -> bool:
        """Whether anything is selected."""
        return self._head is not None

    def begin(self, point: Point) -> None:
        """Select nothing yet, but remember where a selection begins."""
        self._anchor, self._head = point, None

    def extend(self, point: Point) -> None:
        """Select everything from the beginning to a point."""
        if self._anchor is not None:
            self._head = point

    def select_word(self) -> None:
        """Select the word where the selection begins. It may contain slashes, dots and the like, as paths do."""
        anchor = self._anchor
        if anchor is None:
            return
        start, end = word_at(self._text_of(anchor.spot), anchor.start)
        self.begin(anchor._replace(start=start, end=start))
        self.extend(anchor._replace(start=end, end=end))

    def select_line(self) -> None:
        """Select the line where the selection begins, or all of the divider."""
        if self._anchor is not None:
            self.begin(self._anchor._replace(start=0, end=0))
            self.extend(Point(self._anchor.spot, _TO_END, _TO_END))

    def clear(self) -> None:
        """Select nothing."""
        self._anchor = self._head = None

    def move_lines(self, lines: int) -> None:
        """Keep what is selected although there are ``lines`` more lines before it."""
        for point in (self._anchor, self._head):
            if point is not None and point.spot.is_divider:
                self.clear()
        if self._anchor is not None:
            self._anchor = _moved(self._anchor, lines)
        if self._head is not None:
            self._head = _moved(self._head, lines)

    def part_of(self, item: int) -> tuple[int, int] | None:
        """The selected part of an item; None if it has none."""
        bounds = self._bounds()
        if bounds is None:
            return None
        (first, first_point), (last, last_point) = bounds
        if not first <= item <= last:
            return None
        if self._is_divider(item):
            return (first_point.start, last_point.end) if first == last else None
        start = first_point.start if item == first else 0
        return start, last_point.end if item == last else _TO_END

    def _bounds(self) -> tuple[tuple[int, Point], tuple[int, Point]] | None:
        anchor, head, items = self._anchor, self._head, self._items()
        if anchor is None or head is None or not (items.has(anchor.spot) and items.has(head.spot)):
            return None
        first, last = sorted(
            ((items.item_at(point.spot), point) for point in (anchor, head)), key=lambda one: (one[0], one[1][1:])
        )
        return first, last

    def _is_divider(self, item: int) -> bool:
        items = self._items()
        number = items.dividers.above_item(item)
        return number < len(items.dividers) and items.item_of_divider(number) == item

    def reader(self, source: Callable[[], LineSource] | None = None) -> TextReader | None:
        """A function that returns the selected text; None if nothing is selected.

        The rows of a line that is wrapped are one line. What is selected later does not change the text.

        Args:
            source: returns the lines for the thread that calls the function; by default, they are those displayed.

        Raises:
            NoAnswerError: if the disk has not answered yet.
        """
        bounds, items = self._bounds(), self._items()
        if bounds is None or items.source is None:
            return None
        (first_item, first), (last_item, last) = bounds
        if first_item == last_item and first.spot.is_divider:
            shown, whole = self._drawn(first_item).text, items.dividers.divider(first.spot.number)
            part = shown[first.start : last.end].removesuffix("\n")
            # Only all of it has what is not displayed of a long error.
            return partial(_text_of_divider, whole) if part == shown else lambda most: part[: most + 1]
        displayed = items.source
        begin, end = (items.item_at(point.spot) for point in (first, last))
        lines = range(items.line_of(begin), items.line_of(end) + (not last.spot.is_divider))
        within = slice(0 if first.spot.is_divider else first.start, None if last.spot.is_divider else last.end)
        return lambda most: _text_of_lines(displayed if source is None else source(), lines, within, most)

    def _text_of(self, spot: Spot) -> str:
        items = self._items()
        if not items.has(spot):
            return ""
        if spot.is_divider:
            return self._drawn(items.item_at(spot)).text
        line = None if items.source is None else items.source.line(spot.number)
        return "" if line is None else shown_text(line.text)


def _text_of_divider(divider: Divider, most: float) -> str:
    return "\n".join(filter(None, (divider.head, plain_text(divider.detail, most))))


def _text_of_lines(source: LineSource, lines: range, part: slice, most: float) -> str:
    """The text from a position in the first one of some lines to a position in the last one."""

    def texts() -> Iterator[str]:
        for number in lines:
            line = source.line(number)
            start = part.start if number == lines[0] else 0
            end = part.stop if number == lines[-1] else None
            yield "" if line is None else plain_line(line.text)[start:end]

    return joined(texts(), most)


def _moved(point: Point, lines: int) -> Point:
    return point._replace(spot=Spot(point.spot.number + lines))


def word_at(text: str, position: int) -> tuple[int, int]:
    """The start and the end of what stands between white space or quotes around a position."""
    if position >= len(text) or _ends_word(text[position]):
        return position, min(len(text), position + 1)
    start = end = position
    while start > 0 and not _ends_word(text[start - 1]):
        start -= 1
    while end < len(text) and not _ends_word(text[end]):
        end += 1
    return start, end


def _ends_word(character: str) -> bool:
    return character.isspace() or character in "\"'`()[]{}<>│|,;"


def column_in(drawn: Drawn, row: int, x: int) -> tuple[int, int]:
    """The start and the end of the character in a cell of a drawn item; both the end of the row if there is none.

    Args:
        drawn: the item.
        row: the number of the row.
        x: the column, without those beside a line.
    """
    start = drawn.ends[row - 1] if row else drawn.start
    end = drawn.ends[row]
    cells = drawn.indent
    if x < cells:
        return start, start
    for cluster in clusters(drawn.rows[row].text[cells : cells + end - start]):
        cells += cell_len(cluster)
        if x < cells:
            return start, start + len(cluster)
        start += len(cluster)
    return end, end


def highlighted(drawn: Drawn, part: tuple[int, int], style: Style) -> Drawn:
    """A drawn item with another style on a part of its text."""
    rows, begin, indent = list(drawn.rows), drawn.start, drawn.indent
    for number, end in enumerate(drawn.ends):
        text = rows[number].text[indent : indent + end - begin]
        start, stop = max(part[0], begin) - begin, min(part[1], end) - begin
        if start < stop:
            left = indent + cell_len(text[:start])
            rows[number] = _styled(rows[number], left, left + cell_len(text[start:stop]), style)
        begin = end
    return drawn._replace(rows=rows)


def _styled(row: Strip, start: int, end: int, style: Style) -> Strip:
    middle = [Segment(text, (own or Style.null()) + style) for text, own, _ in row.crop(start, end)]
    return Strip.join([row.crop(0, start), Strip(middle), row.crop(end, row.cell_length)])
