"""Draw a page of the output: the rows on the screen, with the columns beside them and the scroll bar."""

from collections.abc import Iterable, Mapping

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from zigtui.ui.output.lines.gutter import Gutter
from zigtui.ui.output.view.output_items import Drawn
from zigtui.wording.text_fit import cell_width

__all__ = ["draw_page", "scroll_bar", "with_note"]


def draw_page(
    drawn: Iterable[Drawn],
    first_row: int,
    bar: list[Segment] | None,
    gutter: Gutter,
    size: Size,
    base: Style,
    muted: Style,
) -> list[Strip]:
    """Draw as many rows as fit.

    Args:
        drawn: the items from the top of the page on. No more are requested than fit.
        first_row: the first row of the first item that is displayed.
        bar: the scroll bar; None if everything fits.
        gutter: the columns left of the text.
        size: the size of the page.
        base: the style below everything.
        muted: the style for the columns.

    Returns:
        A row for each line of the page.
    """
    rows: list[list[Segment]] = []
    label = day = ""
    beside = base + muted
    for item in drawn:
        for number, text in enumerate(item.rows[first_row:], first_row):
            if item.is_divider or (item.has_heading and number == 0):
                rows.append(list(text))
                label = ""
                continue
            time = item.time if number == item.has_heading else ""
            new_label = item.label if item.label != label else ""
            new_day = item.day if item.day != day else ""
            rows.append([*gutter.draw(new_day, time, new_label, beside), *text])
            label, day = item.label, item.day or day
        first_row = 0
        if len(rows) >= size.height:
            break
    width = max(0, size.width - 1)
    blanks: list[list[Segment]] = [[]] * (size.height - len(rows))
    bar = bar or [Segment(" ", base)] * size.height
    return [
        Strip([*(Segment.adjust_line_length(row, width, base) if width else []), sign][: size.width], size.width)
        for row, sign in zip(rows[: size.height] + blanks, bar, strict=True)
    ]


def with_note(line: Strip, note: str, style: Style, width: int) -> Strip:
    """A row of ``width`` cells with a note over its end, left of the scroll bar."""
    cells = cell_width(note)
    at = max(0, width - cells - 1)
    parts = [line.crop(0, at), Strip([Segment(note, style)]), line.crop(at + cells, width)]
    return Strip.join(parts).crop(0, width)


def scroll_bar(
    height: int, items: int, top: int | None, base: Style, muted: Style, marks: Mapping[int, Segment]
) -> list[Segment]:
    """A column whose thumb shows which items are on the screen: those from ``top`` on, or the last ones if None.

    ``marks`` are the signs to draw in some of its rows. On the thumb, they are reversed.
    """
    size = max(1, height * height // max(items, height))
    space = height - size
    before = space if top is None else round(space * min(1.0, top / max(1, items - height)))
    track, thumb = Segment(" ", base), Segment("▐", base + muted)
    bar = [track] * before + [thumb] * size + [track] * (space - before)
    for row, (sign, style, _) in marks.items():
        reverse = Style(reverse=before <= row < before + size)
        bar[row] = Segment(sign, base + style + reverse)
    return bar
