"""Errors in words, with and without text."""

import pytest

from zigtui.reader.session.model.informative_line import informative_line
from zigtui.wording.errors import error_in_full, error_line

BLANK = ["", " ", "\n\n", "\t\r\n", "\x1b[31m\x1b[0m", " \n\x1b[2K\n"]


@pytest.mark.parametrize("error", BLANK)
def test_an_error_without_text_has_words(error: str) -> None:
    assert error_line(error, 100) == error_in_full(error) == "(no message)"


@pytest.mark.parametrize("gap", [0, 1, 20_000, 400_000])
@pytest.mark.parametrize("blank", ["\n", " ", " \n"])
def test_one_that_begins_with_blank_lines_has_its_text(gap: int, blank: str) -> None:
    error = blank * gap + "no luck\nmore"
    assert error_line(error, 100) == informative_line(error) == "no luck"
    assert error_in_full(error) is error
