"""``zigtui list``: print sessions as a table or as JSON lines."""

import sys
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import chain, islice

import click

from writer import HEARTBEAT_SECS
from zigtui.commands.options.base_option import base_option, bases_of, logs_of
from zigtui.commands.options.completion import complete_machine, complete_workflow
from zigtui.commands.options.filter_argument import FilteringCommand, complete_filter, filter_of
from zigtui.commands.options.filter_options import since_option, state_option
from zigtui.commands.options.option_values import complete_directory, parse_count
from zigtui.commands.options.project_option import only_project
from zigtui.commands.printing.session_json import list_object, print_json
from zigtui.commands.printing.session_table import print_sessions
from zigtui.commands.program.program_options import settings_of
from zigtui.commands.reading.read_log import may_be_lost, read_log, settle_logs
from zigtui.reader.catalog.newest_first import newest_first
from zigtui.reader.catalog.scan.found_session import FoundSession
from zigtui.reader.catalog.scan.locations import Logs
from zigtui.reader.filter.session_filter import SessionFilter
from zigtui.reader.filter.terms import GlobTerm, Matcher
from zigtui.reader.location import machine_label
from zigtui.reader.session.model.session import Session, SessionState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals
from zigtui.reader.text.safe_text import safe_plain
from zigtui.settings import Settings
from zigtui.similar import most_similar
from zigtui.system.standard_streams import note
from zigtui.word_list import enumerated

__all__ = ["command", "list_sessions"]

_HAS = {"workflow": "has a workflow", "project": "belongs to a project", "machine": "is from a machine"}
_UNENDED = {SessionState.LOST, *(state for state in SessionState if state.is_live)}


