"""The axis of a timeline: moments and cells, folded waits and labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from zigtui.wording.timeline.time_axis import TimeAxis, nice_end

MOMENTS = st.floats(min_value=0, max_value=4e9)
STRETCHES = st.lists(st.tuples(MOMENTS, MOMENTS).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=30)


def test_a_moment_has_the_cell_in_proportion() -> None:
    axis = TimeAxis([(1000, 1080)], 40)
    assert [axis.column(moment) for moment in (900, 1000, 1040, 1080, 2000)] == [0, 0, 20, 40, 40]
    assert axis.moment(20) == 1040
    assert axis.gaps == []


def test_a_long_wait_is_folded_and_a_short_one_is_not() -> None:
    axis = TimeAxis([(0, 40), (45, 80), (680, 720)], 80)
    (gap,) = axis.gaps
    assert (gap.begin, gap.end, gap.label) == (80, 680, "≀ 10m ≀")
    assert axis.column(300) == axis.column(80) == pytest.approx(gap.column, abs=0.5)
    assert axis.column(680) == pytest.approx(axis.column(80) + len(gap.label))
    assert axis.moment(gap.column + 3) == 80
    assert gap.label in axis.labels()


@each_case(("waits", "label"), [(1, "≀ 10m ≀"), (5, "≀ 10m ≀"), (9, "≀10m"), (30, "≀"), (100, "")])
def test_the_more_waits_there_are_the_shorter_are_their_labels(waits: int, label: str) -> None:
    axis = TimeAxis([(number * 607, number * 607 + 7) for number in range(waits + 1)], 80)
    assert {gap.label for gap in axis.gaps} == {label}


@given(STRETCHES, st.integers(1, 300))
def test_any_stretches_fit_into_any_width(stretches: list[tuple[float, float]], width: int) -> None:
    axis = TimeAxis(stretches, width)
    moments = sorted(moment for stretch in stretches for moment in stretch)
    columns = [axis.column(moment) for moment in moments]
    assert columns == sorted(columns)
    assert 0 <= columns[0] <= columns[-1] <= width
    assert len(axis.labels()) == width
    assert axis.begin <= axis.moment(0) <= axis.moment(width / 2) <= axis.moment(width) <= axis.end


@each_case("secs_per_cell", [0.001, 0.1, 1, 60, 3600, 86_400, 1e7])
def test_labels_are_times_of_day_with_room_between_them(secs_per_cell: float) -> None:
    labels = TimeAxis([(1.7e9, 1.7e9 + 100 * secs_per_cell)], 100).labels()
    assert all(len(word) in (5, 8) for word in labels.split())
    assert len(labels.split()) <= 12
    if secs_per_cell >= 0.1:
        assert labels.split()


def test_an_axis_that_grows_stays_the_same_for_a_while() -> None:
    ends = [nice_end(secs) for secs in range(1000)]
    assert len(set(ends)) < 15
    assert all(end >= secs for secs, end in enumerate(ends))
