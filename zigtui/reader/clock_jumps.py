"""Notice when the clock jumps: the machine has slept, the clock was set, or this program was stopped."""

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["ClockJump", "ClockJumps"]

_LARGEST_DRIFT_SECS = 2.0  # between two calls; slow corrections of the clock are far smaller
_LONGEST_BREAK_SECS = 10.0


class ClockJump(NamedTuple):
    """A jump of the clock, or a time in which nothing was observed.

    Attributes:
        secs: how far the clock has jumped, in seconds; negative if it was set back, 0 if it has not jumped.
        unobserved_secs: for how long nothing was observed, by the steady clock, if that was longer than ten seconds;
            otherwise 0.
    """

    secs: float
    unobserved_secs: float = 0.0


class ClockJumps:
    """Compares the clock with one that runs steadily while the machine is awake.

    A moment that is kept by the steady clock stays right however the clock jumps. `at` turns it into a time of the
    clock. Times made by `at` and `now` fit each other at any moment, since a jump has no effect before it is noticed.

    Args:
        clock: returns the time in seconds since the epoch.
        steady_clock: returns seconds that pass steadily.
    """

    def __init__(self, clock: Callable[[], float], steady_clock: Callable[[], float]) -> None:
        self._clock = clock
        self.steady_clock = steady_clock
        self._difference = clock() - steady_clock()
        self._observed_at: float | None = None  # by the steady clock

    def now(self) -> float:
        """The current time by the clock as it ran when `take` was last called, in seconds since the epoch."""
        return self.at(self.steady_clock())

    def at(self, steady: float) -> float:
        """The time of a moment by the steady clock, in seconds since the epoch."""
        return steady + self._difference

    def take(self, *, observes: bool = True) -> ClockJump | None:
        """Check for a jump since the last call, or a time in which nothing was observed.

        Args:
            observes: whether the caller observes anything now.

        Returns:
            What has happened; None if nothing has.
        """
        steady_now = self.steady_clock()
        difference = self._clock() - steady_now
        jump = difference - self._difference
        self._difference = difference
        unobserved_secs = 0.0 if self._observed_at is None else steady_now - self._observed_at
        if unobserved_secs <= _LONGEST_BREAK_SECS:
            unobserved_secs = 0.0
        if observes or unobserved_secs:
            self._observed_at = steady_now
        if abs(jump) > _LARGEST_DRIFT_SECS:
            return ClockJump(jump, unobserved_secs)
        return ClockJump(0.0, unobserved_secs) if unobserved_secs else None
