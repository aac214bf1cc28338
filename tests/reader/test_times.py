from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigtui.reader.times import has_all_parts, seconds, span_of

START = datetime(2026, 3, 1, 11, 58, 30, tzinfo=UTC)
PLAIN = [(START + timedelta(seconds=number, microseconds=1)).isoformat() for number in range(300)]


def span_of_each(times: list[str]) -> tuple[float, float] | None:
    known = [second for time in times if (second := seconds(time)) is not None and has_all_parts(time)]
    return (min(known), max(known)) if len(known) == len(times) else None


@pytest.mark.parametrize(
    "time",
    [
        *["", "soon", "2026-03-01T12:00:61.000001+00:00", "2026-03-01T12:60:00.000001+00:00", "2026-03-01T12:00:00"],
        *["2026-03-01T24:00:00.000001+00:00", "2026-02-30T12:00:00.000001+00:00", "2026-13-01T12:00:00.000001+00:00"],
        *["2026-03-01T12:00:0a.000001+00:00", "2026-03-01T12:00:00.000001+0000", "2026-03-01 12:00:00.000001+00:00"],
        *["2026-03-01T12:00:00.000001+99:00", "2026-03-01T12:00:00.000001", "2026-03-01", "２026-03-01T12:00:00+00:00"],
        *["2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00Z", "2026-03-01T14:00:00.000001+02:00"],
        *[
            "2026-03-01T12:00:00.000001-00:00",
            "2026-03-01T11:00:00.000001+00:00",
            "2026-03-01T12:00:00.123456789+00:00",
        ],
        *["0001-01-01T00:00:00.000000+00:00", "0001-01-01T00:00:00.000000+14:00", "9999-12-31T23:59:59.999999-14:00"],
    ],
)
@pytest.mark.parametrize("index", [0, 1, 89, 90, 91, 150, 299, 300])
def test_the_span_of_many_times_is_that_of_each(time: str, index: int) -> None:
    for times in (PLAIN, PLAIN[:80], PLAIN[100:]):
        changed = [*times[:index], time, *times[index:]]
        assert span_of(changed) == span_of_each(changed)


@given(
    numbers=st.lists(st.integers(0, 5000), min_size=1, max_size=20),
    ordered=st.booleans(),
    digits=st.sampled_from(["seconds", "milliseconds", "microseconds"]),
    end=st.sampled_from(["+00:00", "Z", "+05:30", "-11:00"]),
)
def test_the_span_of_any_times(numbers: list[int], ordered: bool, digits: str, end: str) -> None:
    moments = [START + timedelta(seconds=number) for number in (sorted(numbers) if ordered else numbers)]
    times = [moment.isoformat(timespec=digits).replace("+00:00", end) for moment in moments]
    assert span_of(times) == span_of_each(times)
