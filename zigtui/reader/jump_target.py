"""Resolve a jump target that a user has typed: a line number, a percentage, a time of day or a time span."""

import re
import time
from bisect import bisect_left
from datetime import datetime, timedelta

from zigtui.reader.durations import duration_seconds
from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.safe_text import safe_short
from zigtui.reader.times import seconds

__all__ = ["JumpTargetError", "resolve_jump_target"]

_MAX_LINES_WITHOUT_TIME = 100  # how many lines are read to find one with a time
_MAX_QUOTED = 60  # characters of the target in a message
_TIME_OF_DAY = re.compile(r"(?:(\d{4}-\d\d-\d\d)[ T])?(\d\d?):(\d\d)(?::(\d\d))?")
_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,18}")


class JumpTargetError(ValueError):
    """A jump target that cannot be reached. The message gives the reason, and is safe to show."""


def resolve_jump_target(
    target: str, lines: LineSource, *, started: float | None, ended: float | None, is_complete: bool = True
) -> int | None:
    """Return the number (from 0) of the line to jump to.

    Args:
        target: a line number (``1200``), a percentage (``50%``), a local time of day (``14:03`` or ``14:03:22``, if
            necessary with a date), a time after the start (``+5m``), or a time before the end (``-90s``). A date comes
            first: ``2026-03-01 14:03``.
        lines: the lines to jump among.
        started: the start of the session, in seconds since the epoch.
        ended: the end of the session, or its last event so far, in seconds since the epoch.
        is_complete: whether all lines are known.

    Returns:
        The number; None if it depends on lines that are not known yet.

    Raises:
        JumpTargetError: if the target has an unknown form, or there is no such line.
    """
    target = target.strip()
    if _NUMBER.fullmatch(target):
        return _at_number(int(target.replace(",", "")), lines, is_complete)
    if match := _PERCENTAGE.fullmatch(target):
        percentage = float(match[1])
        if percentage > 100:
            raise JumpTargetError("a percentage is from 0% to 100%")
        return max(0, round((len(lines) - 1) * percentage / 100)) if is_complete else None
    sign = target[:1]
    if sign in ("+", "-") and (length := duration_seconds(target[1:])) is not None:
        if sign == "-" and not is_complete:
            return None
        origin = started if sign == "+" else ended
        if origin is None:
            raise JumpTargetError("the session has no recorded times")
        return _first_at(origin + length if sign == "+" else origin - length, lines, is_complete)
    if match := _TIME_OF_DAY.fullmatch(target):
        return _at_time_of_day(match, lines, is_complete)
    raise JumpTargetError(f"cannot go to {safe_short(target, _MAX_QUOTED)} (try 14:03, +5m, 1200 or 50%)")


def _at_number(number: int, lines: LineSource, is_complete: bool) -> int | None:
    if 1 <= number <= len(lines):
        return number - 1
    if number and not is_complete:
        return None
    raise JumpTargetError(f"there are {len(lines):,} lines, numbered from 1")


def _at_time_of_day(match: re.Match[str], lines: LineSource, is_complete: bool) -> int | None:
    """Return the first line at or after a time of day: on the given date, or else on the first day that has one."""
    first = _time_from(0, lines)
    last = _time_from(max(0, len(lines) - 1), lines) or first
    if first is None or last is None:
        if is_complete:
            raise JumpTargetError("no line has a recorded time")
        return None
    try:
        day = datetime.fromisoformat(match[1]) if match[1] else datetime.fromtimestamp(first)  # noqa: DTZ006  # local
        target = day.replace(hour=int(match[2]), minute=int(match[3]), second=int(match[4] or 0), microsecond=0)
        precision = 1 if match[4] else 60
        moment = target.timestamp()
        if not match[1] and moment + precision <= first:  # before the first line, so the next day may be meant
            moment = (target + timedelta(days=1)).timestamp()
            if moment > last and is_complete:
                moment = target.timestamp()
    except (ValueError, OverflowError, OSError):
        raise JumpTargetError(f"no such time: {match[0]}") from None
    return _first_at(moment, lines, is_complete)


def _first_at(moment: float, lines: LineSource, is_complete: bool) -> int | None:
    """Return the first line at or after a time. A binary search reads few lines, since times are in order."""
    number = bisect_left(range(len(lines)), moment, key=lambda number: _time_from(number, lines) or float("inf"))
    if number < len(lines) and _time_from(number, lines) is not None:
        return number
    if not is_complete:
        return None
    try:
        clock = time.strftime("%H:%M:%S", time.localtime(moment))
    except (ValueError, OverflowError, OSError):
        clock = "that time"
    raise JumpTargetError(f"nothing was printed at {clock} or later")


def _time_from(number: int, lines: LineSource) -> float | None:
    """Return the time of a line, or of the next line that has one."""
    for following in range(number, min(number + _MAX_LINES_WITHOUT_TIME, len(lines))):
        line = lines.line(following)
        printed = seconds(line.time) if line is not None else None
        if printed is not None:
            return printed
    return None
