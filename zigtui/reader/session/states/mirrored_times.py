"""The modification time of a mirrored log: its mirror sets it to when the original was last written, by our clock.

This time is right whatever the clocks of other machines show. It is only out of date while bytes are on their way. So a
session of another machine is judged as of the moment until which its logs are known, and all processes come to the same
result.
"""

import math

__all__ = ["EARLY_SECS", "is_mirrored_lost", "is_mirrored_recent", "last_written"]

EARLY_SECS = 300.0
"""How far in the future a time may be, in seconds. A later one was set before our clock was set back."""


def last_written(modified: float, now: float) -> float | None:
    """When a log was last written; None if that is not known, or was set before our clock was set back.

    Args:
        modified: the time of the file, in seconds since the epoch; 0 if the mirror does not know it yet.
        now: the current time, in seconds since the epoch.
    """
    return min(now, modified) if 0 < modified <= now + EARLY_SECS else None


def is_mirrored_recent(modified: float, now: float, recent_secs: float) -> bool:
    """Whether the time of a log shows that its session is alive, if nothing newer is on its way."""
    return last_written(modified, now) is not None and now < modified + recent_secs


def is_mirrored_lost(modified: float, now: float, recent_secs: float, known_until: float) -> bool:
    """Whether a session had been silent for ``recent_secs`` by the time until which its machine is known."""
    if not modified:
        return False
    if math.isinf(known_until):  # all is here, or nothing is known
        return known_until > 0 and not is_mirrored_recent(modified, now, recent_secs)
    return known_until >= modified + recent_secs
