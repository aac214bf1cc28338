"""Ship several base directories, each on a thread of its own.

A read from a disk that does not answer, such as a network mount whose server is away, waits until it does. On a thread
of its own, a base on such a disk holds up no other one.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from zigtui.fleet.ship.shipper import Shipper
from zigtui.reader.async_threads import call_on_thread
from zigtui.reader.catalog.scan.directories import first_spellings

__all__ = ["Report", "ShipperOf", "ship_each_base"]

_CHECK_SECS = 1.0
_ANSWER_SECS = 10.0
_STOP_SECS = 3.0


Report: TypeAlias = Callable[[str], object]
"""Called with what people should know."""

ShipperOf: TypeAlias = Callable[[str, Report], Shipper]
"""Makes the shipper of a base directory, on its thread."""


async def ship_each_base(bases: Sequence[str], shipper_of: ShipperOf, report: Report) -> None:
    """Ship until the task is cancelled.

    Args:
        bases: the base directories. Of several that lead to the same directory, the first one counts.
        shipper_of: makes the shipper of a base.
        report: called on any thread.

    Raises:
        RefusedError: (of `connection`) as `Shipper.run` does.
    """
    bases = list(dict.fromkeys(first_spellings(bases).values()))
    if len(bases) == 1:
        await shipper_of(bases[0], report).run()
        return
    reports = _Reports(report)
    threads = [_BaseThread(base, shipper_of, reports.report) for base in bases]
    ends = [thread.end for thread in threads]
    try:
        while True:
            done, _ = await asyncio.wait(ends, timeout=_CHECK_SECS, return_when=asyncio.FIRST_COMPLETED)
            for end in done:
                end.result()
            for thread in threads:
                thread.check()
    finally:
        for thread in threads:
            thread.cancel()
        stopped, _ = await asyncio.wait(ends, timeout=_STOP_SECS)  # one that waits for its disk ends with the process
        for end in stopped:
            end.exception()  # all of them are refused for the same reason


class _Reports:
    """Passes on once what all shippers report, such as that they are connected."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._last = ""
        self._lock = threading.Lock()

    def report(self, text: str) -> None:
        """Report something, unless that was done just before."""
        with self._lock:
            if text != self._last:
                self._last = text
                self._report(text)


class _BaseThread:
    """Runs the shipper of a base.

    Attributes:
        end: done when the shipper has ended, with its exception.
    """

    def __init__(self, base: str, shipper_of: ShipperOf, report: Report) -> None:
        self._base = base
        self._shipper_of = shipper_of
        self._report = report
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[object] | None = None
        self._unanswered = 0  # checks, which a pause of the whole program does not add to
        self._is_silent = False
        self.end = asyncio.create_task(call_on_thread(lambda: asyncio.run(self._ship()), f"ship {base}"))

    async def _ship(self) -> None:
        self._task, self._loop = asyncio.current_task(), asyncio.get_running_loop()
        with suppress(asyncio.CancelledError):  # by `cancel`
            await self._shipper_of(self._base, self._report).run()

    def cancel(self) -> None:
        """Let the shipper end soon."""
        if self._task is not None:
            self._call_soon(self._task.cancel)

    def check(self) -> None:
        """Report when the base stops answering, and when it answers again. Call it each `_CHECK_SECS`."""
        is_silent = self._unanswered * _CHECK_SECS > _ANSWER_SECS
        if is_silent != self._is_silent:
            self._is_silent = is_silent
            answer = "does not answer; its sessions are sent when it does" if is_silent else "answers again"
            self._report(f"{self._base} {answer}")
        if self._loop is not None and not self.end.done():
            self._unanswered += 1
            self._call_soon(self._note_answer)

    def _call_soon(self, function: Callable[[], object]) -> None:
        """Call a function in the event loop of the shipper, unless that has ended."""
        if self._loop is not None and not self.end.done():
            with suppress(RuntimeError):  # the loop is closed before `end` is done
                self._loop.call_soon_threadsafe(function)

    def _note_answer(self) -> None:
        self._unanswered = 0
