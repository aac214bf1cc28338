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


@contextmanager
def exits_on_signals() -> Iterator[list[int]]:
    """While the block runs, let SIGTERM and SIGHUP raise `SystemExit` with their exit codes.

    Only the first one does: another must not interrupt the cleaning up. Signals that are ignored stay ignored, for
    example by ``nohup``. Only for the main thread.

    Yields:
        The signals received so far: watchfiles turns any exception of a signal handler into `KeyboardInterrupt`.
    """
    received: list[int] = []

    def exit_once(signal_number: int, frame: FrameType | None) -> None:
        received.append(signal_number)
        if len(received) == 1:
            sys.exit(ended_by_signal(signal_number))

    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, exit_once)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
