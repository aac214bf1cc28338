"""Times and durations as users type them, on the command line and in filters."""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import NamedTuple

from zigtui.reader.user_input.durations import duration_seconds

__all__ = ["TypedTime", "TypedTimeError", "typed_duration", "typed_time"]

_SECONDS = re.compile(r"[0-9]{1,7}(?:\.[0-9]+)?")  # a longer number is a date, or a time in seconds since 1970
_TIME_OF_DAY = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
_DAY_AND_TIME = re.compile(rf"(?:(today|yesterday|tomorrow)(?: +|$))?(?:{_TIME_OF_DAY})?", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}|[0-9]{4}-?W[0-9]{2}(?:-?[0-9])?")
_DAYS_AHEAD = {"yesterday": -1, "today": 0, "tomorrow": 1}
_MAX_AHEAD_SECS = 60.0  # another machine's clock, or a time that was rounded up


class TypedTimeError(ValueError):
    """A text that is not a time or a duration, or a time in the future. The message gives the reason."""


class TypedTime(NamedTuple):
    """A time in the past.

    Attributes:
        moment: the time, in seconds since the epoch.
        day_end: the end of the day, if only a day was typed; None otherwise.
        is_relative: whether the same text means another time later: a duration, ``now``, or the name of a day.
    """

    moment: float
    day_end: float | None = None
    is_relative: bool = False


def typed_duration(text: str) -> float:
    """Convert a duration such as 90s, 15m, 1h30m or 2d to seconds. A number without a unit is seconds.

    Raises:
        TypedTimeError: if the text is not a duration.
    """
    seconds = _seconds(text.strip())
    if seconds is None:
        raise TypedTimeError(f"{text!r} is not a duration; write 90s, 15m, 1h30m or 2d")
    return seconds


def typed_time(text: str, now: float) -> TypedTime:
    """Convert a time in the past.

    These are times: ``2h`` (or ``-2h``) for two hours ago, ``now``, ``today`` and ``yesterday`` for the beginning of
    that day, ``14:03``, ``yesterday 14:03``, and dates and times in ISO 8601. Without an offset they are local times.

    Args:
        text: the time as typed.
        now: the current time, in seconds since the epoch.

    Raises:
        TypedTimeError: if the text is not a time, or is in the future.
    """
    typed = text.strip()
    if typed.startswith("+") and _seconds(typed[1:]) is not None:
        raise TypedTimeError(f"{text!r} is in the future; write {typed[1:]} for that long ago")
    seconds = _seconds(typed.removeprefix("-"))
    found = TypedTime(now - seconds, is_relative=True) if seconds is not None else _time(typed, now)
    if found is None:
        raise TypedTimeError(
            f"{text!r} is not a time; write 2h or 1h30m for that long ago, today, yesterday, 14:03, 2026-11-01 or "
            "2026-11-01T14:03"
        )
    if found.moment > now + _MAX_AHEAD_SECS:
        hint = f"; write 'yesterday {typed}' for the day before" if re.fullmatch(_TIME_OF_DAY, typed) else ""
        raise TypedTimeError(f"{text!r} is in the future{hint}")
    return found


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text) else duration_seconds(text)


def _time(text: str, now: float) -> TypedTime | None:
    if text.lower() == "now":
        return TypedTime(now, is_relative=True)
    with suppress(ValueError, OverflowError):  # OverflowError near the years 1 and 9999
        match = _DAY_AND_TIME.fullmatch(text) if text else None
        if match is None:
            moment = datetime.fromisoformat(text)
            return TypedTime(moment.timestamp(), _end_of(moment.date()) if _DATE.fullmatch(text) else None)
        # Days of the calendar, not of 24 hours: where clocks change, a day is longer or shorter.
        day = date.fromtimestamp(now) + timedelta(days=_DAYS_AHEAD[(match[1] or "today").lower()])  # noqa: DTZ012  # local
        hour, minute, second = (int(part or 0) for part in match.groups()[1:])
        moment = datetime.combine(day, time_of_day(hour, minute, second))
        return TypedTime(
            moment.timestamp(), _end_of(day) if match[2] is None else None, is_relative=match[1] is not None
        )
    return None


def _end_of(day: date) -> float:
    return datetime.combine(day + timedelta(days=1), time_of_day()).timestamp()
