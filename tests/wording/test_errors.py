"""Errors in words, with and without text."""

from tests.support.cases import each_case
from zigtui.reader.session.model.informative_line import informative_line
from zigtui.wording.errors import error_in_cells, error_in_full, error_line

BLANK = ["", " ", "\n\n", "\t\r\n", "\x1b[31m\x1b[0m", " \n\x1b[2K\n"]


@each_case("error", BLANK)
def test_an_error_without_text_has_words(error: str) -> None:
    assert error_line(error, 100) == error_in_full(error) == "(no message)"


@each_case("gap", [0, 1, 20_000, 400_000])
@each_case("blank", ["\n", " ", " \n"])
def test_one_that_begins_with_blank_lines_has_its_text(gap: int, blank: str) -> None:
    error = blank * gap + "no luck\nmore"
    assert error_line(error, 100) == informative_line(error) == "no luck"
    assert error_in_full(error) is error


@each_case(
    ("error", "width", "expected"),
    [
        ("RuntimeError: lock timeout", 12, "lock timeout"),
        ("RuntimeError: disk full", 20, "push: disk full"),
        ("registry.Denied: layer 0x9f refused", 20, "push: layer 0x9f refused"),
        ("registry.Denied: cannot push this layer", 20, "cannot push this layer"),
        ("OSError: no space is left on the device", 36, "push: OSError: no space is left on the device"),
        ("OSError: no space is left", 25, "OSError: no space is left"),
        ("KeyError: 'a-long-name-of-a-city'", 20, "push: KeyError: 'a-long-name-of-a-city'"),
        ("connection: refused by the host", 20, "push: connection: refused by the host"),
    ],
)
def test_what_says_most_of_an_error_is_what_a_narrow_column_has(error: str, width: int, expected: str) -> None:
    assert error_in_cells("push", error, width) == expected
