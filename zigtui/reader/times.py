"""Convert recorded times (RFC 3339) to numbers."""

from datetime import UTC, datetime
from functools import lru_cache

__all__ = ["is_time", "milliseconds_between", "seconds", "span_of"]

_DIGITS = bytes.maketrans(b"0123456789", b"0000000000")
_HOUR_CHARS = len("2026-03-01T12")
_MINUTE_COLUMN, _SECOND_COLUMN = len("2026-03-01T12:"), len("2026-03-01T12:00:")
_OFFSET_DIGITS = (-5, -4, -2, -1)  # of +00:00
_SHORTEST = len("2026-03-01T12:00:00Z")


def seconds(time: str | None) -> float | None:
    """Convert a recorded time to seconds since the epoch; None if there is none or it cannot be parsed.

    A time without an offset is taken as UTC. Digits beyond microseconds are dropped.
    """
    moment = None if time is None else _moment(time)
    return None if moment is None else moment[0]


def is_time(time: str) -> bool:
    """Whether a recorded time is complete: a date, a time of day with seconds, and an offset from UTC."""
    moment = _moment(time) if len(time) >= _SHORTEST and time[10] == "T" else None
    return moment is not None and moment[1]


@lru_cache(maxsize=64)  # a time is often needed again at once
def _moment(time: str) -> tuple[float, bool] | None:
    """Return the seconds since the epoch, and whether the time has an offset; None if it cannot be parsed."""
    try:
        parsed = datetime.fromisoformat(time)
        has_offset = parsed.tzinfo is not None
        return (parsed if has_offset else parsed.replace(tzinfo=UTC)).timestamp(), has_offset
    except (ValueError, OverflowError):
        return None


def milliseconds_between(start: str | None, end: str | None) -> int | None:
    """Return the milliseconds between two recorded times, never negative; None if either cannot be parsed."""
    first, last = seconds(start), seconds(end)
    return None if first is None or last is None else max(0, round((last - first) * 1000))


def span_of(times: list[str]) -> tuple[float, float] | None:
    """Return the lowest and the highest of one or more recorded times, in seconds since the epoch.

    Most logs are quick to process: their times have the same form, and none is before the one before it.

    Returns:
        None if any of them is not complete; see `is_time`.
    """
    first, last = times[0], times[-1]
    if not is_time(first) or not is_time(last):
        return None
    if _are_in_order(times):
        lowest, highest = seconds(first), seconds(last)
        return None if lowest is None or highest is None else (lowest, highest)
    try:
        moments = list(map(datetime.fromisoformat, times))
        earliest, latest = min(moments), max(moments)
        span = earliest.timestamp(), latest.timestamp()
    except (ValueError, OverflowError, TypeError):  # the last one if only some have offsets
        return None
    return span if min(map(len, times)) >= _SHORTEST and {time[10] for time in times} == {"T"} else None


def _are_in_order(times: list[str]) -> bool:
    """Whether all times are complete and none is before the one before it, given that the first and last are complete.

    They must be from one hour, with the same offset and number of digits. Then their order is that of their texts, and
    whatever is between the first and the last begins as they do.
    """
    first, last, count = times[0], times[-1], len(times)
    if first[:_HOUR_CHARS] != last[:_HOUR_CHARS] or sorted(times) != times:
        return False
    text, form, width = "".join(times).encode(), first.encode(), len(first)
    offset = () if first[-1] == "Z" else _OFFSET_DIGITS
    return (
        text.translate(_DIGITS) == form.translate(_DIGITS) * count
        and not (text[_MINUTE_COLUMN::width] + text[_SECOND_COLUMN::width]).translate(None, b"012345")
        and all(text[width + column :: width] == form[column : column + 1 or None] * count for column in offset)
    )
