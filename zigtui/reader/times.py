"""Convert recorded times (RFC 3339) to numbers."""

from datetime import UTC, datetime

__all__ = ["milliseconds_between", "seconds"]


def seconds(time: str | None) -> float | None:
    """Convert a recorded time to seconds since the epoch; None if there is none or it cannot be parsed.

    A time without an offset is taken as UTC. Digits beyond microseconds are dropped.
    """
    if time is None:
        return None
    try:
        parsed = datetime.fromisoformat(time)
        return (parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def milliseconds_between(start: str | None, end: str | None) -> int | None:
    """Return the milliseconds between two recorded times, never negative; None if either cannot be parsed."""
    first, last = seconds(start), seconds(end)
    return None if first is None or last is None else max(0, round((last - first) * 1000))
