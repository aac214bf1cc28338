"""``zigtui list``: sessions as a table, or as JSON lines."""

import fnmatch
from collections.abc import Iterator
from typing import NamedTuple

from zigtui.commands.reading import SessionView, read_session
from zigtui.commands.session_json import json_line, list_object
from zigtui.commands.terminal import painted, terminal_width, write
from zigtui.reader.catalog.locations import Logs
from zigtui.reader.catalog.newest_first import newest_first
from zigtui.reader.safe_text import cell_width
from zigtui.reader.session.model import SessionState
from zigtui.wording.plain import GLYPHS, duration, fit, short_id, state_word
from zigtui.wording.summaries import now_at, progress, project, seen, title

__all__ = ["Wanted", "list_sessions"]

_HEADINGS = ("STATE", "WORKFLOW", "PROJECT", "TIERS", "TIME", "SEEN", "ID", "NOW")
_GAP = "  "
_LEAST_NOW = 8
_LEAST_NAME = 8


class Wanted(NamedTuple):
    """Which sessions to list.

    Attributes:
        states: in one of these states; in any if empty.
        workflow: a glob pattern for the workflow's name, None for all.
        since: started at or after this moment, in seconds since the epoch; None for any time.
        limit: at most so many; None for all.
    """

    states: frozenset[SessionState] = frozenset()
    workflow: str | None = None
    since: float | None = None
    limit: int | None = None


def list_sessions(logs: Logs, wanted: Wanted, *, as_json: bool) -> None:
    """Print the sessions that are wanted, newest first."""
    views = _views(logs, wanted)
    if as_json:
        for view in views:
            write(json_line(list_object(view)))
    else:
        several = len({location.base for location, _ in logs}) > 1
        _print_table([(view.state, _cells(view, of_several_bases=several)) for view in views])


def _views(logs: Logs, wanted: Wanted) -> Iterator[SessionView]:
    listed = 0
    for found in newest_first(logs):
        if wanted.limit is not None and listed >= wanted.limit:
            return
        if wanted.since is not None and found.began < wanted.since:
            continue  # not the end: a later one may have recorded a start after its log's modification
        if wanted.workflow is not None and not fnmatch.fnmatchcase(found.workflow_name or "", wanted.workflow):
            continue
        view = read_session(found.location)
        if wanted.states and view.state not in wanted.states:
            continue
        listed += 1
        yield view


def _print_table(rows: list[tuple[SessionState, tuple[str, ...]]]) -> None:
    widths = [max(map(cell_width, column)) for column in zip(_HEADINGS, *(cells for _, cells in rows), strict=True)]
    room = terminal_width()
    if room is not None:
        widths[1] = min(widths[1], max(_LEAST_NAME, room // 4))
        widths[2] = min(widths[2], max(_LEAST_NAME, room // 6))
        # the last column takes what is left; where pipes carry the table it is whole
        widths[-1] = min(widths[-1], max(_LEAST_NOW, room - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1)))
    write(_line(_HEADINGS, widths, room) + "\n")
    for state, cells in rows:
        line = _line(cells, widths, room)
        write(painted(line[: widths[0]], state) + line[widths[0] :] + "\n")


def _line(cells: tuple[str, ...], widths: list[int], room: int | None) -> str:
    line = _GAP.join(map(fit, cells, widths)).rstrip()
    return line if room is None or cell_width(line) <= room else fit(line, room)


def _cells(view: SessionView, *, of_several_bases: bool) -> tuple[str, ...]:
    summary, state = view.summary, view.state
    return (
        f"{GLYPHS[state]} {state_word(state)}",
        title(summary),
        project(summary, of_several_bases=of_several_bases),
        progress(summary),
        duration(view.elapsed_ms, whole=state.is_live),
        seen(summary, state, view.now),
        short_id(view.location.session_id),
        now_at(summary, state),
    )
