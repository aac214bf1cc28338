"""Signals that end sessions: SIGTERM of a supervisor, or SIGHUP of a terminal that is closed.

Several sessions of a process may have the same signal. The first one installs the handler, and the last one restores
what was there before.
"""

import _thread
import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from writer._common.errors import SignalExit, StepCancelledError
from writer._common.pause import pause
from writer._log.event_log import EventLog
from writer._programs import running_programs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

__all__ = ["EndSignals", "as_signals"]

_CHECK_SECS = 0.02
_LOOP_SECS = 1.0  # how long a task may keep the event loop from ending the runner

# What was there before for each signal with our handler, and the sessions that it ends.
_before: "dict[signal.Signals, Callable[..., object] | int | None]" = {}
_sessions: "dict[signal.Signals, list[EndSignals]]" = {}

# Held while a signal is sent again, and while what was there before is restored, which may be the end of the process.
_sending = _thread.RLock()
_sent_again: "dict[int, SignalExit]" = {}


def _after_fork_in_child() -> None:
    global _sending
    _sending = _thread.RLock()
    _sent_again.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def as_signals(numbers: Iterable[int]) -> list[signal.Signals]:
    """Check signals, before a handler is installed for any of them.

    Raises:
        ValueError: If one cannot be handled, or this is not the main thread.
    """
    signals = [signal.Signals(number) for number in dict.fromkeys(numbers)]
    for one in signals:
        if one.name in ("SIGKILL", "SIGSTOP"):
            raise ValueError(f"end_on cannot have {one.name}, which no program can handle")
    if signals and threading.current_thread() is not threading.main_thread():
        raise ValueError("end_on needs the main thread, where Python handles signals")
    return signals


class EndSignals:
    """The signals of one session.

    Attributes:
        log: The log of the session.
        received: The exception that has been raised for the first signal, or None.
    """

    def __init__(self, signals: Iterable[signal.Signals], log: EventLog) -> None:
        """Install the handler, except for signals that are ignored, as ``nohup`` ignores SIGHUP.

        Args:
            signals: The signals, as `as_signals` returns them.
            log: The log of the session.
        """
        self.received: SignalExit | None = None
        self.log = log
        for one in signals:
            present = signal.getsignal(one)
            if present is signal.SIG_IGN:
                continue
            _sessions.setdefault(one, []).append(self)
            if present is not _handle:
                _before[one] = present
                signal.signal(one, _handle)

    def restore(self) -> None:
        """Restore what was there before, unless another session still has the signal. A second call does nothing.

        Outside the main thread, the next signal restores it: see `_handle`.
        """
        for one, sessions in list(_sessions.items()):
            if self in sessions:
                sessions.remove(self)
            if not sessions and threading.current_thread() is threading.main_thread():
                _restore(one)
        if not any(_sessions.values()):
            running_programs.allow()


def _restore(one: signal.Signals) -> None:
    del _sessions[one]
    before = _before.pop(one)
    with _sending:
        if signal.getsignal(one) is _handle:  # otherwise the runner has installed its own
            signal.signal(one, signal.SIG_DFL if before is None else before)


def _handle(number: int, frame: object) -> None:
    one = signal.Signals(number)
    sessions = _open_sessions(one)
    again = _sent_again.pop(one, None)
    if again is not None:
        if sessions:  # otherwise the task may go on until it returns to the loop
            _raise(again)
        return
    if not sessions:  # all have ended, or this is a forked process
        if one in _sessions:
            _restore(one)
        signal.raise_signal(one)
        return
    received = next((session.received for session in sessions if session.received), None)
    if received is not None:
        if received.waits_for_loop:
            _raise(received)
        running_programs.kill_all()  # the runner is ending already
        return
    error = SignalExit(number, one.name)
    for session in sessions:
        session.received = error
    # These are the programs of other threads, too. That of the main thread is ended by the exception.
    running_programs.stop_all(StepCancelledError(str(error)))
    atexit.register(_await_programs, os.getpid())
    loop = _loop_of_task()
    if loop is None:
        raise error
    # If a task ended with the exception, other tasks would raise it too while asyncio cancels all of them. That would
    # stop there, and asyncio would report on standard error what nothing has awaited.
    error.waits_for_loop = True
    loop.call_soon_threadsafe(_raise, error)
    with suppress(RuntimeError):  # no more threads
        _thread.start_new_thread(_insist, (error, one))


def _await_programs(process_id: int) -> None:
    """Wait for the threads that end programs: the interpreter stops those that it does not join, such as daemons."""
    while running_programs.are_ending() and os.getpid() == process_id:  # a forked process has no such threads
        pause(_CHECK_SECS)


def _open_sessions(one: signal.Signals) -> "list[EndSignals]":
    return [session for session in _sessions.get(one, ()) if session.log.is_owned]


def _loop_of_task() -> "AbstractEventLoop | None":
    """Return the event loop of asyncio if one of its tasks is running in this thread, rather than the loop itself."""
    asyncio = sys.modules.get("asyncio")  # loaded if a loop is running; its import may have just begun
    try:
        return asyncio.get_running_loop() if asyncio is not None and asyncio.current_task() is not None else None
    except (AttributeError, RuntimeError):
        return None


def _raise(error: SignalExit) -> None:
    if error.waits_for_loop:
        error.waits_for_loop = False
        raise error


def _insist(error: SignalExit, one: signal.Signals) -> None:
    """Send a signal again, which then interrupts a task that does not return to the event loop."""
    pause(_LOOP_SECS)
    main = threading.main_thread().ident
    with _sending:
        is_handled = signal.getsignal(one) is _handle
        if error.waits_for_loop and _open_sessions(one) and is_handled and main is not None and sys.platform != "win32":
            _sent_again[one] = error
            signal.pthread_kill(main, one)
