"""All output lines of a log, found in one pass."""

import sys
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given

from tests.support.damage import log_on_disk, logs
from tests.support.examples import examples
from tests.support.logs import Log, append, log_file, read_log, texts_of
from zigtui.reader.session.session_log import SessionLog


def tabled(log: SessionLog) -> list[list[str | None]]:
    """The texts of each step run, by the table."""
    with log.line_table() as table:
        return [
            [None if line is None else line[1] for line in table.lines(step.serial, 0, step.lines)]
            for step in log.snapshot().session.steps
        ]


def listed(log: SessionLog) -> list[list[str | None]]:
    """The same, as the screen reads them."""
    return [texts_of(log, step) for step in log.snapshot().session.steps]


def in_turn(steps: int, lines: int) -> Log:
    """A tier of steps that print one line each in turn."""
    names = [f"step-{number}" for number in range(steps)]
    log = Log().start().tier(0, *names)
    for line in range(lines):
        for name in names:
            log.says(name, f"{name} {line}")
    return log


@pytest.mark.parametrize("log", [in_turn(3, 4), in_turn(40, 30)], ids=["few lines", "so many that they are batches"])
def test_steps_that_print_in_turn(tmp_path: Path, log: Log) -> None:
    read = read_log(log_file(tmp_path, log.data))
    assert tabled(read) == listed(read)


def test_runs_of_the_same_step_have_their_own_lines(tmp_path: Path) -> None:
    log = Log().start(2)
    for turn in range(5):
        log.tier(turn % 2, "a", "b").says("b", f"b {turn}")
        if turn != 2:
            log.says("a", *(f"a {turn} {number}" for number in range(400 if turn == 3 else turn)))
    read = read_log(log_file(tmp_path, log.data))
    assert tabled(read) == listed(read)
    assert [len(lines) for lines in tabled(read)] == [0, 1, 1, 1, 0, 1, 400, 1, 4, 1]


def test_a_listener_has_the_lines_of_its_last_passes(tmp_path: Path) -> None:
    log = Log().start(2)
    for turn in range(200):
        log.tier(0, "a", "b").says("a", f"a {turn}").says("b", *(f"b {turn} {number}" for number in range(turn % 3)))
        log.tier(1, "c").says("c", f"c {turn}")
    read = read_log(log_file(tmp_path, log.data))
    assert read.snapshot().session.first_serial > 0
    assert tabled(read) == listed(read)
    assert tabled(read)[-1] == ["c 199"]


@examples(150)
@given(logs())
def test_however_damaged_the_log_is(log: Log) -> None:
    with log_on_disk(log.data) as path:
        read = read_log(path)
        assert tabled(read) == listed(read)


def test_a_part_of_a_run_and_lines_added_since(tmp_path: Path) -> None:
    path = log_file(tmp_path, in_turn(2, 10).data)
    read = read_log(path)
    append(path, Log().says("step-0", "later").data)
    with read.line_table() as table:
        assert [line and line[1] for line in table.lines(1, 3, 5)] == ["step-1 3", "step-1 4"]
        assert [line and line[1] for line in table.lines(0, 9, 20)] == ["step-0 9"]
        assert list(table.lines(0, 5, 5)) == []


def test_each_line_is_decoded_only_a_few_times_even_if_many_steps_print_in_turn(tmp_path: Path) -> None:
    read = read_log(log_file(tmp_path, in_turn(200, 20).data))
    decoded = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal decoded
        decoded += event == "call" and frame.f_code.co_name == "outputs_in"

    sys.setprofile(count)
    try:
        tabled(read)
    finally:
        sys.setprofile(None)
    assert decoded <= 2 * 200 * 20


def test_events_on_one_line_and_a_last_one_without_its_newline(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a", "b").says("a", "a 0")
    glued = Log().says("b", "b 0").says("a", "a 1").data.replace(b"\n", b"")
    last = Log().says("b", "b 1").data.rstrip(b"\n")
    read = read_log(log_file(tmp_path, log.raw(glued).data + last))
    assert tabled(read) == listed(read) == [["a 0", "a 1"], ["b 0", "b 1"]]


@pytest.mark.parametrize("most_kept", [0, 3_000])
def test_lines_that_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_kept: int) -> None:
    log = in_turn(3, 20).says("step-1", "wörd \x1b[31m", "x" * 70_000).says("step-2", "last", stream="stderr")
    read = read_log(log_file(tmp_path, log.data))
    kept = tabled(read)
    monkeypatch.setattr("zigtui.reader.lines.line_table._MOST_KEPT", most_kept)
    assert tabled(read) == kept == listed(read)
