"""``zigtui list``: print sessions as a table or as JSON lines."""

import fnmatch
import sys
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

import click

from zigtui.commands.base_option import base_option, logs_of
from zigtui.commands.completion import complete_workflow
from zigtui.commands.option_values import STATE_NAMES, complete_directory, complete_states, parse_count, parse_states
from zigtui.commands.parse_times import parse_time
from zigtui.commands.program_options import settings_of
from zigtui.commands.project_option import only_project
from zigtui.commands.read_log import read_log, settle_logs
from zigtui.commands.session_json import list_object, print_json
from zigtui.commands.terminal import painted, terminal_width, write
from zigtui.reader.catalog.found_session import FoundSession
from zigtui.reader.catalog.locations import Logs
from zigtui.reader.catalog.newest_first import newest_first
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.settings import Settings
from zigtui.wording.durations import duration
from zigtui.wording.session_row import now_at, progress, project, seen_at, title
from zigtui.wording.short_names import short_id
from zigtui.wording.signs import session_sign, state_sign
from zigtui.wording.states import Severity
from zigtui.wording.text_fit import cell_width, column_width, fit, pad, shrunk

__all__ = ["Filter", "command", "list_sessions"]

_HEADINGS = ("STATE", "WORKFLOW", "PROJECT", "TIERS", "TIME", "SEEN", "ID", "NOW")
_GAP = "  "
_MIN_NOW_WIDTH = 8
_MIN_NAME_WIDTH = 8
_MAX_NAME_WIDTH = 60
_NAMES = slice(1, 3)  # the workflow and the project, which may have names of any length
_NARROW = 100  # cells below which the columns are short, so that the reason of a failure is in sight
_WIDE = 120  # cells from which there is room for the time of the end beside its age
_UNENDED = {SessionState.LOST, *(state for state in SessionState if state.is_live)}


class Filter(NamedTuple):
    """Which sessions to list.

    Attributes:
        states: the states to list; all states if empty.
        workflow: a glob pattern for the workflow's name; None for all.
        since: the earliest start, in seconds since the epoch; None for no limit.
        limit: the largest number of sessions; None for no limit.
    """

    states: frozenset[SessionState] = frozenset()
    workflow: str | None = None
    since: float | None = None
    limit: int | None = None


@click.command("list")
@base_option
@click.option(
    "-s",
    "--state",
    "states",
    type=parse_states,
    shell_complete=complete_states,
    multiple=True,
    metavar="STATE,...",
    help=f"Only sessions in one of these states: {', '.join(STATE_NAMES)}. May be repeated.",
)
@click.option(
    "-w",
    "--workflow",
    metavar="GLOB",
    shell_complete=complete_workflow,
    help="Only workflows whose name matches the pattern.",
)
@click.option(
    "--project",
    "in_project",
    metavar="DIR|NAME",
    shell_complete=complete_directory,
    help="Only the project of that directory or name.",
)
@click.option(
    "--since",
    type=parse_time,
    metavar="WHEN",
    help="Only sessions started since then: 2h or 1h30m ago, today, yesterday, 14:03, 2026-11-01 or 2026-11-01T14:03.",
)
@click.option("-n", "--limit", type=parse_count, metavar="N", help="List at most N sessions; none if N is 0.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.pass_context
def command(
    context: click.Context,
    bases: tuple[str, ...],
    states: tuple[list[SessionState], ...],
    workflow: str | None,
    in_project: str | None,
    since: float | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List sessions, newest first.

    \b
    zigtui list -n 20
    zigtui list --state failed,lost --workflow 'deploy*' --since yesterday
    zigtui list --json | jq -r 'select(.state == "running") | .id'
    """
    wanted = Filter(frozenset(chain.from_iterable(states)), workflow, since, limit)
    logs = logs_of(context, bases, needs_sessions=False)
    list_sessions(only_project(logs, in_project), wanted, settings_of(context), as_json=as_json)


def list_sessions(logs: Logs, wanted: Filter, settings: Settings, *, as_json: bool) -> None:
    """Print the sessions that pass a filter, newest first.

    Raises:
        click.UsageError: if there are sessions, but none of a wanted workflow, whatever the other filters are.
    """
    snapshots = _snapshots(logs, wanted, settings.stall_secs)
    first = next(snapshots, None)
    if first is None and logs and wanted.workflow is not None and not any(_of_workflow(logs, wanted.workflow)):
        raise click.UsageError(f"no session is of a workflow that matches {safe_plain(wanted.workflow)!r}")
    listed = chain([] if first is None else [first], snapshots)
    if as_json:
        for snapshot in listed:
            print_json(list_object(snapshot))
    else:
        several = len({location.base for location, _ in logs}) > 1
        available = terminal_width()
        is_wide = available is None or available >= _WIDE
        rows = [
            _row(
                each,
                settings.quiet_secs,
                of_several_bases=several,
                with_ages=is_wide,
                is_narrow=available is not None and available < _NARROW,
            )
            for each in listed
        ]
        _print_table(rows, available)


def _of_workflow(logs: Logs, pattern: str) -> Iterator[FoundSession]:
    return (found for found in newest_first(logs) if fnmatch.fnmatchcase(found.workflow_name or "", pattern))


def _snapshots(logs: Logs, wanted: Filter, stall_secs: float) -> Iterator[SessionSnapshot]:
    """The sessions that pass a filter, newest first. From the first doubtful one on, they come later."""
    listed = 0
    held: list[SessionSnapshot | SessionLog] = []
    for found in newest_first(logs):
        if wanted.limit is not None and listed >= wanted.limit:
            break
        if wanted.since is not None and found.began < wanted.since:
            continue  # do not stop here: a later log may record a start after its own modification
        if wanted.workflow is not None and not fnmatch.fnmatchcase(found.workflow_name or "", wanted.workflow):
            continue
        log = read_log(found.location)
        snapshot = log.snapshot(stall_secs=stall_secs)
        if snapshot.is_doubtful and not (wanted.states and wanted.states.isdisjoint(_UNENDED)):
            held.append(log)  # not counted, since it may have another state in the end
        elif not wanted.states or snapshot.state in wanted.states:
            listed += 1
            if held:
                held.append(snapshot)
            else:
                yield snapshot
    listed -= sum(isinstance(one, SessionSnapshot) for one in held)
    settle_logs(one for one in held if isinstance(one, SessionLog))
    snapshots = (one if isinstance(one, SessionSnapshot) else one.snapshot(stall_secs=stall_secs) for one in held)
    passing = (snapshot for snapshot in snapshots if not wanted.states or snapshot.state in wanted.states)
    yield from islice(passing, None if wanted.limit is None else min(wanted.limit - listed, sys.maxsize))


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
    state, sign, done = snapshot.state, state_sign(snapshot), progress(snapshot)
    return session_sign(snapshot).severity, (
        f"{sign.glyph} {sign.word}",
        title(snapshot),
        project(snapshot, of_several_bases=of_several_bases),
        done.partition(" · ")[0] if is_narrow else done,
        duration(snapshot.elapsed_ms, whole=state.is_live),
        seen_at(snapshot, short=is_narrow, with_age=with_ages),
        short_id(snapshot.location.session_id),
        now_at(snapshot, quiet_secs),
    )
