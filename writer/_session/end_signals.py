"""Signals that end sessions: SIGTERM of a supervisor, or SIGHUP of a terminal that is closed.

Several sessions of a process may have the same signal. The first one installs the handler, and the last one restores
what was there before.
"""

import signal
import threading
from collections.abc import Callable, Iterable

from writer._common.errors import SignalExit, StepCancelledError
from writer._log.event_log import EventLog
from writer._programs import running_programs

__all__ = ["EndSignals", "as_signals"]

# What was there before for each signal with our handler, and the sessions that it ends.
_before: "dict[signal.Signals, Callable[..., object] | int | None]" = {}
_sessions: "dict[signal.Signals, list[EndSignals]]" = {}


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

        In another thread than the main one, the next signal restores it: see `_handle`.
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
    if signal.getsignal(one) is _handle:  # otherwise the runner has installed its own
        signal.signal(one, signal.SIG_DFL if before is None else before)


def _handle(number: int, frame: object) -> None:
    one = signal.Signals(number)
    sessions = [session for session in _sessions.get(one, ()) if session.log.is_owned]
    if not sessions:  # all have ended, or this is a forked process
        if one in _sessions:
            _restore(one)
        signal.raise_signal(one)
        return
    if any(session.received for session in sessions):  # the runner is ending already
        running_programs.kill_all()
        return
    error = SignalExit(number, one.name)
    for session in sessions:
        session.received = error
    # These are the programs of other threads, too. That of the main thread is ended by the exception.
    running_programs.stop_all(StepCancelledError(str(error)))
    raise error
