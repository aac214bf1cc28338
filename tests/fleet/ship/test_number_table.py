from hypothesis import given
from hypothesis import strategies as st

from zigtui.fleet.ship.number_table import NumberMap, NumberSet

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-70, 70) | st.integers(-70, 70).map(lambda n: n * 2**20)


@given(st.lists(NUMBERS, max_size=300), st.lists(NUMBERS), st.integers(0, 500))
def test_a_set_has_what_was_added(added: list[int], others: list[int], expected: int) -> None:
    numbers = NumberSet(expected)
    for number in added:
        numbers.add(number)
    known = {number or 1 for number in added}  # 0 counts as 1
    assert len(numbers) == len(known)
    assert all(number in numbers for number in added)
    assert [number in numbers for number in others] == [(number or 1) in known for number in others]


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=300), st.lists(NUMBERS))
def test_a_map_has_the_last_value_of_each_number(pairs: list[tuple[int, int]], others: list[int]) -> None:
    values = NumberMap()
    for number, value in pairs:
        values.set(number, value)
    known = {number or 1: value for number, value in pairs}
    assert len(values) == len(known)
    for number in [*known, *others]:
        assert values.get(number, 17) == known.get(number or 1, 17)


def test_a_table_that_grows_keeps_what_it_has() -> None:
    numbers, values = NumberSet(), NumberMap()
    for number in range(1, 2001):
        numbers.add(hash(str(number)))
        values.set(hash(str(number)), -number)
    assert all(hash(str(number)) in numbers for number in range(1, 2001))
    assert [values.get(hash(str(number)), 0) for number in range(1, 2001)] == [-number for number in range(1, 2001)]
    assert (len(numbers), len(values)) == (2000, 2000)
