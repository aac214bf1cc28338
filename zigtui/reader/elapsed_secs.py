"""A clock that runs steadily, also while this machine sleeps."""

import time

__all__ = ["elapsed_secs"]

# That of Linux, and that of macOS. On Windows there is none, but `time.monotonic` goes on while the machine sleeps.
_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def elapsed_secs() -> float:
    """Seconds that pass steadily, also while the machine sleeps, where the system has such a clock."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
