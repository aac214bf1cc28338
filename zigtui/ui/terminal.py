"""Control of the terminal and the process that the program runs in: signals, suspending, and a closed terminal.

A program that is served in a browser, or runs in a test, owns neither. It uses `NoTerminal`.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from zigtui.exit_codes import ended_by_signal

__all__ = ["NoTerminal", "SystemTerminal", "Terminal"]

_SIGHUP = 1  # Windows has no name for it
_ENDING = (signal.SIGINT, signal.SIGTERM, _SIGHUP)


class Terminal(Protocol):
    """The interface through which the application controls its terminal and process."""

    can_suspend: bool
    """Whether the user may stop the process, and continue it from a shell."""

    def take_signals(self, end: Callable[[int], object]) -> None:
        """Call ``end`` with an exit code, in the running event loop, when a signal asks the process to end."""

    def exit_code_if_gone(self) -> int | None:
        """The exit code to end with if the terminal was closed without a signal; None while it exists."""

    def end_within(self, seconds: float, exit_code: int) -> None:
        """End the process after this time, even if threads are still blocked.

        Textual's threads for input and output may wait forever once the terminal is gone.
        """

    def settle(self) -> None:
        """Do the work that can wait until the first screen is displayed."""


class NoTerminal:
    """Leaves the process alone: for tests, and for a program that is served in a browser."""

    can_suspend = False

    def take_signals(self, end: Callable[[int], object]) -> None:
        """Do nothing: signals are for the process that serves the program."""

    def exit_code_if_gone(self) -> int | None:
        """Always None, since there is no terminal."""
        return None

    def end_within(self, seconds: float, exit_code: int) -> None:
        """Do nothing, since the process serves others too."""

    def settle(self) -> None:
        """Do nothing: the garbage collector keeps its settings."""


class SystemTerminal:
    """The terminal on standard input, in a process that is the program's own."""

    can_suspend = True

    def __init__(self) -> None:
        self._deadline: threading.Timer | None = None

    @contextlib.contextmanager
    def held_signals(self) -> Iterator[None]:
        """Hold back signals that would end the process, until `take_signals` is called in the block.

        Otherwise a signal that comes while the terminal is being set up would leave it half set up. Threads started in
        the block never receive these signals; the main thread does. After the block the previous handlers are
        restored, and no deadline is running.
        """
        before = {number: signal.getsignal(number) for number in _ENDING if number in signal.valid_signals()}
        _set_blocked(True)
        try:
            yield
        finally:
            for number, handler in before.items():
                if handler is not None:  # a handler that was not set from Python cannot be restored
                    signal.signal(number, handler)
            _set_blocked(False)
            self._cancel_deadline()

    def take_signals(self, end: Callable[[int], object]) -> None:
        """Call ``end`` with an exit code, in the running event loop, when a signal asks the process to end."""
        # There are no such signals on Windows, nor outside the main thread.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            for number in _ENDING:
                asyncio.get_running_loop().add_signal_handler(number, end, ended_by_signal(number))
            _set_blocked(False)

    def exit_code_if_gone(self) -> int | None:
        """The exit code for SIGHUP once standard input is no longer a terminal: not every terminal sends the signal."""
        is_there = sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno())
        return None if is_there else ended_by_signal(_SIGHUP)

    def end_within(self, seconds: float, exit_code: int) -> None:
        """End the process after this time, in place of an earlier deadline."""
        self._cancel_deadline()
        self._deadline = threading.Timer(seconds, os._exit, (exit_code,))
        self._deadline.daemon = True
        self._deadline.start()

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    def settle(self) -> None:
        """Collect garbage from now on, but skip the objects that exist now: they would take 50 ms each time."""
        gc.freeze()
        gc.enable()


def _set_blocked(blocked: bool) -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK if blocked else signal.SIG_UNBLOCK, _ENDING)
