"""Which logs lack bytes, and when to ask for them."""

import time
from collections.abc import Callable

from zigtui.fleet.wire.names import RemoteLog

__all__ = ["MissingBytes"]

_PATIENCE_SECS = 3.0
_FIRST_WAIT_SECS = 2.0
_LONGEST_WAIT_SECS = 60.0
_LONGEST_UNANSWERED_WAIT_SECS = 86_400.0  # the server keeps the states of logs that their machines have removed


class _Gap:
    __slots__ = ("ask_at", "since", "wait")

    def __init__(self, since: float, ask_at: float) -> None:
        self.since = since
        self.ask_at = ask_at
        self.wait = _FIRST_WAIT_SECS

    def limit_wait(self, now: float) -> None:
        self.wait = min(self.wait, _LONGEST_WAIT_SECS)
        self.ask_at = min(self.ask_at, now + self.wait)


class MissingBytes:
    """The logs that lack bytes. Each is asked for after 3 seconds without growth, and then less and less often.

    The longest wait is a minute, and a day while nothing shows that the machine still has the log.

    Args:
        steady_clock: returns seconds that pass steadily.
    """

    def __init__(self, steady_clock: Callable[[], float] = time.monotonic) -> None:
        self._steady_clock = steady_clock
        self._missing: dict[RemoteLog, _Gap] = {}

    def add(self, log: RemoteLog, *, has_grown: bool = False, at_once: bool = False, soon: bool = False) -> None:
        """Note that a log lacks bytes.

        Args:
            log: the log.
            has_grown: whether some of its bytes have come just now, so that the others may come by themselves.
            at_once: whether they cannot come by themselves.
            soon: whether to try again within a minute, since its machine has the log, or a disk may be repaired.
        """
        now = self._steady_clock()
        if has_grown or log not in self._missing:
            self._missing[log] = _Gap(now, now if at_once else now + _PATIENCE_SECS)
        elif soon:
            self._missing[log].limit_wait(now)

    def ask_again(self, machine: str) -> None:
        """Ask soon for the logs of a machine, since it has come back."""
        now = self._steady_clock()
        for log, gap in self._missing.items():
            if log.machine == machine:
                gap.limit_wait(now)

    def remove(self, log: RemoteLog) -> None:
        """Note that a log lacks nothing."""
        if self._missing:
            self._missing.pop(log, None)

    def may_never_come(self, log: RemoteLog) -> bool:
        """Whether nothing of what a log lacks has come for half a minute, although it was asked for."""
        return self._missing[log].wait > _LONGEST_WAIT_SECS

    def take_due(self, caught_up: float) -> list[RemoteLog]:
        """The logs to ask for now. The next time for each comes later.

        Args:
            caught_up: all messages that the server had at this time, by the steady clock, have been applied. A log is
                not asked for while its bytes may be among those that wait.
        """
        now = self._steady_clock()
        due = [log for log, gap in self._missing.items() if gap.ask_at <= now and gap.since <= caught_up]
        for gap in map(self._missing.__getitem__, due):
            gap.ask_at = now + gap.wait
            gap.wait = min(2 * gap.wait, _LONGEST_UNANSWERED_WAIT_SECS)
        return due
