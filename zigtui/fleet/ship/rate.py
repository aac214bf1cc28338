"""A limit for how many bytes are sent in a second."""

import asyncio
import time

__all__ = ["Rate"]

_BURST_SECS = 0.1


class Rate:
    """Makes a sender wait, so that it keeps to a rate.

    Args:
        bytes_per_sec: the rate; None for no limit.
    """

    def __init__(self, bytes_per_sec: float | None) -> None:
        self._rate = bytes_per_sec
        self._free_at = 0.0  # when what was sent fits the rate, by the monotonic clock

    async def take(self, size: int) -> None:
        """Wait until this many bytes may be sent."""
        if self._rate is None:
            return
        now = time.monotonic()
        self._free_at = max(self._free_at, now - _BURST_SECS) + size / self._rate
        if self._free_at > now:
            await asyncio.sleep(self._free_at - now)
