"""Pass Ctrl-C on to the processes of all steps.

The terminal sends Ctrl-C to its foreground group only, and each program is in a group of its own. `KeyboardInterrupt`
is raised in the main thread, which may do nothing but wait for threads that run programs. A signal handler cannot be
installed from those threads, and would be in the way of the runner's own. `faulthandler` can report a signal from any
thread, beside any handler of Python. It writes the stack of the main thread into a pipe; only the first line matters.
"""

import faulthandler
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from writer._common.descriptors import close, high_pipe

__all__ = ["forward", "watched"]

_REPORT = b"Stack (most recent call first):\n"  # the first line of a report; the others may come later

_lock = threading.RLock()  # reentrant, since a signal handler of the runner may run a program
_interrupted: list[Callable[[], None]] = []
_pipe: tuple[int, int] | None = None


@contextmanager
def watched(interrupted: Callable[[], None]) -> Iterator[int | None]:
    """Call ``interrupted`` after each SIGINT that this process gets while the block runs.

    Yields:
        A descriptor to wait for: call `forward` when there is something to read. None where that is not possible.
    """
    try:
        with _lock:
            _interrupted.append(interrupted)
            descriptor = _start()
        yield descriptor
    finally:
        with _lock:
            with suppress(ValueError):  # this is a forked process
                _interrupted.remove(interrupted)
            if not _interrupted:
                _stop()


def forward() -> None:
    """Pass a SIGINT on to all that are watched, unless another thread has done so."""
    with _lock:
        if _pipe is None:
            return
        try:
            is_reported = _REPORT in os.read(_pipe[0], 64 * 1024)
        except OSError:  # another thread has read it, or the runner has closed it
            return
        if is_reported:
            for interrupted in _interrupted:
                interrupted()


def _start() -> int | None:
    global _pipe
    # Not if SIGINT is ignored, which programs inherit, or ends this process at once.
    if hasattr(faulthandler, "register") and callable(signal.getsignal(signal.SIGINT)):
        if _pipe is None:
            _pipe = high_pipe()
            os.set_blocking(_pipe[0], False)
            os.set_blocking(_pipe[1], False)
        # Again each time: `signal.signal`, which asyncio calls too, has replaced the handler.
        faulthandler.unregister(signal.SIGINT)
        faulthandler.register(signal.SIGINT, file=_pipe[1], all_threads=False, chain=True)
    return None if _pipe is None else _pipe[0]


def _stop() -> None:
    global _pipe
    if _pipe is not None:
        faulthandler.unregister(signal.SIGINT)
        for descriptor in _pipe:
            close(descriptor)
        _pipe = None


def _after_fork_in_child() -> None:
    """In a forked process: a SIGINT that it gets is not for the processes of its parent."""
    global _lock
    _lock = threading.RLock()
    _interrupted.clear()
    _stop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
