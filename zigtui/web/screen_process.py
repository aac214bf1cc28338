"""A process in which the application runs for one page, and the packets that it exchanges with the server."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any, Literal

__all__ = ["ScreenProcess"]

_STOP_SECS = 3.0
_STUCK_SECS = 5.0  # for which a process may take no input
_MOST_NOTES = 20
_READ_BYTES = 4096

# Variables about the terminal in which the server was started do not apply to a browser.
_WITHOUT = ("TMUX", "TMUX_PANE", "STY", "NO_COLOR", "TEXTUAL_DRIVER", "COLUMNS", "LINES")
_OF_PAGE = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_COLOR_SYSTEM": "truecolor"}


class ScreenProcess:
    """A running process. It ends when its standard input is closed, and so even if the server is killed."""

    def __init__(self, process: asyncio.subprocess.Process, report: Callable[[str], object]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._input = process.stdin
        self._output = process.stdout
        self._errors = asyncio.create_task(self._report_errors(report))

    @classmethod
    async def start(cls, command: Sequence[str], report: Callable[[str], object]) -> "ScreenProcess":
        """Start a process, without a shell.

        Args:
            command: the program and its arguments.
            report: called with what the process prints on standard error.

        Raises:
            OSError: if it cannot be started.
        """
        environment = {name: value for name, value in os.environ.items() if name not in _WITHOUT}
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment | _OF_PAGE,
            start_new_session=True,  # the server passes on what Ctrl-C in its terminal means
        )
        return cls(process, report)

    async def _report_errors(self, report: Callable[[str], object]) -> None:
        assert self._process.stderr is not None
        notes = 0
        while data := await self._process.stderr.read(_READ_BYTES):
            for line in data.decode("utf-8", "replace").splitlines():
                if line.strip() and notes < _MOST_NOTES:
                    notes += 1
                    report(line)

    async def packets(self) -> AsyncIterator[tuple[bytes, bytes]]:
        """Yield the kind and the content of each packet, until the process has ended."""
        with suppress(asyncio.IncompleteReadError):
            while True:
                header = await self._output.readexactly(5)
                yield header[:1], await self._output.readexactly(int.from_bytes(header[1:], "big"))

    async def send_typed(self, text: str) -> None:
        """Send what the terminal on the page sends: keys, mouse reports and pastes."""
        await self._send(b"D", text.encode("utf-8", "ignore"))

    async def send_fact(self, fact: dict[str, Any]) -> None:
        """Send a fact or a request, such as another size."""
        await self._send(b"M", json.dumps(fact).encode())

    async def _send(self, kind: Literal[b"D", b"M"], content: bytes) -> None:
        with suppress(ConnectionError):  # the process has ended, which `packets` reports
            self._input.write(kind + len(content).to_bytes(4, "big") + content)
            try:
                async with asyncio.timeout(_STUCK_SECS):
                    await self._input.drain()
            except TimeoutError:  # else its page could not be closed, either
                self._signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Wait until the process has ended, and return its exit code."""
        return await self._process.wait()

    async def stop(self) -> None:
        """End the process, if it has not ended. A process that does not answer is killed."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECS):
                await self._process.wait()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._process.wait()
        self._input.close()
        self._errors.cancel()

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)
