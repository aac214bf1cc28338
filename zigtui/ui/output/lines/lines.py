"""Draw lines of output and notes as rows of cells."""

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from zigtui.reader.lines.decode import Output
from zigtui.reader.text.safe_text import PLAIN, Span, safe_spans
from zigtui.ui.output.lines.line_times import LineTimes
from zigtui.ui.output.lines.links import Linker, linked
from zigtui.ui.widgets.drawing import filled, span_segments
from zigtui.ui.widgets.wrapping import cells_before, window, wrapped
from zigtui.wording.line_kinds import accent_of
from zigtui.wording.states import Severity
from zigtui.wording.text_fit import fit

__all__ = [
    "MARK_WIDTH",
    "DrawnLine",
    "LineStyle",
    "Matches",
    "draw_heading",
    "draw_line",
    "draw_note",
    "marked",
    "matches_in",
    "shown_spans",
]

MARK_WIDTH = 2  # before each line, for the mark of standard error
_JOINER = "\u200d"
_NOT_REVERSED = Style(reverse=False)  # keeps the colours of a match, even where the log reverses its own

Matches = list[tuple[int, int]]
"""The parts of a displayed line that are highlighted: the start and the end of each."""


class LineStyle(NamedTuple):
    """The style in which lines are drawn.

    Attributes:
        width: the width of the text without the mark before it, in cells.
        longest: the number of characters of a line that are displayed.
        left: the number of cells left of the text that are cut off; None if long lines wrap.
        has_labels: whether the name of its step is displayed beside each line.
        times: how the time when it was printed is displayed beside each line.
        accents: the styles of the parts of lines that stand out, by severity.
        links: finds the links of a line; None if none are drawn.
        heads_days: whether a line with another day than the one before has a heading.
        heads_labels: the same for another label.
    """

    width: int
    longest: int
    left: int | None
    has_labels: bool
    times: LineTimes
    accents: Mapping[Severity, Style]
    base: Style
    muted: Style
    stderr: Style
    failed: Style
    match: Style
    current_match: Style
    links: Linker | None = None
    heads_days: bool = False
    heads_labels: bool = False


def shown_spans(line: Output, longest: int) -> list[Span]:
    """The part of a line that is displayed, without the note that there is more of it."""
    return safe_spans(line.text[:longest])


class DrawnLine(NamedTuple):
    """A line, drawn as rows.

    Attributes:
        rows: the rows.
        start: the position in the text at which the first row begins.
        ends: the position at which each row ends.
        match_row: the number of the row with the first match.
        match_cells: the columns in which the first match begins and ends, from the start of a line that is cut off;
            None if there is no match, or lines wrap.
        goes_on: whether the line is cut off at the right.
    """

    rows: list[Strip]
    start: int
    ends: tuple[int, ...]
    match_row: int = 0
    match_cells: tuple[int, int] | None = None
    goes_on: bool = False


def draw_line(
    line: Output, spans: list[Span], style: LineStyle, matches: Matches, match: Style, *, is_match: bool = False
) -> DrawnLine:
    """Draw a line with its matches in the style ``match``.

    Signs show at which sides the line is cut off. They are highlighted if there are matches beyond.

    Args:
        line: the line.
        spans: the part of it that is displayed.
        style: the style for lines.
        matches: the parts to highlight.
        match: the style for these parts.
        is_match: whether the search found this line. If the match is in a part that is not displayed, the note
            about that part is highlighted.
    """
    base = style.base
    printed = _accented(line, spans, style)
    if style.links is not None and (links := style.links("".join(segment.text for segment in printed))):
        printed = linked(printed, links)
    hidden = len(line.text) - style.longest
    if hidden > 0:
        printed.append(Segment(f" … {hidden:,} more characters", base + style.muted))
        if is_match and not matches:
            length = sum(len(segment.text) for segment in printed)
            matches = [(length - len(printed[-1].text) + 1, length)]
    if matches:
        printed = marked(printed, matches, match)
    first, others = Segment("! " if line.is_stderr else "  ", base + style.stderr), Segment("  ", base)
    if style.left is not None:
        return _cut_off(printed, first, style.left, style, matches, match)
    pieces = wrapped(printed, style.width)
    ends = list(accumulate(sum(len(segment.text) for segment in piece) for piece in pieces))
    row = next((row for row, end in enumerate(ends) if matches and matches[0][0] < end), 0)
    rows = [_row([others if number else first, *piece], style) for number, piece in enumerate(pieces)]
    return DrawnLine(rows, 0, tuple(ends), row)


