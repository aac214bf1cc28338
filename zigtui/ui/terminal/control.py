"""Control of the terminal and the process that the program runs in: signals, suspending, and a closed terminal.

A program that runs in a test owns neither, and uses `NoTerminal`. For one that is displayed in a browser, see
`zigtui.ui.terminal.browser`.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol

from zigtui.exit_codes import ended_by_signal
from zigtui.settings import Settings
from zigtui.ui.terminal.status import TerminalStatus

if TYPE_CHECKING:
    from textual.driver import Driver

    from zigtui.state.choices import ChoiceStore

__all__ = ["NoTerminal", "SystemTerminal", "Terminal"]

_SIGHUP = 1  # Windows has no name for it
_ENDING = (signal.SIGINT, signal.SIGTERM, _SIGHUP)
# Signals that do not end a process by default, cannot be handled, or come from a defect that a handler would repeat.
_OTHER = ("CHLD", "CONT", "URG", "WINCH", "INFO", "STOP", "TSTP", "TTIN", "TTOU", "KILL", "SEGV", "BUS", "FPE", "ILL")
_TAKE_SECS = 1.0
_FRAME = 10  # times as many objects as usual are created before the youngest are searched for garbage
_MOST_DELAY = 10  # times as much garbage as usual is kept while the user goes on typing


class Terminal(Protocol):
    """The interface through which the application controls its terminal and process."""

    can_suspend: bool
    """Whether the user may stop the process, and continue it from a shell."""

    is_remote: bool
    """Whether the user is elsewhere, with no right to this machine: no program is run for them, and no file written."""

    status: TerminalStatus
    """The title and the progress of the terminal."""

    choice_store: "ChoiceStore | None"
    """Where choices are kept; None for the store of the application."""

    @property
    def driver_class(self) -> "type[Driver] | None":
        """Textual's driver for the terminal; None for its default."""

    def show_session(self, name: str | None) -> None:
        """Take note of the session that is displayed, by its id and perhaps its machine; None for the list."""

    def keep_list(self, filter_text: str, chosen: str) -> None:
        """Take note of the filter of the list, and of the session that the cursor was moved to; empty for none."""

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

    def tidy(self) -> None:
        """Do the work that would delay an answer, while the user types nothing."""


class NoTerminal:
    """Leaves the process alone, for tests."""

    can_suspend = False
    is_remote = False
    driver_class = None
    status = TerminalStatus(None)
    choice_store: "ChoiceStore | None" = None

    def show_session(self, name: str | None) -> None:
        """Do nothing."""

    def keep_list(self, filter_text: str, chosen: str) -> None:
        """Do nothing."""

    def take_signals(self, end: Callable[[int], object]) -> None:
        """Do nothing: signals are for the process that runs the tests."""

    def exit_code_if_gone(self) -> int | None:
        """Always None, since there is no terminal."""
        return None

    def end_within(self, seconds: float, exit_code: int) -> None:
        """Do nothing, since the process runs other tests too."""

    def settle(self) -> None:
        """Do nothing: the garbage collector keeps its settings."""

    def tidy(self) -> None:
        """Do nothing: the garbage collector runs by itself."""


