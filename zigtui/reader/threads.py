"""Start threads whose failure is always reported."""

import threading
from collections.abc import Callable
from typing import TypeVar

from zigtui.reader.log_exception import log_exception

__all__ = ["result_within", "start_thread"]

_Result = TypeVar("_Result")


def start_thread(
    target: Callable[[], object], name: str, on_error: Callable[[BaseException], object] | None = None
) -> threading.Thread:
    """Start a daemon thread whose failure is always reported.

    Args:
        target: the function that the thread runs. `SystemExit` ends the thread and is not an error.
        name: the name of the thread, for debuggers and the debug log.
        on_error: called in the thread with any other exception that ``target`` raises, after it has been logged with
            its traceback to the logger ``zigtui``. An exception of ``on_error`` itself is logged too.

    Returns:
        The thread, already started.
    """

    def run() -> None:
        try:
            target()
        except SystemExit:
            pass
        except BaseException as error:  # watchfiles raises a `BaseException` when its Rust code panics
            log_exception(f"thread {name!r} failed", error)
            if on_error is not None:
                try:
                    on_error(error)
                except Exception as second_error:
                    log_exception(f"thread {name!r} could not report its failure", second_error)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def result_within(seconds: float, function: Callable[[], _Result], *, otherwise: _Result) -> _Result:
    """Call a function that may wait for a disk forever, such as a network mount, on a thread of its own.

    Args:
        seconds: how long to wait for the function. After that, its thread is left alone.
        function: the function.
        otherwise: what to return if the function takes longer or fails.
    """
    results: list[_Result] = []
    start_thread(lambda: results.append(function()), "wait for a disk").join(seconds)
    return results[0] if results else otherwise
