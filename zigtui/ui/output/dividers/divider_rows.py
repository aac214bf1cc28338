"""Draw a divider: its head with a rule, and the lines of its detail below."""

from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from zigtui.reader.text.safe_text import PLAIN, Span, safe_spans
from zigtui.ui.output.dividers.dividers import Divider
from zigtui.ui.output.lines.hidden_match import lines_around_match
from zigtui.ui.output.lines.lines import LineStyle, Matches, marked, matches_in
from zigtui.ui.widgets.drawing import filled, span_segments
from zigtui.ui.widgets.wrapping import wrapped
from zigtui.wording.states import Severity

__all__ = ["INDENT_WIDTH", "DividerStyle", "DrawnDivider", "draw_divider", "shown_lines"]

INDENT_WIDTH = 3
"""The cells before the text of each row, in which the rule of the head begins."""

_RULE = "──"
_CURRENT_RULE = "▶─"
_INDENT = " " * INDENT_WIDTH
_MOST_LINES = 1000  # of a detail


class DividerStyle(NamedTuple):
    """How a divider is drawn.

    Attributes:
        width: the width of its rows, in cells.
        is_current: whether it is the failure that the user went to.
        find: returns the parts of a text to highlight; None if there is no search.
        is_match: whether the search found this divider. If the match is in a part that is not displayed, the lines
            around it are displayed too, or else the note about that part is highlighted.
    """

    width: int
    is_current: bool = False
    find: Callable[[str], Matches] | None = None
    is_match: bool = False


class DrawnDivider(NamedTuple):
    """A divider, drawn as rows.

    Attributes:
        rows: the rows.
        text: what is displayed, one line for the head and for each line of the detail.
        ends: the position in the text at which each row ends, after the newline if it is the last one of a line.
        match_row: the number of the row with the first match; None if there is none.
    """

    rows: list[Strip]
    text: str
    ends: tuple[int, ...]
    match_row: int | None


def draw_divider(divider: Divider, lines: LineStyle, style: DividerStyle) -> DrawnDivider:
    """Draw a divider."""
    shown = shown_lines(divider.detail, lines.longest)
    drawn = _draw(divider, shown, lines, style, marks_note=False)
    if style.is_match and drawn.match_row is None:
        shown = _with_hidden_match(divider.detail, shown, style.find)
        drawn = _draw(divider, shown, lines, style, marks_note=True)
    return drawn


def _draw(
    divider: Divider, shown: list[str | int], lines: LineStyle, style: DividerStyle, *, marks_note: bool
) -> DrawnDivider:
    """Draw a divider with the lines that are ``shown`` of its detail; see `shown_lines`.

    If ``marks_note`` and no match is displayed, the note about the lines between them is highlighted.
    """
    colour = lines.base + (lines.failed if divider.severity in (Severity.ERROR, Severity.CRITICAL) else lines.muted)
    match = lines.current_match if style.is_match else lines.match
    rule = _CURRENT_RULE if style.is_current else _RULE
    head_style = colour + Style(bold=True) if style.is_current else colour
    rows: list[list[Segment]] = []
    lengths: list[int] = []  # of the texts of the rows
    texts: list[str] = []
    match_row: int | None = None

    def add(segments: list[Segment], found: Matches, first: Segment, others: Segment) -> None:
        nonlocal match_row
        pieces = wrapped(marked(segments, found, match) if found else segments, max(2, style.width - len(first.text)))
        if found and match_row is None:
            match_row = len(rows) + _row_of(pieces, found[0][0])
        rows.extend([others if number else first, *piece] for number, piece in enumerate(pieces))
        lengths.extend(sum(len(text) for text, _, _ in piece) for piece in pieces)
        lengths[-1] += len("\n")
        texts.append("".join(text for text, _, _ in segments))

    add(
        [Segment(divider.head, head_style)],
        matches_in([Span(divider.head, PLAIN)], style.find) if style.find is not None else [],
        Segment(f"{rule} ", head_style),
        Segment(_INDENT, colour),
    )
    _add_rule(rows[-1], style.width, lines.base + lines.muted)
    indent = Segment(_INDENT, colour)
    hidden_at: tuple[list[Segment], int] | None = None
    for line in shown:
        if isinstance(line, int):
            note = Segment(f"… {line:,} more characters", lines.base + lines.muted)
            hidden_at = [note], len(rows)
            add([note], [], indent, indent)
            continue
        spans = safe_spans(line)
        found = matches_in(spans, style.find) if style.find is not None else []
        add(span_segments(spans, colour, lines.muted), found, indent, indent)
    if marks_note and match_row is None and hidden_at is not None:
        (note,), match_row = hidden_at
        rows[match_row] = [indent, Segment(note.text, lines.base + match)]
    strips = [filled(row, style.width, lines.base) for row in rows]
    lengths[-1] -= len("\n")
    return DrawnDivider(strips, "\n".join(texts), tuple(accumulate(lengths)), match_row)


def shown_lines(detail: str, longest: int) -> list[str | int]:
    """The lines of a detail that are displayed: of a very long one, its beginning and its end.

    Args:
        detail: the detail as recorded.
        longest: the largest number of characters.

    Returns:
        The lines; between the beginning and the end, the number of characters that are left out.
    """
    detail = detail.rstrip("\n")
    if not detail:
        return []
    half, most = (longest + 1) // 2, _MOST_LINES // 2
    first = "\n".join(detail[:half].split("\n")[:most])
    last = "\n".join(detail[max(len(first), len(detail) - half) :].split("\n")[-most:])
    hidden = len(detail) - len(first) - len(last)
    if hidden <= len("\n"):
        return [*detail.split("\n")]
    return [*first.split("\n"), hidden, *last.split("\n")]


def _with_hidden_match(detail: str, shown: list[str | int], find: Callable[[str], Matches] | None) -> list[str | int]:
    """Add the lines around a match to the `shown_lines` of a detail, if it is found between them."""
    start = -1
    for number, hidden in enumerate(shown):
        if isinstance(hidden, str):
            start += len(hidden) + 1
            continue
        found = lines_around_match(detail, start, start + hidden, find) if find is not None else None
        if found is None:
            break
        first, behind = found
        around: list[str | int] = [first - start, *detail[first:behind].split("\n"), start + hidden - behind]
        return [*shown[:number], *(part for part in around if part != 0), *shown[number + 1 :]]
    return shown


def _add_rule(row: list[Segment], width: int, style: Style) -> None:
    """Draw a rule from the end of a row to the right margin."""
    left = width - sum(segment.cell_length for segment in row) - 1
    if left > 0:
        row.append(Segment(f" {'─' * left}", style))


def _row_of(pieces: list[list[Segment]], position: int) -> int:
    end = 0
    for number, piece in enumerate(pieces):
        end += sum(len(segment.text) for segment in piece)
        if position < end:
            return number
    return 0
