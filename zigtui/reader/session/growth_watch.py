"""Watch whether a log grows, for the judgement of whether its session is alive."""

import math
import time
from collections.abc import Callable

from zigtui.reader.clock_jumps import ClockJumps
from zigtui.reader.machines import Hearing
from zigtui.reader.recorded_machines import HearingOfMachine

__all__ = ["LONGEST_WATCH_SECS", "GrowthWatch"]

LONGEST_WATCH_SECS = 15.0
"""How long a command that does not follow a log waits for it to grow. If heartbeats are rarer, the session counts as
live."""


_LOOK_AGAIN_SECS = 10.0
"""How long a mirror has, after the clock was set, to set the times of its logs by it and to record that."""


class GrowthWatch:
    """Records when a log was seen to grow, and since when it has been watched without a break.

    A jump of the clock, and a pause of this program, start the watch again: the writer may have slept as well, and what
    it wrote in the meantime has not been seen yet.

    Of a mirrored log, only what is heard of its machine counts; see `Vitals.known_until`.

    Args:
        clock: returns the time in seconds since the epoch; by default, the system's clock.
        steady_clock: returns seconds that pass steadily.
        hearing: returns what is heard of the machine, for a mirrored log.

    Attributes:
        has_jumped: whether the clock has jumped, so that earlier recorded times prove nothing.
    """

    def __init__(
        self,
        clock: Callable[[], float] | None = None,
        steady_clock: Callable[[], float] = time.monotonic,
        hearing: HearingOfMachine | None = None,
    ) -> None:
        self._hear = hearing
        self._heard = Hearing()
        self._heard_at = steady_clock()
        self._knows_from = -math.inf  # by the steady clock: the times of logs did not fit the clock before
        self._jumps = ClockJumps(clock or time.time, steady_clock)
        self._size: int | None = None
        self.has_jumped = False
        self._grown: float | None = None  # by the steady clock, as is the next one
        self._watched = steady_clock()

    @property
    def size(self) -> int:
        """The size of the log at the last check, in bytes; 0 before the first one."""
        return self._size or 0

    @property
    def grown(self) -> float | None:
        """When the log was last seen to grow, in seconds since the epoch; None if it has not yet."""
        return None if self._grown is None else self._jumps.at(self._grown)

    @property
    def watched(self) -> float:
        """Since when the log has been watched, in seconds since the epoch."""
        return self._jumps.at(self._watched)

    def now(self) -> float:
        """The current time, in seconds since the epoch. A jump of the clock since the last check has no effect yet."""
        return self._jumps.now()

    @property
    def unheard_since(self) -> float | None:
        """Since when the machine of the log has been silent, in seconds since the epoch; None if it is not."""
        silent_secs = self._heard.silent_secs
        return None if silent_secs is None else self._jumps.at(self._heard_at - silent_secs)

    @property
    def known_until(self) -> float | None:
        """See `Vitals.known_until`. After a jump of the clock, nothing counts that was known before."""
        if self._hear is None:
            return None
        known_until = self._heard.known_until(self._heard_at)
        return self._jumps.at(known_until) if min(known_until, self._heard_at) >= self._knows_from else -math.inf

    def check(self, size: int) -> None:
        """Record the current size of the log, in bytes. Call this at least every few seconds."""
        jump = self._jumps.take()
        now = self._jumps.steady_clock()
        if jump is not None:
            self._watched = now
            if jump.secs:
                self.has_jumped = True
                self._knows_from = now + _LOOK_AGAIN_SECS
        if self._size is not None and size > self._size:
            self._grown = now
        self._size = size
        if self._hear is not None:
            self._heard, self._heard_at = self._hear(), now

    def resume(self, silent_secs: float, *, has_grown: bool) -> None:
        """Continue the watch of another process.

        Args:
            silent_secs: for how long the log has not changed, in seconds.
            has_grown: whether the log was seen to grow before that.
        """
        since = self._jumps.steady_clock() - silent_secs
        self._watched = min(self._watched, since)
        if has_grown:
            self._grown = since
