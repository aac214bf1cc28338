"""The line above the list: what is listed, what is new, and how many sessions there are."""

from zigtui.reader.text.safe_text import safe_short
from zigtui.ui.sessions.list_filter import ListFilter
from zigtui.ui.sessions.order.order import SessionOrder
from zigtui.ui.sessions.unseen import Unseen
from zigtui.ui.widgets.bar import BarLine, BarTexts
from zigtui.ui.widgets.pasting import LONGEST_TEXT
from zigtui.wording.amounts import count
from zigtui.wording.dates import clock_time
from zigtui.wording.text_fit import SEPARATOR, cell_width

__all__ = ["top_line"]

_LONGEST_NAME = 40  # characters
_MARGINS = 3  # cells: at the left, and between the texts at the left and those at the right


def top_line(
    order: SessionOrder,
    list_filter: ListFilter,
    unseen: Unseen,
    sources: BarTexts,
    project: str | None,
    now: float,
    width: int,
) -> BarLine:
    """The texts of the line. The filter and the project take precedence over the names that are always the same.

    Args:
        order: the sessions.
        list_filter: their filter.
        unseen: which of them are new.
        sources: where they are from, see `Sources.texts`.
        project: the name of the only project that is listed; None for all.
        now: the current time, in seconds since the epoch.
        width: the cells of the line.
    """
    shown, total = len(order), order.total
    wanted = [] if project is None else [(f"  in {safe_short(project, _LONGEST_NAME)}", "paint--strong")]
    if list_filter.text:
        wanted.append((f"  {safe_short(list_filter.text, LONGEST_TEXT)}", "paint--running"))
    is_part = list_filter.text or list_filter.projects is not None
    found = f"{shown:,}" if order.is_filtered else f"{shown:,}…"
    counts = f"{found} of {total:,}" if is_part else count(total, "session")
    right = [(f"{order.live} live", "paint--muted"), (SEPARATOR, "paint--muted"), (f"{counts} ", "paint--muted")]
    if unseen.words:
        new = (unseen.words, "paint--failed" if unseen.counts.failed else "")
        right[:0] = [new, (SEPARATOR, "paint--muted")]
    left = _left([("zigtui", "paint--strong")], sources, wanted, width - _MARGINS - _cells(right))
    clock = [(f"{clock_time(now)}   ", "paint--muted")]
    if wanted and _cells([*left, *clock, *right]) + _MARGINS > width:
        return left, right
    return left, [*clock, *right]


def _left(name: BarTexts, sources: BarTexts, wanted: BarTexts, room: int) -> BarTexts:
    """The texts at the left, without the names of the base and the program if ``wanted`` needs their room."""
    base = sources if len(sources) == 1 else []  # further ones are about machines
    rest = [*sources[len(base) :], *wanted]
    for first in ([*name, *base], name):
        if not wanted or _cells([*first, *rest]) <= room:
            return [*first, *rest]
    (text, paint), *others = rest
    return [(text.lstrip(), paint), *others]


def _cells(texts: BarTexts) -> int:
    return sum(cell_width(text) for text, _ in texts)
