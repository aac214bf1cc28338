"""Recorded times as the integers that OpenTelemetry wants."""

from datetime import UTC, datetime, timedelta

__all__ = ["NS_PER_MS", "NS_PER_S", "end_after", "first_of", "last_of", "nanoseconds"]

NS_PER_MS, NS_PER_S = 1_000_000, 1_000_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST_NS = 2**63 - 1  # what most backends can store; a log may have any year
_parse = datetime.fromisoformat


def nanoseconds(time: str | None) -> int | None:
    """A recorded time in nanoseconds since the epoch; None if there is none or it cannot be parsed.

    A time without an offset is taken as UTC. Digits beyond microseconds are dropped. A time that backends cannot store
    becomes the nearest one that they can.
    """
    if time is None:
        return None
    try:
        parsed = _parse(time)
        since = (parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return None
    return min(max(0, since // _MICROSECOND * 1000), _LATEST_NS)


def first_of(*times: str | None) -> int | None:
    """The first of some recorded times that is known, in nanoseconds since the epoch; None if none is."""
    return next((found for time in times if (found := nanoseconds(time)) is not None), None)


def last_of(times: list[str | None]) -> int | None:
    """The latest of some recorded times, in nanoseconds since the epoch; None if none is known."""
    return max((found for time in times if (found := nanoseconds(time)) is not None), default=None)


def end_after(start_ns: int, end_ns: int | None, duration_ms: int | None) -> int:
    """When something ended that began at ``start_ns``: never before, even if the clock was set back meanwhile.

    Args:
        start_ns: when it began.
        end_ns: when it ended, as recorded; None if that is not known.
        duration_ms: how long it took, as measured; None if that is not known.
    """
    if end_ns is None or end_ns < start_ns:
        end_ns = start_ns + max(0, duration_ms or 0) * NS_PER_MS
    return min(end_ns, _LATEST_NS)
