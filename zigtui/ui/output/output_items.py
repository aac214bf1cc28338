"""The items of the output view: lines of output and the dividers between them. Each is drawn once."""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from textual.strip import Strip

from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.safe_text import safe_short
from zigtui.reader.session.model import StepState
from zigtui.reader.times import seconds
from zigtui.ui.output.line_times import Times
from zigtui.ui.output.lines import LineStyle, Matches, draw_divider, draw_line, draw_note, matches_in, shown_spans
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.states import sign_of

__all__ = ["Divider", "Drawn", "OutputItems"]

_CACHED = 1000


class Divider(NamedTuple):
    """A row before line ``before`` that marks where an attempt of a step failed.

    Attributes:
        number: the number of the attempt.
        error: its error as recorded. It may be long, and is cut off only when it is drawn.
    """

    before: int
    number: int
    error: str


class Drawn(NamedTuple):
    """An item, drawn as rows.

    Attributes:
        label: the step that printed the line, if that is displayed.
        time: when the line was printed, if that is displayed.
        day: the day on which it was printed, if that is displayed.
        match_row: the number of the row with the first match.
    """

    rows: list[Strip]
    label: str = ""
    time: str = ""
    match_row: int = 0
    day: str = ""


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
    dividers: Sequence[Divider] = ()
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

    def are_changed_by(self, dividers: Sequence[Divider]) -> bool:
        """Whether these dividers would change the items that are displayed already."""
        if dividers is self.dividers:
            return False
        known = len(self.dividers)
        others = dividers[:known] != self.dividers
        return others or any(divider.before < self.count for divider in dividers[known:])

    def item_of(self, line: int) -> int:
        """The item of a line."""
        return line + bisect_right(self.dividers, line, key=_before)

    def line_of(self, item: int) -> int:
        """The line of an item; for a divider, the line after it."""
        return item - self._dividers_above(item)

    def item_of_divider(self, number: int) -> int:
        """The item of a divider."""
        return self.dividers[number].before + number

    def _dividers_above(self, item: int) -> int:
        return bisect_left(range(len(self.dividers)), item, key=self.item_of_divider)

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
        number = self._dividers_above(item)
        if number < len(self.dividers) and self.item_of_divider(number) == item:
            return Drawn(draw_divider(_words(self.dividers[number], style.longest), style))
        number = item - number
        line = self.source.line(number) if self.source is not None else None
        if line is None:
            return Drawn(draw_note("(can no longer be read)", style))
        spans = shown_spans(line, style.longest)
        matches = matches_in(spans, self.find) if self.find is not None else []
        is_current = number == self.current
        match = style.current_match if is_current else style.match
        rows, match_row = draw_line(line, spans, style, matches, match, is_match=is_current)
        printed = seconds(line.time) if style.times.kind is not Times.OFF else None
        label = one_line(line.step_name) if style.has_labels else ""
        if printed is None:
            return Drawn(rows, label, match_row=match_row)
        previous = self._printed_before(number) if style.times.kind is Times.SINCE_PREVIOUS else None
        return Drawn(rows, label, style.times.time(printed, previous), match_row, style.times.day(printed))

    def _printed_before(self, number: int) -> float | None:
        """When the line before a line was printed; None if that is not known."""
        line = self.source.line(number - 1) if self.source is not None and number > 0 else None
        return None if line is None else seconds(line.time)


_before = attrgetter("before")


def _words(divider: Divider, longest: int) -> str:
    hidden = len(divider.error) - longest
    more = f" {hidden:,} more characters" if hidden > 0 else ""
    sign = sign_of(StepState.FAILED).glyph
    return f"{sign} attempt {divider.number} failed: {safe_short(divider.error, longest)}{more}"
