"""A clock that runs steadily, also while this machine sleeps."""

import time

__all__ = ["elapsed_secs"]


def elapsed_secs() -> float:
    """Seconds that pass steadily, also while the machine sleeps, where the system has such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
