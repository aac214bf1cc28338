"""Following a log as it is written."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bases import log_of
from tests.support.logs import Log, append, log_file
from zigtui.reader.lines.follow_log import LogFollower


def follow(path: str) -> Iterator[list[bytes]]:
    return LogFollower(path).follow()


def next_lines(groups: Iterator[list[bytes]]) -> list[bytes]:
    """The lines of the next group that is not empty."""
    return next(group for group in groups if group)


def test_written_lines_come_at_once_followed_by_an_empty_group(reference: Path) -> None:
    path = log_of(reference / "dot-zig", "parallel-fan-out")
    groups = follow(str(path))
    assert next(groups) == path.read_bytes().splitlines()
    assert next(groups) == []


def test_an_empty_log_yields_an_empty_group_at_once(tmp_path: Path) -> None:
    assert next(follow(str(log_file(tmp_path)))) == []


def test_appended_lines_come_as_they_are_written(tmp_path: Path) -> None:
    start, others, end = Log().start(), Log().tier(0, "a").step("a"), Log().end()
    path = log_file(tmp_path, start.data)
    groups = follow(str(path))
    assert next_lines(groups) == start.lines
    append(path, others.data)
    assert next_lines(groups) == others.lines
    append(path, end.data)
    assert next_lines(groups) == end.lines


def test_no_more_is_read_than_is_asked_for(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    assert [next_lines(groups), next(groups)] == [Log().start().lines, []]
    said = Log().says("a", "x" * 1000)
    append(path, said.data * 10_000)
    assert 0 < len(next_lines(groups)) < 10_000
    os.truncate(path, 0)
    with pytest.raises(OSError, match="truncated"):
        next(groups)


def test_a_line_comes_once_it_is_whole(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    assert [next_lines(groups), next(groups)] == [Log().start().lines, []]
    said = Log().says("a", "hello")
    append(path, said.data[:20])
    assert next(groups) == []
    append(path, said.data[20:])
    assert next_lines(groups) == said.lines


def test_an_empty_group_comes_while_nothing_is_written(tmp_path: Path) -> None:
    groups = follow(str(log_file(tmp_path, Log().start().data)))
    assert [next(groups) != [], next(groups), next(groups), next(groups)] == [True, [], [], []]


def test_lines_written_by_another_thread_are_not_missed(tmp_path: Path) -> None:
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


def test_lines_are_yielded_unchanged_whatever_they_contain(tmp_path: Path) -> None:
    lines = [b"not JSON", b"", b"[1]", b"caf\xe9 \r"]
    assert next(follow(str(log_file(tmp_path, b"\n".join(lines) + b"\n")))) == lines


def test_a_name_in_the_directory_that_is_not_utf8_stops_nothing(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    groups = follow(str(path))
    assert [next_lines(groups), next(groups), next(groups)] == [Log().start().lines, [], []]  # watching by now
    (tmp_path / os.fsdecode(b"caf\xe9")).touch()
    append(path, Log().end().data)
    assert next_lines(groups) == Log().end().lines


def test_a_missing_log_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(follow(str(tmp_path / "missing.jsonl")))


@pytest.mark.parametrize("deed", ["delete", "truncate", "replace"])
def test_a_log_that_is_deleted_truncated_or_replaced_is_an_error(tmp_path: Path, deed: str) -> None:
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
