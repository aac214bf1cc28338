"""Sessions as a table on standard output."""

from collections.abc import Iterable
from typing import TypeAlias

from zigtui.commands.printing.terminal import painted, terminal_width, write
from zigtui.reader.location import machine_label
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_short
from zigtui.wording.amounts import cost_in_short
from zigtui.wording.durations import duration
from zigtui.wording.session_row import began_at, now_at, progress, project, title
from zigtui.wording.short_names import short_id
from zigtui.wording.signs import session_sign, state_sign
from zigtui.wording.states import Severity
from zigtui.wording.text_fit import SEPARATOR, cell_width, column_width, fit, pad, shrunk

__all__ = ["print_sessions"]

_HEADINGS = ("STATE", "WORKFLOW", "MACHINE", "PROJECT", "TIERS", "TIME", "BEGAN", "COST", "ID", "NOW")
_NAMES = ("WORKFLOW", "MACHINE", "PROJECT")  # may be of any length
_LESS_IMPORTANT = (
    "TIERS",
    "BEGAN",
    "PROJECT",
    "MACHINE",
    "TIME",
)  # left out in this order while the last column is too narrow
_GAP = "  "
_MIN_NOW_WIDTH = 24
_MIN_NAME_WIDTH = 8
_MAX_NAME_WIDTH = 60
_STEP_SHARE = 6  # of a terminal's width, the name of a step has at most one part of this many
_NARROW = 100  # cells below which the columns are short, so that the reason for a failure is in sight
_WIDE = 120  # cells from which there is room for the time of the begin beside its age

_Row: TypeAlias = tuple[Severity, tuple[str, ...]]
"""The severity that determines the colour of a session's state, and its cells."""
_Column: TypeAlias = tuple[str, ...]
"""A heading, and the cells below it."""


def print_sessions(
    sessions: Iterable[SessionSnapshot], quiet_secs: float, *, of_several_bases: bool, of_several_machines: bool
) -> None:
    """Print sessions, one a line, below the names of the columns.

    Args:
        sessions: the sessions.
        quiet_secs: see `now_at`.
        of_several_bases: whether to name the base that each session is from.
        of_several_machines: whether to name the machine that each session is from.
    """
    available = terminal_width()
    rows: list[_Row] = []
    left_out = set() if of_several_machines else {"MACHINE"}
    has_costs = False
    for each in sessions:
        rows.append(_row(each, quiet_secs, available, of_several_bases=of_several_bases))
        has_costs = has_costs or each.session.usage.cost_usd is not None
    _print_table(rows, available, left_out if has_costs else left_out | {"COST"})


def _print_table(rows: list[_Row], available: int | None, left_out: set[str]) -> None:
    table = zip(_HEADINGS, *(cells for _, cells in rows), strict=True)
    columns = _shown([column for column in table if column[0] not in left_out], available)
    widths = _widths(columns, available)
    headings, *lines = zip(*columns, strict=True)
    write(_line(headings, widths, available) + "\n")
    for (severity, _), cells in zip(rows, lines, strict=True):
        line = _line(cells, widths, available)
        write(painted(line[: widths[0]], severity) + line[widths[0] :] + "\n")


def _shown(columns: list[_Column], available: int | None) -> list[_Column]:
    """The columns for which there is room. The reason for a failure, in the last one, is more important than most."""
    if available is None or available >= _NARROW:
        return columns
    columns = [column for column in columns if column[0] not in ("COST", "ID")]
    wanted = min(_MIN_NOW_WIDTH, max(map(cell_width, columns[-1])))
    for heading in _LESS_IMPORTANT:
        if _widths(columns, available)[-1] >= wanted:
            break
        columns = [column for column in columns if column[0] != heading]
    return columns


def _widths(columns: list[_Column], available: int | None) -> list[int]:
    """The widths of the columns. On a terminal, long names leave a quarter of the width to the last column."""
    widths = [max(map(cell_width, column)) for column in columns]
    names = [index for index, column in enumerate(columns) if column[0] in _NAMES]
    if available is None:
        for index in names:
            widths[index] = column_width(columns[index], _MAX_NAME_WIDTH)
        return widths
    of_names = [widths[index] for index in names]
    others = sum(widths) - sum(of_names) - widths[-1] + len(_GAP) * (len(columns) - 1)
    room = available - others
    of_names = shrunk(of_names, room - min(widths[-1], max(_MIN_NOW_WIDTH, available // 4)), _MIN_NAME_WIDTH)
    for index, width in zip(names, of_names, strict=True):
        widths[index] = width
    widths[-1] = min(widths[-1], max(0, room - sum(of_names)))
    return widths


def _line(cells: tuple[str, ...], widths: list[int], available: int | None) -> str:
    if available is None:  # nothing is cut off: a long name moves the rest of its own row
        return _GAP.join(map(pad, cells, widths)).rstrip()
    line = _GAP.join(map(fit, cells, widths)).rstrip()
    return line if cell_width(line) <= available else fit(line, available)


def _row(snapshot: SessionSnapshot, quiet_secs: float, available: int | None, *, of_several_bases: bool) -> _Row:
    """The cells of a session on a terminal of that width; None for no terminal, where nothing is cut off."""
    is_narrow = available is not None and available < _NARROW
    name_width = None if available is None else max(_MIN_NAME_WIDTH, available // _STEP_SHARE)
    state, sign, tiers = snapshot.state, state_sign(snapshot), progress(snapshot)
    now = now_at(snapshot, quiet_secs, name_width=name_width)
    if is_narrow:  # the failed passes come first in the last column, where what follows may be cut off
        tiers, _, failed = tiers.partition(SEPARATOR)
        now = SEPARATOR.join(filter(None, (failed, now)))
    return session_sign(snapshot).severity, (
        f"{sign.glyph} {sign.word}",
        title(snapshot),
        safe_short(machine_label(snapshot.location), _MAX_NAME_WIDTH),
        project(snapshot, of_several_bases=of_several_bases),
        tiers,
        duration(snapshot.elapsed_ms, whole=state.is_live),
        began_at(snapshot, short=is_narrow, with_age=available is None or available >= _WIDE),
        cost_in_short(snapshot.session.usage.cost_usd),
        short_id(snapshot.location.session_id),
        now,
    )
