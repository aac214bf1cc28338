"""The lines that steps printed: drawn where they are seen, wrapped or cut, following the end or standing still."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from zigtui.reader.decode import Output
from zigtui.reader.safe_text import Span, TextStyle, safe_plain, safe_spans
from zigtui.ui.drawing import Painted, fit, span_segments, strip
from zigtui.ui.wrapping import cut, wrapped

__all__ = ["Divider", "OutputView", "Source"]

_LONGEST_SHOWN = 20_000  # characters of one line; how many more there are is said
_CACHED_LINES = 1000
_WHEEL_ROWS = 3
_WIDEST_LABEL = 16
_GUTTER_WIDTH = 2  # before each line, for the mark of standard error


class Source(Protocol):
    """Output lines that can be had by number."""

    def __len__(self) -> int: ...

    def line(self, number: int) -> Output | None:
        """Line ``number``, from 0."""


@dataclass(frozen=True, slots=True)
class Divider:
    """A row of ours before line ``before``: where an attempt failed."""

    before: int
    text: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A line or divider as the rows it takes, and the step that the line is of where that is told."""

    label: str
    rows: list[Strip]


_Place = tuple[int, int]  # an item (a line or a divider) and the row of it, since long lines wrap


class OutputView(Painted, can_focus=True):
    """Shows the lines of a `Source`, of which only those on the screen are ever read.

    While it follows, the end stays in sight. Scrolling up ends that: then nothing that is printed moves the view,
    and a note tells how many lines are new.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_rows(-1)", "up", show=False),
        Binding("down,j", "scroll_rows(1)", "down", show=False),
        Binding("pageup,ctrl+b", "scroll_page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+f,space", "scroll_page(1)", "page down", show=False),
        Binding("home,g", "scroll_to_start", "start", show=False),
        Binding("end,G", "scroll_to_end", "end", show=False),
    ]

    class StartWanted(Message):
        """The first line is to be shown, of whatever the source is a part of."""

    follow: reactive[bool] = reactive(True)
    wrap: reactive[bool] = reactive(True)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: Source | None = None
        self._has_labels = False
        self._longest_label = 0
        self._dividers: list[Divider] = []
        self._count = 0
        self._count_when_left = 0
        self._top: _Place = (0, 0)
        self._drawn_items: OrderedDict[int, _Drawn] = OrderedDict()
        self._visible: list[Strip] = []

    # What is shown

    def show(self, source: Source, *, labels: bool, label_width: int = 0, follow: bool = True) -> None:
        """Show another source: its end, following, or its start.

        Args:
            source: the lines.
            labels: whether each line tells its step, for the output of several.
            label_width: how wide the longest step name is.
            follow: whether to show the end.
        """
        self._source = source
        self._has_labels = labels
        self._longest_label = label_width
        self._dividers = []
        self._count = self._count_when_left = len(source)
        self._top = (0, 0)
        self.follow = follow
        self._forget()

    def put_before(self, source: Source, lines: int) -> None:
        """Take a source that has ``lines`` more before those that are shown; they stay where they are."""
        self._source = source
        item, row = self._top
        self._top = (item + max(0, lines), row)
        self._count_when_left += lines
        self._count = len(source)
        self._forget()

    def lines_added(self, dividers: list[Divider], label_width: int = 0, *, are_new: bool = True) -> None:
        """There may be more lines now; ``dividers`` are all there are.

        Lines that are not new have only just been found: a log is read from its start.
        """
        if self._source is None:
            return
        count = len(self._source)
        if not are_new:
            self._count_when_left += count - self._count
        others = dividers[: len(self._dividers)] != self._dividers
        others = others or any(divider.before < self._count for divider in dividers[len(self._dividers) :])
        if others or count < self._count or label_width != self._longest_label:
            self._longest_label = label_width
            self._dividers = dividers
            self._count = count
            self._forget()
            return
        if count != self._count or dividers != self._dividers:
            self._count = count
            self._dividers = dividers
            self._lay_out()

    @property
    def new_lines(self) -> int:
        """How many lines have come since the view left the end."""
        return 0 if self.follow else max(0, self._count - self._count_when_left)

    def _forget(self) -> None:
        self._drawn_items.clear()
        self._lay_out()

    # Layout: from the item at the top, or back from the end, as many rows as fit

    @property
    def _items(self) -> int:
        return self._count + len(self._dividers)

    @property
    def _text_width(self) -> int:
        return max(2, self.size.width - self._gutter_width - 1)

    @property
    def _label_width(self) -> int:
        return max(0, min(_WIDEST_LABEL, self._longest_label, self.size.width // 3))

    @property
    def _gutter_width(self) -> int:
        return _GUTTER_WIDTH + (self._label_width + 1 if self._has_labels else 0)

    def _lay_out(self) -> None:
        height = self.size.height
        end = self._place_before_end(height)
        self._top = end if self.follow else min(self._top, end)
        visible: list[Strip] = []
        item, row = self._top
        label = ""
        while len(visible) < height and item < self._items:
            drawn = self._drawn(item)
            for line in drawn.rows[row:]:  # a label stands where it changes, and at the top
                visible.append(self._labelled(drawn.label if drawn.label != label else "", line))
                label = drawn.label
            item, row = item + 1, 0
        del visible[height:]
        blank = Strip.blank(max(0, self.size.width - 1), self.rich_style)
        visible += [blank] * (height - len(visible))
        visible = [
            Strip.join([line.adjust_cell_length(max(0, self.size.width - 1), self.rich_style), bar]).crop(
                0, self.size.width
            )
            for line, bar in zip(visible, self._scroll_bar(height), strict=True)
        ]
        if visible and self.new_lines:
            visible[-1] = self._with_note(visible[-1])
        before, self._visible = self._visible, visible
        if len(before) != height:
            self.refresh()
            return
        for y in range(height):
            if visible[y] != before[y]:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the widget."""
        return self._visible[y] if y < len(self._visible) else Strip.blank(self.size.width, self.rich_style)

    def _place_before_end(self, rows: int) -> _Place:
        """The place from which ``rows`` rows show the end; the start if there are fewer."""
        item = self._items
        while item > 0 and rows > 0:
            item -= 1
            rows -= len(self._drawn(item).rows)
        return (item, max(0, -rows)) if self._items else (0, 0)

    def _moved(self, place: _Place, rows: int) -> _Place:
        """The place some rows further down, or up where ``rows`` is negative."""
        item, row = place
        row += rows
        while row < 0 and item > 0:
            item -= 1
            row += len(self._drawn(item).rows)
        while item < self._items - 1 and row >= len(self._drawn(item).rows):
            row -= len(self._drawn(item).rows)
            item += 1
        return item, max(0, row)

    # Drawing

    def _drawn(self, item: int) -> _Drawn:
        drawn = self._drawn_items.get(item)
        if drawn is None:
            drawn = self._drawn_items[item] = self._draw(item)
            if len(self._drawn_items) > _CACHED_LINES:
                self._drawn_items.popitem(last=False)
        return drawn

    def _draw(self, item: int) -> _Drawn:
        dividers_before = 0
        for number, divider in enumerate(self._dividers):
            place = divider.before + number
            if place == item:
                return _Drawn("", self._draw_divider(divider))
            if place < item:
                dividers_before += 1
        line = self._source.line(item - dividers_before) if self._source is not None else None
        if line is None:
            return _Drawn("", [self._note("  (no longer in the file)", "paint--muted")])
        base, muted = self.rich_style, self.paint("paint--muted")
        spans = safe_spans(line.text[:_LONGEST_SHOWN])
        if len(line.text) > _LONGEST_SHOWN:
            spans.append(Span(f" … {len(line.text) - _LONGEST_SHOWN:,} more characters", TextStyle(), marker=True))
        printed = span_segments(spans, base, muted)
        pieces = wrapped(printed, self._text_width) if self.wrap else [cut(printed, self._text_width)]
        first = Segment("! " if line.is_stderr else "  ", base + self.paint("paint--stderr"))
        others = Segment("  ", base)
        width = self._text_width + _GUTTER_WIDTH
        rows = [
            Strip([others if number else first, *piece]).adjust_cell_length(width, base).simplify()
            for number, piece in enumerate(pieces)
        ]
        return _Drawn(safe_plain(line.step_name) if self._has_labels else "", rows)

    def _draw_divider(self, divider: Divider) -> list[Strip]:
        failed = self.rich_style + self.paint("paint--failed")
        rows = wrapped([Segment(f"── {divider.text}", failed)], self._text_width + _GUTTER_WIDTH)
        return [Strip(row).adjust_cell_length(self._text_width + _GUTTER_WIDTH, self.rich_style) for row in rows]

    def _note(self, text: str, paint: str) -> Strip:
        return strip([(text, self.paint(paint))], self._text_width + _GUTTER_WIDTH, self.rich_style)

    def _labelled(self, label: str, line: Strip) -> Strip:
        if not self._has_labels:
            return line
        style = self.rich_style + self.paint("paint--muted")
        return Strip.join([Strip([Segment(fit(label, self._label_width) + " ", style)]), line])

    def _scroll_bar(self, height: int) -> list[Strip]:
        """The last column: a thumb that tells where in the lines the view is, if they do not all fit."""
        base = self.rich_style
        track = Strip([Segment(" ", base)])
        bar = [track] * height
        items = self._items
        if height and self._place_before_end(height) > (0, 0):
            size = max(1, height * height // max(items, height))
            top = 0 if items <= 1 else round((height - size) * min(1.0, self._top[0] / max(1, items - height)))
            if self.follow:
                top = height - size
            thumb = Strip([Segment("▐", base + self.paint("paint--muted"))])
            bar[top : top + size] = [thumb] * len(bar[top : top + size])
        return bar

    def _with_note(self, line: Strip) -> Strip:
        note = f" ▼ {self.new_lines:,} new "
        style = self.rich_style + self.paint("paint--note")
        at = max(0, self.size.width - len(note) - 1)
        parts = [line.crop(0, at), Strip([Segment(note, style)]), line.crop(at + len(note), self.size.width)]
        return Strip.join(parts).crop(0, self.size.width)

    # Scrolling

    def watch_follow(self, follow: bool) -> None:
        """Leaving the end is remembered, to count what is new; coming back shows it."""
        self._count_when_left = self._count
        self._lay_out()

    def watch_wrap(self) -> None:
        """Long lines take more rows, or fewer."""
        self._forget()

    def on_resize(self) -> None:
        """Other widths break lines elsewhere."""
        self._forget()

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        super().notify_style_update()
        self._forget()

    def action_scroll_rows(self, rows: int) -> None:
        """Scroll by some rows; upwards, the view stops following."""
        if rows < 0:
            self.follow = False
        if not self.follow:
            self._top = self._moved(self._top, rows)
            self._lay_out()

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by some pages."""
        self.action_scroll_rows(pages * max(1, self.size.height - 1))

    def action_scroll_to_start(self) -> None:
        """Show the first line, and stay there."""
        self.post_message(self.StartWanted())
        self.follow = False
        self._top = (0, 0)
        self._lay_out()

    def action_scroll_to_end(self) -> None:
        """Show the end, and follow it."""
        self.follow = True

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls by a few rows."""
        event.stop()
        self.action_scroll_rows(-_WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls by a few rows."""
        event.stop()
        self.action_scroll_rows(_WHEEL_ROWS)
