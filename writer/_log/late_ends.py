"""Write the ends of sessions that the disk had no room for, as soon as it has."""

import atexit
import os
import threading
from collections.abc import Callable
from contextlib import suppress

from writer._errors import warn

__all__ = ["end_later"]

_RETRY_SECS = 5.0

_lock = threading.RLock()
_waiting: list[Callable[[], bool]] = []
_is_running = False


def end_later(end: Callable[[], bool]) -> None:
    """Call ``end`` every few seconds, in a thread for all sessions, until it returns True or the interpreter exits."""
    global _is_running
    with _lock:
        _waiting.append(end)
        if not _is_running:
            with suppress(RuntimeError):  # the interpreter is about to exit, which tries once more
                threading.Thread(target=_run, name="zig-late-ends", daemon=True).start()
                _is_running = True


def _run() -> None:
    global _is_running
    pause = threading.Event()
    while True:
        pause.wait(_RETRY_SECS)
        with _lock:
            _waiting[:] = [end for end in _waiting if not end()]
            if not _waiting:
                _is_running = False
                return


def _end_now() -> None:
    for end in _waiting:
        if not end():
            warn("the end of a session could not be written: readers will see it as lost")


atexit.register(_end_now)


def _leave_to_parent() -> None:
    global _lock, _is_running
    _lock = threading.RLock()
    _is_running = False
    _waiting.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
