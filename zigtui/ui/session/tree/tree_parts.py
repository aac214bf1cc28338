"""Draw the rows of a session's tree."""

from collections.abc import Callable

from rich.style import Style

from zigtui.ui.widgets.drawing import Parts
from zigtui.ui.widgets.painted import paint_of
from zigtui.wording.states import Severity
from zigtui.wording.text_fit import cell_width, fit, fit_facts, shortened
from zigtui.wording.timeline.row_bars import BarRuns
from zigtui.wording.tree.listener_rows import EARLIER
from zigtui.wording.tree.tree_rows import TreeRow
from zigtui.wording.waiting import USAGE_LIMIT

__all__ = ["INDENT", "bar_parts", "tree_parts"]

INDENT = 2
"""The cells by which each level is indented. The sign of a fold is behind them."""

_LEAST_ABOUT = 4  # cells for what a pass is about
_LEAST_NAME = 6  # cells for a name beside the reason for which a step waits
_FOLD_SIGNS = {None: " ", False: "▸", True: "▾"}


def tree_parts(row: TreeRow, width: int, paint: Callable[[str], Style]) -> Parts:
    """A pass, a tier, a step or an attempt in one line.

    Args:
        row: the row.
        width: its width, in cells.
        paint: returns the style of a component class.
    """
    plain, muted = Style.null(), paint("paint--muted")
    if row.key == EARLIER:
        return _earlier_parts(row, width, paint)
    glyph, of_state, is_muted = "≡", muted, False
    sign = row.sign
    if sign is not None:
        glyph, of_state = sign.glyph, paint(paint_of(sign.severity))
        is_muted = sign.severity is Severity.MUTED
    time = f" {row.time}" if row.time else ""
    note = f" {row.note}" if row.note else ""
    indent = " " * INDENT * row.depth
    of_time = paint(paint_of(Severity.WARNING)) if row.is_urgent else muted
    if row.waiting:  # more important than how long it has been running
        beside = width - len(indent) - 5
        time, of_time = f" {_reason(row.waiting, row.name + note, beside)}", paint("paint--stalled")
    room = width - len(indent) - 4 - cell_width(time)
    rest = max(0, room - len(note))
    name_style = muted if is_muted else plain if row.depth else paint("paint--strong")
    name = shortened(row.name, rest) + note
    beside = room - cell_width(name) - 1
    about = _about(row, beside)
    names = [(f"{name} ", name_style), (fit(about, beside), muted)] if about else [(fit(name, room), name_style)]
    return [
        (f"{indent}{_FOLD_SIGNS[row.is_open]}", plain if row.is_open is None else muted),
        (glyph, of_state),
        (" ", plain),
        *names,
        (time, of_time),
        (" ", plain),
    ]


def bar_parts(bar: BarRuns, paint: Callable[[str], Style]) -> Parts:
    """A bar over time, in the colours of its severities."""
    return [(text, Style.null() if severity is None else paint(paint_of(severity))) for text, severity in bar]


def _about(row: TreeRow, room: int) -> str:
    """What a row is about, which is cut off or shorter if there is little room; empty if there is too little."""
    if row.about_in_short:
        return next((text for text in (row.about, row.about_in_short) if cell_width(text) <= room), "")
    return row.about if room >= _LEAST_ABOUT else ""


def _earlier_parts(row: TreeRow, width: int, paint: Callable[[str], Style]) -> Parts:
    name, note = row.name, f" {row.note}" if row.note else ""
    if cell_width(name) + len(note) > width - 2:
        name = name.rsplit(" ", 1)[0]
    room = width - 2 - cell_width(name)
    if cell_width(note) > room:
        note = fit_facts(note, room)
    return [
        (f"{_FOLD_SIGNS[row.is_open]} ", paint("paint--muted")),
        (name, paint("paint--strong")),
        (note, paint("paint--failed")),
    ]


def _reason(waiting: str, name: str, room: int) -> str:
    """As much of the reason for which a step waits as there is room for beside its name, or its beginning."""
    if cell_width(name) + cell_width(waiting) <= room:
        return waiting
    short = waiting.removeprefix(USAGE_LIMIT)
    return short if min(_LEAST_NAME, cell_width(name)) + cell_width(short) <= room else "waiting"
