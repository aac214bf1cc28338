"""The times beside the lines of output."""

from enum import Enum
from typing import NamedTuple

from zigtui.wording.dates import clock_time, day_of_year, has_clock_change, local_day, utc_offset
from zigtui.wording.durations import duration

__all__ = ["TIME_WIDTH", "LineTimes", "Times"]

TIME_WIDTH = len("14:03:22")
_DAY_WIDTH = len("Nov 24 ")
_OFFSET_WIDTH = len("+01:00 ")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_HOURS_SHOWN = 100  # longer times are in days, so that they fit


class Times(Enum):
    """Which times are displayed; the values are the words for it.

    Attributes:
        OFF: none.
        CLOCK: the local times of day.
        SINCE_START: the times since the session's start.
        SINCE_PREVIOUS: the times since the line before.
    """

    OFF = ""
    CLOCK = "times of day"
    SINCE_START = "since start"
    SINCE_PREVIOUS = "since previous"

    @classmethod
    def of_setting(cls, value: str) -> "Times":
        """The times that a value of the setting stands for."""
        return cls[value.upper().replace("-", "_")]

    @property
    def setting(self) -> str:
        """The value of the setting."""
        return self.name.lower().replace("_", "-")

    @property
    def next(self) -> "Times":
        """The next kind of times; after the last one, the first."""
        all_times = list(Times)
        return all_times[(all_times.index(self) + 1) % len(all_times)]


class LineTimes(NamedTuple):
    """How the times of lines are displayed in a session.

    Attributes:
        kind: which times.
        begin: the session's start, in seconds since the epoch; None if it is not known.
        has_days: whether a time of day needs its day, because the session went on after midnight.
        has_offsets: whether it needs its offset from UTC, because the clocks were changed during the session.
    """

    kind: Times = Times.OFF
    begin: float | None = None
    has_days: bool = False
    has_offsets: bool = False

    @classmethod
    def of_session(cls, kind: Times, begin: float | None, end: float | None) -> "LineTimes":
        """The times of a session between its start and its last event, in seconds since the epoch."""
        if kind is not Times.CLOCK or begin is None or end is None:
            return cls(kind, begin)
        has_offsets = has_clock_change(begin, end)
        return cls(kind, begin, has_offsets or local_day(begin) != local_day(end), has_offsets)

    @property
    def day_width(self) -> int:
        """The width of the days in cells, with the space behind them; 0 if they are not displayed."""
        return (_DAY_WIDTH if self.has_days else 0) + (_OFFSET_WIDTH if self.has_offsets else 0)

    def day(self, printed: float) -> str:
        """The day of a line, and the offset from UTC. They are displayed where they change; often empty."""
        day = day_of_year(printed) if self.has_days else ""
        return f"{day} {utc_offset(printed)}" if self.has_offsets else day

    def time(self, printed: float, previous: float | None) -> str:
        """The time of a line, in up to `TIME_WIDTH` cells.

        Args:
            printed: when it was printed, in seconds since the epoch.
            previous: when the line before was printed; None if there is none.
        """
        if self.kind is Times.CLOCK:
            return clock_time(printed)
        if self.kind is Times.SINCE_START and self.begin is not None:
            return _clock(printed - self.begin)
        if self.kind is Times.SINCE_PREVIOUS and previous is not None:
            milliseconds = round((printed - previous) * 1000)
            return f"{'-' if milliseconds < 0 else '+'}{duration(abs(milliseconds))}"
        return ""


def _clock(seconds: float) -> str:
    """A time since the start as a stopwatch displays it: 0:02:14; from 100 hours on, 4d04h12m."""
    sign, whole = ("-", int(-seconds)) if seconds <= -1 else ("", int(max(0.0, seconds)))
    hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
    if hours < _HOURS_SHOWN:
        return f"{sign}{hours}:{minutes:02}:{whole % _MINUTE:02}"
    return f"{sign}{whole // _DAY}d{hours % 24:02}h{minutes:02}m"
