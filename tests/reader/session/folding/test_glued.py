"""Several events on one line are read by everything as if each had a line of its own."""

import json
from pathlib import Path

import pytest

from tests.support.commands import zigtui
from tests.support.logs import Log, all_problems, log_file, read_log, texts_of
from zigtui.reader.lines.log_end import read_log_end
from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search

LONG = "a line of some length " * 20  # long enough for many of them to be read as a batch


def recorded() -> Log:
    log = Log().start(2).tier(0, "a", "b").step("a").says("a", *(f"{number} {LONG}" for number in range(200)))
    log.says("b", "one").fails("b").says("b", "two").done("a").done("b").tier(1, "c").says("c", "three").done("c")
    return log.says("c", *(f"{number} {LONG}" for number in range(200))).end()


def glued(log: Log, first: int, end: int, between: bytes = b"") -> Log:
    """The same events, those from ``first`` up to ``end`` on one line."""
    log.lines[first:end] = [between.join(log.lines[first:end])]
    return log


@pytest.fixture(params=[b"", b" ", b"  \t"], ids=repr)
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The log with five lines of several events: outputs, other events, a change of tiers and the end among them."""
    log = recorded()
    log = glued(log, len(log.lines) - 2, len(log.lines), request.param)
    for first, end in [(300, 303), (204, 214), (100, 102), (2, 4)]:
        log = glued(log, first, end, request.param)
    return log_file(tmp_path, log.data)


def test_a_log_with_glued_events_folds_to_the_same_session(path: Path, tmp_path: Path) -> None:
    (tmp_path / "apart").mkdir()
    apart = read_log(log_file(tmp_path / "apart", recorded().data))
    together = read_log(path)
    assert together.snapshot().session._replace(problems=(), problem_count=0) == apart.snapshot().session
    assert texts_of(together) == texts_of(apart)
    for step in apart.snapshot().session.steps:
        assert texts_of(together, step) == texts_of(apart, step)


def test_each_line_of_glued_events_is_one_problem(path: Path) -> None:
    problems = all_problems(read_log(path))
    assert [(problem.line, problem.kind) for problem in problems] == [
        (number, ProblemKind.GLUED) for number in (3, 100, 203, 290, path.read_bytes().count(b"\n"))
    ]
    assert problems[2].detail == "10 events on one line"


def test_lines_have_offsets_of_their_own(path: Path) -> None:
    log = read_log(path)
    for lines in [log.output(), *map(log.output, log.snapshot().session.steps)]:
        offsets = [lines.offset_of(number) for number in range(len(lines))]
        assert offsets == sorted({offset for offset in offsets if offset is not None})
        assert [lines.number_at(offset) for offset in offsets if offset is not None] == list(range(len(lines)))


@pytest.mark.parametrize("query", ["one", "two", "three", "/^(one|two|three)$/", "199 a line"])
def test_a_search_finds_each_line(path: Path, query: str) -> None:
    log = read_log(path)
    lines = log.output()
    texts = texts_of(log)
    asked = Query(query)
    expected = [number for number, text in enumerate(texts) if text is not None and asked.match(text)]
    assert expected
    search = Search(str(path), asked)
    search.run()
    hits = [hit for number in expected if (hit := lines.offset_of(number)) is not None]
    assert [search.next(offset) for offset in hits] == [(offset, False) for offset in hits]
    assert len(search) == len(hits)
    for hit in hits:  # a range may begin or end between the events of a line
        before, after = Search(str(path), asked, end=hit), Search(str(path), asked, start=hit)
        before.run()
        after.run()
        assert (len(before), len(after)) == (hits.index(hit), len(hits) - hits.index(hit))


def test_the_end_of_a_log_has_each_event(path: Path) -> None:
    end, lines = read_log_end(str(path)), read_log(path).output()
    assert end.events[-1]["type"] == "zig_session_ended"
    assert [line.text for line in end.lines] == texts_of(read_log(path))
    assert end.first_line == lines.offset_of(0)


def test_listen_prints_each_event(path: Path, tmp_path: Path) -> None:
    apart = tmp_path / "apart.jsonl"
    apart.write_bytes(recorded().data)
    assert zigtui("listen", path).stdout == zigtui("listen", apart).stdout
    printed = zigtui("listen", "--json", path).stdout
    assert list(map(json.loads, printed.splitlines())) == list(map(json.loads, recorded().lines))
    assert zigtui("export", path, "--format", "text").stdout == zigtui("export", apart, "--format", "text").stdout


def test_a_torn_event_does_not_hide_the_whole_one_after_it(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").says("a", "torn", "whole", "next")
    log.lines[2:4] = [log.lines[2][:-20] + log.lines[3]]
    reading = read_log(log_file(tmp_path, log.data))
    assert texts_of(reading) == ["whole", "next"]
    assert [(problem.line, problem.kind) for problem in all_problems(reading)] == [(3, ProblemKind.BAD_JSON)]
