"""Start threads whose failure is always reported."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from zigtui.reader.log_exception import log_exception

__all__ = ["results_within", "start_thread"]

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


def results_within(
    seconds: float, functions: Sequence[Callable[[], _Result]], otherwise: Sequence[_Result]
) -> list[_Result]:
    """Call functions that may wait for a disk forever, such as a network mount, each on a thread of its own.

    Args:
        seconds: how long to wait for all of them. After that, their threads are left alone.
        functions: the functions.
        otherwise: for each function, what to return if it takes longer or fails.
    """
    results = list(otherwise)

    def call(number: int) -> None:
        results[number] = functions[number]()

    threads = [start_thread(partial(call, number), "wait for a disk") for number in range(len(functions))]
    give_up_at = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, give_up_at - time.monotonic()))
    return results[:]
