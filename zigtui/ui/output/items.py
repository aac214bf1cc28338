"""What the output view lays out: lines of output, and rows of ours between them, each drawn once."""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from textual.strip import Strip

from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.times import seconds
from zigtui.ui.output.lines import Look, Matches, draw_divider, draw_line, draw_note, matches_in, shown_spans
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.wording.durations import clock_time

__all__ = ["Divider", "Drawn", "OutputItems"]

_CACHED = 1000


class Divider(NamedTuple):
    """A row of ours before line ``before``: where an attempt failed."""

    before: int
    text: str


class Drawn(NamedTuple):
    """An item as the rows it takes.

    Attributes:
        label: the step that the line is of, where that is told.
        time: when it was printed, where that is told.
        match_row: which row its first match is on.
    """

    rows: list[Strip]
    label: str = ""
    time: str = ""
    match_row: int = 0


@dataclass
class OutputItems:
    """The items, told apart by their numbers; a divider stands before the line it names.

    After a change of what is drawn otherwise now, `forget` has to be called.

    Attributes:
        source: the lines; ``count`` of them are shown.
        find: tells what is to stand out in a line.
        current: the line whose matches stand out most.
        is_waiting: whether the disk has not answered yet for a line that was to be drawn.
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
        """All has to be drawn anew."""
        self._drawn.clear()

    def set_current(self, line: int | None) -> None:
        """Have the matches of another line stand out most."""
        for number in (line, self.current):
            if number is not None:
                self._drawn.pop(self.item_of(number), None)
        self.current = line

    def item_of(self, line: int) -> int:
        """The item that a line is."""
        return line + sum(1 for divider in self.dividers if divider.before <= line)

    def line_of(self, item: int) -> int:
        """The line that an item is; of a divider, the one behind it."""
        return item - bisect_left(self._divider_items(), item)

    def item_of_divider(self, number: int) -> int:
        """The item that a divider is."""
        return self._divider_items()[number]

    def _divider_items(self) -> list[int]:
        return [divider.before + number for number, divider in enumerate(self.dividers)]

    def drawn(self, item: int, width: int, look: Callable[[], Look]) -> Drawn:
        """An item as rows, in a view of this width: in another one all is drawn anew."""
        if width != self._width:
            self._width = width
            self.forget()
        drawn = self._drawn.get(item)
        if drawn is None:
            try:
                drawn = self._draw(item, look())
            except NoAnswerError:
                self.is_waiting = True
                return Drawn(draw_note("…", look()))
            self._drawn[item] = drawn
            if len(self._drawn) > _CACHED:
                self._drawn.popitem(last=False)
        return drawn

    def _draw(self, item: int, look: Look) -> Drawn:
        places = self._divider_items()
        number = bisect_left(places, item)
        if number < len(places) and places[number] == item:
            return Drawn(draw_divider(self.dividers[number].text, look))
        number = item - number
        line = self.source.line(number) if self.source is not None else None
        if line is None:
            return Drawn(draw_note("(no longer in the file)", look))
        spans = shown_spans(line)
        matches = matches_in(spans, self.find) if self.find is not None else []
        is_current = number == self.current
        match = look.current_match if is_current else look.match
        rows, match_row = draw_line(line, spans, look, matches, match, is_match=is_current)
        printed = seconds(line.time) if look.has_times else None
        time = "" if printed is None else clock_time(printed)
        return Drawn(rows, safe_plain(line.step_name) if look.has_labels else "", time, match_row)
