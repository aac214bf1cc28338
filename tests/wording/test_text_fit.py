"""Text in columns: widths as the terminal has them, and nothing that belongs together is cut in two."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import zigtui.wording
from tests.support.cases import each_case
from tests.support.growth import assert_grows_linearly
from zigtui.wording.text_fit import cell_width, clusters, column_width, cut, fit, fit_facts, pad, shrunk

FAMILY = "👩\u200d👩\u200d👧"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
texts = st.text("ab  -漢é👩❤☺🇸🇪1🏽\u0301\u200d\ufe0f\u20e3ك한", max_size=30)


@each_case(
    ("text", "width"),
    [
        *(("", 0), ("abc", 3), ("漢字", 4), ("e\u0301", 1), ("\uff21", 2), ("한글", 4), ("\U0001f680", 2)),
        *((FAMILY, 2), ("❤\ufe0f", 2), ("❤", 1), ("1\ufe0f\u20e3", 2), (SCOTLAND, 2), ("⏎␛", 2)),
    ],
)
def test_widths_are_those_of_a_terminal(text: str, width: int) -> None:
    assert cell_width(text) == width


@given(texts)
def test_clusters_are_the_whole_text(text: str) -> None:
    assert "".join(clusters(text)) == text


@each_case(
    ("width", "fitted"),
    [
        (29, "attempt 2 · sonnet · 12 lines"),
        (30, "attempt 2 · sonnet · 12 lines "),
        (28, "attempt 2 · sonnet …        "),
        (20, "attempt 2 · sonnet …"),
        (19, "attempt 2 · sonnet…"),
        (18, "attempt 2 …       "),
        (11, "attempt 2 …"),
        (10, "attempt …"),
        (6, "attem…"),
        (0, ""),
    ],
)
def test_facts_are_cut_off_after_one_that_fits(width: int, fitted: str) -> None:
    assert fit_facts("attempt 2 · sonnet · 12 lines", width) == fitted.ljust(width)


def test_a_word_that_takes_most_of_the_room_is_cut_off() -> None:
    assert fit_facts("in unforgettable-migration", 16) == "in unforgettabl…"
    assert fit_facts("  ✘ the connection was refused", 20) == "  ✘ the connection …"


@each_case(
    ("path", "width", "fitted"),
    [
        ("/home/dev/src/shop", 18, "/home/dev/src/shop"),
        ("/home/dev/src/shop", 17, "…/dev/src/shop   "),
        ("/home/dev/src/shop", 10, "…/src/shop"),
        ("/home/dev/src/shop", 6, "…/shop"),
        ("/home/dev/src/shop", 5, "/hom…"),
        ("~/src/shop", 9, "~…/shop  "),
        ("web-2:/home/dev/shop", 14, "web-2:…/shop  "),
        ("  /home/dev/shop", 9, "  …/shop "),
        ("/src", 3, "/s…"),
    ],
)
def test_a_path_keeps_its_end(path: str, width: int, fitted: str) -> None:
    assert fit_facts(path, width) == fitted


def test_a_path_is_cut_in_time_that_grows_with_it() -> None:
    assert_grows_linearly(1_000, lambda size: "/a" * size, lambda path: fit_facts(path, 40))


@given(texts, st.integers(0, 12))
def test_facts_have_the_width(text: str, width: int) -> None:
    fitted = fit_facts(text, width)
    assert cell_len(fitted) == width
    assert cell_len(text) > width or fitted == fit(text, width)


@given(texts, st.integers(0, 12))
def test_a_text_is_cut_to_as_much_as_fits(text: str, width: int) -> None:
    part = cut(text, width)
    assert text.startswith(part)
    assert cell_len(part) <= width
    assert cell_len(part) >= min(cell_len(text), width - 1)  # a character of two cells may just not fit


@given(texts, st.integers(-1, 12), st.booleans())
def test_a_fitted_text_has_exactly_the_width(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width, right=right)) == max(0, width)


@each_case(
    ("text", "width", "expected"),
    [
        ("ab", 4, "ab  "),
        ("abcdef", 4, "abc…"),
        (FAMILY * 3, 5, FAMILY * 2 + "…"),
        (FAMILY * 3, 4, FAMILY + "… "),
        ("❤\ufe0f" * 2, 4, "❤\ufe0f" * 2),
        ("❤\ufe0f" * 3, 4, "❤\ufe0f… "),
        ("e\u0301" * 4, 3, "e\u0301" * 2 + "…"),
        ("x", 0, ""),
    ],
)
def test_what_is_joined_stays_together(text: str, width: int, expected: str) -> None:
    assert fit(text, width) == expected


def test_of_rich_the_words_use_nothing_but_the_widths() -> None:
    imported = [
        line
        for path in Path(zigtui.wording.__path__[0]).glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith(("from rich", "import rich"))
    ]
    assert [line for line in imported if not line.startswith("from rich.cells import ")] == []


def test_a_padded_text_is_never_cut_off() -> None:
    assert [pad(text, 3) for text in ("a", "漢", "abc", "abcd")] == ["a  ", "漢 ", "abc", "abcd"]


def test_a_text_that_is_too_long_does_not_widen_its_column() -> None:
    assert column_width(["a", "漢字", "x" * 11], 10) == 4
    assert column_width(["x" * 11], 10) == column_width([], 10) == 0


@each_case(
    ("widths", "room", "kept"),
    [
        ([10, 20], 40, [10, 20]),
        ([10, 20], 25, [10, 15]),
        ([30, 20], 20, [10, 10]),
        ([500, 6], 40, [34, 6]),
        ([30, 3], -5, [8, 3]),
        ([], 5, []),
    ],
)
def test_the_widest_columns_are_shrunk_first(widths: list[int], room: int, kept: list[int]) -> None:
    assert shrunk(widths, room, 8) == kept
