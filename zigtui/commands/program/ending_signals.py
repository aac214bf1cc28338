"""Clean up before a signal ends the program."""

import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from zigtui.exit_codes import ended_by_signal

__all__ = ["ENDING_SIGNALS", "exits_on_signals", "run_until_signal"]

ENDING_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""The signals of a supervisor and of a terminal that is closed."""

_HAS_TIMER = hasattr(signal, "setitimer")  # as everywhere but on Windows
_AGAIN_SECS = 0.25
"""After this time, an exception that has had no effect is raised again."""


@contextmanager
def exits_on_signals() -> Iterator[None]:
    """While the block runs, let SIGTERM and SIGHUP raise `SystemExit` with their exit codes.

    Only the first one does: another must not interrupt the cleaning up. Signals that are ignored stay ignored, for
    example by ``nohup``. Only for the main thread.

    The exception of a signal handler is lost where any exception is: in ``__del__``, in a callback of the garbage
    collector or of a weak reference, or in code that catches everything. So it is raised again until it takes effect.
    watchfiles turns it into `KeyboardInterrupt`, which becomes `SystemExit` again at the end of the block.
    """
    received: list[int] = []

    def exit_unless_ending(signal_number: int, frame: FrameType | None) -> None:
        if signal_number in ENDING_SIGNALS:
            received.append(signal_number)
            if _HAS_TIMER:
                signal.signal(signal.SIGALRM, exit_unless_ending)
                signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECS, _AGAIN_SECS)
        if not _is_ending():
            sys.exit(ended_by_signal(received[0]))

    changed = [*ENDING_SIGNALS, signal.SIGALRM] if _HAS_TIMER else ENDING_SIGNALS
    before = {number: signal.getsignal(number) for number in changed}
    for number in ENDING_SIGNALS:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, exit_unless_ending)
    try:
        yield
    except KeyboardInterrupt:
        if not received:
            raise
        sys.exit(ended_by_signal(received[0]))
    finally:
        if received and _HAS_TIMER:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_ending() -> bool:
    """Whether the program cleans up for its end, by the exceptions that are handled at the moment."""
    error = sys.exc_info()[1]
    while error is not None:
        if isinstance(error, SystemExit | KeyboardInterrupt):
            return True
        error = error.__context__
    return False


def run_until_signal(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a loop of its own. SIGTERM and SIGHUP cancel it, as Ctrl-C does.

    A handler that raises in the middle of a loop, as `exits_on_signals` does, would interrupt any part of it. Signals
    that are ignored stay ignored.

    Raises:
        SystemExit: with the exit code of the signal, once the coroutine has ended.
        KeyboardInterrupt: for Ctrl-C, likewise.
    """
    import asyncio  # which most commands do not need

    received: list[int] = []

    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None

        def cancel(number: int) -> None:
            received.append(number)
            task.cancel()

        for number in ENDING_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                asyncio.get_running_loop().add_signal_handler(number, cancel, number)
        await main

    try:
        asyncio.run(run())
    except asyncio.CancelledError:
        if not received:
            raise
    if received:
        sys.exit(ended_by_signal(received[0]))
