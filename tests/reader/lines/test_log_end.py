"""The end of a large log is known before the rest of it has been read."""

from pathlib import Path

from tests.support.logs import Log, append, log_at, log_file
from zigtui.reader.lines.log_end import read_log_end
from zigtui.reader.session.liveness import session_state
from zigtui.reader.session.model import SessionState

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
    assert end.end_offset == path.stat().st_size - 1


def test_what_lies_before_an_offset_is_left_out(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", "one").data)
    seen = read_log_end(str(path))
    append(path, Log().says("a", "two", "three").data)
    assert [line.text for line in read_log_end(str(path), seen.end_offset).lines] == ["two", "three"]


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


def test_how_many_lines_came_behind_the_end_ones_is_counted(tmp_path: Path) -> None:
    path = log_file(tmp_path, large(end=False).data)
    log = log_at(path)
    log.advance(64 * 1024)
    end = log.end
    assert end is not None
    append(path, Log().says("a", "new", "new").data)
    assert log.lines_behind(end) == 2
