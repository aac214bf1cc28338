"""Convert recorded times (RFC 3339) to numbers."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

__all__ = ["TimeSpan", "continues", "earliest", "has_all_parts", "latest", "milliseconds_between", "seconds", "span_of"]

_parse = datetime.fromisoformat
_DIGITS = bytes.maketrans(b"0123456789", b"0000000000")
_MONTH_CHARS, _HOUR_CHARS = len("2026-03"), len("2026-03-01T12")
_HOUR = slice(len("2026-03-01T"), _HOUR_CHARS)
_HOURS = {f"{hour:02}" for hour in range(24)}
_MINUTE_COLUMN, _SECOND_COLUMN = len("2026-03-01T12:"), len("2026-03-01T12:00:")
_OFFSET_DIGITS = (-5, -4, -2, -1)  # of +00:00
_OFFSET_COLUMN = -len("+00:00")
_MILLISECONDS_END = len("2026-03-01T12:00:00.000")
_UTC = {"+00:00"}
_SHORTEST = len("2026-03-01T12:00:00Z")


def seconds(time: str | None) -> float | None:
    """Convert a recorded time to seconds since the epoch; None if there is none or it cannot be parsed.

    A time without an offset is taken as UTC. Digits beyond microseconds are dropped.
    """
    if time is None:
        return None
    try:
        parsed = _parse(time)
        return (parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def has_all_parts(time: str) -> bool:
    """Whether a time that can be parsed has a date, a time of day with seconds, and an offset from UTC."""
    return len(time) >= _SHORTEST and time[10] == "T" and (time[-6] in "+-" or time[-1] == "Z")


def milliseconds_between(start: str | None, end: str | None) -> int | None:
    """Return the milliseconds between two recorded times, never negative; None if either cannot be parsed."""
    first, last = seconds(start), seconds(end)
    return None if first is None or last is None else max(0, round((last - first) * 1000))


def latest(times: Sequence[str]) -> str | None:
    """Return the latest of some recorded times, if any. One that cannot be parsed counts as the earliest."""
    if _have_one_form(times):
        return max(times)
    return max(times, key=lambda time: _seconds_or(time, -math.inf), default=None)


def earliest(times: Sequence[str]) -> str | None:
    """Return the earliest of some recorded times, if any. One that cannot be parsed counts as the latest."""
    if _have_one_form(times):
        return min(times)
    return min(times, key=lambda time: _seconds_or(time, math.inf), default=None)


def _have_one_form(times: Sequence[str]) -> bool:
    """Whether some times, as one program writes them, have the order of their texts, which is quicker to find."""
    if {time[_MILLISECONDS_END:] for time in times} == _UTC:  # as zig writes them, which is quicker to find out
        return True
    return len(set(map(len, times))) == 1 == len({time[_OFFSET_COLUMN:] for time in times})


def _seconds_or(time: str, otherwise: float) -> float:
    moment = seconds(time)
    return otherwise if moment is None else moment


class TimeSpan(NamedTuple):
    """The span of some recorded times.

    Attributes:
        lowest: the lowest one, in seconds since the epoch.
        highest: the highest one.
        is_in_order: whether all have the same form and none is before the one before it. False if that is not known.
    """

    lowest: float
    highest: float
    is_in_order: bool


def span_of(times: list[str]) -> TimeSpan | None:
    """Return the span of one or more recorded times.

    Most logs are quick to process: their times have the same form, and none is before the one before it.

    Returns:
        None if any of them is not complete; see `has_all_parts`.
    """
    first, last = times[0], times[-1]
    lowest, highest = seconds(first), seconds(last)
    if lowest is None or highest is None or not has_all_parts(first) or not has_all_parts(last):
        return None
    if _are_in_order(times):
        return TimeSpan(lowest, highest, True)
    try:
        moments = list(map(_parse, times))
        span = TimeSpan(min(moments).timestamp(), max(moments).timestamp(), False)
    except (ValueError, OverflowError, TypeError):  # the last one if only some have offsets
        return None
    return span if all(map(has_all_parts, times)) else None


def continues(time: str, before: str) -> bool:
    """Whether a complete time has the form of another one, and is not before it."""
    return len(time) == len(before) and time[_OFFSET_COLUMN:] == before[_OFFSET_COLUMN:] and time >= before


def _are_in_order(times: list[str]) -> bool:
    """Whether all times are complete and none is before the one before it, given that the first and last are complete.

    They must be from one month, with the same offset and number of digits. Then their order is that of their texts, and
    whatever is between the first and the last begins as they do.
    """
    first, last, count = times[0], times[-1], len(times)
    if first[:_MONTH_CHARS] != last[:_MONTH_CHARS] or sorted(times) != times:
        return False
    text, form, width = "".join(times).encode(), first.encode(), len(first)
    offset = () if first[-1] == "Z" else _OFFSET_DIGITS
    return (
        text.translate(_DIGITS) == form.translate(_DIGITS) * count
        and (first[:_HOUR_CHARS] == last[:_HOUR_CHARS] or {time[_HOUR] for time in times} <= _HOURS)
        and not (text[_MINUTE_COLUMN::width] + text[_SECOND_COLUMN::width]).translate(None, b"012345")
        and all(text[width + column :: width] == form[column : column + 1 or None] * count for column in offset)
    )
