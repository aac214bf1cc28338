"""The items of the output view: lines of output and the dividers between them. Each is drawn once."""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from textual.strip import Strip

from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.times import seconds
from zigtui.ui.output.lines import LineStyle, Matches, draw_divider, draw_line, draw_note, matches_in, shown_spans
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.durations import clock_time

__all__ = ["Divider", "Drawn", "OutputItems"]

_CACHED = 1000


class Divider(NamedTuple):
    """A row before line ``before`` that marks where an attempt failed. It is not from the log."""

    before: int
    text: str


class Drawn(NamedTuple):
    """An item, drawn as rows.

    Attributes:
        label: the step that printed the line, if that is displayed.
        time: when the line was printed, if that is displayed.
        match_row: the number of the row with the first match.
    """

    rows: list[Strip]
    label: str = ""
    time: str = ""
    match_row: int = 0


@dataclass
class OutputItems:
    """The items by number, dividers included. Drawn items are kept until `forget` is called.

    Attributes:
        source: the lines.
        count: the number of lines that are displayed.
        dividers: the dividers, in the order of the lines they stand before.
        find: returns the parts of a line to highlight.
        current: the line with the strongest highlight on its matches.
        is_waiting: whether the disk has not yet answered for a line that should be on the screen.
    """

    source: LineSource | None = None
    count: int = 0
    dividers: list[Divider] = field(default_factory=list)
    find: Callable[[str], Matches] | None = None
    current: int | None = None
    is_waiting: bool = False
    _width: int = 0
    _drawn: OrderedDict[int, Drawn] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return self.count + len(self.dividers)

    def forget(self) -> None:
        """Discard all drawn items, so that they are drawn again."""
        self._drawn.clear()

    def set_current(self, line: int | None) -> None:
        """Move the strongest highlight to the matches of another line."""
        for number in (line, self.current):
            if number is not None:
                self._drawn.pop(self.item_of(number), None)
        self.current = line

    def item_of(self, line: int) -> int:
        """The item of a line."""
        return line + sum(1 for divider in self.dividers if divider.before <= line)

    def line_of(self, item: int) -> int:
        """The line of an item; for a divider, the line after it."""
        return item - bisect_left(self._divider_items(), item)

    def item_of_divider(self, number: int) -> int:
        """The item of a divider."""
        return self._divider_items()[number]

    def _divider_items(self) -> list[int]:
        return [divider.before + number for number, divider in enumerate(self.dividers)]

    def drawn(self, item: int, width: int, style: Callable[[], LineStyle]) -> Drawn:
        """Draw an item as rows, unless it has been drawn before.

        Args:
            item: the number of the item.
            width: the width of the view. If it has changed, everything is drawn again.
            style: returns the style for lines.
        """
        if width != self._width:
            self._width = width
            self.forget()
        drawn = self._drawn.get(item)
        if drawn is None:
            try:
                drawn = self._draw(item, style())
            except NoAnswerError:
                self.is_waiting = True
                return Drawn(draw_note("…", style()))
            self._drawn[item] = drawn
            if len(self._drawn) > _CACHED:
                self._drawn.popitem(last=False)
        return drawn

    def _draw(self, item: int, style: LineStyle) -> Drawn:
        positions = self._divider_items()
        number = bisect_left(positions, item)
        if number < len(positions) and positions[number] == item:
            return Drawn(draw_divider(self.dividers[number].text, style))
        number = item - number
        line = self.source.line(number) if self.source is not None else None
        if line is None:
            return Drawn(draw_note("(can no longer be read)", style))
        spans = shown_spans(line, style.longest)
        matches = matches_in(spans, self.find) if self.find is not None else []
        is_current = number == self.current
        match = style.current_match if is_current else style.match
        rows, match_row = draw_line(line, spans, style, matches, match, is_match=is_current)
        printed = seconds(line.time) if style.has_times else None
        time = "" if printed is None else clock_time(printed)
        return Drawn(rows, one_line(line.step_name) if style.has_labels else "", time, match_row)
