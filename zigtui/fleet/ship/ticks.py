"""The time between two checks for new lines."""

import time

__all__ = ["Ticks"]

_TICK_SECS, _LONGEST_PAUSE_SECS = 0.05, 0.2
_PAUSE_PER_WORK = 4.0  # with many logs the ticks become longer, so that they take a fifth of a core
_MEASURED = 10  # one in this many, since the clock for the work is slow


class Ticks:
    """Decides how long to wait from one check to the next, by the processor time that a check takes."""

    def __init__(self) -> None:
        self._count = 0
        self._started_at = self._worked_before = 0.0
        self._pause_secs = 0.0

    def start(self) -> float:
        """Begin a check.

        Returns:
            The time of the monotonic clock.
        """
        self._started_at = time.monotonic()
        if self._count % _MEASURED == 0:
            self._worked_before = time.thread_time()  # a busy machine alone is no reason to wait longer
        return self._started_at

    def end(self) -> float:
        """End a check.

        Returns:
            The seconds until the next one.
        """
        if self._count % _MEASURED == 0:
            work = time.thread_time() - self._worked_before
            self._pause_secs = min(_LONGEST_PAUSE_SECS, work * _PAUSE_PER_WORK)
        self._count += 1
        return max(_TICK_SECS - (time.monotonic() - self._started_at), self._pause_secs)
