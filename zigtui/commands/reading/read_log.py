"""Read logs for commands, each to its current end."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from zigtui.commands.reading.observation_file import ObservationFile
from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.observations import Observations, WatchedLog
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.settle import is_worth_watching, keep_silences, settle, watched_log
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note
from zigtui.wording.amounts import count

__all__ = [
    "check_has_events",
    "check_may_be_log",
    "keep_silence",
    "may_be_lost",
    "read_beginning",
    "read_log",
    "read_settled_log",
    "settle_logs",
    "settle_watched",
]

_MOST_READS = 8  # each of about a megabyte
_OF_A_NEW_FILE = (ProblemKind.EMPTY, ProblemKind.TORN)


def read_log(location: LogLocation) -> SessionLog:
    """Read a session's log to its end. If it cannot be read, its snapshot has the reason."""
    log = SessionLog(location)
    log.read_all()
    log.hear_machine()
    return log


def read_settled_log(location: LogLocation) -> SessionLog:
    """Read a session's log to its end. If it is doubtful whether the session is alive, wait until that is known.

    Raises:
        OSError: if the log cannot be read.
        click.UsageError: if it has no events.
    """
    log = read_log(location)
    log.check_readable()
    check_has_events(log.snapshot().session, log.path)
    settle_logs([log])
    return log


def read_beginning(location: LogLocation) -> SessionLog:
    """Read a session's log as far as needed for its state: of a large log, only the beginning and the end."""
    log = SessionLog(location)
    log.advance()
    log.hear_machine()
    return log


def check_has_events(session: Session, path: str) -> None:
    """Raise an error if a file has no events, since it is then no log, or a useless one.

    Args:
        session: the session as folded from the file.
        path: the file.

    Raises:
        click.UsageError: if it has no events.
    """
    if session.has_events:
        return
    shown = safe_plain(path)
    if Path(path).stat().st_size == 0:
        raise click.UsageError(f"the log is empty: {shown}")
    raise click.UsageError(f"not the log of a session, since no line is an event: {shown}")


def check_may_be_log(location: LogLocation) -> None:
    """Raise an error if a file has lines, but none that is read is an event. Of a large one, only a part is read.

    One that is empty, or whose first line is still being written, may become a log.

    Raises:
        click.UsageError: if it is not a log.
    """
    log = SessionLog(location)
    for _ in range(_MOST_READS):
        has_more = log.advance()
        snapshot = log.snapshot()
        if snapshot.session.has_events or snapshot.trouble is not None:
            return
        if not has_more:
            break
    if any(problem.kind not in _OF_A_NEW_FILE for problem in snapshot.problems):
        check_has_events(snapshot.session, log.path)


def may_be_lost(log: SessionLog) -> bool:
    """Whether `settle_logs` has to watch a log that was read: it is doubtful whether its session is alive.

    What earlier commands saw of the log counts as well.
    """
    return log.snapshot().state.is_live and is_worth_watching(watched_log(log), _observations())


def settle_logs(logs: Iterable[SessionLog]) -> None:
    """Wait up to a heartbeat if it is doubtful whether sessions are alive. On a terminal, report why.

    What earlier commands saw of the logs counts as well.
    """
    settle_watched(watched_log(log) for log in logs if log.snapshot().state.is_live)


def settle_watched(logs: Iterable[WatchedLog]) -> None:
    """The same for logs that are watched already."""
    settle(logs, _observations(), _report_wait)


def keep_silence(log: WatchedLog) -> None:
    """If the session is lost, let later commands know for how long its log was watched in vain."""
    keep_silences([log], _observations())


def _observations() -> Observations:
    kept = ObservationFile()
    return Observations(kept.load, kept.add)


def _report_wait(logs: int, secs: float) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        note(f"zigtui: waiting up to {secs:.0f} s for a heartbeat of {count(logs, 'session')} without a recent one")
