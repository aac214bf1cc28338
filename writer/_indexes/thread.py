"""The thread that updates the indexes of this process's sessions, off the path of those who begin and end them.

It runs while there is work, and the interpreter waits for it at the exit. What it has not done when the process is
killed, the next process does: see `writer._indexes.marks`.
"""

import time
from collections.abc import Callable

from writer._common.backlog import Backlog, before_exit
from writer._common.errors import warn
from writer._common.pause import pause
from writer._indexes.update import SessionEntries, update_indexes

__all__ = ["Job", "update_in_background"]

Job = tuple[SessionEntries, Callable[[], None]]
"""The entries of a session, and what reports their problem."""

# An update may have to copy a large index. Sessions that begin or end within a moment share it, and all updates
# together take only a small share of a processor.
_FIRST_PAUSE_SECS = 0.1
_LONGEST_PAUSE_SECS = 2.0
_PAUSES_PER_UPDATE = 10
_SLICE_SECS = 0.02


def update_in_background(job: Job) -> None:
    """Update the entries of a session soon."""
    if _is_leaving():
        _work([job])
    elif not _jobs.add(job):  # no more threads, or the interpreter exits
        jobs = _jobs.items()
        _jobs.clear()
        _work(jobs)


def _work(jobs: list[Job]) -> list[Job]:
    sessions: dict[str, list[SessionEntries]] = {}
    for entries, _ in jobs:
        sessions.setdefault(entries.base, []).append(entries)
    for base, of_base in sessions.items():
        try:
            update_indexes(base, dict.fromkeys(of_base), _is_leaving)
        except Exception as error:  # the thread goes on: other sessions wait for it
            warn("cannot update the indexes: %r", error)
    for report in dict(jobs).values():
        report()
    return []


_is_exiting = False


def _is_leaving() -> bool:
    return _is_exiting


def _leave() -> None:
    global _is_exiting
    _is_exiting = True
    _jobs.join()


def _wait(seconds: float) -> None:
    """Wait after an update that has taken some seconds, but not while the interpreter waits for this thread to exit."""
    until = time.monotonic() + min(max(_FIRST_PAUSE_SECS, _PAUSES_PER_UPDATE * seconds), _LONGEST_PAUSE_SECS)
    while not _is_leaving() and (left := until - time.monotonic()) > 0:
        pause(min(left, _SLICE_SECS))


_jobs = Backlog(_work, _wait)
before_exit(_leave)
