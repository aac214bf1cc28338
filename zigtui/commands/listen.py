"""``zigtui listen``: print a session as it runs, byte for byte as ``zig listen`` does, or in other forms."""

import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import click

from zigtui.commands.base_option import base_option, logs_of
from zigtui.commands.completion import complete_session
from zigtui.commands.event_text import decoded_events, event_text, safe_event
from zigtui.commands.parse_times import parse_duration
from zigtui.commands.session_argument import active_session, session_of
from zigtui.exit_codes import ExitCode
from zigtui.reader.lines.decode import text
from zigtui.reader.location import session_id_of
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.fold import Fold
from zigtui.reader.session.followed_session import FollowedSession
from zigtui.reader.session.model import SessionState, StepRun
from zigtui.standard_streams import note

__all__ = ["Listening", "command", "listen"]

_MAX_NAMED_STEPS = 10


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
    """

    as_json: bool = False
    steps: frozenset[str] = frozenset()
    timestamps: bool = False
    follows: bool = True
    tail: int | None = None
    mirrors_status: bool = False
    timeout: float | None = None
    is_safe: bool = False


@click.command("listen")
@click.argument("session", required=False, shell_complete=complete_session)
@base_option
@click.option("--latest", is_flag=True, help="Print the newest session; the default.")
@click.option("--active", is_flag=True, help="Print the live session that wrote last.")
@click.option("--json", "as_json", is_flag=True, help="Print the events as recorded, as JSON lines.")
@click.option("--step", "steps", multiple=True, metavar="NAME", help="Print only events of this step; may be repeated.")
@click.option("--timestamps", is_flag=True, help="Begin each line with its time.")
@click.option("--no-follow", is_flag=True, help="Stop at the end of the log.")
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Begin with the last N lines.")
@click.option("--exit-status", is_flag=True, help="Exit with 1 if the session failed, with 3 if it was lost.")
@click.option("--timeout", type=parse_duration, metavar="DURATION", help="Stop after 90s, 15m or 2h, and exit with 3.")
@click.option("--raw", is_flag=True, help="Do not make text safe for the terminal.")
@click.pass_context
def command(context: click.Context, /, session: str | None, bases: tuple[str, ...], **options: Any) -> None:
    """Print a session as text and follow it to its end, as zig listen does.

    \b
    zigtui listen --active
    zigtui listen deploy --exit-status --timeout 1h     in a CI step
    zigtui listen 1842 --step build --tail 50
    """
    if (session is not None) + options["latest"] + options["active"] > 1:
        raise click.UsageError("name a session, or use --latest, or --active: only one of them")
    found = active_session(logs_of(context, bases)) if options["active"] else session_of(context, bases, session)
    how = Listening(
        as_json=options["as_json"],
        steps=frozenset(options["steps"]),
        timestamps=options["timestamps"],
        follows=not options["no_follow"],
        tail=options["tail"],
        mirrors_status=options["exit_status"],
        timeout=options["timeout"],
        is_safe=sys.stdout.isatty() and not options["raw"],
    )
    sys.exit(listen(found.location.path, how))


def listen(path: str, how: Listening) -> ExitCode:
    """Print the session in the log at ``path``, until it ends or is lost.

    Returns:
        `ExitCode.LOST_OR_TIMEOUT` if the session was lost or the time limit has passed; with ``mirrors_status``
        `ExitCode.FAILED` if it failed.

    Raises:
        OSError: if the log cannot be read.
    """
    note(f"listening to session log: {safe_plain(path)}")
    deadline = None if how.timeout is None else time.monotonic() + how.timeout
    fold = Fold(session_id_of(path))
    backlog: deque[bytes] | None = None if how.tail is None else deque(maxlen=min(how.tail, sys.maxsize))
    followed = FollowedSession(path, follows=how.follows)
    for lines in followed.lines():
        if backlog is None:
            _print(_lines_to_print(lines, fold, how))
        else:
            backlog.extend(_lines_to_print(lines, fold, how))
        is_over = fold.has_ended or not (lines or how.follows)
        if backlog is not None and (is_over or not lines):  # the end of the lines that existed at the start
            _print(backlog)
            backlog = None
        if is_over:
            break
        if not lines and followed.state_of(fold.outline) is SessionState.LOST:
            break
        if deadline is not None and time.monotonic() >= deadline:
            _print(backlog or [])
            note(f"zigtui: the session has not ended in {how.timeout:g} s")
            return ExitCode.LOST_OR_TIMEOUT
    state = followed.settled_state_of(fold.outline)
    if not state.is_live:
        _report_missing_steps(how.steps, fold.session.steps)
    if state is SessionState.LOST:
        note("zigtui: the session is lost: no sign of life for three heartbeats")
        return ExitCode.LOST_OR_TIMEOUT
    return ExitCode.FAILED if how.mirrors_status and state is SessionState.FAILED else ExitCode.OK


def _lines_to_print(lines: list[bytes], fold: Fold, how: Listening) -> Iterator[bytes]:
    """Fold lines of a log, up to the end of the session, and format those to print."""
    for line, event in decoded_events(lines):
        fold.apply(event)
        if how.steps and text(event, "step_name") not in how.steps:
            continue
        if how.as_json:
            yield line
            continue
        shown = safe_event(event) if how.is_safe else event
        formatted = event_text(shown)
        if formatted is not None:
            timestamp = f"{text(shown, 'ts') or '-'} " if how.timestamps else ""
            yield (timestamp + formatted).encode("utf-8", "replace")


def _report_missing_steps(wanted: Iterable[str], steps: Iterable[StepRun]) -> None:
    """Report the requested steps that the session did not have: they may be why nothing was printed."""
    names = dict.fromkeys(step.name for step in steps)
    known = ", ".join(map(safe_plain, islice(names, _MAX_NAMED_STEPS)))
    known += ", ..." if len(names) > _MAX_NAMED_STEPS else ""
    for name in sorted(set(wanted) - set(names)):
        note(f"zigtui: the session has no step {safe_plain(name)}; its steps: {known or 'none'}")


def _print(lines: Iterable[bytes]) -> None:
    for line in lines:
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
