"""Durations and times as people write them on the command line."""

import click
import pytest

from tests.support.commands import freeze
from tests.support.logs import BEGAN
from zigtui.commands.parse_times import parse_duration, parse_time


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("90s", 90),
        ("90", 90),
        ("15m", 900),
        ("2h", 7200),
        ("1d", 86_400),
        ("1w", 604_800),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("0", 0),
        (" 2h ", 7200),
    ],
)
def test_durations(value: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    assert parse_duration(value) == seconds
    assert parse_time(value) == BEGAN - seconds


def test_times_with_an_offset() -> None:
    assert parse_time("2026-03-01T12:00:00Z") == parse_time("2026-03-01T14:00+02:00") == BEGAN


@pytest.mark.parametrize("value", ["", "h", "1y", "-1s", "1 h", "1e3", "nan", "٣s!"])
def test_anything_else_is_refused(value: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a duration"):
        parse_duration(value)
    with pytest.raises(click.BadParameter, match="is not a time"):
        parse_time(value)
