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
    """Convert a duration such as 90s, 15m, 2h or 1d to seconds. A number without a unit is seconds.

    Raises:
        click.BadParameter: if the value is not a duration.
    """
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        raise click.BadParameter(f"{value!r} is not a duration; write 90s, 15m, 2h or 1d")
    return float(match[1]) * _UNIT_SECS[match[2]]


def parse_time(value: str) -> float:
    """Convert a time to seconds since the epoch: 2h means two hours ago, 2026-11-01T14:00 is local time.

    Raises:
        click.BadParameter: if the value is neither a duration nor a date or time.
    """
    with suppress(ValueError, OverflowError):  # OverflowError near the years 1 and 9999
        return datetime.fromisoformat(value).astimezone().timestamp()
    with suppress(click.BadParameter):
        return time.time() - parse_duration(value)
    raise click.BadParameter(f"{value!r} is not a time; write 2h or 3d for that long ago, or a date like 2026-11-01")
