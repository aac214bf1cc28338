"""Threads that always report how they ended."""

import logging
import threading
from collections.abc import Callable

__all__ = ["start_thread"]

_log = logging.getLogger("zigtui")


def start_thread(
    target: Callable[[], object], name: str, on_error: Callable[[BaseException], object] | None = None
) -> threading.Thread:
    """Run a function on a thread of its own that does not keep the program from ending.

    Args:
        target: the function.
        name: of the thread, for debuggers and the log.
        on_error: called on that thread with an exception that the function raises. The traceback has been logged.

    Returns:
        The thread, which has been started.

    Raises:
        RuntimeError: if the system allows no more threads.
    """

    def run() -> None:
        try:
            target()
        except Exception as error:
            _log.exception("the thread %r failed", name)
            if on_error is not None:
                on_error(error)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
