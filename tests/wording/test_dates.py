"""Dates and times of day, in several time zones and on the days when clocks change."""

from datetime import datetime

import pytest

from tests.support.cases import each_case
from tests.support.zones import BERLIN, CAIRO, KATHMANDU, SAO_PAULO, SetZone, local
from zigtui.wording.dates import (
    clock_time,
    date_and_time,
    day_of_year,
    has_clock_change,
    span,
    time_after,
    utc_offset,
    when,
)


def test_the_time_of_day_is_local(set_zone: SetZone) -> None:
    noon = datetime.fromisoformat("2026-03-01T12:00:00Z").timestamp()
    assert clock_time(noon) == "12:00:00"
    set_zone("XXX-2")
    assert clock_time(noon) == "14:00:00"


@each_case(
    ("zone", "then", "now", "wide", "short"),
    [
        ("UTC", "2026-11-26T02:52:59", "2026-11-26T14:03:00", "02:52", "02:52"),
        ("UTC", "2026-11-26T00:00:00", "2026-11-26T23:59:59", "00:00", "00:00"),
        ("UTC", "2026-11-25T23:59:59", "2026-11-26T00:00:01", "yesterday 23:59", "yest 23:59"),
        ("UTC", "2026-11-25T02:52:00", "2026-11-26T23:00:00", "yesterday 02:52", "yest 02:52"),
        ("UTC", "2026-11-24T02:52:00", "2026-11-26T01:00:00", "Nov 24 02:52", "Nov 24"),
        ("UTC", "2026-01-04T02:52:00", "2026-11-26T01:00:00", "Jan 4 02:52", "Jan 4"),
        ("UTC", "2025-12-31T02:52:00", "2026-01-01T01:00:00", "yesterday 02:52", "yest 02:52"),
        ("UTC", "2025-12-30T02:52:00", "2026-01-01T01:00:00", "2025-12-30", "2025-12-30"),
        ("UTC", "2026-11-27T02:52:00", "2026-11-26T01:00:00", "Nov 27 02:52", "Nov 27"),  # a clock that is ahead
        (BERLIN, "2026-10-25T02:30:00+02:00", "2026-10-25T12:00:00", "02:30", "02:30"),
        (BERLIN, "2026-10-24T23:30:00", "2026-10-25T12:00:00", "yesterday 23:30", "yest 23:30"),
        (CAIRO, "2026-04-23T23:30:00", "2026-04-24T01:30:00", "yesterday 23:30", "yest 23:30"),
        (KATHMANDU, "2026-11-25T23:59:00", "2026-11-26T00:01:00", "yesterday 23:59", "yest 23:59"),
    ],
)
def test_a_column_has_the_time_with_as_much_of_the_date_as_it_needs(
    set_zone: SetZone, zone: str, then: str, now: str, wide: str, short: str
) -> None:
    set_zone(zone)
    assert when(local(then), local(now)) == wide
    assert when(local(then), local(now), short=True) == short
    assert len(wide) <= 15
    assert len(short) <= 10


def test_an_unknown_time_is_a_dash() -> None:
    assert when(None, 0.0) == "–"


@each_case(
    ("zone", "moment", "expected"),
    [
        ("UTC", "2026-11-24T02:52:09+00:00", "2026-11-24 02:52:09 +00:00"),
        (BERLIN, "2026-11-24T02:52:09+01:00", "2026-11-24 02:52:09 +01:00"),
        (BERLIN, "2026-10-25T02:30:00+02:00", "2026-10-25 02:30:00 +02:00"),
        (BERLIN, "2026-10-25T02:30:00+01:00", "2026-10-25 02:30:00 +01:00"),
        (KATHMANDU, "2026-11-24T00:00:00+00:00", "2026-11-24 05:45:00 +05:45"),
        (SAO_PAULO, "2026-11-24T02:00:00+00:00", "2026-11-23 23:00:00 -03:00"),
        ("NST3:30", "2026-11-24T02:00:00+00:00", "2026-11-23 22:30:00 -03:30"),
    ],
)
def test_an_exact_time_has_its_offset(set_zone: SetZone, zone: str, moment: str, expected: str) -> None:
    set_zone(zone)
    assert date_and_time(local(moment)) == expected
    assert expected.endswith(utc_offset(local(moment)))


@pytest.mark.parametrize(
    ("zone", "begin", "end", "expected"),
    [
        ("UTC", "2026-11-24T02:52:09", "2026-11-24T02:53:00", "2026-11-24 02:52:09 – 02:53:00"),
        ("UTC", "2026-11-24T23:59:59", "2026-11-25T00:00:00", "2026-11-24 23:59:59 – 2026-11-25 00:00:00"),
        (
            BERLIN,
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T02:30:00+01:00",
            "2026-10-25 02:30:00 +02:00 – 02:30:00 +01:00",
        ),
        (BERLIN, "2026-03-29T01:59:59", "2026-03-29T03:00:00", "2026-03-29 01:59:59 +01:00 – 03:00:00 +02:00"),
        # The offsets are the same, but not in between.
        (
            BERLIN,
            "2026-01-10T12:00:00",
            "2026-12-10T12:00:00",
            "2026-01-10 12:00:00 +01:00 – 2026-12-10 12:00:00 +01:00",
        ),
    ],
)
def test_a_span_has_what_distinguishes_its_times(
    set_zone: SetZone, zone: str, begin: str, end: str, expected: str
) -> None:
    set_zone(zone)
    assert span(local(begin), local(end)) == expected
    assert span(local(begin), local(end), end_word="last seen") == expected.replace("– ", "– last seen ")


@each_case("zone", ["UTC", BERLIN, "XXX+12", "XXX-14"])
@each_case("then", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_times_at_the_ends_of_the_calendar_have_words(set_zone: SetZone, zone: str, then: str) -> None:
    set_zone(zone)
    moment, now = datetime.fromisoformat(then).timestamp(), datetime.fromisoformat("2026-11-24T00:00:00Z").timestamp()
    for words in (when(moment, now), when(now, moment), date_and_time(moment), day_of_year(moment), span(moment, now)):
        assert words
    assert not has_clock_change(now, moment) or moment > now


@each_case(
    ("zone", "before", "moment", "expected"),
    [
        (BERLIN, "2026-11-24 02:50:09", "2026-11-24 02:52:09", "02:52:09"),
        (BERLIN, "2026-11-24 23:59:59", "2026-11-25 00:00:01", "2026-11-25 00:00:01"),
        # The same hour twice, and one that is left out.
        (BERLIN, "2026-10-25T02:50:00+02:00", "2026-10-25T02:50:00+01:00", "02:50:00 +01:00"),
        (BERLIN, "2026-10-25T02:50:00+01:00", "2026-10-25 03:10:00", "03:10:00"),
        (BERLIN, "2026-03-29 01:59:00", "2026-03-29 03:01:00", "03:01:00 +02:00"),
        (BERLIN, "2026-03-28 20:00:00", "2026-03-29 04:00:00", "2026-03-29 04:00:00 +02:00"),
        (CAIRO, "2026-10-29T23:30:00+03:00", "2026-10-29T23:10:00+02:00", "23:10:00 +02:00"),
        (KATHMANDU, "2026-10-25 02:50:00", "2026-10-25 03:50:00", "03:50:00"),
    ],
)
def test_a_time_has_its_date_and_its_offset_where_they_change(
    set_zone: SetZone, zone: str, before: str, moment: str, expected: str
) -> None:
    set_zone(zone)
    assert time_after(local(moment), local(before)) == expected
    assert time_after(local(moment), None) == expected.split(" +")[0].split()[-1]
