"""The demo's listener: it checks one module for each event, in one session."""

import json
import shutil
import signal
import sys
from collections.abc import Iterator
from itertools import count, cycle, islice
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from writer import Pass, SessionListener, SessionWriter
from zigtui.commands.demo.job_steps import JobSteps
from zigtui.reader.pause import pause

__all__ = ["Listener"]

_PACE_SECS = {"gather": 0.5, "lint": 0.7, "docs": 1.1, "test": 0.4, "package": 0.3}
_PAUSE_SECS = 2.5
_ATTEMPTS = 2


class _Request(NamedTuple):
    """An event: a module to check.

    Attributes:
        module: its name.
        is_cold: whether its tests fail the first time.
        is_draft: whether it is not packed.
    """

    module: str
    is_cold: bool = False
    is_draft: bool = False


_REQUESTS = [
    _Request("heapq"),
    _Request("graphlib", is_cold=True),
    _Request("no_such_module"),
    _Request("sched", is_draft=True),
    _Request("textwrap"),
]


class Listener:
    """Handles an event every few seconds.

    From its creation on, SIGUSR1 ends it after the event under way, or at once while it waits for the next one. SIGTERM
    ends it at once. Either way the session has succeeded. Only for the main thread.

    Args:
        scratch: a directory to work in.
        speed: the speed; at 1 there is an event about every five seconds.
    """

    def __init__(self, scratch: Path, speed: float) -> None:
        self._scratch = scratch
        self._paces = {job: pace / speed for job, pace in _PACE_SECS.items()}
        self._pause = _PAUSE_SECS / speed
        self._has_begun = False
        self._waits = False
        self._stops = False
        if sys.platform != "win32":
            signal.signal(signal.SIGUSR1, self._stop)  # unlike SIGINT, it is not passed on to the jobs
        signal.signal(signal.SIGTERM, self._stop)

    def run(self, session: SessionWriter, events: int | None) -> None:
        """Handle a number of events in a session; None for no limit.

        Raises:
            KeyboardInterrupt: if a signal ended it at once.
        """
        with SessionListener.start(session, on_error="raise") as listener:
            self._has_begun = True
            for number, request in self._requests(events):
                directory = self._scratch / f"event-{number}"
                directory.mkdir()
                with listener.pass_() as current:
                    self._handle(current, request, directory)
                shutil.rmtree(directory)

    def _requests(self, events: int | None) -> Iterator[tuple[int, _Request]]:
        for number, request in islice(zip(count(1), cycle(_REQUESTS), strict=False), events):
            self._waits = True
            if self._stops:
                return
            pause(self._pause)
            self._waits = False
            yield number, request

    def _handle(self, current: Pass, request: _Request, directory: Path) -> None:
        jobs = JobSteps(directory, self._paces, [request.module])
        if not request.is_cold:
            (directory / "cache").touch()
        with current.tier(["gather"]) as tier:
            jobs.run(tier, "gather", prompt=json.dumps({"check": request.module, "draft": request.is_draft}))
        with current.tier(["lint", "docs"]) as tier:
            jobs.run_all(tier, ["lint", "docs"])
        with current.tier(["test", "package"]) as tier:
            jobs.run(tier, "test", attempts=_ATTEMPTS)
            if request.is_draft:
                tier.step("package").skip("condition not met: draft == false")
            else:
                jobs.run(tier, "package", saves="archive")

    def _stop(self, signal_number: int, frame: FrameType | None) -> None:
        self._stops = True
        if self._waits or (self._has_begun and signal_number == signal.SIGTERM):
            raise KeyboardInterrupt
