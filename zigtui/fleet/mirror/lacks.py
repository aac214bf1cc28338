"""Which logs lack bytes, and when to ask for them."""

import time
from collections.abc import Callable

from zigtui.fleet.wire.names import RemoteLog

__all__ = ["Lacks"]

_PATIENCE_SECS = 3.0
_FIRST_WAIT_SECS = 2.0
_LONGEST_WAIT_SECS = 60.0


class _Lack:
    __slots__ = ("ask_at", "since", "wait")

    def __init__(self, since: float, ask_at: float) -> None:
        self.since = since
        self.ask_at = ask_at
        self.wait = _FIRST_WAIT_SECS


class Lacks:
    """The logs that lack bytes. Each is asked for after 3 seconds without growth, and then less and less often.

    Args:
        steady_clock: returns seconds that pass steadily.
    """

    def __init__(self, steady_clock: Callable[[], float] = time.monotonic) -> None:
        self._steady_clock = steady_clock
        self._lacks: dict[RemoteLog, _Lack] = {}

    def add(self, log: RemoteLog, *, has_grown: bool = False, at_once: bool = False) -> None:
        """Note that a log lacks bytes.

        Args:
            log: the log.
            has_grown: whether some of its bytes have come just now, so that the others may come by themselves.
            at_once: whether they cannot come by themselves.
        """
        if has_grown or log not in self._lacks:
            now = self._steady_clock()
            self._lacks[log] = _Lack(now, now if at_once else now + _PATIENCE_SECS)

    def remove(self, log: RemoteLog) -> None:
        """Note that a log lacks nothing."""
        if self._lacks:
            self._lacks.pop(log, None)

    def due(self, caught_up: float) -> list[RemoteLog]:
        """The logs to ask for now.

        Args:
            caught_up: all messages that the server had at this time, by the steady clock, have been applied. A log is
                not asked for while its bytes may be among those that wait.
        """
        now = self._steady_clock()
        due = [log for log, lack in self._lacks.items() if lack.ask_at <= now and lack.since <= caught_up]
        for lack in map(self._lacks.__getitem__, due):
            lack.ask_at = now + lack.wait
            lack.wait = min(2 * lack.wait, _LONGEST_WAIT_SECS)
        return due
