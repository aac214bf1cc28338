"""Run a program in the foreground of the terminal, as a shell does.

The program has a process group of its own, so that Ctrl+C and Ctrl+Z are for it alone, and the screen waits for it
without being blocked.
"""

import asyncio
import os
import signal
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from zigtui.reader.async_threads import call_on_thread
from zigtui.reader.pause import pause
from zigtui.ui.terminal.job_control import can_be_continued
from zigtui.ui.terminal.modes import RESET

__all__ = ["run_in_foreground"]

_TERMINAL = 0  # the descriptor of standard input
_BACKGROUND_STOPS = (signal.SIGTTIN, signal.SIGTTOU)
_HANG_UP_SECS, _POLL_SECS = 0.5, 0.01


async def run_in_foreground(words: Sequence[str]) -> int:
    """Run a program until it ends. If it stops, this process stops too, until a shell continues both.

    A program that a signal ends leaves the terminal as it was before, and so does one that runs when this is cancelled.

    Args:
        words: the program and its arguments.

    Returns:
        Its exit code, or the negative number of the signal that ended it.

    Raises:
        OSError: if it cannot be started.
    """
    settings, has_exited = _settings(), False
    process = _start(words)
    try:
        _give_terminal(process, process)
        while True:
            status = await _change_of(process)
            if not os.WIFSTOPPED(status):
                has_exited = os.WIFEXITED(status)
                return os.waitstatus_to_exitcode(status)
            if os.WSTOPSIG(status) not in _BACKGROUND_STOPS:
                _give_terminal(os.getpgrp(), process)
                _stop()
            elif not _is_ours(process):  # or else it was quicker than `_give_terminal`
                _stop_in_background()
            _give_terminal(process, process)
    except asyncio.CancelledError:
        _hang_up(process)
        raise
    finally:
        _give_terminal(os.getpgrp(), process)
        if not has_exited and not _is_in_background():
            _restore(settings)


def _start(words: Sequence[str]) -> int:
    """Start a program in a process group of its own, with the default reactions to all signals."""
    changed = [number for number in signal.valid_signals() if signal.getsignal(number) is not signal.SIG_DFL]
    return os.posix_spawnp(words[0], [*words], os.environ, setpgroup=0, setsigmask=(), setsigdef=changed)


async def _change_of(process: int) -> int:
    """Wait until a process ends or stops, and return its status."""
    _, status = await call_on_thread(lambda: os.waitpid(process, os.WUNTRACED), "wait for a program")
    return status


def _hang_up(process: int) -> None:
    """End a program, and wait while it restores the terminal, which it still has."""
    with suppress(ProcessLookupError, ChildProcessError):  # the thread that waits for its end has seen it
        os.killpg(process, signal.SIGHUP)
        os.killpg(process, signal.SIGCONT)
        end = time.monotonic() + _HANG_UP_SECS
        while time.monotonic() < end and os.waitpid(process, os.WNOHANG)[0] == 0:
            pause(_POLL_SECS)  # not asynchronously: the event loop is about to end


def _settings() -> list[Any] | None:
    with suppress(termios.error):
        return termios.tcgetattr(_TERMINAL)
    return None


def _restore(settings: list[Any] | None) -> None:
    """Restore the terminal after a program that did not, and end all modes that it may have set."""
    with _ttou_blocked(), suppress(termios.error, OSError, ValueError):
        if settings is not None:
            termios.tcsetattr(_TERMINAL, termios.TCSANOW, settings)
        if sys.__stderr__ is not None:
            os.write(sys.__stderr__.fileno(), RESET.encode())


def _give_terminal(group: int, process: int) -> None:
    """Make a process group that of the foreground, unless a shell has the terminal; continue that of the program."""
    with _ttou_blocked(), suppress(OSError):  # not every terminal is the controlling one
        if _is_ours(process):
            os.tcsetpgrp(_TERMINAL, group)
    if group != os.getpgrp():
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGCONT)


def _is_ours(process: int) -> bool:
    """Whether the terminal belongs to this process or its program, or to a group that has ended.

    Otherwise a shell has taken it, because others have stopped this process.
    """
    try:
        foreground = os.tcgetpgrp(_TERMINAL)
        if foreground not in (0, os.getpgrp(), process):
            os.killpg(foreground, 0)
            return False
    except PermissionError:
        return False  # it is the group of another user
    except OSError:
        pass  # the group has ended, or it is not the controlling terminal
    return True


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
    _stop_in_background()


def _stop_in_background() -> None:
    """Stop this process while a shell has the terminal."""
    while can_be_continued() and _is_in_background():
        os.killpg(0, signal.SIGTTOU)


def _is_in_background() -> bool:
    try:
        return os.tcgetpgrp(_TERMINAL) not in (os.getpgrp(), 0)
    except OSError:
        return False
