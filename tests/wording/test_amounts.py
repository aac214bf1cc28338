"""Counts, progress bars, tokens and costs."""

from decimal import Decimal

import pytest

from tests.support.cases import each_case
from zigtui.reader.session.model.usage import Usage
from zigtui.wording.amounts import cost_in_short, count, progress_bar, usage_in_full, usage_in_short


@each_case(
    ("done", "total", "bar"),
    [
        (0, 4, "▕░░░░░░░░▏"),
        (1, 4, "▕██░░░░░░▏"),
        (3, 4, "▕██████░░▏"),
        (4, 4, "▕████████▏"),
        (9, 4, "▕████████▏"),
        (0, 0, "▕░░░░░░░░▏"),
        (3, 0, "▕░░░░░░░░▏"),
        (2**62, 2**63, "▕████░░░░▏"),
    ],
)
def test_bars_are_full_only_when_all_is_done(done: int, total: int, bar: str) -> None:
    assert progress_bar(done, total, 10) == bar


def test_numbers_have_groups_of_digits_and_things_their_plural() -> None:
    said = [count(number, "line") for number in (0, 1, 2, 1204, 1_000_000)]
    assert said == ["0 lines", "1 line", "2 lines", "1,204 lines", "1,000,000 lines"]


@pytest.mark.parametrize(
    ("usage", "short", "full"),
    [
        (Usage(), "", ""),
        (Usage(1204, 7), "1,204 in / 7 out", "1,204 tokens in, 7 out"),
        (Usage(1, 2, Decimal("0.0891")), "1 in / 2 out $0.09", "1 tokens in, 2 out, $0.0891"),
    ],
)
def test_tokens_and_cost_are_empty_where_none_was_printed(usage: Usage, short: str, full: str) -> None:
    assert (usage_in_short(usage), usage_in_full(usage)) == (short, full)


@each_case(
    ("cost", "short"),
    [
        ("0.314", "$0.31"),
        ("999.994", "$999.99"),
        ("999.995", "$1,000"),
        ("9999.4", "$9,999"),
        ("9999.9", "$10,000"),
        ("12345", "$12.3k"),
        ("999949", "$999.9k"),
        ("999950", "$1.0M"),
        ("999950000", "$1.0G"),
        ("999949999999", "$999.9G"),
        ("999950000000", "> $1T"),
        ("NaN", "–"),
    ],
)
def test_a_cost_takes_at_most_seven_cells(cost: str, short: str) -> None:
    assert cost_in_short(Decimal(cost)) == short
    assert len(short) <= 7
