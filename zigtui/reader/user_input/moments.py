"""The moments that a time typed by a user may mean: one, or one on each day."""

import math
import time
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Protocol

__all__ = ["DailyMoment", "Moments", "Quality", "SingleMoment"]

_NEVER = -math.inf
_LONG_SILENCE_SECS = 12 * 3600
_LONGEST_SILENCE_SECS = 366 * 86400


class Quality(IntEnum):
    """How well a line fits a time. `MET` and `PASSED` are equally good: the first such line is meant.

    Attributes:
        MET: it was printed at that time, as precisely as the user has typed it.
        PASSED: it was printed after that time, and the line before it earlier. Or it was printed at that time, and the
            line before it later, since the clock was set back.
        DOUBTFUL: the same, but the recorded time of one of the two lines seems to be wrong.
        BEGUN: it was printed after that time, and there is no line before it.
    """

    MET = 0
    PASSED = 1
    DOUBTFUL = 2
    BEGUN = 3


class Moments(Protocol):
    """The moments that are meant. All times are in seconds since the epoch."""

    def latest(self, until: float) -> float:
        """Return the latest moment up to ``until``; minus infinity if there is none."""

    def fit(self, before: float | None, printed: float) -> Quality | None:
        """Return how well a line fits one of the moments.

        Args:
            before: the time of the line before it; None if it is the first line.
            printed: its time.

        Returns:
            None if it does not fit.
        """

    def may_fit(self, lowest: float, highest: float) -> bool:
        """Return whether a line may fit, if its time and that of the line before are from ``lowest`` to ``highest``."""

    def words(self) -> str:
        """Return the moment in words for people."""


class SingleMoment:
    """One moment.

    Args:
        moment: the moment, in seconds since the epoch.
        precision_secs: how precisely it was typed, in seconds.
    """

    def __init__(self, moment: float, precision_secs: float) -> None:
        self._moment = moment
        self._precision_secs = precision_secs

    def latest(self, until: float) -> float:
        """See `Moments`."""
        return self._moment if self._moment <= until else _NEVER

    def fit(self, before: float | None, printed: float) -> Quality | None:
        """See `Moments`."""
        if printed < self._moment:
            return None
        is_met = printed < self._moment + self._precision_secs
        if before is None or before < self._moment:
            return Quality.MET if is_met else Quality.BEGUN if before is None else Quality.PASSED
        return Quality.PASSED if is_met and before >= self._moment + self._precision_secs else None

    def may_fit(self, lowest: float, highest: float) -> bool:
        """See `Moments`."""
        after = self._moment + self._precision_secs
        return lowest < self._moment <= highest or lowest < after <= highest

    def words(self) -> str:
        """See `Moments`."""
        try:
            return time.strftime("%H:%M:%S", time.localtime(self._moment))
        except (ValueError, OverflowError, OSError):
            return "that time"


class DailyMoment:
    """A local time of day, which comes once on each day.

    Args:
        hour: the hour.
        minute: the minute.
        second: the second.
        precision_secs: how precisely it was typed, in seconds.

    Raises:
        ValueError: if there is no such time of day.
    """

    def __init__(self, hour: int, minute: int, second: int, precision_secs: float) -> None:
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError("no such time of day")
        self._time = timedelta(hours=hour, minutes=minute, seconds=second)
        self._words = f"{hour:02}:{minute:02}:{second:02}"
        self._precision_secs = precision_secs
        self._latest = self._following = _NEVER  # the last result of `latest`, and the moment after it

    def latest(self, until: float) -> float:
        """See `Moments`."""
        if not self._latest <= until < self._following:
            self._latest, self._following = self._around(until)
        return self._latest

    def _around(self, until: float) -> tuple[float, float]:
        try:
            day = datetime.fromtimestamp(until).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006  # local
            moment = day + self._time
            if moment.timestamp() > until:
                moment -= timedelta(days=1)
            return moment.timestamp(), (moment + timedelta(days=1)).timestamp()
        except (ValueError, OverflowError, OSError):  # at the first or the last day of the calendar
            return _NEVER, _NEVER

    def fit(self, before: float | None, printed: float) -> Quality | None:
        """See `Moments`.

        After a silence that is longer than any session, one of the times is wrong, and only a moment on the day of the
        line counts. After a long silence, a moment on an earlier day is doubtful.
        """
        moment = self.latest(printed)
        if moment == _NEVER:
            return None
        is_met = printed < moment + self._precision_secs
        if before is not None and before >= moment:
            return Quality.PASSED if is_met and before >= moment + self._precision_secs else None
        if is_met:
            return Quality.MET
        is_same_day = time.localtime(moment)[:3] == time.localtime(printed)[:3]
        if before is None:
            return Quality.BEGUN if is_same_day else None
        silence = printed - before
        if silence > _LONGEST_SILENCE_SECS:
            return Quality.DOUBTFUL if is_same_day else None
        return Quality.PASSED if is_same_day or silence <= _LONG_SILENCE_SECS else Quality.DOUBTFUL

    def may_fit(self, lowest: float, highest: float) -> bool:
        """See `Moments`."""
        moment = self.latest(highest)
        after = moment + self._precision_secs
        return moment > lowest or lowest < after <= highest or highest - lowest > _LONGEST_SILENCE_SECS

    def words(self) -> str:
        """See `Moments`."""
        return self._words
