"""Durations and ages in words."""

import time

from zigtui.wording.dates import date_and_time, local_day

__all__ = ["age", "duration", "largest_unit", "moment_and_age"]

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DAYS_SHOWN = 30  # ages of more days are shown as dates


def duration(milliseconds: int | None, *, whole: bool = False) -> str:
    """A duration in at most two units: 40ms, 8.2s, 2m14s, 3h05m, 2d4h; a dash if it is unknown.

    Args:
        milliseconds: the duration, in milliseconds.
        whole: whether to show whole seconds only, for example while the duration is counting up.
    """
    if milliseconds is None:
        return "–"
    seconds = milliseconds // 1000
    if whole and seconds < _MINUTE:
        return f"{seconds}s"
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f}s"
    if not whole:
        seconds = round(milliseconds / 1000)
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m{seconds % _MINUTE:02}s"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h{seconds % _HOUR // _MINUTE:02}m"
    return f"{seconds // _DAY}d{seconds % _DAY // _HOUR}h"


def age(then: float | None, now: float) -> str:
    """How long ago a time was: 5s ago, 2h ago, yesterday, 3d ago. After a month, the date; a dash if it is unknown.

    From 24 hours on, local calendar days are counted: 36 hours ago may be yesterday, or two days ago.

    Args:
        then: the time, in seconds since the epoch.
        now: the current time, in seconds since the epoch.
    """
    if then is None:
        return "–"
    seconds = max(0, int(now - then))
    if seconds < _DAY:
        return f"{largest_unit(seconds)} ago"
    days = local_day(now) - local_day(then)
    if days == 0:  # the day on which clocks are set back has 25 hours
        return f"{seconds // _HOUR}h ago"
    if days == 1:
        return "yesterday"
    if days < _DAYS_SHOWN:
        return f"{days}d ago"
    return time.strftime("%Y-%m-%d", time.localtime(then))  # datetime fails at both ends of the calendar


def moment_and_age(moment: float, now: float) -> str:
    """An exact local time, and how long ago it was. After a month the date alone says that."""
    said = age(moment, now)
    exact = date_and_time(moment)
    return exact if exact.startswith(said) else f"{exact}  {said}"


def largest_unit(seconds: float) -> str:
    """A duration in its largest unit only: 5s, 7m, 2h, 3d."""
    seconds = int(seconds)
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= unit:
            return f"{seconds // unit}{name}"
    return f"{seconds}s"
