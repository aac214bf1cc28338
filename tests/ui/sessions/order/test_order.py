"""The order of the list, updated change by change, equals that of sorting everything."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.examples import examples
from tests.support.growth import assert_takes_at_most
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.model.usage import Usage
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals
from zigtui.ui.sessions.order.order import RowFilter, SessionOrder
from zigtui.ui.sessions.order.sorting import Sort


@dataclass(frozen=True)
class Step:
    """What happens before the list is shown again."""

    changed: dict[int, tuple[float, str | None, float]]  # a session's beginning, its end and its last sign of life
    gone: set[int]
    passed: float


def snapshot(number: int, began: float, status: str | None, modified: float) -> SessionSnapshot:
    location = LogLocation(f"/base/{number // 2}.jsonl", f"/base/{number % 2}", None)
    vitals = Vitals(True, status, began, modified, modified, modified, None, 10)
    return SessionSnapshot(location, Session(), vitals, 0.0)


numbers = st.integers(0, 7)
sessions = st.tuples(st.sampled_from([1.0, 2.0, 3.0]), st.sampled_from([None, "success"]), st.floats(0, 100))
many = st.builds(lambda facts: dict.fromkeys(range(60), facts), sessions)  # so many are sorted in another way
steps = st.builds(
    Step,
    changed=st.dictionaries(numbers, sessions, max_size=4) | many,
    gone=st.sets(numbers, max_size=3),
    passed=st.sampled_from([0.0, 5.0, 31.0, -20.0]),  # the clock may be set back
)


@pytest.mark.slow
@examples(100)
@given(st.lists(steps, max_size=8))
def test_the_order_is_that_of_sorting_anew(history: list[Step]) -> None:
    order = SessionOrder(50.0)
    known: dict[LogLocation, SessionSnapshot] = {}
    now = 50.0
    for step in history:
        now += step.passed
        gone = [location for location in known if int(location.session_id) in step.gone]
        for location in gone:
            del known[location]
        changed = [snapshot(number, *facts) for number, facts in step.changed.items()]
        known.update((one.location, one) for one in changed)
        order.update(changed, gone, now)
        expected = sorted(known.values(), key=lambda one: place_in_list(one, now))
        assert [order.snapshot_at(row) for row in range(len(order))] == expected
        assert [order.row_of(one.location) for one in expected] == list(range(len(expected)))
        assert order.live == sum(one.at(now).state.is_live and not one.at(now).is_doubtful for one in expected)
    assert order.row_of(LogLocation("/nowhere", "/", None)) is None


def clock_updates(sessions: int) -> Callable[[], object]:
    """Updates of a list in which nothing has changed but the clock."""
    order = SessionOrder(50.0)
    order.update([snapshot(number, 1.0, None, 40.0 + number % 7) for number in range(sessions)], [], 50.0)
    assert order.live == sessions
    frames = count()
    return lambda: order.update([], [], 50.0 + next(frames) / 15)


def test_sessions_that_do_not_change_cost_nothing() -> None:
    assert_takes_at_most(10, clock_updates(10_000), clock_updates(50))


def place_in_list(one: SessionSnapshot, now: float) -> tuple[bool, float, str, str]:
    """The sort key: live ones first, then the newest. Further criteria do not matter here."""
    assert one.vitals.began is not None
    return (not one.at(now).state.is_live, -one.vitals.began, one.location.path, one.location.base)


@pytest.mark.slow
@examples(150)
@given(
    st.lists(steps, max_size=6),
    st.lists(st.sampled_from([*Sort, "filter", "narrow", "clear", "advance"]), max_size=6),
)
def test_sorted_and_filtered_rows_are_those_of_starting_anew(history: list[Step], choices: list[Sort | str]) -> None:
    order, now = SessionOrder(50.0), 50.0
    wanted: RowFilter | None = None
    for step, choice in zip_longest(history, choices):
        if step is not None:
            now += step.passed
            gone = [key.location for key in order.keys if int(key.location.session_id) in step.gone]
            order.update([snapshot(number, *facts) for number, facts in step.changed.items()], gone, now)
        if isinstance(choice, Sort):
            order.sort_by(choice)
        elif choice in ("filter", "narrow"):
            has_wider = wanted is not None
            wanted = RowFilter(lambda _: narrow, narrows=has_wider) if choice == "narrow" else RowFilter(lambda _: wide)
            order.filter_by(wanted)
        elif choice == "clear":
            wanted = None
            order.filter_by(None)
        order.advance(0.0)
    while not order.is_filtered:
        order.advance(1.0)
    fresh = SessionOrder(50.0)
    fresh.update(list(order._snapshots.values()), [], now)
    fresh.sort_by(order.sort)
    if wanted is not None:
        fresh.filter_by(wanted)
        fresh.advance(10.0)
    assert [fresh.location_at(row) for row in range(len(fresh))] == [
        order.location_at(row) for row in range(len(order))
    ]
    assert all(order.row_of(order.location_at(row)) == row for row in range(len(order)))
    listed = [order.snapshot_at(row).at(now) for row in range(len(order))]
    assert order.live == sum(one.state.is_live and not one.is_doubtful for one in listed)


def wide(found: SessionSnapshot) -> bool:
    return found.state.is_over or found.vitals.began == 1.0


def narrow(found: SessionSnapshot) -> bool:
    return found.state.is_over and found.vitals.began == 2.0


def recorded(number: int, name: str, status: str | None, duration_ms: int | None, cost: str | None) -> SessionSnapshot:
    """A session that was begun later the higher its number is."""
    usage = Usage(1, 1, None if cost is None else Decimal(cost))
    vitals = Vitals(number != 4, status, float(number), 90.0, 90.0, 90.0, None, 10)
    began = f"1970-01-01T00:00:0{number}Z"
    facts = Session(None, True, name, status=status, duration_ms=duration_ms, started_at=began, usage=usage)
    return SessionSnapshot(LogLocation(f"/base/{number}.jsonl", "/base", None), facts, vitals, 0.0)


@each_case(
    ("sort", "expected"),
    [
        (Sort.NEWEST, [2, 5, 4, 3, 1, 0]),
        (Sort.DURATION, [5, 2, 3, 0, 4, 1]),  # the live one has been running for more than a minute
        (Sort.COST, [1, 0, 5, 2, 4, 3]),
        (Sort.STATE, [2, 3, 1, 4, 5, 0]),
        (Sort.WORKFLOW, [4, 3, 1, 0, 2, 5]),
    ],
)
def test_each_order(sort: Sort, expected: list[int]) -> None:
    sessions = [
        recorded(0, "Beta", "success", 2000, "1.50"),
        recorded(1, "beta", "failure", None, "20"),
        recorded(2, "c", None, None, None),
        recorded(3, "Alpha", "failure", 5000, "NaN"),
        recorded(4, "alpha", "success", 1000, None),  # its start cannot be read
        recorded(5, "d", "success", 2**70, "0.5"),
    ]
    order = SessionOrder(100.0)
    order.update(sessions, [], 100.0)
    order.sort_by(sort)
    assert [int(order.location_at(row).session_id) for row in range(len(order))] == expected
