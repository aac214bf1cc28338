"""Long lines that are wrapped: no character is lost and no row is too wide, whatever the characters."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tests.support.cases import each_case
from zigtui.ui.widgets.wrapping import cells_before, window, wrapped

CHARACTERS = "ab  -漢é👩❤☺🇸🇪1🏽\u0301\u200d\ufe0f\u20e3ك한"
lines = st.lists(st.text(CHARACTERS, max_size=30), max_size=4).map(lambda texts: [Segment(text) for text in texts])


def width_of(row: list[Segment]) -> int:
    return sum(cell_len(segment.text) for segment in row)


def text_of(row: list[Segment]) -> str:
    return "".join(segment.text for segment in row)


def rows(text: str, width: int) -> list[str]:
    return [text_of(row) for row in wrapped([Segment(text)], width)]


@given(lines, st.integers(2, 12))
def test_rows_fit_and_nothing_is_lost(line: list[Segment], width: int) -> None:
    wrapped_rows = wrapped(line, width)
    assert "".join(map(text_of, wrapped_rows)) == text_of(line)
    assert all(width_of(row) <= width for row in wrapped_rows)


@given(lines, st.integers(2, 12))
def test_a_line_is_cut_to_as_much_as_fits(line: list[Segment], width: int) -> None:
    part = window(line, 0, width)
    assert text_of(line).startswith(text_of(part.segments))
    assert width_of(part.segments) <= width
    assert width_of(part.segments) >= min(width_of(line), width - 1)  # what is two cells wide may just not fit
    assert part.goes_on == (text_of(part.segments) != text_of(line))


@given(lines, st.integers(0, 40), st.integers(2, 12))
def test_a_line_is_cut_off_at_both_sides(line: list[Segment], left: int, width: int) -> None:
    segments, start, end, goes_on = window(line, left, width)
    text, part = text_of(line), text_of(segments)
    assert part in (text[start:end], " " + text[start:end])  # a space for the half of a character
    assert goes_on == (end < len(text))
    assert width_of(segments) <= width
    assert width_of(segments) >= min(max(0, width_of(line) - left), width - 1)
    assert cells_before(line, start) == min(width_of(line), left + part.startswith(" " + text[start:end]))


@each_case(
    ("text", "width", "expected"),
    [
        ("", 10, [""]),
        ("short", 10, ["short"]),
        ("exactly ten", 11, ["exactly ten"]),
        ("one two three four", 10, ["one two ", "three four"]),
        ("a verylongwordindeed", 10, ["a verylong", "wordindeed"]),  # the space is in the first half of the row
        ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
        ("漢" * 5, 5, ["漢漢", "漢漢", "漢"]),
        ("👩\u200d👩\u200d👧" * 3, 4, ["👩\u200d👩\u200d👧" * 2, "👩\u200d👩\u200d👧"]),
        ("1\ufe0f\u20e3" * 3, 4, ["1\ufe0f\u20e3" * 2, "1\ufe0f\u20e3"]),
        ("e\u0301" * 4, 2, ["e\u0301" * 2] * 2),
    ],
)
def test_lines_are_broken_where_people_expect_it(text: str, width: int, expected: list[str]) -> None:
    assert rows(text, width) == expected


def test_styles_go_with_their_text() -> None:
    red, plain = Style(color="red"), Style()
    line = [Segment("aaa", red), Segment("bbb", plain)]
    assert wrapped(line, 2) == [[Segment("aa", red)], [Segment("a", red), Segment("b", plain)], [Segment("bb", plain)]]
