"""Durations and times as values of options."""

import time

import click

from zigtui.reader.user_input.typed_times import TypedTimeError, typed_duration, typed_time

__all__ = ["parse_duration", "parse_time"]


def parse_duration(value: str) -> float:
    """Convert a duration to seconds; see `typed_duration`.

    Raises:
        click.BadParameter: if the value is not a duration.
    """
    try:
        return typed_duration(value)
    except TypedTimeError as error:
        raise click.BadParameter(str(error)) from None


def parse_time(value: str) -> float:
    """Convert a time in the past to seconds since the epoch; see `typed_time`.

    Raises:
        click.BadParameter: if the value is not a time, or is in the future.
    """
    try:
        return typed_time(value, time.time()).moment
    except TypedTimeError as error:
        raise click.BadParameter(str(error)) from None
