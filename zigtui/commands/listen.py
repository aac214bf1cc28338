"""``zigtui listen``: a session as text while it runs; the same output as ``zig listen``, and more when asked for."""

import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import click

from zigtui.commands.event_text import event_text, safe_event, told_events
from zigtui.reader.lines.decode import text
from zigtui.reader.lines.follow import follow
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.fold import Fold
from zigtui.reader.session.liveness import session_state, vitals_of
from zigtui.reader.session.model import SessionState, StepRun

__all__ = ["Listening", "listen"]

_LOST_OR_LATE = 3
_NAMED_STEPS = 10


class Listening(NamedTuple):
    """How to listen.

    Attributes:
        as_json: print the events as they were recorded, not as text.
        steps: only the events of these steps; of all if empty.
        timestamps: begin each line with the time of its event.
        follows: go on until the session ends; else stop at the end of the log.
        tail: of what is there already print only the last so many lines; None for all.
        mirrors_status: end with an exit code that tells how the session ended.
        timeout: give up after so many seconds; None for never.
        is_safe: make text safe for a terminal.
    """

    as_json: bool = False
    steps: frozenset[str] = frozenset()
    timestamps: bool = False
    follows: bool = True
    tail: int | None = None
    mirrors_status: bool = False
    timeout: float | None = None
    is_safe: bool = False


def listen(path: str, how: Listening) -> int:
    """Print the session in the log at ``path``, until it ends or is lost.

    Returns:
        The exit code: 0; 3 if the session was lost or the time is up; with ``mirrors_status`` 1 if it failed.

    Raises:
        OSError: if the log cannot be read.
    """
    click.echo(f"listening to session log: {safe_plain(path)}", err=True)
    give_up = None if how.timeout is None else time.monotonic() + how.timeout
    fold = Fold(Path(path).stem)
    session = fold.session
    backlog: deque[bytes] | None = None if how.tail is None else deque(maxlen=min(how.tail, sys.maxsize))
    for lines in follow(path):
        if backlog is None:
            _print(_printed(lines, fold, how))
        else:
            backlog.extend(_printed(lines, fold, how))
        is_over = session.has_ended or not (lines or how.follows)
        if backlog is not None and (is_over or not lines):  # all that was there already has been read
            _print(backlog)
            backlog = None
        if is_over:
            break
        if not lines and _state(path, fold) is SessionState.LOST:
            break
        if give_up is not None and time.monotonic() >= give_up:
            _print(backlog or [])
            click.echo(f"zigtui: the session has not ended in {how.timeout:g} s", err=True)
            return _LOST_OR_LATE
    state = _state(path, fold)
    if not state.is_live:
        _tell_missing_steps(how.steps, session.steps)
    if state is SessionState.LOST:
        click.echo("zigtui: the session is lost: no sign of life for three heartbeats", err=True)
        return _LOST_OR_LATE
    return int(how.mirrors_status and state is SessionState.FAILED)


def _printed(lines: list[bytes], fold: Fold, how: Listening) -> Iterator[bytes]:
    """What to print for some lines of a log, up to the end of the session; each is folded too."""
    for line, event in told_events(lines, fold):
        if how.steps and text(event, "step_name") not in how.steps:
            continue
        if how.as_json:
            yield line
            continue
        told = safe_event(event) if how.is_safe else event
        said = event_text(told)
        if said is not None:
            time_note = f"{text(told, 'ts') or '-'} " if how.timestamps else ""
            yield (time_note + said).encode("utf-8", "replace")


def _tell_missing_steps(wanted: Iterable[str], steps: list[StepRun]) -> None:
    """Say which of the wanted steps the session did not have, or nobody knows why nothing is printed."""
    names = dict.fromkeys(step.name for step in steps)
    there = ", ".join(map(safe_plain, islice(names, _NAMED_STEPS))) + (", ..." if len(names) > _NAMED_STEPS else "")
    for name in sorted(set(wanted) - set(names)):
        click.echo(f"zigtui: the session has no step {safe_plain(name)}; its steps: {there or 'none'}", err=True)


def _print(lines: Iterable[bytes]) -> None:
    for line in lines:
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _state(path: str, fold: Fold) -> SessionState:
    modified = 0.0 if fold.session.has_ended else Path(path).stat().st_mtime  # after the end it tells nothing
    vitals = vitals_of(fold.session, modified, None)
    return session_state(vitals._replace(started=True), time.time())  # it may be lost though its start is unreadable
