"""Run a process from asyncio: in a thread, so that both ways to run one keep the same rules.

Recording writes to the disk. In the thread of the event loop, a program that prints much would delay all other tasks.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress

from writer._common.asyncio_loop import running_loop
from writer._common.errors import StepCancelledError
from writer._programs.process import Program

__all__ = ["run"]


async def run(program: Program, note_cancellation: Callable[[], object]) -> int:
    """Run a program to its end and return its exit code; see `Step.run_async`.

    Args:
        program: The program.
        note_cancellation: Called if the task is cancelled, before the program is ended.

    Raises:
        RuntimeError: If asyncio is not running, for example under trio.
    """
    loop = running_loop("run_async", "run")
    done: asyncio.Future[int] = loop.create_future()

    def work() -> None:
        exit_code, error = None, None
        try:
            exit_code = program.run()
        except BaseException as caught:
            error = caught
        with suppress(RuntimeError):  # the loop has been closed
            loop.call_soon_threadsafe(settle, exit_code, error)

    def settle(exit_code: int | None, error: BaseException | None) -> None:
        if error is not None:
            done.set_exception(error)
        elif exit_code is not None:
            done.set_result(exit_code)

    threading.Thread(target=contextvars.copy_context().run, args=(work,), name="zig-run", daemon=True).start()
    try:
        await asyncio.wait([done])
    except asyncio.CancelledError:
        note_cancellation()
        program.stop(StepCancelledError("the task of the step was cancelled"))
        while not done.done():
            try:
                await asyncio.wait([done])
            except asyncio.CancelledError:  # once more: there is no time for the program to terminate
                program.kill()
        done.exception()  # otherwise asyncio reports it as never retrieved
        raise
    finally:  # if the coroutine is closed while it runs, nothing waits for the program any longer
        if not done.done():
            program.stop(StepCancelledError("the task of the step was closed"))
            program.kill()
    return done.result()
