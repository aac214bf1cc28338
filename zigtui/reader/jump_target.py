"""Places in a session that people want to go to: a line, a share, a time, a failure."""

import re
import time
from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Protocol

from zigtui.reader.lines.decode import Output
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.times import seconds

__all__ = ["Lines", "PlaceError", "line_of"]

_MOST_WITHOUT_TIME = 100  # lines that are looked at for one that tells its time
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TIME_OF_DAY = re.compile(r"(?:(\d{4}-\d\d-\d\d)[ T])?(\d\d?):(\d\d)(?::(\d\d))?")
_SPAN = re.compile(r"([+-])((?:\d{1,9}(?:\.\d{1,9})?[smhd])+)")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,18}")


class PlaceError(ValueError):
    """There is no such place; its text says why, in a line that is safe to show."""


class Lines(Protocol):
    """Output lines that can be had by number."""

    def __len__(self) -> int: ...

    def line(self, number: int) -> Output | None:
        """Line ``number``, from 0."""


def line_of(
    place: str, lines: Lines, *, started: float | None, ended: float | None, is_complete: bool = True
) -> int | None:
    """The number (from 0) of the line that a place means.

    Args:
        place: a line number (``1200``), a share (``50%``), a time of day here (``14:03``, ``14:03:22``, with a date
            before it if need be), a time since the start (``+5m``) or before the end (``-90s``).
        lines: those that are counted and looked through.
        started: when the session started, in seconds since the epoch.
        ended: when it ended, or wrote last.
        is_complete: whether these are all lines there are.

    Returns:
        The number; None if that depends on lines that are not known yet.

    Raises:
        PlaceError: if there is no such place, or the text means none.
    """
    place = place.strip()
    if _NUMBER.fullmatch(place):
        return _numbered(int(place.replace(",", "")), lines, is_complete)
    if match := _SHARE.fullmatch(place):
        share = float(match[1])
        if share > 100:
            raise PlaceError("a share is from 0% to 100%")
        return max(0, round((len(lines) - 1) * share / 100)) if is_complete else None
    if match := _SPAN.fullmatch(place):
        length = sum(float(part[:-1]) * _UNITS[part[-1]] for part in re.findall(r"[\d.]+[smhd]", match[2]))
        if match[1] == "-" and not is_complete:
            return None
        origin = started if match[1] == "+" else ended
        if origin is None:
            raise PlaceError("the session tells no time")
        return _first_at(origin + length if match[1] == "+" else origin - length, lines, is_complete)
    if match := _TIME_OF_DAY.fullmatch(place):
        return _at_time_of_day(match, lines, is_complete)
    raise PlaceError(f"not a place: {safe_plain(place)} (try 14:03, +5m, 1200 or 50%)")


def _numbered(number: int, lines: Lines, is_complete: bool) -> int | None:
    if 1 <= number <= len(lines):
        return number - 1
    if number and not is_complete:
        return None
    raise PlaceError(f"there are {len(lines):,} lines, numbered from 1")


def _at_time_of_day(match: re.Match[str], lines: Lines, is_complete: bool) -> int | None:
    """The first line then: on the day that is told, or the first day when there were lines then or later."""
    first = _time_from(0, lines)
    last = _time_from(max(0, len(lines) - 1), lines) or first
    if first is None or last is None:
        if is_complete:
            raise PlaceError("no line tells its time")
        return None
    try:
        day = datetime.fromisoformat(match[1]) if match[1] else datetime.fromtimestamp(first)  # noqa: DTZ006  # local
        asked = day.replace(hour=int(match[2]), minute=int(match[3]), second=int(match[4] or 0), microsecond=0)
        given_to = 1 if match[4] else 60
        moment = asked.timestamp()
        if not match[1] and moment + given_to <= first:  # it is that time again the day after
            moment = (asked + timedelta(days=1)).timestamp()
            if moment > last and is_complete:
                moment = asked.timestamp()
    except (ValueError, OverflowError, OSError):
        raise PlaceError(f"no such time: {match[0]}") from None
    return _first_at(moment, lines, is_complete)


def _first_at(moment: float, lines: Lines, is_complete: bool) -> int | None:
    """The first line of that time or later; they are in the order of their times, so that few have to be read."""
    number = bisect_left(range(len(lines)), moment, key=lambda number: _time_from(number, lines) or float("inf"))
    if number < len(lines) and _time_from(number, lines) is not None:
        return number
    if not is_complete:
        return None
    try:
        clock = time.strftime("%H:%M:%S", time.localtime(moment))
    except (ValueError, OverflowError, OSError):
        clock = "that time"
    raise PlaceError(f"nothing was printed at {clock} or later")


def _time_from(number: int, lines: Lines) -> float | None:
    """When a line was printed, or the next one that tells it."""
    for following in range(number, min(number + _MOST_WITHOUT_TIME, len(lines))):
        line = lines.line(following)
        printed = seconds(line.time) if line is not None else None
        if printed is not None:
            return printed
    return None
