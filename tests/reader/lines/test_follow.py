"""The lines of a log as they are written, for commands that print them."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bases import log_of
from tests.support.logs import Log, append, log_file
from zigtui.reader.lines.follow import follow


def next_lines(groups: Iterator[list[bytes]]) -> list[bytes]:
    """The lines of the next group that has any."""
    return next(group for group in groups if group)


def test_what_is_there_comes_at_once_and_whole_and_then_it_says_so(reference: Path) -> None:
    path = log_of(reference / "dot-zig", "parallel-fan-out")
    groups = follow(str(path))
    assert next(groups) == path.read_bytes().splitlines()
    assert next(groups) == []


def test_a_log_without_a_line_says_so_at_once(tmp_path: Path) -> None:
    assert next(follow(str(log_file(tmp_path)))) == []


def test_what_is_appended_comes_as_it_is_written(tmp_path: Path) -> None:
    start, others, end = Log().start(), Log().tier(0, "a").step("a"), Log().end()
    path = log_file(tmp_path, start.data)
    groups = follow(str(path))
    assert next_lines(groups) == start.lines
    append(path, others.data)
    assert next_lines(groups) == others.lines
    append(path, end.data)
    assert next_lines(groups) == end.lines


def test_a_line_comes_once_it_is_whole(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    assert [next_lines(groups), next(groups)] == [Log().start().lines, []]
    said = Log().says("a", "hello")
    append(path, said.data[:20])
    assert next(groups) == []
    append(path, said.data[20:])
    assert next_lines(groups) == said.lines


def test_an_empty_group_says_that_nothing_has_come_for_a_while(tmp_path: Path) -> None:
    groups = follow(str(log_file(tmp_path, Log().start().data)))
    assert [next(groups) != [], next(groups), next(groups), next(groups)] == [True, [], [], []]


def test_what_is_written_meanwhile_by_another_thread_is_not_missed(tmp_path: Path) -> None:
    path = log_file(tmp_path)
    written = [Log().says("a", str(number)).data for number in range(200)]

    def write() -> None:
        for line in written:
            append(path, line)

    writer = threading.Thread(target=write)
    writer.start()
    lines: list[bytes] = []
    for group in follow(str(path)):
        lines += group
        if len(lines) >= len(written):
            break
    writer.join()
    assert [line + b"\n" for line in lines] == written


def test_lines_are_told_as_they_are_whatever_they_hold(tmp_path: Path) -> None:
    lines = [b"not JSON", b"", b"[1]", b"caf\xe9 \r"]
    assert next(follow(str(log_file(tmp_path, b"\n".join(lines) + b"\n")))) == lines


def test_a_name_in_the_directory_that_is_not_utf8_stops_nothing(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    assert [next_lines(groups), next(groups), next(groups)] == [Log().start().lines, [], []]  # watching by now
    (tmp_path / os.fsdecode(b"caf\xe9")).touch()
    append(path, Log().end().data)
    assert next_lines(groups) == Log().end().lines


def test_a_log_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(follow(str(tmp_path / "missing.jsonl")))


@pytest.mark.parametrize("deed", ["delete", "truncate", "replace"])
def test_a_log_that_is_no_more_the_one_it_was_is_an_error(tmp_path: Path, deed: str) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    next_lines(groups)
    if deed == "truncate":
        path.write_bytes(b"")
    else:
        path.unlink()
    if deed == "replace":
        log_file(tmp_path, Log().start(7).data)
    with pytest.raises(OSError, match=r"No such file|truncated or replaced"):
        next_lines(groups)
