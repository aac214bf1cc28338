"""The items of the output view: lines of output and the dividers between them. Each is drawn once."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from textual.strip import Strip

from zigtui.reader.lines.decode import Output
from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.times import seconds
from zigtui.ui.output.dividers.divider_rows import INDENT_WIDTH, DividerStyle, draw_divider
from zigtui.ui.output.dividers.dividers import NO_DIVIDERS, Dividers
from zigtui.ui.output.lines.line_times import Times
from zigtui.ui.output.lines.lines import (
    MARK_WIDTH,
    LineStyle,
    Matches,
    draw_heading,
    draw_line,
    draw_note,
    matches_in,
    shown_spans,
)
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.view.viewport import Spot
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.signs import UNREADABLE
from zigtui.wording.text_fit import SEPARATOR

__all__ = ["Drawn", "OutputItems"]

_CACHED = 1000


class Drawn(NamedTuple):
    """An item, drawn as rows.

    Attributes:
        label: the step that printed the line, if that is displayed.
        time: when the line was printed, if that is displayed.
        day: the day on which it was printed, if that is displayed.
        has_heading: whether the first row is a heading above the line, which also covers the columns beside it.
        match_row: the number of the row with the first match.
        match_cells: see `DrawnLine.match_cells`.
        goes_on: whether a line is cut off at the right.
        is_divider: whether the rows also cover the columns beside the lines.
        start: the position in the text of a line at which its first row begins.
        ends: the position at which each row ends; empty if it has no text.
        text: the text of a divider, in which its rows end.
    """

    rows: list[Strip]
    label: str = ""
    time: str = ""
    match_row: int = 0
    match_cells: tuple[int, int] | None = None
    goes_on: bool = False
    day: str = ""
    has_heading: bool = False
    is_divider: bool = False
    start: int = 0
    ends: tuple[int, ...] = ()
    text: str = ""

    @property
    def indent(self) -> int:
        """The cells before the text of each row."""
        return INDENT_WIDTH if self.is_divider else MARK_WIDTH


@dataclass
class OutputItems:
    """The items by number, dividers included. Drawn items are kept until `forget` is called.

    Attributes:
        source: the lines.
        count: the number of lines that are displayed.
        dividers: the dividers between them.
        find: returns the parts of a line to highlight.
        current: the line or divider with the strongest highlight on its matches.
        failure: the number of the divider to mark as the failure that the user went to.
        is_waiting: whether the disk has not yet answered for a line that should be on the screen.
    """

    source: LineSource | None = None
    count: int = 0
    dividers: Dividers = NO_DIVIDERS
    find: Callable[[str], Matches] | None = None
    current: Spot | None = None
    failure: int | None = None
    is_waiting: bool = False
    _width: int = 0
    _drawn: OrderedDict[int, Drawn] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return self.count + len(self.dividers)

    def forget(self) -> None:
        """Discard all drawn items, so that they are drawn again."""
        self._drawn.clear()

    def set_current(self, spot: Spot | None) -> None:
        """Move the strongest highlight to the matches of another line or divider."""
        for one in (spot, self.current):
            if one is not None and self.has(one):
                self._drawn.pop(self.item_at(one), None)
        self.current = spot

    def set_failure(self, divider: int | None) -> None:
        """Mark another divider as the failure that the user went to."""
        for number in (divider, self.failure):
            if number is not None and number < len(self.dividers):
                self._drawn.pop(self.item_of_divider(number), None)
        self.failure = divider

    def item_of(self, line: int) -> int:
        """The item of a line."""
        return line + self.dividers.before_line(line)

    def line_of(self, item: int) -> int:
        """The line of an item; for a divider, the line after it. Only an estimate while the disk does not answer."""
        try:
            return item - self.dividers.above_item(item)
        except NoAnswerError:
            self.is_waiting = True
            return max(0, item - len(self.dividers))

    def item_of_divider(self, number: int) -> int:
        """The item of a divider."""
        return self.dividers.line_of(number) + number

    def item_at(self, spot: Spot) -> int:
        """The item of a line or a divider."""
        return self.item_of_divider(spot.number) if spot.is_divider else self.item_of(spot.number)

    def has(self, spot: Spot) -> bool:
        """Whether there is such a line or divider."""
        return spot.number < (len(self.dividers) if spot.is_divider else self.count)

    def would_change_by(self, dividers: Dividers) -> bool:
        """Whether other dividers would change the items that are displayed already."""
        known = len(self.dividers)
        if dividers.variant != self.dividers.variant or len(dividers) < known:
            return True
        return len(dividers) > known and dividers.line_of(known) < self.count

    def replace_dividers(self, dividers: Dividers, top: int) -> int:
        """Display other dividers.

        Args:
            dividers: the dividers.
            top: the item at the top of the screen.

        Returns:
            The item at the top of the screen if the lines on it stay where they are.
        """
        line = self.line_of(top)
        above = self.item_of(line) - top  # dividers between the top of the screen and its first line
        self.dividers = dividers
        before = self.item_of(line - 1) + 1 if line else 0
        return self.item_of(line) - min(above, self.item_of(line) - before) if top else 0

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
        number = self.dividers.above_item(item)
        if number < len(self.dividers) and self.item_of_divider(number) == item:
            return self._draw_divider(number, style)
        number = item - number
        line = self.source.line(number) if self.source is not None else None
        if line is None:
            return Drawn(draw_note(UNREADABLE, style))
        spans = shown_spans(line, style.longest)
        matches = matches_in(spans, self.find) if self.find is not None else []
        is_current = self.current == Spot(number)
        match = style.current_match if is_current else style.match
        printed_line = draw_line(line, spans, style, matches, match, is_match=is_current)
        printed = seconds(line.time) if style.times.kind is not Times.OFF else None
        label = one_line(line.step_name) if style.has_labels else ""
        drawn = Drawn(label=label, **printed_line._asdict())
        if printed is not None:
            previous = self._before(number) if style.times.kind is Times.SINCE_PREVIOUS else None
            printed_before = None if previous is None else seconds(previous.time)
            drawn = drawn._replace(time=style.times.time(printed, printed_before), day=style.times.day(printed))
        return self._with_heading(drawn, number, style) if style.heads_days or style.heads_labels else drawn

    def _before(self, number: int) -> Output | None:
        """The line before a line; None if there is none, or it cannot be read."""
        return self.source.line(number - 1) if self.source is not None and number > 0 else None

    def _with_heading(self, drawn: Drawn, number: int, style: LineStyle) -> Drawn:
        """Add a heading to a line if its day or its step is another one than that of the line before."""
        before = self._before(number)
        printed_before = None if before is None else seconds(before.time)
        parts = []
        if style.heads_days and (printed_before is None or style.times.day(printed_before) != drawn.day):
            parts.append(drawn.day)
        if style.heads_labels and (before is None or one_line(before.step_name) != drawn.label):
            parts.append(drawn.label)
        heading = SEPARATOR.join(filter(None, parts))
        if not heading:
            return drawn
        rows = [draw_heading(heading, style, self._width - 1), *drawn.rows]
        return drawn._replace(
            rows=rows, ends=(drawn.start, *drawn.ends), match_row=drawn.match_row + 1, has_heading=True
        )

    def _draw_divider(self, number: int, style: LineStyle) -> Drawn:
        is_match = self.current == Spot(number, is_divider=True)
        drawing = DividerStyle(self._width - 1, number == self.failure, self.find, is_match)  # left of the scroll bar
        drawn = draw_divider(self.dividers.divider(number), style, drawing)
        return Drawn(drawn.rows, match_row=drawn.match_row or 0, is_divider=True, ends=drawn.ends, text=drawn.text)
