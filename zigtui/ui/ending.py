"""The end of the program, whatever holds it up."""

import os
import threading

__all__ = ["end_within"]


def end_within(seconds: float, return_code: int) -> None:
    """See to it that the process has ended after so many seconds.

    Textual's threads for input and output can wait for ever, or read for ever, when the terminal is gone.
    """
    timer = threading.Timer(seconds, os._exit, (return_code,))
    timer.daemon = True
    timer.start()
