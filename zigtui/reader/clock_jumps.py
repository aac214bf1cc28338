"""Notice when the clock jumps: the machine has slept, the clock was set, or this program was stopped."""

from collections.abc import Callable

__all__ = ["ClockJumps"]

_LARGEST_DRIFT_SECS = 2.0  # between two calls; slow corrections of the clock are far smaller
_LONGEST_BREAK_SECS = 10.0


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
        """The present by the clock as it ran when `take` was last called, in seconds since the epoch."""
        return self.at(self.steady_clock())

    def at(self, steady: float) -> float:
        """The time of a moment by the steady clock, in seconds since the epoch."""
        return steady + self._difference

    def take(self, *, observes: bool = True) -> float | None:
        """Check for a jump since the last call.

        Args:
            observes: whether the caller observes anything now. If nothing was observed for ten seconds, that counts as
                a jump of 0 seconds.

        Returns:
            How far the clock has jumped, in seconds, negative if it was set back; None if it has not.
        """
        steady_now = self.steady_clock()
        difference = self._clock() - steady_now
        jump = difference - self._difference
        self._difference = difference
        has_paused = self._observed_at is not None and steady_now - self._observed_at > _LONGEST_BREAK_SECS
        if observes or has_paused:
            self._observed_at = steady_now
        if abs(jump) > _LARGEST_DRIFT_SECS:
            return jump
        return 0.0 if has_paused else None
