"""Dates and times of day in words, in the local time zone.

`time` is used rather than `datetime`, which fails at both ends of the calendar.
"""

import time

__all__ = [
    "clock_time",
    "date_and_time",
    "day_heading",
    "day_of_year",
    "day_start",
    "has_clock_change",
    "local_day",
    "span",
    "time_after",
    "utc_offset",
    "utc_offset_secs",
    "when",
]

_DAY = 86400
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")  # in any locale
_FULL_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # in any locale
_BETWEEN_CHANGES = 30 * _DAY  # clocks are changed less often than that; Ramadan, when Morocco changes them, is a month
_MOST_MONTHS = 24  # examined


def clock_time(moment: float) -> str:
    """The local time of day, to the second."""
    return time.strftime("%H:%M:%S", time.localtime(moment))


def local_day(moment: float) -> int:
    """The number of the local calendar day, counted from 1970-01-01."""
    return int((moment + time.localtime(moment).tm_gmtoff) // _DAY)


def day_of_year(moment: float) -> str:
    """The local day without its year, in six cells: Nov 24, Nov  4."""
    local = time.localtime(moment)
    return f"{_MONTHS[local.tm_mon - 1]} {local.tm_mday:2}"


def utc_offset_secs(moment: float) -> int:
    """The offset of local time from UTC, in seconds."""
    return time.localtime(moment).tm_gmtoff


def day_start(moment: float) -> float:
    """The beginning of the local calendar day of a time, in seconds since the epoch."""
    local = time.localtime(moment)
    try:
        return time.mktime((local.tm_year, local.tm_mon, local.tm_mday, 0, 0, 0, 0, 0, -1))
    except OverflowError:  # at the first or the last day of the calendar
        return moment - moment % _DAY


def day_heading(then: float, now: float) -> str:
    """A day in words: today, yesterday, Tuesday 24 November; with the year if that is another one."""
    days = local_day(now) - local_day(then)
    if days in (0, 1):
        return "yesterday" if days else "today"
    local = time.localtime(then)
    words = f"{_WEEKDAYS[local.tm_wday]} {local.tm_mday} {_FULL_MONTHS[local.tm_mon - 1]}"
    return words if local.tm_year == time.localtime(now).tm_year else f"{words} {local.tm_year}"


def utc_offset(moment: float) -> str:
    """The offset of local time from UTC: +01:00."""
    minutes = time.localtime(moment).tm_gmtoff // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def date_and_time(moment: float, *, offset: bool = True) -> str:
    """An exact local time, with or without its offset from UTC: 2026-11-24 02:52:09 +01:00."""
    words = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))
    return f"{words} {utc_offset(moment)}" if offset else words


def when(then: float | None, now: float, *, short: bool = False) -> str:
    """A time as exactly as a column has room: 02:52, yesterday 02:52, Nov 24 02:52, 2025-11-24; a dash if unknown.

    Args:
        then: the time, in seconds since the epoch.
        now: the current time, in seconds since the epoch.
        short: whether it must fit into 10 cells instead of 15: yest 02:52, and no time of day for earlier days.
    """
    if then is None:
        return "–"
    local = time.localtime(then)
    of_day = time.strftime("%H:%M", local)
    days = local_day(now) - local_day(then)
    if days == 0:
        return of_day
    if days == 1:
        return f"{'yest' if short else 'yesterday'} {of_day}"
    if local.tm_year != time.localtime(now).tm_year:
        return time.strftime("%Y-%m-%d", local)
    date = f"{_MONTHS[local.tm_mon - 1]} {local.tm_mday}"
    return date if short else f"{date} {of_day}"


def time_after(moment: float, before: float | None) -> str:
    """A local time of day, with its date and its offset from UTC if they are not those of the time ``before`` it.

    Args:
        moment: the time, in seconds since the epoch.
        before: a time that is displayed above it; None if there is none.
    """
    shown = clock_time(moment)
    if before is None:
        return shown
    local, local_before = time.localtime(moment), time.localtime(before)
    if local[:3] != local_before[:3]:
        shown = f"{time.strftime('%Y-%m-%d', local)} {shown}"
    return shown if local.tm_gmtoff == local_before.tm_gmtoff else f"{shown} {utc_offset(moment)}"


def has_clock_change(begin: float, end: float) -> bool:
    """Whether the offset of local time changes between two moments, so that a time of day may come twice."""
    offset = time.localtime(begin).tm_gmtoff
    months = min(_MOST_MONTHS, int((end - begin) // _BETWEEN_CHANGES))
    moments = [begin + month * _BETWEEN_CHANGES for month in range(1, months + 1)]
    return any(time.localtime(moment).tm_gmtoff != offset for moment in (*moments, end))


def span(begin: float, end: float, *, end_word: str = "") -> str:
    """Two local times with what distinguishes them, such as one date for both.

    The end has a date only if it is on another day. Both have their offsets from UTC if these differ.

    Args:
        begin: the first time, in seconds since the epoch.
        end: the second time.
        end_word: a word before the second time.
    """
    has_offsets = has_clock_change(begin, end)
    first, last = date_and_time(begin, offset=has_offsets), date_and_time(end, offset=has_offsets)
    if local_day(begin) == local_day(end):
        last = last.partition(" ")[2]
    return f"{first} – {end_word} {last}" if end_word else f"{first} – {last}"
