"""Recorded times to numbers: the only place that reads RFC 3339."""

from datetime import UTC, datetime

__all__ = ["milliseconds_between", "seconds"]


def seconds(time: str | None) -> float | None:
    """Seconds since the epoch of a recorded time, None if there is none or it cannot be read.

    A time without an offset is taken as UTC. Digits beyond microseconds are cut off.
    """
    if time is None:
        return None
    try:
        parsed = datetime.fromisoformat(time)
        return (parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def milliseconds_between(start: str | None, end: str | None) -> int | None:
    """From one recorded time to another, None if one cannot be read; never negative."""
    first, last = seconds(start), seconds(end)
    return None if first is None or last is None else max(0, round((last - first) * 1000))
