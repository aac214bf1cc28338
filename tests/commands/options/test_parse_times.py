"""Durations and times as people write them on the command line."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import pytest

from tests.support.cases import each_case
from tests.support.commands import freeze
from tests.support.logs import BEGAN
from zigtui.commands.options.parse_times import parse_duration, parse_time


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is that of Berlin, where clocks change on 2026-03-29 and 2026-10-25."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@each_case(
    ("value", "seconds"),
    [
        ("90s", 90),
        ("90", 90),
        ("0.5", 0.5),
        ("15m", 900),
        ("2h", 7200),
        ("1d", 86_400),
        ("1w", 604_800),
        ("1.5h", 5400),
        (".5h", 1800),
        ("250ms", 0.25),
        ("1s250ms", 1.25),
        ("1h30m", 5400),
        ("1h30m15s", 5415),
        ("2d12h", 216_000),
        ("1h 30m", 5400),
        ("30m1h", 5400),
        ("0", 0),
        (" 2h ", 7200),
    ],
)
def test_durations(value: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    assert parse_duration(value) == seconds
    assert parse_time(value) == parse_time(f"-{value.strip()}") == BEGAN - seconds


@each_case(
    "value",
    [
        "",
        "h",
        "1y",
        "1 h",
        "1h 30",
        "1h30",
        "h1",
        "1h,30m",
        "1e3",
        "nan",
        "inf",
        "1H",
        "5min",
        "1.h",
        "1..5h",
        "--1h",
        "PT1H",
        "٣s",
        "٣",
        "1h\n30m",
        "20261301",
        "1793000000",
        "9" * 400 + "w",
        "2026-13-01",
        "24:00",
        "7:60",
        "yesterday14:03",
        "14:03 yesterday",
        "last week",
        "0000-01-01",
        "x" * 10_000,
    ],
)
def test_anything_else_is_refused_with_examples(value: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a duration; write 90s, 15m, 1h30m or 2d"):
        parse_duration(value)
    with pytest.raises(click.BadParameter, match="is not a time; write 2h or 1h30m for that long ago, today, yest"):
        parse_time(value)


def test_a_duration_is_not_negative() -> None:
    with pytest.raises(click.BadParameter, match="'-1s' is not a duration"):
        parse_duration("-1s")


def test_times_with_an_offset() -> None:
    assert parse_time("2026-03-01T12:00:00Z") == parse_time("2026-03-01T14:00+02:00") == BEGAN


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("now", "value", "moment"),
    [
        ("2026-07-31T22:30", "now", "2026-07-31T22:30"),
        ("2026-07-31T22:30", "Now", "2026-07-31T22:30"),
        ("2026-07-31T21:59", "today", "2026-07-30T22:00"),
        ("2026-07-31T22:00", "today", "2026-07-31T22:00"),
        ("2026-07-31T22:30", "yesterday", "2026-07-30T22:00"),
        ("2026-07-31T22:30", "Yesterday", "2026-07-30T22:00"),
        ("2026-07-31T22:30", "0:15", "2026-07-31T22:15"),
        ("2026-07-31T12:30", "14:03", "2026-07-31T12:03"),
        ("2026-07-31T12:30", "14:03:09", "2026-07-31T12:03:09"),
        ("2026-07-31T12:30", "today 14:03", "2026-07-31T12:03"),
        ("2026-07-31T12:30", "yesterday 16:00", "2026-07-30T14:00"),
        ("2026-07-31T12:30", "2026-07-30", "2026-07-29T22:00"),
        ("2026-07-31T12:30", "2026-07-30 14:03", "2026-07-30T12:03"),
        ("2026-07-31T12:30", "2026-07-30T14:03:09", "2026-07-30T12:03:09"),
        ("2026-01-01T00:30", "yesterday", "2025-12-30T23:00"),
        ("2026-03-29T12:00", "today", "2026-03-28T23:00"),  # this day has 23 hours
        ("2026-03-29T22:30", "yesterday", "2026-03-28T23:00"),
        ("2026-03-29T12:00", "2:30", "2026-03-29T01:30"),  # which the clocks passed over
        ("2026-10-25T22:59", "today", "2026-10-24T22:00"),  # this day has 25 hours
        ("2026-10-26T22:59", "yesterday", "2026-10-24T22:00"),
        ("2026-10-25T12:00", "2:30", "2026-10-25T00:30"),  # the first of two
    ],
)
def test_days_and_times_of_day_are_local(now: str, value: str, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, utc(now))
    assert datetime.fromtimestamp(parse_time(value), UTC) == datetime.fromtimestamp(utc(moment), UTC)


def test_a_day_begins_at_one_where_clocks_change_at_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XXX4YYY,M9.1.0/0,M4.1.0/0")
    time.tzset()
    try:
        freeze(monkeypatch, utc("2026-09-06T12:00"))
        assert parse_time("today") == parse_time("2026-09-06") == utc("2026-09-06T04:00")
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("value", "explanation"),
    [
        ("+2h", "write 2h for that long ago"),
        ("23:00", "write 'yesterday 23:00' for the day before"),
        ("tomorrow", "'tomorrow' is in the future"),
        ("2026-08-01", "'2026-08-01' is in the future"),
        ("2026-07-31T23:00", "'2026-07-31T23:00' is in the future"),
        ("9999-12-30", "is in the future"),
    ],
)
def test_a_time_in_the_future_is_refused(value: str, explanation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, utc("2026-07-31T12:00"))
    with pytest.raises(click.BadParameter, match="is in the future") as caught:
        parse_time(value)
    assert explanation in str(caught.value)


def test_the_clock_of_another_machine_may_be_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, utc("2026-07-31T12:00"))
    assert parse_time("2026-07-31T12:00:30Z") == utc("2026-07-31T12:00:30")
