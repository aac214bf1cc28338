"""Let a process end together with the one that started it, even if that one is killed.

The process gets a pipe as its standard input, to which nothing is written. The pipe ends when the other process does.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

__all__ = ["end_with_input", "lifeline"]


@contextmanager
def lifeline() -> Iterator[int]:
    """A standard input for a process that calls `end_with_input`. It ends when the block is left, if not before."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


def end_with_input() -> None:
    """Send SIGTERM to this process as soon as standard input ends, and to what it has started in its process group."""
    Thread(target=_wait_for_end, name="lifeline", daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 1):
        pass
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGTERM)
    else:
        os.kill(os.getpid(), signal.SIGTERM)
