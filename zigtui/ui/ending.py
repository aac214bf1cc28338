"""The end of the program, whatever holds it up."""

import os
import sys
import threading

__all__ = ["end_within", "is_terminal_there"]


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
