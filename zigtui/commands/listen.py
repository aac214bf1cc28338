"""``zigtui listen``: print a session as it runs, byte for byte as ``zig listen`` does, or in other forms."""

import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import click

from zigtui.commands.options.base_option import base_option, bases_of, listed_logs, logs_of
from zigtui.commands.options.completion import complete_session, complete_step
from zigtui.commands.options.option_values import parse_count
from zigtui.commands.options.parse_times import parse_duration
from zigtui.commands.options.wait import find_or_wait
from zigtui.commands.options.wait_option import wait_option
from zigtui.commands.printing.event_text import decoded_events, event_text, safe_event
from zigtui.commands.printing.overlong_lines import OverlongLines
from zigtui.commands.reading.read_log import (
    check_has_events,
    keep_silence,
    read_beginning,
    read_log,
    settle_logs,
    settle_watched,
)
from zigtui.exit_codes import ExitCode
from zigtui.reader.catalog.scan.found_session import FoundSession
from zigtui.reader.catalog.scan.locations import Logs, location_of_file
from zigtui.reader.lines.decode import text
from zigtui.reader.location import session_id_of
from zigtui.reader.recorded_machines import recorded_hearing
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.session.followed_session import FollowedSession
from zigtui.reader.session.model.session import Session, SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import state_despite_damage
from zigtui.reader.text.safe_text import safe_json, safe_plain
from zigtui.system.standard_streams import OutputError, check_reader, code_despite, note, notes
from zigtui.wording.durations import duration
from zigtui.wording.step_names import known_steps

__all__ = ["Listening", "command", "listen"]

_EXIT_STATUS_HELP = "Exit with 1 if the session failed, with 3 if it was lost, with 4 if it is not over (--no-follow)."


class Listening(NamedTuple):
    """The options of ``listen``.

    Attributes:
        as_json: whether to print the events as recorded, not as text.
        steps: the steps whose events to print; all events if empty.
        timestamps: whether to begin each line with the time of its event.
        follows: whether to continue until the session ends; otherwise stop at the end of the log.
        tail: the number of lines to print of those that exist at the start; None for all.
        mirrors_status: whether the exit code depends on how the session ended.
        timeout: the time limit, in seconds; None for no limit.
        is_safe: whether to make text safe for a terminal.
        waited_secs: how much of the time limit has passed while there was no session, in seconds.
    """

    as_json: bool = False
    steps: frozenset[str] = frozenset()
    timestamps: bool = False
    follows: bool = True
    tail: int | None = None
    mirrors_status: bool = False
    timeout: float | None = None
    is_safe: bool = False
    waited_secs: float = 0.0


@click.command("listen")
@click.argument("session", required=False, shell_complete=complete_session)
@base_option
@click.option("--latest", is_flag=True, help="Print the newest session; the default.")
@click.option("--active", is_flag=True, help="Print the live session that wrote last.")
@click.option("--json", "as_json", is_flag=True, help="Print the events as recorded, as JSON lines.")
@click.option(
    "--step",
    "steps",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_step,
    help="Print only events of this step; may be repeated.",
)
@click.option("--timestamps", is_flag=True, help="Begin each line with its time.")
@click.option(
    "-f/ ",
    "--follow/--no-follow",
    default=True,
    help="Follow the session to its end, which is the default, or stop at the end of the log.",
)
@click.option("-n", "--tail", type=parse_count, metavar="N", help="Begin with the last N lines.")
@click.option("--exit-status", is_flag=True, help=_EXIT_STATUS_HELP)
@click.option(
    "--timeout", type=parse_duration, metavar="DURATION", help="Stop after 90s, 15m or 1h30m, and exit with 3."
)
@wait_option
@click.option("-q", "--quiet", is_flag=True, help="Print no notes on standard error.")
@click.option("--raw", is_flag=True, help="Do not make text safe for the terminal.")
@click.pass_context
def command(context: click.Context, /, session: str | None, bases: tuple[str, ...], **options: Any) -> None:
    """Print a session as text, and follow it to its end.

    The output is that of zig listen.

    \b
    zigtui listen --active
    zigtui listen deploy --exit-status --timeout 1h30m     in a CI step
    zigtui listen deploy --wait                            the next session of deploy, unless one runs now
    zigtui listen 1842 --step build -n 50

    A step that --step names may start later. If the session ends without it, the exit code is 2, unless --exit-status
    reports that the session failed or was lost.
    """
    if (session is not None) + options["latest"] + options["active"] > 1:
        raise click.UsageError("name a session, or use --latest, or --active: only one of them")
    if options["timestamps"] and options["as_json"]:
        raise click.UsageError("--timestamps cannot be used with --json: each event has its time in the field ts")
    how = Listening(
        as_json=options["as_json"],
        steps=frozenset(options["steps"]),
        timestamps=options["timestamps"],
        follows=options["follow"],
        tail=options["tail"],
        mirrors_status=options["exit_status"],
        timeout=options["timeout"],
        is_safe=sys.stdout.isatty() and not options["raw"],
    )
    with notes(shown=not options["quiet"]):
        began = time.monotonic()
        found = _find(context, bases, session, how, active=options["active"], waits=options["waits"])
        if found is None:
            note(f"zigtui: no session has begun in {duration(round((how.timeout or 0.0) * 1000))}")
            sys.exit(ExitCode.LOST_OR_TIMEOUT)
        how = how._replace(waited_secs=time.monotonic() - began)
        sys.exit(listen(found.location.path, how))


