"""The end of a large log is known before the rest of it has been read."""

from pathlib import Path

from tests.support.logs import Log, append, log_at, log_file
from zigtui.reader.lines.log_end import read_log_end
from zigtui.reader.lines.tail import MAX_LINE_BYTES
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.states.liveness import session_state

LINES = [f"line {number} " + "x" * 200 for number in range(8000)]
AFTER = 4_000_000_000.0  # long after any log was written


def large(end: bool = True) -> Log:
    log = Log().start().tier(0, "a").step("a").says("a", *LINES)
    return log.done("a").end("failure") if end else log


def test_the_last_lines_are_those_of_the_log(tmp_path: Path) -> None:
    end = read_log_end(str(log_file(tmp_path, large().data)))
    texts = [line.text for line in end.lines]
    assert 100 < len(texts) < len(LINES)
    assert texts == LINES[-len(texts) :]
    assert end.events[-1]["status"] == "failure"


def test_of_a_small_log_all_is_end(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", "one", "two").data + b"garbage\n{")
    end = read_log_end(str(path))
    assert [line.text for line in end.lines] == ["one", "two"]
    assert end.first_line == len(Log().start().data)
    assert [end.line(number) for number in (-1, 2)] == [None, None]


def test_of_a_log_without_output_there_is_no_first_line(tmp_path: Path) -> None:
    assert read_log_end(str(log_file(tmp_path, Log().start().data))).first_line is None


def test_a_half_read_log_is_known_by_its_end(tmp_path: Path) -> None:
    log = log_at(log_file(tmp_path, large().data))
    assert log.advance(64 * 1024)
    assert log.end is not None
    assert not log.is_complete
    assert 0 < log.progress < 1
    assert session_state(log.snapshot().vitals, AFTER) is SessionState.FAILED
    log.read_all()
    assert log.end is None
    assert (log.is_complete, log.progress) == (True, 1)
    assert session_state(log.snapshot().vitals, AFTER) is SessionState.FAILED


def test_the_first_line_of_the_end_has_its_number_however_much_the_log_has_grown(tmp_path: Path) -> None:
    path = log_file(tmp_path, large(end=False).data)
    log = log_at(path)
    log.advance(64 * 1024)
    end = log.end
    assert end is not None
    append(path, Log().says("a", *LINES).data)
    log.read_all()
    assert end.first_line is not None
    number = log.output().number_at(end.first_line)
    assert number is not None
    assert LINES[number] == end.lines[0].text


def test_a_session_with_a_long_first_line_is_known_at_once(tmp_path: Path) -> None:
    start = Log().event("zig_session_started", prompt="x" * 200_000, workflow_name="deploy", tier_count=1)
    log = log_at(log_file(tmp_path, start.tier(0, "a").step("a").says("a", *LINES).data))
    log.advance()
    snapshot = log.snapshot(AFTER)
    assert not snapshot.is_complete
    assert (snapshot.session.workflow_name, snapshot.state) == ("deploy", SessionState.LOST)


def test_a_log_without_any_newline_is_not_read_at_once(tmp_path: Path) -> None:
    path = log_file(tmp_path)
    with path.open("wb") as file:
        file.truncate(MAX_LINE_BYTES * 2)
    log = log_at(path)
    assert log.advance()
    assert log.progress < 1


def test_what_is_read_of_a_half_read_log_ends_inside_no_torn_line(tmp_path: Path) -> None:
    log = log_at(log_file(tmp_path, large().data))
    while log.advance(50_000):
        assert log.snapshot().problems == ()


def test_while_a_replaced_log_is_read_nothing_is_told_of_the_old_one(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", *LINES[:100]).data)
    log = log_at(path)
    log.read_all()
    path.unlink()
    path.write_bytes(large().end("success").data)
    assert log.advance(64 * 1024)
    snapshot = log.snapshot(AFTER)
    assert (snapshot.is_complete, snapshot.state, snapshot.problems) == (False, SessionState.SUCCEEDED, ())
    assert snapshot.progress < 1
