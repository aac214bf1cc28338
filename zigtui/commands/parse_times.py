"""Durations and times as users write them on the command line."""

import re
import time
from contextlib import suppress
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

import click

from zigtui.reader.durations import duration_seconds

__all__ = ["parse_duration", "parse_time"]

_SECONDS = re.compile(r"[0-9]{1,7}(?:\.[0-9]+)?")  # a longer number is a date, or a time in seconds since 1970
_TIME_OF_DAY = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
_DAY_AND_TIME = re.compile(rf"(?:(today|yesterday|tomorrow)(?: +|$))?(?:{_TIME_OF_DAY})?", re.IGNORECASE)
_DAYS_AHEAD = {"yesterday": -1, "today": 0, "tomorrow": 1}
_MAX_AHEAD_SECS = 60.0  # another machine's clock, or a time that was rounded up


def parse_duration(value: str) -> float:
    """Convert a duration such as 90s, 15m, 1h30m or 2d to seconds. A number without a unit is seconds.

    Raises:
        click.BadParameter: if the value is not a duration.
    """
    seconds = _seconds(value.strip())
    if seconds is None:
        raise click.BadParameter(f"{value!r} is not a duration; write 90s, 15m, 1h30m or 2d")
    return seconds


def parse_time(value: str) -> float:
    """Convert a time in the past to seconds since the epoch.

    These are times: ``2h`` (or ``-2h``) for two hours ago, ``now``, ``today`` and ``yesterday`` for the beginning of
    that day, ``14:03``, ``yesterday 14:03``, and dates and times in ISO 8601. Without an offset they are local times.

    Raises:
        click.BadParameter: if the value is not a time, or lies in the future.
    """
    text = value.strip()
    now = time.time()
    if text.startswith("+") and _seconds(text[1:]) is not None:
        raise click.BadParameter(f"{value!r} is in the future; write {text[1:]} for that long ago")
    seconds = _seconds(text.removeprefix("-"))
    moment = now - seconds if seconds is not None else _moment(text, now)
    if moment is None:
        raise click.BadParameter(
            f"{value!r} is not a time; write 2h or 1h30m for that long ago, today, yesterday, 14:03, 2026-11-01 or "
            "2026-11-01T14:03"
        )
    if moment > now + _MAX_AHEAD_SECS:
        hint = f"; write 'yesterday {text}' for the day before" if re.fullmatch(_TIME_OF_DAY, text) else ""
        raise click.BadParameter(f"{value!r} is in the future{hint}")
    return moment


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text) else duration_seconds(text)


def _moment(text: str, now: float) -> float | None:
    if text == "now":
        return now
    with suppress(ValueError, OverflowError):  # OverflowError near the years 1 and 9999
        match = _DAY_AND_TIME.fullmatch(text) if text else None
        if match is None:
            return datetime.fromisoformat(text).timestamp()
        # Days of the calendar, not of 24 hours: where clocks change, a day is longer or shorter.
        day = date.fromtimestamp(now) + timedelta(days=_DAYS_AHEAD[(match[1] or "today").lower()])  # noqa: DTZ012  # local
        hour, minute, second = (int(part or 0) for part in match.groups()[1:])
        return datetime.combine(day, time_of_day(hour, minute, second)).timestamp()
    return None