def _find(
    context: click.Context,
    bases: tuple[str, ...],
    wanted: str | None,
    how: Listening,
    *,
    active: bool,
    waits: bool,
) -> FoundSession | None:
    """Find the session, or wait for it; None if the time limit has passed.

    Raises:
        OutputError: if the reader of standard output has gone.
    """
    deadline = None if how.timeout is None else time.monotonic() + how.timeout

    def is_due() -> bool:
        check_reader()
        return deadline is not None and time.monotonic() >= deadline

    directories = bases_of(context, bases)

    def list_logs() -> Logs:
        return listed_logs(directories) if waits else logs_of(context, bases)

    return find_or_wait(wanted, directories, list_logs, active=active, waits=waits, is_due=is_due)


def listen(path: str, how: Listening, *, is_written: Callable[[], bool] = lambda: True) -> int:
    """Print the session in the log at ``path``, until it ends or is lost.

    Args:
        path: the path of the log.
        how: the options.
        is_written: whether the session's process may still write; once it cannot, the end of the log is the end.

    Returns:
        The exit code: `ExitCode.LOST_OR_TIMEOUT` if the session was lost or the time limit has passed; with
        ``mirrors_status`` `ExitCode.FAILED` if it failed, and `ExitCode.NOT_OVER` if it goes on; `ExitCode.USAGE` if it
        ended without one of the steps. If standard output breaks, the code is the same for a session that is over;
        otherwise it is `ExitCode.READER_GONE`.

    Raises:
        OSError: if the log cannot be read.
        click.UsageError: if it is over, or has lines, but no events.
    """
    try:
        return _listen(path, how, is_written)
    except OutputError as error:
        snapshot = _current_snapshot(path, how)
        check_has_events(snapshot.session, path)
        state = state_despite_damage(snapshot.vitals, time.time())
        if not (how.follows and state.is_live):
            has_steps = _has_steps(how.steps, snapshot.session, is_over=not state.is_live)
            return code_despite(error, _code_of(state, how, has_steps=has_steps))
        return code_despite(error, ExitCode.READER_GONE if error.reader_has_gone else ExitCode.OK)


