"""The problems of a mirror, for people: why nothing is received or written, and which messages are refused."""

import time
from collections.abc import Callable, Mapping

from zigtui.fleet.server_api import ServerError
from zigtui.reader.error_reasons import reason_of

__all__ = ["MirrorProblems"]

_REPORT_SECS = 60.0
_MOST_REFUSALS = 3  # in notices


class MirrorProblems:
    """The current problems of a mirror. Each is reported once, and so is its end. Any thread may read the notices.

    Args:
        report: called with lines for people.

    Attributes:
        unreachable: why there is no connection; None while there is one.
    """

    def __init__(self, report: Callable[[str], object]) -> None:
        self._report = report
        self.unreachable: str | None = None
        self._unreadable: str | None = None  # why the server sends nothing of a stream
        self._unwritable: str | None = None  # why nothing is written
        self._failing: Mapping[str, str] = {}  # by machine: why some of its logs are not written although others are
        self._shared: set[str] = set()  # the machines as which two shippers send
        self._refusals: dict[str, tuple[float, str]] = {}  # by machine: when one was last reported, and why

    @property
    def notices(self) -> list[str]:
        """The current problems, one sentence each."""
        failing = list(self._failing.values())[:_MOST_REFUSALS]
        problems = (self.unreachable, self._unreadable, self._unwritable, *failing)
        notices = [f"{problem}; trying again" for problem in problems if problem is not None]
        since = time.monotonic() - _REPORT_SECS
        refused = [text for at, text in list(self._refusals.values()) if at > since]
        if len(refused) > _MOST_REFUSALS:
            refused[_MOST_REFUSALS:] = [f"messages of {len(refused) - _MOST_REFUSALS:,} more machines are refused"]
        shared = [_shared_text(machine) for machine in sorted(self._shared)[:_MOST_REFUSALS]]
        return notices + shared + refused

    def refuse(self, subject: str, error: Exception) -> None:
        """Report that a message is refused; about once in a minute for each machine, since each may send many."""
        machine = subject.split(".")[2]
        now = time.monotonic()
        reported_at, _ = self._refusals.get(machine, (float("-inf"), ""))
        if now - reported_at > _REPORT_SECS:
            text = f"a message of {machine} is refused: {error}"
            self._refusals[machine] = now, text
            self._report(text)

    def add(self, error: OSError | ServerError) -> None:
        """Report why nothing is written (`OSError`), or why the server sends nothing of a stream."""
        text, reported = str(error), self._unreadable
        if isinstance(error, OSError):
            text, reported = f"logs cannot be written: {reason_of(error)}", self._unwritable
            self._unwritable = text
        else:
            self._unreadable = text
        if text != reported:
            self._report(f"{text}; trying again")

    def note_written(self) -> None:
        """Note that a log has been written."""
        if self._unwritable is not None:
            self._unwritable = None
            self._report("logs are written again")

    def note_read(self) -> None:
        """Note that the server sends all streams."""
        if self._unreadable is not None:
            self._unreadable = None
            self._report("the server sends all streams again")

    def note_failing(self, failing: Mapping[str, str]) -> None:
        """Note the machines of which some logs cannot be written although others can, each with a sentence about it."""
        before, self._failing = self._failing, failing
        for machine in failing.keys() - before.keys():
            self._report(f"{failing[machine]}; trying again")
        for machine in before.keys() - failing.keys():
            self._report(f"all logs of {machine} are written again")

    def note_shared(self, machines: set[str]) -> None:
        """Note the machines as which two shippers send at the same time."""
        before, self._shared = self._shared, machines
        for machine in sorted(machines - before):
            self._report(_shared_text(machine))


def _shared_text(machine: str) -> str:
    return f"zigtui ship runs in two places with the token of {machine}; add each machine with a name of its own"
