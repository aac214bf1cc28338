"""Run a process from asyncio and record what it prints; `writer._process` does the same with threads.

This uses the event loop's transport, which reports the end of the process and of its pipes separately. The ``wait`` of
`asyncio.create_subprocess_exec` does not return in Python 3.11 while a background process keeps the pipes open.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from writer._events import OutputStream
from writer._process import LINGER_SECS, TERMINATE_SECS, ProcessOutput, Record, as_recorded, with_defaults
from writer._text import Text

__all__ = ["run"]

_STREAMS = {1: OutputStream.STDOUT, 2: OutputStream.STDERR}


class _Protocol(asyncio.SubprocessProtocol):
    """Receives the output and the end of a process from the event loop."""

    def __init__(self, output: ProcessOutput) -> None:
        self._output = output
        self.exited = asyncio.Event()
        self.finished = asyncio.Event()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._output.feed(_STREAMS[fd], data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._output.end(_STREAMS[fd])

    def process_exited(self) -> None:
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.finished.set()  # the process has exited and both pipes are closed


async def run(argv: Sequence[Text], record: Record, options: dict[str, Any]) -> int:
    """Run a process to its end and return its exit code; see `Step.run_async`."""
    options = with_defaults(argv, options)
    output = ProcessOutput(record)
    transport, protocol = await asyncio.get_running_loop().subprocess_exec(lambda: _Protocol(output), *argv, **options)
    try:
        try:
            await protocol.exited.wait()
        except asyncio.CancelledError:
            await _stop(transport, protocol)
            await _wait(protocol.finished, LINGER_SECS)
            raise
        await _wait(protocol.finished, LINGER_SECS)
    finally:
        exit_code = transport.get_returncode()
        transport.close()  # kills the process if the coroutine is closed while it runs
        output.end_all()
    output.raise_error()
    assert exit_code is not None
    return as_recorded(exit_code)


async def _stop(transport: asyncio.SubprocessTransport, protocol: _Protocol) -> None:
    try:
        with suppress(ProcessLookupError):
            transport.terminate()
        await _wait(protocol.exited, TERMINATE_SECS)
    finally:  # even if the task is cancelled again
        with suppress(ProcessLookupError):
            transport.kill()
        await protocol.exited.wait()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event for at most ``seconds``."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
