"""Sessions as a table on standard output."""

from collections.abc import Iterable

from zigtui.commands.terminal import painted, terminal_width, write
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.durations import duration
from zigtui.wording.session_row import now_at, progress, project, seen_at, title
from zigtui.wording.short_names import short_id
from zigtui.wording.signs import session_sign, state_sign
from zigtui.wording.states import Severity
from zigtui.wording.text_fit import cell_width, column_width, fit, pad, shrunk

__all__ = ["print_sessions"]

_HEADINGS = ("STATE", "WORKFLOW", "PROJECT", "TIERS", "TIME", "SEEN", "ID", "NOW")
_GAP = "  "
_MIN_NOW_WIDTH = 8
_MIN_NAME_WIDTH = 8
_MAX_NAME_WIDTH = 60
_NAMES = slice(1, 3)  # the workflow and the project, which may have names of any length
_NARROW = 100  # cells below which the columns are short, so that the reason of a failure is in sight
_WIDE = 120  # cells from which there is room for the time of the end beside its age


def print_sessions(sessions: Iterable[SessionSnapshot], quiet_secs: float, *, of_several_bases: bool) -> None:
    """Print sessions, one a line, below the names of the columns.

    Args:
        sessions: the sessions.
        quiet_secs: see `now_at`.
        of_several_bases: whether to name the base that each session is from.
    """
    available = terminal_width()
    is_wide = available is None or available >= _WIDE
    rows = [
        _row(
            each,
            quiet_secs,
            of_several_bases=of_several_bases,
            with_ages=is_wide,
            is_narrow=available is not None and available < _NARROW,
        )
        for each in sessions
    ]
    _print_table(rows, available)


def _print_table(rows: list[tuple[Severity, tuple[str, ...]]], available: int | None) -> None:
    headings: tuple[str, ...] = _HEADINGS
    if available is not None and available < _NARROW:  # the reason of a failure is more important than the id
        headings = _without_id(headings)
        rows = [(severity, _without_id(cells)) for severity, cells in rows]
    columns = list(zip(headings, *(cells for _, cells in rows), strict=True))
    widths = _widths(columns, available)
    write(_line(headings, widths, available) + "\n")
    for severity, cells in rows:
        line = _line(cells, widths, available)
        write(painted(line[: widths[0]], severity) + line[widths[0] :] + "\n")


def _without_id(cells: tuple[str, ...]) -> tuple[str, ...]:
    number = _HEADINGS.index("ID")
    return cells[:number] + cells[number + 1 :]


def _widths(columns: list[tuple[str, ...]], available: int | None) -> list[int]:
    """The widths of the columns. On a terminal, long names leave a quarter of the width to the last column."""
    widths = [max(map(cell_width, column)) for column in columns]
    if available is None:
        widths[_NAMES] = [column_width(column, _MAX_NAME_WIDTH) for column in columns[_NAMES]]
        return widths
    others = sum(widths) - sum(widths[_NAMES]) - widths[-1] + len(_GAP) * (len(widths) - 1)
    room = available - others
    last = min(widths[-1], max(_MIN_NOW_WIDTH, available // 4))
    widths[_NAMES] = shrunk(widths[_NAMES], room - last, _MIN_NAME_WIDTH)
    widths[-1] = min(widths[-1], max(_MIN_NOW_WIDTH, room - sum(widths[_NAMES])))
    return widths


def _line(cells: tuple[str, ...], widths: list[int], available: int | None) -> str:
    if available is None:  # nothing is cut off: a long name moves the rest of its own row
        return _GAP.join(map(pad, cells, widths)).rstrip()
    line = _GAP.join(map(fit, cells, widths)).rstrip()
    return line if cell_width(line) <= available else fit(line, available)


def _row(
    snapshot: SessionSnapshot, quiet_secs: float, *, of_several_bases: bool, with_ages: bool, is_narrow: bool
) -> tuple[Severity, tuple[str, ...]]:
    """The cells of a session, and the severity that determines the colour of its state."""
    state, sign, tiers, now = snapshot.state, state_sign(snapshot), progress(snapshot), now_at(snapshot, quiet_secs)
    if is_narrow:  # the failed passes come first in the last column, where what follows may be cut off
        tiers, _, failed = tiers.partition(" · ")
        now = " · ".join(filter(None, (failed, now)))
    return session_sign(snapshot).severity, (
        f"{sign.glyph} {sign.word}",
        title(snapshot),
        project(snapshot, of_several_bases=of_several_bases),
        tiers,
        duration(snapshot.elapsed_ms, whole=state.is_live),
        seen_at(snapshot, short=is_narrow, with_age=with_ages),
        short_id(snapshot.location.session_id),
        now,
    )
