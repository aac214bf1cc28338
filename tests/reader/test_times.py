from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from zigtui.reader.times import has_all_parts, seconds, span_of

START = datetime(2026, 3, 1, 11, 58, 30, tzinfo=UTC)
PLAIN = [(START + timedelta(seconds=number, microseconds=1)).isoformat() for number in range(300)]


def bounds(times: list[str]) -> tuple[float, float] | None:
    """The lowest and the highest time that `span_of` finds."""
    span = span_of(times)
    return None if span is None else span[:2]


def span_of_each(times: list[str]) -> tuple[float, float] | None:
    known = [second for time in times if (second := seconds(time)) is not None and has_all_parts(time)]
    return (min(known), max(known)) if len(known) == len(times) else None


@each_case(
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
@each_case("index", [0, 1, 89, 90, 91, 150, 299, 300])
def test_the_span_of_many_times_is_that_of_each(time: str, index: int) -> None:
    for times in (PLAIN, PLAIN[:80], PLAIN[100:]):
        changed = [*times[:index], time, *times[index:]]
        assert bounds(changed) == span_of_each(changed)


@given(
    numbers=st.lists(st.integers(0, 5000), min_size=1, max_size=20),
    ordered=st.booleans(),
    digits=st.sampled_from(["seconds", "milliseconds", "microseconds"]),
    end=st.sampled_from(["+00:00", "Z", "+05:30", "-11:00"]),
)
def test_the_span_of_any_times(numbers: list[int], ordered: bool, digits: str, end: str) -> None:
    moments = [START + timedelta(seconds=number) for number in (sorted(numbers) if ordered else numbers)]
    times = [moment.isoformat(timespec=digits).replace("+00:00", end) for moment in moments]
    assert bounds(times) == span_of_each(times)


def test_times_of_several_days_are_in_order() -> None:
    times = [f"2026-03-{day:02}T{hour:02}:59:00.000+00:00" for day in (1, 2, 31) for hour in (0, 9, 23)]
    span = span_of(times)
    assert span is not None
    assert span.is_in_order
    assert (span.lowest, span.highest) == (seconds(times[0]), seconds(times[-1]))
    assert span_of([times[0], "2026-03-01T25:00:00.000+00:00", times[-1]]) is None
    back = span_of([times[1], times[0], times[-1]])
    assert back is not None
    assert not back.is_in_order
