"""Which share of the processor's time some work takes."""

import math
import time

__all__ = ["TimeShare"]


class TimeShare:
    """Spaces work so that it takes a share of the processor's time on average, without a delay for what comes seldom.

    Args:
        share: the share.
        burst_secs: the processor time that work may take at once after it has taken none for long.
    """

    __slots__ = ("_burst_secs", "_free_at", "_share")

    def __init__(self, share: float, burst_secs: float) -> None:
        self._share = share
        self._burst_secs = burst_secs
        self._free_at = -math.inf  # when what was taken fits the share, by the monotonic clock

    @property
    def has_time(self) -> bool:
        """Whether the work may go on."""
        return time.monotonic() >= self._free_at

    def take(self, secs: float) -> None:
        """Record processor time that the work has taken."""
        full_at = time.monotonic() - self._burst_secs / self._share
        self._free_at = max(self._free_at, full_at) + secs / self._share
