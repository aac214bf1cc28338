"""A match in the part of a long error that is not displayed is displayed with the lines around it."""

import pytest
from rich.style import Style

from tests.support.cases import each_case
from tests.support.growth import assert_takes_at_most
from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.search.query import Query
from zigtui.ui.output.dividers.divider_rows import DividerStyle, draw_divider
from zigtui.ui.output.dividers.dividers import Divider
from zigtui.ui.output.lines.line_times import LineTimes
from zigtui.ui.output.lines.lines import LineStyle
from zigtui.wording.states import Severity

LONGEST = 200


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found is found, however long a busy machine takes."""
    monkeypatch.setattr("zigtui.ui.output.lines.hidden_match._LONGEST_SECS", DEADLINE_SECS)


def drawn(detail: str, words: str) -> tuple[list[str], int]:
    """The rows of a divider that a search has found, and the number of the row with the match."""
    styles = (Style(),) * 6
    style = LineStyle(80, LONGEST, True, False, LineTimes(), {}, *styles)
    divider = draw_divider(
        Divider("head", Severity.ERROR, detail), style, DividerStyle(80, find=Query(words).spans, is_match=True)
    )
    return [strip.text.strip() for strip in divider.rows], divider.match_row or 0


def numbered(lines: int, **others: str) -> str:
    return "\n".join(others.get(f"line{number}", f"this is line {number}") for number in range(lines))


@each_case("line", [20, 100, 9_000, 50_000, 99_990])
def test_the_lines_around_it_are_displayed(line: int) -> None:
    rows, row = drawn(numbered(100_000, **{f"line{line}": "the \x1b[31mneedle\x1b[0m"}), "needle")
    assert rows[row] == "the needle"
    around = [f"this is line {number}" for number in range(line - 2, line + 3) if number != line]
    assert [text for text in rows[row - 2 : row + 3] if text != "the needle"] == around
    assert len(rows) < 30


@each_case("at", [1_000, 1_900, 1_990, 25_000, 40_000, 99_000])
def test_of_a_very_long_line_the_piece_with_it_is_displayed(at: int) -> None:
    rows, row = drawn("x" * at + "needle" + "y" * (100_000 - at), "needle")
    text = "".join(rows)
    assert "needle" in text
    assert "n" in rows[row]
    assert len(text) < 3000


def test_the_characters_left_out_on_either_side_are_counted() -> None:
    detail = "x" * 5_000 + "\nneedle\n" + "y" * 3_000
    rows, row = drawn(detail, "needle")
    assert rows[row] == "needle"
    assert rows[row - 1] == f"… {5_000 - 100 + 1:,} more characters"
    assert rows[row + 1] == f"… {3_000 - 100 + 1:,} more characters"


@pytest.mark.parametrize("pattern", ["/^line 5000$/", "/^line 500[0]/", "/500{2}$/"])
def test_patterns_that_match_only_whole_lines_are_found(pattern: str) -> None:
    rows, row = drawn("\n".join(f"line {number}" for number in range(6_000)), pattern)
    assert rows[row] == "line 5000"


def test_a_match_that_is_displayed_anyway_changes_nothing() -> None:
    rows, row = drawn(numbered(10_000), "line 9999")
    assert rows[row] == "this is line 9999"
    assert sum("more characters" in text for text in rows) == 1


@pytest.mark.parametrize("words", ["nowhere", "/(a|aa)+$/"])
def test_the_screen_does_not_wait_for_what_is_not_found_soon(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigtui.ui.output.lines.hidden_match._LONGEST_SECS", 0.005)
    detail, longer = (numbered(1_000) + ("\n" + "a" * 200 + "b") * count for count in (5_000, 80_000))
    rows, row = drawn(detail, words)
    assert "more characters" in rows[row]
    assert_takes_at_most(6, lambda: drawn(longer, words), lambda: drawn(detail, words))
