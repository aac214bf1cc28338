"""A limit for how many bytes are sent in a second."""

import asyncio
import threading
import time

__all__ = ["Rate"]

_BURST_SECS = 0.1


class Rate:
    """Makes senders wait, so that together they keep to a rate. They may be on several threads.

    Args:
        bytes_per_sec: the rate; None for no limit.
    """

    def __init__(self, bytes_per_sec: float | None) -> None:
        self._rate = bytes_per_sec
        self._lock = threading.Lock()
        self._free_at = 0.0  # when what was sent fits the rate, by the monotonic clock

    async def take(self, size: int) -> None:
        """Wait until this many bytes may be sent."""
        if self._rate is None:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now - _BURST_SECS) + size / self._rate
            wait = self._free_at - now
        if wait > 0:
            await asyncio.sleep(wait)
