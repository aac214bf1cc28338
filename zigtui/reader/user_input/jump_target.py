"""Resolve a jump target that a user has typed: a line number, a percentage, a time of day or a time span."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from zigtui.reader.lines.line_source import LineSource, TimedLines
from zigtui.reader.text.safe_text import safe_short
from zigtui.reader.times import seconds
from zigtui.reader.user_input.durations import duration_seconds
from zigtui.reader.user_input.moments import DailyMoment, Moments, Quality, SingleMoment
from zigtui.reader.user_input.time_search import Fit, fits

__all__ = ["Jump", "JumpTargetError", "check_target", "jump_steps"]

_MAX_LINES_WITHOUT_TIME = 100  # how many lines are read to find one with a time
_MAX_QUOTED = 60  # characters of the target in a message
_YEAR_SECS = 366 * 86400
_TIME_OF_DAY = re.compile(r"(?:(\d{4}-\d\d-\d\d)[ T])?(\d\d?):(\d\d)(?::(\d\d))?")
_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,18}")


class Jump(NamedTuple):
    """The line that a jump target leads to. Lines are numbered from 0.

    Attributes:
        line: the line.
        fits: all lines that fit a time, in order, if there are several. Those whose times seem wrong are left out.
        has_more_fits: whether there may be more of them.
    """

    line: int
    fits: tuple[int, ...] = ()
    has_more_fits: bool = False


class JumpTargetError(ValueError):
    """A jump target that cannot be reached. The message gives the reason, and is safe to show."""


def jump_steps(
    target: str, lines: TimedLines, *, started: float | None, ended: float | None, is_complete: bool = True
) -> Iterator[Jump | None]:
    """Find the line to jump to, step by step. Of several lines that fit a time, the first one is chosen.

    Args:
        target: a line number (``1200``), a percentage (``50%``), a local time of day (``14:03`` or ``14:03:22``, if
            necessary with a date), a time after the start (``+5m``), or a time before the end (``-90s``). A date comes
            first: ``2026-03-01 14:03``.
        lines: the lines to jump among.
        started: the start of the session, in seconds since the epoch.
        ended: the end of the session, or its last event so far, in seconds since the epoch.
        is_complete: whether all lines are known.

    Yields:
        None after each step but the last, which is the line. There is no last step if it depends on lines that are not
        known yet. Most targets take one step. Only times that go back and forth all the time take more.

    Raises:
        JumpTargetError: if the target has an unknown form, or there is no such line.
    """
    target = target.strip()
    if _NUMBER.fullmatch(target):
        yield _at_number(int(target.replace(",", "")), lines, is_complete)
    elif match := _PERCENTAGE.fullmatch(target):
        percentage = float(match[1])
        if percentage > 100:
            raise JumpTargetError("a percentage is from 0% to 100%")
        yield Jump(max(0, round((len(lines) - 1) * percentage / 100))) if is_complete else None
    elif target[:1] in ("+", "-") and (length := duration_seconds(target[1:])) is not None:
        if target.startswith("+") or is_complete:
            moment = _moment(length, lines, started, ended, from_start=target.startswith("+"))
            yield from _at_time(moment, lines, is_complete)
    elif match := _TIME_OF_DAY.fullmatch(target):
        yield from _at_time(_moments(match), lines, is_complete)
    else:
        raise _unknown_form(target)


def check_target(target: str) -> None:
    """Check the form of a jump target, whatever the lines.

    Raises:
        JumpTargetError: if the form is unknown.
    """
    target = target.strip()
    is_length = target[:1] in ("+", "-") and duration_seconds(target[1:]) is not None
    if not is_length and not any(form.fullmatch(target) for form in (_NUMBER, _PERCENTAGE, _TIME_OF_DAY)):
        raise _unknown_form(target)


def _unknown_form(target: str) -> JumpTargetError:
    return JumpTargetError(f"cannot go to {safe_short(target, _MAX_QUOTED)} (try 14:03 +5m -90s 1200 50%)")


def _at_number(number: int, lines: LineSource, is_complete: bool) -> Jump | None:
    if 1 <= number <= len(lines):
        return Jump(number - 1)
    if number and not is_complete:
        return None
    raise JumpTargetError(f"there are {len(lines):,} lines, numbered from 1")


def _moment(
    length: float, lines: LineSource, started: float | None, ended: float | None, *, from_start: bool
) -> Moments:
    """The moment ``length`` seconds after the start or before the end."""
    origin = _origin(lines, started, ended, from_start=from_start)
    if origin is None:
        raise JumpTargetError("the session has no recorded times")
    return SingleMoment(origin + length if from_start else origin - length, 1)


def _moments(match: re.Match[str]) -> Moments:
    """The moments meant by a time of day: that of the given date, or else those of all days."""
    hour, minute, second = int(match[2]), int(match[3]), int(match[4] or 0)
    precision_secs = 1 if match[4] else 60
    try:
        if match[1] is None:
            return DailyMoment(hour, minute, second, precision_secs)
        moment = datetime.fromisoformat(match[1]).replace(hour=hour, minute=minute, second=second)
        return SingleMoment(moment.timestamp(), precision_secs)
    except (ValueError, OverflowError, OSError):
        raise JumpTargetError(f"no such time: {match[0]}") from None


def _origin(lines: LineSource, started: float | None, ended: float | None, *, from_start: bool) -> float | None:
    """The start or the end of the session; if its time is wrong by years, that of the line nearest to it."""
    numbers = range(len(lines))
    candidates = [started, _first_time(lines, numbers), _first_time(lines, reversed(numbers)), ended]
    times = [time for time in candidates if time is not None]
    if not times:
        return None
    middle = sorted(times)[(len(times) - 1) // 2]
    plausible = [time for time in times if abs(time - middle) <= _YEAR_SECS]
    return plausible[0 if from_start else -1]


def _first_time(lines: LineSource, numbers: Iterable[int]) -> float | None:
    for number in islice(numbers, _MAX_LINES_WITHOUT_TIME):
        line = lines.line(number)
        printed = None if line is None else seconds(line.time)
        if printed is not None:
            return printed
    return None


def _at_time(moments: Moments, lines: TimedLines, is_complete: bool) -> Iterator[Jump | None]:
    """Find the first of the lines that fit a time. The search ends early if one of those so far fits well.

    Doubtful lines, and the first of all that is later than the time, count only if no other line fits.
    """
    known: list[Fit] = []
    has_more = False
    for fit in fits(lines, moments):
        if fit is not None:
            known.append(fit)
        elif not is_complete or any(fit.quality <= Quality.PASSED for fit in known):
            has_more = True
            break
        else:
            yield None
    best = min(known, key=lambda fit: max(fit.quality, Quality.PASSED), default=None)
    if best is not None and (is_complete or best.quality <= Quality.PASSED):
        fitting = tuple(fit.line for fit in known if fit.quality <= max(best.quality, Quality.PASSED))
        yield Jump(best.line, fitting if len(fitting) > 1 or has_more else (), has_more)
    elif is_complete:
        if all(highest < lowest for _, _, lowest, highest in lines.spans()):
            raise JumpTargetError("no line has a recorded time")
        raise JumpTargetError(f"nothing was printed at {moments.words()} or later")
