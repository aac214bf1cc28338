"""Durations and ages, at the boundaries."""

from datetime import UTC, datetime

import pytest

from tests.support.cases import each_case
from tests.support.zones import BERLIN, CAIRO, KATHMANDU, KIRITIMATI, PAGO_PAGO, SetZone, local
from zigtui.wording.durations import age, duration, moment_and_age

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC).timestamp()


@each_case(
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


@each_case(
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


@each_case(
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
        (1.5 * 86_400.0, "yesterday"),
        (1.5 * 86_400.0 + 1, "2d ago"),
        (2.5 * 86_400.0, "2d ago"),
        (2.5 * 86_400.0 + 1, "3d ago"),
        (29.5 * 86_400.0, "29d ago"),
        (29.5 * 86_400.0 + 1, "2026-01-30"),
    ],
)
def test_ages_get_coarser_with_time(seconds: float, said: str) -> None:
    assert age(NOW - seconds, NOW) == said


def test_an_unknown_age_is_a_dash() -> None:
    assert age(None, NOW) == "–"


@each_case(
    ("zone", "then", "now", "said"),
    [
        ("UTC", "2026-03-09T23:59:59", "2026-03-11T00:00:00", "2d ago"),
        ("UTC", "2026-03-10T00:00:00", "2026-03-11T23:59:59", "yesterday"),
        ("UTC", "2026-03-10T00:00:00", "2026-03-10T23:59:59", "23h ago"),
        ("UTC", "2026-03-10T23:59:59", "2026-03-11T00:00:00", "1s ago"),
        ("UTC", "2026-02-28T12:00:00", "2026-03-01T18:00:00", "yesterday"),
        ("UTC", "2026-02-27T18:00:00", "2026-03-01T12:00:00", "2d ago"),
        ("UTC", "2028-02-28T18:00:00", "2028-03-01T12:00:00", "2d ago"),
        ("UTC", "2025-12-31T12:00:00", "2026-01-01T18:00:00", "yesterday"),
        ("UTC", "2025-12-30T23:00:00", "2026-01-01T01:00:00", "2d ago"),
        ("UTC", "2025-12-03T00:00:00", "2026-01-01T00:00:00", "29d ago"),
        ("UTC", "2025-12-02T23:59:59", "2026-01-01T00:00:00", "2025-12-02"),
        # Elsewhere the same times are on other days.
        (KIRITIMATI, "2026-03-10T00:00:00", "2026-03-11T23:59:59", "yesterday"),
        (KIRITIMATI, "2026-03-09T23:59:59", "2026-03-11T00:00:00", "2d ago"),
        (PAGO_PAGO, "2026-03-10T00:00:00", "2026-03-11T23:59:59", "yesterday"),
        (PAGO_PAGO, "2026-03-09T23:59:59", "2026-03-11T00:00:00", "2d ago"),
        (KATHMANDU, "2026-03-09T23:59:59", "2026-03-11T00:00:00", "2d ago"),
        # The day on which clocks are set forward has 23 hours.
        (BERLIN, "2026-03-28T12:00:00", "2026-03-29T12:00:00", "23h ago"),
        (BERLIN, "2026-03-28T12:00:00", "2026-03-29T13:00:00", "yesterday"),
        (BERLIN, "2026-03-28T00:00:00", "2026-03-29T23:59:59", "yesterday"),
        (BERLIN, "2026-03-27T23:59:59", "2026-03-29T00:00:00", "2d ago"),
        (BERLIN, "2026-03-28T23:00:00", "2026-03-30T01:00:00", "2d ago"),
        # The day on which they are set back has 25.
        (BERLIN, "2026-10-25T00:00:00", "2026-10-25T23:59:59", "24h ago"),
        (BERLIN, "2026-10-25T00:00:00", "2026-10-26T00:00:00", "yesterday"),
        (BERLIN, "2026-10-24T00:00:00", "2026-10-25T23:59:59", "yesterday"),
        (BERLIN, "2026-10-24T23:59:59", "2026-10-26T00:00:00", "2d ago"),
        (BERLIN, "2026-10-24T12:00:00", "2026-10-25T02:30:00+01:00", "15h ago"),
        # In some countries that happens at midnight: the day before ends twice, or the day begins at one o'clock.
        (CAIRO, "2026-04-22T23:59:59", "2026-04-24T01:00:00", "2d ago"),
        (CAIRO, "2026-04-23T00:00:00", "2026-04-24T01:00:00", "yesterday"),
        (CAIRO, "2026-10-28T00:00:00", "2026-10-29T23:59:59+02:00", "yesterday"),
    ],
)
def test_a_day_is_a_day_of_the_local_calendar(set_zone: SetZone, zone: str, then: str, now: str, said: str) -> None:
    set_zone(zone)
    assert age(local(then), local(now)) == said


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("2026-02-28T22:30:00Z", "2026-02-28 23:30:00 +01:00  1h ago"),
        ("2026-02-01T12:00:00Z", "2026-02-01 13:00:00 +01:00  28d ago"),
        ("2025-10-25T23:30:00Z", "2025-10-26 01:30:00 +02:00"),
    ],
)
def test_an_exact_time_has_its_age_unless_that_is_only_the_same_date(set_zone: SetZone, then: str, said: str) -> None:
    set_zone(BERLIN)
    assert moment_and_age(local(then), local("2026-03-01T00:30:00+01:00")) == said


@each_case("zone", ["UTC", "XXX+12", "XXX-14"], ids=["utc", "far west", "far east"])
@each_case("then", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_ages_of_times_at_the_ends_of_the_calendar_can_be_said(set_zone: SetZone, zone: str, then: str) -> None:
    set_zone(zone)
    began = datetime.fromisoformat(then).timestamp()
    assert age(began, NOW)
    assert age(began, began + 86_400) == "yesterday"
    assert age(began, began + 40 * 86_400)
