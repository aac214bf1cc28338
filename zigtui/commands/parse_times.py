"""Durations and times as people write them on the command line."""

import re
import time
from contextlib import suppress
from datetime import datetime

import click

__all__ = ["parse_duration", "parse_time"]

_UNIT_SECS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w|)")


def parse_duration(value: str) -> float:
    """The seconds of a duration such as 90s, 15m, 2h or 1d; a number alone is seconds.

    Raises:
        click.BadParameter: if the value is not a duration.
    """
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        raise click.BadParameter(f"{value!r} is not a duration; write 90s, 15m, 2h or 1d")
    return float(match[1]) * _UNIT_SECS[match[2]]


def parse_time(value: str) -> float:
    """The seconds since the epoch of a time: a duration ago (2h), or a local date or time (2026-11-01T14:00).

    Raises:
        click.BadParameter: if the value is neither.
    """
    with suppress(ValueError, OverflowError):  # the latter at both ends of the calendar
        return datetime.fromisoformat(value).astimezone().timestamp()
    with suppress(click.BadParameter):
        return time.time() - parse_duration(value)
    raise click.BadParameter(f"{value!r} is not a time; write 2h or 3d for that long ago, or a date like 2026-11-01")
