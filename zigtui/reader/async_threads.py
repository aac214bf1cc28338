"""Wait in an event loop for what a thread does.

This is a module of its own, since commands that need no event loop should not import asyncio.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from zigtui.reader.threads import start_thread

__all__ = ["call_on_thread"]

_Result = TypeVar("_Result")


async def call_on_thread(function: Callable[[], _Result], name: str) -> _Result:
    """Call a function on a daemon thread of its own, and return its result or raise its exception.

    Unlike `asyncio.to_thread`, it does not delay the end of the program or of the loop: a function that never returns,
    since it waits for a disk for example, is left alone.

    Args:
        function: the function. It goes on if the task is cancelled; its result is dropped then.
        name: the name of the thread, for debuggers and the debug log.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_Result] = loop.create_future()

    def set_result(result: _Result) -> None:
        if not future.done():
            future.set_result(result)

    def set_error(error: BaseException) -> None:
        if not future.done():
            future.set_exception(error)

    def run() -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            try:
                result = function()
            except BaseException as error:
                loop.call_soon_threadsafe(set_error, error)
            else:
                loop.call_soon_threadsafe(set_result, result)

    start_thread(run, name)
    return await future
