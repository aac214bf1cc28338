"""Durations, ages and times of day, at the boundaries."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from zigtui.wording.durations import age, clock_time, duration

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (None, "–"),
        (0, "0ms"),
        (40, "40ms"),
        (999, "999ms"),
        (1000, "1.0s"),
        (8249, "8.2s"),
        (59_949, "59.9s"),
        (59_950, "1m00s"),
        (MINUTE, "1m00s"),
        (2 * MINUTE + 13_600, "2m14s"),
        (HOUR - 501, "59m59s"),
        (HOUR - 500, "1h00m"),
        (HOUR, "1h00m"),
        (3 * HOUR + 5 * MINUTE, "3h05m"),
        (DAY - 1000, "23h59m"),
        (DAY, "1d0h"),
        (2 * DAY + 4 * HOUR, "2d4h"),
        (4000 * DAY, "4000d0h"),
        (2**63, "106751991167d7h"),
    ],
)
def test_durations_are_said_in_two_units(milliseconds: int | None, said: str) -> None:
    assert duration(milliseconds) == said


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (None, "–"),
        (0, "0s"),
        (999, "0s"),
        (1000, "1s"),
        (59_999, "59s"),
        (MINUTE, "1m00s"),
        (MINUTE + 999, "1m00s"),
        (HOUR - 1, "59m59s"),
        (HOUR, "1h00m"),
        (DAY, "1d0h"),
    ],
)
def test_durations_that_are_counted_up_have_whole_seconds_and_are_never_ahead(
    milliseconds: int | None, said: str
) -> None:
    assert duration(milliseconds, whole=True) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5.0, "0s ago"),
        (0.0, "0s ago"),
        (59.9, "59s ago"),
        (60.0, "1m ago"),
        (3599.0, "59m ago"),
        (3600.0, "1h ago"),
        (86_399.0, "23h ago"),
        (86_400.0, "yesterday"),
        (2 * 86_400.0, "2d ago"),
        (30 * 86_400.0 - 1, "29d ago"),
        (30 * 86_400.0, "2026-01-30"),
    ],
)
def test_ages_get_coarser_with_time(seconds: float, said: str) -> None:
    assert age(NOW - seconds, NOW) == said


def test_an_unknown_age_is_a_dash() -> None:
    assert age(None, NOW) == "–"


@pytest.mark.parametrize("zone", ["UTC", "XXX+12", "XXX-14"], ids=["utc", "far west", "far east"])
@pytest.mark.parametrize("then", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_ages_of_times_at_the_ends_of_the_calendar_can_be_said(
    monkeypatch: pytest.MonkeyPatch, zone: str, then: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    began = datetime.fromisoformat(then).timestamp()
    assert age(began, NOW)
    assert age(began, began + 40 * 86_400)


def test_the_time_of_day_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock_time(NOW) == "12:00:00"
    monkeypatch.setenv("TZ", "XXX-2")
    time.tzset()
    assert clock_time(NOW) == "14:00:00"
