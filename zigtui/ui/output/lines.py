"""A line of output, or a row of ours between the lines, as the rows of cells that it takes."""

from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from zigtui.reader.lines.decode import Output
from zigtui.reader.safe_text import Span, safe_spans
from zigtui.ui.widgets.drawing import span_segments
from zigtui.ui.widgets.wrapping import cut, wrapped

__all__ = [
    "MARK_WIDTH",
    "Look",
    "Matches",
    "draw_divider",
    "draw_line",
    "draw_note",
    "matches_in",
    "scroll_bar",
    "shown_spans",
    "with_note",
]

MARK_WIDTH = 2  # before each line, for the mark of standard error
_LONGEST_SHOWN = 20_000  # characters of one line; how many more there are is said
_JOINER = "\u200d"
_NOT_REVERSED = Style(reverse=False)  # whatever the log asks for: the colours are those of a match

Matches = list[tuple[int, int]]
"""From where to where a line, as it is shown, is to stand out."""


class Look(NamedTuple):
    """How items are drawn.

    Attributes:
        width: of the text, without the mark before it.
        has_labels: whether each line tells its step.
        has_times: whether each line tells when it was printed.
    """

    width: int
    wrap: bool
    has_labels: bool
    has_times: bool
    base: Style
    muted: Style
    stderr: Style
    failed: Style
    match: Style
    current_match: Style


def shown_spans(line: Output) -> list[Span]:
    """What is shown of a line, but for a note that there is more of it."""
    return safe_spans(line.text[:_LONGEST_SHOWN])


def draw_line(
    line: Output, spans: list[Span], look: Look, matches: Matches, match: Style, *, is_match: bool = False
) -> tuple[list[Strip], int]:
    """The rows of a line with its matches in the style ``match``, and which of them the first match is on.

    Where lines are cut, the last cell stands for a match that is not to be seen; and where nothing of a line that
    ``is_match`` stands out, what tells of the rest of it does.
    """
    base = look.base
    printed = span_segments(spans, base, look.muted)
    hidden = len(line.text) - _LONGEST_SHOWN
    if hidden > 0:
        printed.append(Segment(f" … {hidden:,} more characters", base + look.muted))
        if is_match and not matches:
            length = sum(len(segment.text) for segment in printed)
            matches = [(length - len(printed[-1].text) + 1, length)]
    if matches:
        printed = _marked(printed, matches, match + _NOT_REVERSED)
    pieces = wrapped(printed, look.width) if look.wrap else [cut(printed, look.width)]
    ends = list(accumulate(sum(len(segment.text) for segment in piece) for piece in pieces))
    row = next((row for row, end in enumerate(ends) if matches and matches[0][0] < end), 0)
    if not look.wrap and matches and matches[-1][1] > ends[-1]:
        pieces = [[*cut(printed, look.width - 1), Segment("›", base + match)]]
    first = Segment("! " if line.is_stderr else "  ", base + look.stderr)
    others = Segment("  ", base)
    rows = [
        Strip([others if number else first, *piece]).adjust_cell_length(look.width + MARK_WIDTH, base).simplify()
        for number, piece in enumerate(pieces)
    ]
    return rows, row


def matches_in(spans: list[Span], find: Callable[[str], Matches]) -> Matches:
    """What ``find`` finds in a line, with all of the characters that are drawn together with what it found."""
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


def _is_joined(text: str, place: int) -> bool:
    """Whether a character is drawn together with the one before it."""
    return text[place - 1] == _JOINER or get_character_cell_size(text[place]) == 0


def draw_divider(text: str, look: Look) -> list[Strip]:
    """The rows of a divider."""
    rows = wrapped([Segment(f"── {text}", look.base + look.failed)], look.width + MARK_WIDTH)
    return [Strip(row).adjust_cell_length(look.width + MARK_WIDTH, look.base) for row in rows]


def draw_note(text: str, look: Look) -> list[Strip]:
    """A row that says something in the place of a line."""
    return [
        Strip([Segment(f"  {text}", look.base + look.muted)]).adjust_cell_length(look.width + MARK_WIDTH, look.base)
    ]


def with_note(line: Strip, note: str, style: Style, width: int) -> Strip:
    """A row of this width with a note over its end, before the scroll bar."""
    at = max(0, width - len(note) - 1)
    parts = [line.crop(0, at), Strip([Segment(note, style)]), line.crop(at + len(note), width)]
    return Strip.join(parts).crop(0, width)


def scroll_bar(height: int, items: int, top: int | None, base: Style, muted: Style) -> list[Strip]:
    """A column with a thumb that tells which items are in sight: those from ``top`` on, or if None the last ones."""
    size = max(1, height * height // max(items, height))
    space = height - size
    place = space if top is None else round(space * min(1.0, top / max(1, items - height)))
    track, thumb = Strip([Segment(" ", base)]), Strip([Segment("▐", base + muted)])
    return [track] * place + [thumb] * size + [track] * (space - place)


def _marked(line: list[Segment], matches: Matches, match: Style) -> list[Segment]:
    """Segments with the style of a match on parts of them."""
    marked: list[Segment] = []
    place = 0
    ahead = iter([*matches, (1 << 60, 1 << 60)])
    start, end = next(ahead)
    for text, style, _ in line:
        done = 0
        while done < len(text):
            here = place + done
            if here >= end:
                start, end = next(ahead)
                continue
            is_match = start <= here
            length = min(len(text) - done, (end if is_match else start) - here)
            piece = text[done : done + length]
            marked.append(Segment(piece, (style or Style()) + match if is_match else style))
            done += length
        place += len(text)
    return marked
