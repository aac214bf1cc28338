"""Conditions of lines, and the lines that meet them as a line source."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.cases import each_case
from tests.support.logs import Log
from zigtui.reader.lines.decode import Output
from zigtui.reader.location import LogLocation
from zigtui.reader.search.filtered_lines import FilteredLines
from zigtui.reader.search.line_filter import Condition, LineFilter
from zigtui.reader.search.query import QueryError
from zigtui.reader.search.search import Search
from zigtui.reader.session.session_log import SessionLog


def line_filter(*texts: str) -> LineFilter:
    return LineFilter([Condition.parse(text) for text in texts])


@each_case(
    ("texts", "matching"),
    [
        (["error"], ["an error", "an ERROR", "error 42"]),
        (["!error"], ["fine", "42"]),
        (["error", "!42"], ["an error", "an ERROR"]),
        (["/\\d+/", "!/^\\d/"], ["error 42"]),
        (["!/err|fin/", "4"], ["42"]),
    ],
)
def test_a_line_has_to_meet_all_conditions(texts: list[str], matching: list[str]) -> None:
    lines = ["an error", "an ERROR", "error 42", "fine", "42"]
    assert [line for line in lines if line_filter(*texts).match(line)] == matching


@each_case("text", ["", "!", "/(/", "!/(/", "  "])
def test_a_condition_needs_a_query(text: str) -> None:
    with pytest.raises(QueryError):
        Condition.parse(text)


@pytest.mark.parametrize("texts", [["7"], ["!7"], ["line", "!1", "/[02468]$/"], ["nothing"]])
def test_the_lines_are_those_of_the_output_that_match(tmp_path: Path, texts: list[str]) -> None:
    log = Log().start().tier(0, "a", "b")
    for number in range(400):
        log.says("ab"[number % 2], f"line {number}\t\x1b[31mred\x1b[0m" if number % 9 == 0 else f"line {number}")
    path = write_log(tmp_path / ".zig", log, "1")
    session_log = SessionLog(LogLocation(str(path), str(tmp_path), "shop"))
    session_log.read_all()
    lines, test = session_log.output(), line_filter(*texts)
    search = Search(str(path), test)
    filtered = FilteredLines(str(path), search, lambda read: read())
    assert len(filtered) == 0
    assert filtered.line(0) is None
    search.run()
    numbers = [number for number in range(len(lines)) if test.match(f"line {number}" + "   red" * (number % 9 == 0))]
    assert len(filtered) == len(numbers)
    for at, number in enumerate(numbers):
        line = filtered.line(at)
        assert isinstance(line, Output)
        assert line == lines.line(number)
        offset = filtered.offset_of(at)
        assert offset is not None
        assert lines.number_at(offset) == number
        assert filtered.number_at(offset) == at
        assert filtered.number_at(offset + 1) is None
    assert filtered.line(len(numbers)) is None
