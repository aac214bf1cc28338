"""What a thread does is waited for in an event loop, and never longer than wanted."""

import asyncio
import subprocess
import sys
import threading

import pytest

from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.reader.async_threads import call_on_thread


async def test_the_result_is_that_of_the_function_on_a_thread_of_that_name() -> None:
    thread = await call_on_thread(threading.current_thread, "mask a log")
    assert (thread.name, thread.daemon) == ("mask a log", True)


@pytest.mark.parametrize("kind", [ValueError, OSError, BaseException])
async def test_an_exception_of_the_function_is_raised(kind: type[BaseException]) -> None:
    error = kind("odd")

    def fail() -> None:
        raise error

    with pytest.raises(kind) as raised:
        await call_on_thread(fail, "mask a log")
    assert raised.value is error


@pytest.mark.parametrize("fails", [False, True])
async def test_what_comes_after_the_task_was_cancelled_is_dropped(
    fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    goes_on, is_over = threading.Event(), threading.Event()

    def work() -> None:
        try:
            goes_on.wait(DEADLINE_SECS)
            if fails:
                raise ValueError("odd")
        finally:
            is_over.set()

    task = asyncio.create_task(call_on_thread(work, "mask a log"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    goes_on.set()
    await asyncio.to_thread(wait_until, lambda: all(thread.name != "mask a log" for thread in threading.enumerate()))
    await asyncio.sleep(0)
    assert is_over.is_set()
    assert caplog.records == []


def test_a_function_that_never_returns_delays_neither_the_loop_nor_the_program() -> None:
    program = """
import asyncio, threading
from zigtui.reader.async_threads import call_on_thread

async def main():
    task = asyncio.create_task(call_on_thread(threading.Event().wait, "wait for a disk"))
    await asyncio.sleep(0)
    task.cancel()

asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=DEADLINE_SECS)
