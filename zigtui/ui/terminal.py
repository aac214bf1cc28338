"""The end of the program, whatever holds it up."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable

from zigtui.exit_codes import ended_by_signal

__all__ = ["SIGHUP", "end_within", "hold_signals", "is_terminal_there", "take_signals"]

SIGHUP = 1
"""Windows has no name for it."""

_ENDING = (signal.SIGINT, signal.SIGTERM, SIGHUP)


def hold_signals() -> None:
    """Have what would end the process wait for `take_signals`, lest it leaves a terminal that is only half set up.

    Threads that are begun meanwhile never get them, which does no harm: the main one does.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def take_signals(end: Callable[[int], object]) -> None:
    """Have ``end`` called with an exit code, in the event loop that runs, when the process is to end.

    Raises:
        NotImplementedError: if there are no such signals here.
        RuntimeError: if this is not the main thread.
        ValueError: the same.
    """
    for number in _ENDING:
        asyncio.get_running_loop().add_signal_handler(number, end, ended_by_signal(number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def end_within(seconds: float, return_code: int) -> None:
    """See to it that the process has ended after so many seconds.

    Textual's threads for input and output can wait for ever, or read for ever, when the terminal is gone.
    """
    timer = threading.Timer(seconds, os._exit, (return_code,))
    timer.daemon = True
    timer.start()


def is_terminal_there() -> bool:
    """Whether standard input still leads to a terminal: one that has been closed is none any more."""
    return sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno())
