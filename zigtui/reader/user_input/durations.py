"""Read and write durations in the form that users write."""

import math
import re

__all__ = ["duration_seconds", "duration_text"]

_UNIT_SECS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(ms|[smhdw]) *")


def duration_seconds(text: str) -> float | None:
    """Convert a duration to seconds.

    A duration consists of numbers, each with a unit: ``90s``, ``1h30m``, ``1.5h``, ``2d 12h``. The units are ``ms``,
    ``s``, ``m``, ``h``, ``d`` (24 hours) and ``w``. The parts may have any order, as for Go and systemd.

    Returns:
        The seconds; None if the text is not a duration, or too long for a number.
    """
    total, end = 0.0, 0
    for part in _PART.finditer(text):
        if part.start() != end:
            return None
        total += float(part[1]) * _UNIT_SECS[part[2]]
        end = part.end()
    return total if 0 < end == len(text) and math.isfinite(total) else None


def duration_text(seconds: float) -> str:
    """Write a duration as `duration_seconds` reads it, to the millisecond: ``90`` is ``1m30s``, and 0 is ``0s``."""
    rest = round(seconds * 1000)
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, rest = divmod(rest, round(_UNIT_SECS[unit] * 1000))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