def _cut_off(
    line: list[Segment], first: Segment, left: int, style: LineStyle, matches: Matches, match: Style
) -> DrawnLine:
    """Draw a line as one row that is cut off at both sides."""
    part = window(line, left, style.width)
    if part.goes_on:
        part = window(line, left, style.width - 1)
    sign, match_sign = style.base + style.muted, style.base + match
    row = [first, *part.segments]
    if part.start:
        is_match = bool(matches) and matches[0][0] < part.start
        row[:1] = [Segment(first.text[:1], first.style), Segment("‹", match_sign if is_match else sign)]
    if part.goes_on:
        room = style.width - 1 - sum(segment.cell_length for segment in part.segments)  # for half a character
        is_match = bool(matches) and matches[-1][1] > part.end
        row += [Segment(" " * room, style.base), Segment("›", match_sign if is_match else sign)]
    cells = (cells_before(line, matches[0][0]), cells_before(line, matches[0][1])) if matches else None
    return DrawnLine([_row(row, style)], part.start, (part.end,), match_cells=cells, goes_on=part.goes_on)


def _row(segments: list[Segment], style: LineStyle) -> Strip:
    return filled(segments, style.width + MARK_WIDTH, style.base)


def _accented(line: Output, spans: list[Span], style: LineStyle) -> list[Segment]:
    """The spans of a line as segments. A line without colours of its own has those of its kind."""
    segments = span_segments(spans, style.base, style.muted)
    if any(span.style != PLAIN for span in spans):
        return segments
    accent = accent_of("".join(span.text for span in spans))
    if accent is None and not line.is_stderr:
        return segments
    own = style.stderr if accent is None else style.accents[accent.severity]
    rest = sum(len(span.text) for span in spans) if accent is None or accent.end is None else accent.end
    accented: list[Segment] = []
    for segment, span in zip(segments, spans, strict=True):
        length, rest = min(rest, len(segment.text)), max(0, rest - len(segment.text))
        if span.marker or not length:
            accented.append(segment)
            continue
        accented.append(Segment(segment.text[:length], style.base + own))
        if length < len(segment.text):
            accented.append(Segment(segment.text[length:], segment.style))
    return accented


def matches_in(spans: list[Span], find: Callable[[str], Matches]) -> Matches:
    """The matches that ``find`` finds in a line, extended so that they contain only whole characters.

    A character may be several code points that are drawn as one.
    """
    shown = "".join(span.text for span in spans)
    matches = find(shown)
    if shown.isascii():
        return matches
    whole: Matches = []
    for start, end in matches:
        while start > 0 and _is_joined(shown, start):
            start -= 1
        while end < len(shown) and _is_joined(shown, end):
            end += 1
        whole.append((max(start, whole[-1][1] if whole else 0), end))
    return [(start, end) for start, end in whole if start < end]


def _is_joined(text: str, index: int) -> bool:
    """Whether a code point is drawn together with the one before it."""
    return text[index - 1] == _JOINER or get_character_cell_size(text[index]) == 0


def draw_note(text: str, style: LineStyle) -> list[Strip]:
    """The row of a note that is displayed instead of a line."""
    return [_row([Segment(f"  {text}", style.base + style.muted)], style)]


def draw_heading(text: str, style: LineStyle, width: int) -> Strip:
    """The row above a line that displays what the columns beside it have no room for, in ``width`` cells."""
    bold = style.base + style.muted + Style(bold=True)
    return filled([Segment(fit(text, width), bold)], width, style.base)


def marked(line: list[Segment], matches: Matches, match: Style) -> list[Segment]:
    """Segments with the style of a match on the parts that match."""
    marked: list[Segment] = []
    position = 0
    ahead = iter([*matches, (1 << 60, 1 << 60)])
    start, end = next(ahead)
    for text, style, _ in line:
        done = 0
        while done < len(text):
            here = position + done
            if here >= end:
                start, end = next(ahead)
                continue
            is_match = start <= here
            length = min(len(text) - done, (end if is_match else start) - here)
            piece = text[done : done + length]
            marked.append(Segment(piece, _highlighted(style or Style.null(), match) if is_match else style))
            done += length
        position += len(text)
    return marked


def _highlighted(style: Style, match: Style) -> Style:
    """The style of a match on text of a style.

    A match that is reversed has no attributes of the log, by which it could look like another one, and stands out even
    in text that the log reverses.
    """
    if match.reverse:
        return match + _NOT_REVERSED if style.reverse else match
    return style + match + _NOT_REVERSED
