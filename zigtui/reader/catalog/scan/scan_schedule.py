"""The time between scans: long enough that scanning a large base does not occupy the processor."""

import time

__all__ = ["ScanSchedule"]

_TIME_SHARE = 0.05
"""The largest share of the time that one kind of scan takes, unless its schedule has another one."""


class ScanSchedule:
    """Spaces the scans of one kind: the longer the last one took, the later the next one is due.

    Args:
        time_share: the largest share of the time that they may take; by default, a twentieth.
    """

    def __init__(self, time_share: float | None = None) -> None:
        self._time_share = time_share
        self._last_ended_at: float | None = None  # by the monotonic clock
        self._last_took_secs = 0.0

    def is_due(self, interval_secs: float) -> bool:
        """Whether to scan now.

        Args:
            interval_secs: the time between two scans, if they are quick.
        """
        return self._last_ended_at is None or time.monotonic() >= self._last_ended_at + self.interval(interval_secs)

    def interval(self, interval_secs: float) -> float:
        """The seconds between two scans; ``interval_secs`` if they are quick, else longer."""
        share = _TIME_SHARE if self._time_share is None else self._time_share
        return max(interval_secs, self._last_took_secs / share)

    def scan_ended(self, took_secs: float) -> None:
        """Record that a scan has just ended, and how long it took in seconds."""
        self._last_took_secs = took_secs
        self.postpone()

    def postpone(self) -> None:
        """Count the interval from now, since a scan of the other kind has just found the same."""
        self._last_ended_at = time.monotonic()