@click.command("list", cls=FilteringCommand)
@click.argument("words", nargs=-1, metavar="[FILTER]...", shell_complete=complete_filter)
@base_option
@state_option
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
    "--machine",
    metavar="GLOB",
    shell_complete=complete_machine,
    help="Only machines of a fleet whose name matches the pattern.",
)
@since_option
@click.option("-n", "--limit", type=parse_count, metavar="N", help="List at most N sessions; none if N is 0.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.pass_context
def command(
    context: click.Context,
    words: tuple[str, ...],
    bases: tuple[str, ...],
    states: tuple[list[SessionState], ...],
    workflow: str | None,
    in_project: str | None,
    machine: str | None,
    since: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List sessions, newest first.

    FILTER is the text that the screen takes after the key /. Sessions that meet all its terms are listed:

    \b
    deploy  "lock timeout"     words in the workflow, project, id, prompt or error
    state:failed,lost          one of these states
    workflow:deploy*           a pattern for the workflow; project: and machine: likewise
    project:.                  this project, or that of another directory: project:~/src/shop
    since:2h  until:yesterday  when the session began
    cost:>1  duration:>=5m     more than a dollar, at least 5 minutes
    error:  prompt:  id:       words in these only
    -word  -state:succeeded    not these

    In the JSON, a project has the name of its directory in the base, such as home-me-src-shop for shop. It is null for
    a session outside any repository. The table has the last part of its working directory, cwd, instead.

    \b
    zigtui list -n 20
    zigtui list 'deploy state:failed since:yesterday'
    zigtui list --state failed,lost --workflow 'deploy*' --since yesterday
    zigtui list --json | jq -r 'select(.state == "running") | .id'
    """
    wanted = filter_of(words, states, workflow, since)
    if not wanted.may_pass:
        raise click.UsageError("no session can pass: the states or the times of the filter exclude one another")
    logs = _of_machine(logs_of(context, bases, needs_sessions=False), machine)
    if not logs and in_project is None and not as_json:
        names = enumerated([safe_plain(base) for base in bases_of(context, bases)])
        note(f"zigtui: there are no sessions in {names} yet")
    list_sessions(only_project(logs, in_project), wanted, settings_of(context), limit=limit, as_json=as_json)


def _of_machine(logs: Logs, pattern: str | None) -> Logs:
    """The logs of the machines whose name matches a pattern; all logs if it is None.

    Raises:
        click.UsageError: if there are logs, but none of such a machine.
    """
    if pattern is None:
        return logs
    names = {machine_label(location) for location, _ in logs}
    kept = {name for name in names if fnmatchcase(name, pattern)}
    if names and not kept:
        similar = most_similar(pattern, sorted(names))
        hint = f"; did you mean {safe_plain(similar)}?" if similar is not None else ""
        raise click.UsageError(f"no session is from a machine that matches {safe_plain(pattern)!r}{hint}")
    return [log for log in logs if machine_label(log[0]) in kept]


def list_sessions(
    logs: Logs,
    wanted: SessionFilter,
    settings: Settings,
    *,
    limit: int | None = None,
    as_json: bool = False,
) -> None:
    """Print the sessions that pass a filter, newest first. If none does, a note says so.

    Args:
        logs: the logs of the sessions.
        wanted: the filter.
        settings: the user's settings.
        limit: the largest number of sessions; None for no limit.
        as_json: whether to print JSON instead of a table.

    Raises:
        click.UsageError: if there are sessions, but none of a wanted workflow, project or machine, whatever the other
            filters are.
    """
    several = len({location.base for location, _ in logs}) > 1
    snapshots = _snapshots(logs, wanted, limit, settings.stall_secs, of_several_bases=several)
    first = next(snapshots, None)
    if first is None and logs:
        _check_names(logs, wanted)
        if limit != 0 and not as_json:
            note("zigtui: no session passes the filter")
    listed = chain([] if first is None else [first], snapshots)
    if as_json:
        for snapshot in listed:
            print_json(list_object(snapshot))
    else:
        several_machines = several and any(location.machine is not None for location, _ in logs)
        print_sessions(
            listed,
            settings.quiet_secs,
            of_several_bases=several and not several_machines,
            of_several_machines=several_machines,
        )


def _check_names(logs: Logs, wanted: SessionFilter) -> None:
    """Refuse a filter by a name that no session has: it is probably mistyped. A directory may have none yet."""
    for term in wanted.terms:
        if isinstance(term, GlobTerm) and not term.is_negated and not term.projects:
            matches = term.matcher(time.time())
            if not any(matches(_beginning(found)) for found in newest_first(logs)):
                shown = safe_plain(",".join(term.patterns))
                raise click.UsageError(f"no session {_HAS[term.key or '']} that matches {shown!r}")


def _beginning(found: FoundSession) -> SessionSnapshot:
    """A session as far as the first line of its log describes it."""
    vitals = Vitals(True, None, found.began, None, None, found.facts.modified, None, HEARTBEAT_SECS)
    return SessionSnapshot(found.location, Session(workflow_name=found.workflow_name or "", cwd=found.cwd), vitals, 0.0)


def _snapshots(
    logs: Logs, wanted: SessionFilter, limit: int | None, stall_secs: float, *, of_several_bases: bool
) -> Iterator[SessionSnapshot]:
    """The sessions that pass a filter, newest first. From the first doubtful one on, they come later."""

    def matcher(part: SessionFilter) -> Matcher:
        return part.matcher(time.time(), of_several_bases=of_several_bases)

    passes, passes_if_settled, may_pass = map(matcher, (wanted, wanted.without_states, wanted.of_start))
    excludes_unended = wanted.states.isdisjoint(_UNENDED)
    passes_in_any_state = wanted.states >= _UNENDED and wanted.without_states == wanted.of_start
    listed = 0
    held: list[SessionSnapshot | SessionLog] = []
    for found in newest_first(logs):
        if limit is not None and listed >= limit:
            break
        if not may_pass(_beginning(found)):
            continue  # do not stop here: a later log may record a start after its own modification
        log = read_log(found.location)
        snapshot = log.snapshot(stall_secs=stall_secs)
        if not excludes_unended and passes_if_settled(snapshot) and may_be_lost(log):
            held.append(log)
            listed += passes_in_any_state  # otherwise, it may not pass in the end
        elif passes(snapshot):
            listed += 1
            if held:
                held.append(snapshot)
            else:
                yield snapshot
    listed -= sum(passes_in_any_state or isinstance(one, SessionSnapshot) for one in held)
    settle_logs(one for one in held if isinstance(one, SessionLog))
    snapshots = (one if isinstance(one, SessionSnapshot) else one.snapshot(stall_secs=stall_secs) for one in held)
    yield from islice(filter(passes, snapshots), None if limit is None else min(limit - listed, sys.maxsize))