def _listen(path: str, how: Listening, is_written: Callable[[], bool]) -> ExitCode:
    note(f"listening to session log: {safe_plain(path)}")
    deadline = None if how.timeout is None else time.monotonic() + how.timeout - how.waited_secs
    fold = Fold(session_id_of(path))
    backlog: deque[bytes] | None = None if how.tail is None else deque(maxlen=min(how.tail, sys.maxsize))
    has_caught_up = has_lines = False
    may_grow = True
    location = location_of_file(path)
    hearing = recorded_hearing(location)
    followed = FollowedSession(path, OverlongLines().report, follows=how.follows, hearing=hearing)
    before: SessionState | None = None
    for lines in followed.lines():
        check_reader()
        if backlog is None:
            _print(_lines_to_print(lines, fold, how), how)
        else:
            backlog.extend(_lines_to_print(lines, fold, how))
        has_lines = has_lines or bool(lines)
        is_over = fold.has_ended or not (lines or (how.follows and may_grow))
        if backlog is not None and (is_over or not lines):  # the end of the lines that existed at the start
            _print(backlog, how)
            backlog = None
        if is_over:
            break
        state = None if lines else followed.state_of(fold.outline)
        if state is SessionState.LOST:
            break
        if state is SessionState.UNREACHABLE and how.follows and before is not state:
            note(f"zigtui: {safe_plain(location.machine or '')} is silent; the session goes on once it is back")
        before = state or before
        if not lines and not has_caught_up:
            if has_lines:
                check_has_events(fold.outline, path)
            _has_steps(how.steps, fold.session, is_over=False)
            has_caught_up = True
        if deadline is not None and time.monotonic() >= deadline:
            if has_lines:
                check_has_events(fold.outline, path)
            _print(backlog or [], how)
            note(f"zigtui: the session has not ended in {duration(round((how.timeout or 0.0) * 1000))}")
            return ExitCode.LOST_OR_TIMEOUT
        may_grow = is_written()  # before the next lines are read, so that the last ones are among them
    check_has_events(fold.outline, path)
    return _settled_code(followed, fold, how)


def _settled_code(followed: FollowedSession, fold: Fold, how: Listening) -> ExitCode:
    """The exit code, once it is clear whether a session without an end is alive."""
    watched = followed.watched(fold.outline)
    settle_watched([watched])
    keep_silence(watched)
    state = followed.state_of(fold.outline)
    has_steps = _has_steps(how.steps, fold.session, is_over=not state.is_live)
    if state is SessionState.LOST:
        note("zigtui: the session is lost: no sign of life for three heartbeats")
    return _code_of(state, how, has_steps=has_steps)


def _code_of(state: SessionState, how: Listening, *, has_steps: bool) -> ExitCode:
    if not (has_steps or state.is_live or (how.mirrors_status and state is not SessionState.SUCCEEDED)):
        return ExitCode.USAGE
    if state is SessionState.LOST:
        return ExitCode.LOST_OR_TIMEOUT
    if not how.mirrors_status:
        return ExitCode.OK
    if state.is_live:
        return ExitCode.NOT_OVER
    return ExitCode.FAILED if state is SessionState.FAILED else ExitCode.OK


def _lines_to_print(lines: list[bytes], fold: Fold, how: Listening) -> Iterator[bytes]:
    """Fold lines of a log, up to the end of the session, and format those to print."""
    for line, event in decoded_events(lines):
        fold.apply(event)
        if how.steps and text(event, "step_name") not in how.steps:
            continue
        if how.as_json:
            yield safe_json(line.decode()).encode() if how.is_safe else line
            continue
        shown = safe_event(event) if how.is_safe else event
        formatted = event_text(shown)
        if formatted is not None:
            timestamp = f"{text(shown, 'ts') or '-'} " if how.timestamps else ""
            yield (timestamp + formatted).encode("utf-8", "replace")


def _has_steps(wanted: frozenset[str], session: Session, *, is_over: bool) -> bool:
    """Whether the session has the requested steps. Those that it lacks are reported: they may be misspelt."""
    if not wanted:
        return True
    names = session.step_names
    missing = sorted(wanted.difference(names))
    known = known_steps(names)
    for name in missing:
        yet, so_far = ("", "") if is_over else (" yet", " so far")
        note(f"zigtui: the session has no step {safe_plain(name)}{yet}; its steps{so_far}: {known}")
    return not missing


def _print(lines: Iterable[bytes], how: Listening) -> None:
    rest = iter(lines)
    try:
        for line in rest:
            sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    except OutputError as error:
        if error.reader_has_gone or not how.mirrors_status:
            raise
        note(f"zigtui: {error}")  # the lines are lost, but the exit code is still of use
        deque(rest, maxlen=0)  # folds the events that remain


def _current_snapshot(path: str, how: Listening) -> SessionSnapshot:
    """The session whose lines need not be printed. Without ``--step``, only both ends of a large log are read."""
    location = location_of_file(path)
    log = read_log(location) if how.steps else read_beginning(location)
    log.check_readable()
    if not log.snapshot().session.has_events:
        log.read_all()
    if not how.follows:
        settle_logs([log])
    return log.snapshot()
