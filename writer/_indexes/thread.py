"""The thread that updates the indexes of this process's sessions, off the path of those who begin and end them.

It runs while there is work, and the interpreter waits for it at the exit. What it has not done when the process is
killed, the next process does: see `writer._indexes.marks`.
"""

import os
import threading
import time
from collections.abc import Callable

from writer._errors import warn
from writer._indexes.update import SessionEntries, update_indexes

__all__ = ["Job", "update_in_background"]

Job = tuple[SessionEntries, Callable[[], None]]
"""The entries of a session, and what reports their trouble."""

# A copy of a large index is made for each update. Sessions that begin or end within a moment share one, and all updates
# together take only a small share of a processor.
_FIRST_PAUSE_SECS = 0.1
_LONGEST_PAUSE_SECS = 2.0
_PAUSES_PER_UPDATE = 10
_SLICE_SECS = 0.02

_lock = threading.RLock()  # reentrant, since a signal handler may end a session
_jobs: list[Job] = []
_is_running = False


def update_in_background(job: Job) -> None:
    """Update the entries of a session soon."""
    global _is_running
    with _lock:
        if not _is_leaving():
            _jobs.append(job)
            if _is_running:
                return
            try:
                _is_running = True
                threading.Thread(target=_run, name="zig-indexes", daemon=False).start()
                return
            except RuntimeError:  # no more threads, or the interpreter exits
                _is_running = False
                _jobs.remove(job)
    _work([job])


def _run() -> None:
    global _is_running
    pause = _FIRST_PAUSE_SECS
    while True:
        _wait(pause)
        with _lock:
            jobs = _jobs[:]
            _jobs.clear()
            if not jobs:
                _is_running = False
                return
        started = time.monotonic()
        _work(jobs)
        pause = min(max(_FIRST_PAUSE_SECS, _PAUSES_PER_UPDATE * (time.monotonic() - started)), _LONGEST_PAUSE_SECS)


def _work(jobs: list[Job]) -> None:
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


def _is_leaving() -> bool:
    return not threading.main_thread().is_alive()


def _wait(seconds: float) -> None:
    """Wait, but not while the interpreter waits for this thread to exit."""
    until = time.monotonic() + seconds
    while not _is_leaving() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE_SECS))


def _leave_to_parent() -> None:
    """In a forked process: the thread is the parent's, and so are its sessions."""
    global _lock, _is_running
    _lock = threading.RLock()
    _is_running = False
    _jobs.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
