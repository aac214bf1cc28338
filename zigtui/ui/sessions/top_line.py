"""The line above the list: what is listed, what is new, and how many sessions there are."""

from zigtui.reader.text.safe_text import safe_short
from zigtui.ui.sessions.list_filter import ListFilter
from zigtui.ui.sessions.order.order import SessionOrder
from zigtui.ui.sessions.unseen import Unseen
from zigtui.ui.widgets.bar import BarLine, BarTexts
from zigtui.ui.widgets.pasting import LONGEST_TEXT
from zigtui.wording.amounts import count
from zigtui.wording.dates import clock_time
from zigtui.wording.text_fit import SEPARATOR

__all__ = ["top_line"]

_LONGEST_NAME = 40  # characters


def top_line(
    order: SessionOrder, list_filter: ListFilter, unseen: Unseen, sources: BarTexts, project: str | None, now: float
) -> BarLine:
    """The texts of the line.

    Args:
        order: the sessions.
        list_filter: their filter.
        unseen: which of them are new.
        sources: where they are from, see `Sources.texts`.
        project: the name of the only project that is listed; None for all.
        now: the present, in seconds since the epoch.
    """
    shown, total = len(order), order.total
    left = [("zigtui", "paint--strong"), *sources]
    if project is not None:
        left.append((f"  in {safe_short(project, _LONGEST_NAME)}", "paint--strong"))
    if list_filter.text:
        left.append((f"  {safe_short(list_filter.text, LONGEST_TEXT)}", "paint--running"))
    is_part = list_filter.text or list_filter.projects is not None
    found = f"{shown:,}" if order.is_filtered else f"{shown:,}…"
    counts = f"{found} of {total:,}" if is_part else count(total, "session")
    right = [(f"{clock_time(now)}   ", "paint--muted"), (f"{order.live} live · {counts} ", "paint--muted")]
    if unseen.words:
        new = (unseen.words, "paint--failed" if unseen.counts.failed else "")
        right[1:1] = [new, (SEPARATOR, "paint--muted")]
    return left, right