class SystemTerminal:
    """The terminal on standard input, in a process that is the program's own.

    Args:
        settings: the user's settings.
    """

    can_suspend = True
    is_remote = False
    choice_store: "ChoiceStore | None" = None
    size: tuple[int, int] | None = None
    """Columns and lines at the start; None if the driver finds them out."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.status = TerminalStatus(settings)
        self._deadline: threading.Timer | None = None
        self._due = gc.get_threshold()[2]
        self._settings: list[Any] | None = None  # of the terminal, while the screen may have changed them

    @property
    def driver_class(self) -> "type[Driver] | None":
        """The driver that copes with any input, any signal and a slow link."""
        if os.name != "posix":
            return None
        from zigtui.ui.terminal.driver import TerminalDriver

        class Driver(TerminalDriver):
            status = self.status

        return Driver

    def show_session(self, name: str | None) -> None:
        """Do nothing: the title is that of `status`."""

    def keep_list(self, filter_text: str, chosen: str) -> None:
        """Do nothing: the next start is a new one."""

    @contextlib.contextmanager
    def held_signals(self) -> Iterator[None]:
        """Hold back signals that would end the process, until `take_signals` is called in the block.

        Otherwise a signal that comes while the terminal is being set up would leave it half set up. Threads started in
        the block never receive these signals; the main thread does. After the block the previous handlers are
        restored, also those of signals for stopping and resizing, and no deadline is running.
        """
        ending = _ending_signals()
        before = {number: signal.getsignal(number) for number in (*ending, *_used_by_driver())}
        _set_blocked(ending, True)
        self._settings = _terminal_settings()
        try:
            yield
        finally:
            self._settings = None
            for number, handler in before.items():
                if handler is not None:  # a handler that was not set from Python cannot be restored
                    signal.signal(number, handler)
            _set_blocked(ending, False)
            self._cancel_deadline()

    def take_signals(self, end: Callable[[int], object]) -> None:
        """Call ``end`` with an exit code, in the running event loop, when a signal asks the process to end."""
        loop = asyncio.get_running_loop()

        def call_end(number: int, frame: FrameType | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(end, ended_by_signal(number))

        ending = _ending_signals()
        # Not `add_signal_handler`, which takes 0.3 ms for each. Outside the main thread, there are no signals.
        with contextlib.suppress(ValueError):
            for number in ending:
                signal.signal(number, call_end)
            _set_blocked(ending, False)

    def exit_code_if_gone(self) -> int | None:
        """The exit code for SIGHUP once standard input is no longer a terminal: not every terminal sends the signal."""
        is_there = sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno())
        return None if is_there else ended_by_signal(_SIGHUP)

    def end_within(self, seconds: float, exit_code: int) -> None:
        """End the process after this time, in place of an earlier deadline."""
        self._cancel_deadline()
        self._deadline = threading.Timer(seconds, self._end_now, (exit_code,))
        self._deadline.daemon = True
        self._deadline.start()

    def _end_now(self, exit_code: int) -> None:
        if self._settings is not None:
            _restore_at_once(self._settings, self.status.end())
        os._exit(exit_code)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    def settle(self) -> None:
        """Collect garbage from now on, but skip the objects that exist now: they would take 50 ms each time.

        Each frame creates thousands of objects, most of which are gone soon. They are searched once rather than often.
        """
        gc.freeze()
        young, middle, old = gc.get_threshold()
        self._due = old
        gc.set_threshold(_FRAME * young, max(1, middle // _FRAME), _MOST_DELAY * old)
        gc.enable()

    def tidy(self) -> None:
        """Collect all garbage if that is due by the thresholds of Python: it takes as long as drawing a screen."""
        if gc.get_count()[2] > self._due:
            gc.collect()


def _ending_signals() -> list[int]:
    """The signals that end a process: those that ask for it, and those whose default action nothing has replaced."""
    others = {getattr(signal, f"SIG{name}", None) for name in _OTHER}
    valid = signal.valid_signals()
    free = [number for number in valid - others if signal.getsignal(number) is signal.SIG_DFL]
    return sorted({*free, *valid.intersection(_ENDING)})


def _used_by_driver() -> list[int]:
    return [getattr(signal, name) for name in ("SIGTSTP", "SIGCONT", "SIGWINCH") if hasattr(signal, name)]


def _set_blocked(numbers: Iterable[int], blocked: bool) -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK if blocked else signal.SIG_UNBLOCK, numbers)


def _terminal_settings() -> list[Any] | None:
    """The settings of the terminal on standard input, if there is one."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import termios

        with contextlib.suppress(termios.error):
            return termios.tcgetattr(sys.__stdin__.fileno()) if sys.__stdin__ is not None else None
    return None


def _restore_at_once(settings: list[Any], reset_status: str) -> None:
    """Restore a terminal without waiting long for it: it may take no output, or be gone."""
    import select
    import termios

    from zigtui.ui.terminal.modes import RESET

    assert sys.__stdin__ is not None
    with contextlib.suppress(OSError, termios.error):
        terminal = os.open(os.ttyname(sys.__stdin__.fileno()), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        termios.tcsetattr(terminal, termios.TCSANOW, settings)
        select.select([], [terminal], [], _TAKE_SECS)  # a slow one may still display the last frame
        os.write(terminal, (RESET + reset_status).encode())
