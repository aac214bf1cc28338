"""The lines of a log as they are written, for commands that print them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reader.logs import Log, append, log_file
from tests.reader.recordings import path_of, recorded
from zigtui.reader.decode import Event, decode
from zigtui.reader.follow import follow


def next_events(groups: Iterator[list[bytes]]) -> list[Event]:
    """The events on the lines of the next group that has any."""
    return [decode(line) for line in next(group for group in groups if group)]


def kinds(events: list[Event]) -> list[object]:
    return [event["type"] for event in events]


def test_what_is_there_comes_at_once_and_whole(reference: Path) -> None:
    path = path_of(reference, "parallel-fan-out")
    assert [decode(line) for line in next(follow(str(path)))] == recorded(path)


def test_what_is_appended_comes_as_it_is_written(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    assert kinds(next_events(groups)) == ["zig_session_started"]
    append(path, Log().tier(0, "a").step("a").data)
    assert kinds(next_events(groups)) == ["tier_started", "step_started"]
    append(path, Log().end().data)
    assert kinds(next_events(groups)) == ["zig_session_ended"]


def test_a_line_comes_once_it_is_whole(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    next_events(groups)
    line = Log().says("a", "hello").data
    assert next(groups) == []
    append(path, line[:20])
    assert next(groups) == []
    append(path, line[20:])
    (event,) = next_events(groups)
    assert event["line"] == "hello"


def test_an_empty_group_says_that_all_is_told_and_later_that_nothing_has_come(tmp_path: Path) -> None:
    groups = follow(str(log_file(tmp_path, Log().start().data)))
    next_events(groups)
    assert next(groups) == []
    assert next(groups) == []


def test_what_is_written_meanwhile_by_another_thread_is_not_missed(tmp_path: Path) -> None:
    path = log_file(tmp_path)

    def write() -> None:
        for number in range(200):
            append(path, Log().says("a", str(number)).data)
        append(path, Log().end().data)

    writer = threading.Thread(target=write)
    writer.start()
    lines = []
    for group in ([decode(line) for line in raw] for raw in follow(str(path))):
        lines += [event["line"] for event in group if event["type"] == "step_output"]
        if "zig_session_ended" in kinds(group):
            break
    writer.join()
    assert lines == [str(number) for number in range(200)]


def test_lines_come_as_they_are_whatever_is_on_them(tmp_path: Path) -> None:
    path = log_file(tmp_path, b"not JSON\n\n[1]\n\xff\n")
    assert next(follow(str(path))) == [b"not JSON", b"", b"[1]", b"\xff"]


def test_a_log_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(follow(str(tmp_path / "missing.jsonl")))


def test_a_log_that_is_deleted_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    next_events(groups)
    assert next(groups) == []
    path.unlink()
    with pytest.raises(FileNotFoundError):
        next(groups)
