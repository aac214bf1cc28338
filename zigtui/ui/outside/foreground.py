"""Run a program in the foreground of the terminal, as a shell does.

The program has a process group of its own, so that Ctrl+C and Ctrl+Z are for it alone, and the screen waits for it
without being blocked.
"""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from zigtui.reader.async_threads import call_on_thread
from zigtui.ui.terminal.job_control import can_be_continued

__all__ = ["run_in_foreground"]

_TERMINAL = 0  # the descriptor of standard input
_BACKGROUND_STOPS = (signal.SIGTTIN, signal.SIGTTOU)


async def run_in_foreground(words: Sequence[str]) -> int:
    """Run a program until it ends. If it stops, this process stops too, until a shell continues both.

    Args:
        words: the program and its arguments.

    Returns:
        Its exit code, or the negative number of the signal that ended it.

    Raises:
        OSError: if it cannot be started.
    """
    process = _start(words)
    try:
        _give_terminal(process)
        while True:
            status = await _change_of(process)
            if not os.WIFSTOPPED(status):
                return os.waitstatus_to_exitcode(status)
            if os.WSTOPSIG(status) not in _BACKGROUND_STOPS:  # or else it was quicker than `_give_terminal`
                _give_terminal(os.getpgrp())
                _stop()
            _give_terminal(process)
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGHUP)
            os.killpg(process, signal.SIGCONT)
        raise
    finally:
        _give_terminal(os.getpgrp())


def _start(words: Sequence[str]) -> int:
    """Start a program in a process group of its own, with the default reactions to all signals."""
    changed = [number for number in signal.valid_signals() if signal.getsignal(number) is not signal.SIG_DFL]
    return os.posix_spawnp(words[0], [*words], os.environ, setpgroup=0, setsigmask=(), setsigdef=changed)


async def _change_of(process: int) -> int:
    """Wait until a process ends or stops, and return its status."""
    _, status = await call_on_thread(lambda: os.waitpid(process, os.WUNTRACED), "wait for a program")
    return status


def _give_terminal(group: int) -> None:
    """Make a process group that of the foreground, and continue it if it is another one."""
    with _ttou_blocked(), suppress(OSError):  # not every terminal is the controlling one
        os.tcsetpgrp(_TERMINAL, group)
    if group != os.getpgrp():
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGCONT)


@contextmanager
def _ttou_blocked() -> Iterator[None]:
    """Do not stop for changing a terminal in whose background this process is."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTTOU,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop() -> None:
    """Stop this process, until a shell continues it in the foreground. Without such a shell, do nothing."""
    if not can_be_continued():
        return
    handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.killpg(0, signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, handler)
    while _is_in_background():
        os.killpg(0, signal.SIGTTOU)


def _is_in_background() -> bool:
    try:
        return os.tcgetpgrp(_TERMINAL) not in (os.getpgrp(), 0)
    except OSError:
        return False
