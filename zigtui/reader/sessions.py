"""Sessions for scripts: find one, read it, follow it, search its output."""

import errno
import os
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from zigtui.reader.bases import default_bases
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.find import SessionNotFoundError, choose_session, is_path
from zigtui.reader.catalog.project import current_project
from zigtui.reader.catalog.scan.locations import list_all, location_of_file
from zigtui.reader.lines.decode import Output
from zigtui.reader.lines.follow_log import directory_hints
from zigtui.reader.location import LogLocation
from zigtui.reader.recorded_machines import recorded_hearing
from zigtui.reader.search.query import Query, QueryError
from zigtui.reader.search.search import Search
from zigtui.reader.session.growth_watch import GrowthWatch
from zigtui.reader.session.model.session import StepRun
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.signs_of_life import SignsOfLife
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import LARGEST_SKEW_SECS

__all__ = [
    "default_bases",
    "find_session",
    "follow_session",
    "open_catalog",
    "read_output",
    "read_session",
    "search_output",
]

Log: TypeAlias = LogLocation | str | os.PathLike[str]
"""A log, given by its path, or by its location from `find_session` or a catalog."""


def open_catalog(*bases: str | os.PathLike[str]) -> Catalog:
    """Read all sessions of some base directories, or of the default ones.

    The catalog does not update itself: run a `Watcher` to keep it up to date, or call `Catalog.read_all` again.

    Example:
        >>> for snapshot in open_catalog().sessions():
        ...     print(snapshot.location.session_id, snapshot.session.workflow_name, snapshot.state)
    """
    catalog = Catalog([os.path.abspath(base) for base in bases] or default_bases())
    catalog.read_all()
    return catalog


def find_session(wanted: str | None = None, *, bases: Sequence[str | os.PathLike[str]] = ()) -> LogLocation:
    """Find a session as the commands do. Sessions of the current directory's project come first.

    Args:
        wanted: the path of a log, the id of a session or the beginning of one, or the name of a workflow for its
            newest session; None for the newest session.
        bases: the base directories to search; by default, those of `default_bases`.

    Raises:
        SessionNotFoundError: if no session fits, or several do. It has the candidates.
    """
    is_file = wanted is not None and os.path.isfile(wanted)
    if wanted is not None and is_file and is_path(wanted):
        return location_of_file(wanted)
    logs = list_all([os.path.abspath(base) for base in bases] or default_bases())
    try:
        return choose_session(logs, wanted, current_project()).location
    except SessionNotFoundError:
        if wanted is not None and is_file:
            return location_of_file(wanted)
        raise


def read_session(log: Log) -> SessionSnapshot:
    """Read a log to its current end.

    Problems with the content do not raise; they are in `SessionSnapshot.problems`.

    Raises:
        OSError: if the log is missing or cannot be read.

    Example:
        >>> snapshot = read_session(find_session("deploy"))
        >>> print(snapshot.state, [step.name for step in snapshot.session.steps])
    """
    return _read(log).snapshot()


def follow_session(log: Log) -> Iterator[SessionSnapshot]:
    """Read a log, and yield a snapshot whenever it has grown or its state has changed, until the session is over.

    The first snapshot is that of the log as it is now; the last one has `SessionSnapshot.is_over`. If the times of a
    log are old, it is watched for a heartbeat before its session counts as lost.

    Raises:
        OSError: if the log is missing, or can no longer be read.
    """
    session_log = _read(log)
    watch = GrowthWatch(hearing=recorded_hearing(session_log.location))
    session_log.signs = SignsOfLife(skew_secs=LARGEST_SKEW_SECS)
    session_log.observe(watch)
    before = session_log.snapshot(watch.now())
    yield before
    if before.is_over:
        return
    for _ in directory_hints(os.path.dirname(os.path.realpath(session_log.path))):
        session_log.read_all()
        session_log.check_readable()
        session_log.observe(watch)
        snapshot = session_log.snapshot(watch.now())
        if (snapshot.session, snapshot.state) != (before.session, before.state):
            before = snapshot
            yield snapshot
        if snapshot.is_over:
            return


def read_output(log: Log, step: StepRun | None = None) -> Iterator[Output]:
    """Yield the output lines of a log, or of one step run of it, in the order in which they were printed.

    The text is as recorded. Make it safe with `zigtui.reader.text.safe_text` before you show it.

    Raises:
        OSError: if the log is missing or cannot be read.
    """
    lines = _read(log).output(step)
    for number in range(len(lines)):
        if (line := lines.line(number)) is not None:
            yield line


def search_output(log: Log, text: str) -> Iterator[Output]:
    """Yield the output lines that match a query, as ``/`` on the screen finds them.

    Args:
        log: the log.
        text: plain text, or a regular expression between slashes. Case is ignored unless it contains an upper-case
            letter.

    Raises:
        QueryError: if the text is empty, or not a valid regular expression, or one that takes too long.
        OSError: if the log is missing or cannot be read.
    """
    session_log, query = _read(log), Query(text)
    lines = session_log.output()
    start = 0
    while start < session_log.end_offset:
        search = Search(session_log.path, query, start=start, end=session_log.end_offset)
        search.run()
        start = session_log.end_offset
        hit = search.next(0)
        while hit is not None and hit.offset is not None and not hit.wrapped:
            number = lines.number_at(hit.offset)
            line = None if number is None else lines.line(number)
            if line is not None:
                yield line
            if search.is_full:  # there may be more: another search begins after the last hit
                start = hit.offset + 1
            hit = search.next(hit.offset + 1)
        if search.trouble is not None:
            session_log.read_all()
            session_log.check_readable()
            raise QueryError(search.trouble)


def _read(log: Log) -> SessionLog:
    """Read a log to its current end."""
    session_log = SessionLog(log if isinstance(log, LogLocation) else _location(os.fspath(log)))
    session_log.read_all()
    session_log.check_readable()
    session_log.hear_machine()
    return session_log


def _location(path: str) -> LogLocation:
    try:
        return location_of_file(path)
    except ValueError as error:  # a null character
        raise FileNotFoundError(errno.ENOENT, str(error), path) from None
