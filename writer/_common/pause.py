"""Pause the current thread."""

import threading
import time

__all__ = ["pause"]


def pause(seconds: float) -> None:
    """Pause for some seconds, even where the clocks of the process are replaced.

    With libfaketime and a monotonic clock that is left alone, the system call of `time.sleep` fails.
    """
    try:
        time.sleep(seconds)
    except OSError:
        threading.Event().wait(seconds)
