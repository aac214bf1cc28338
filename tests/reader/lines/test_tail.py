import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.logs import append
from zigtui.reader.lines import tail as tail_module
from zigtui.reader.lines.tail import Chunk, NotALogError, Tail

NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty log."""
    path = tmp_path / "x.jsonl"
    path.touch()
    return path


@contextmanager
def unprivileged() -> Iterator[None]:
    """Permissions hold for root, too."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def nothing_new(offset: int, *, restarted: bool = False) -> Chunk:
    return Chunk(offset, b"", restarted, 0, False)


def test_whole_lines_are_delivered_once(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one\ntwo\n")
    assert tail.read() == Chunk(0, b"one\ntwo\n", False, 0, False)
    assert tail.read() == nothing_new(8)
    append(path, b"\nthree\n")
    assert tail.read() == Chunk(8, b"\nthree\n", False, 0, False)


def test_a_torn_line_is_delivered_whole_and_once_when_its_newline_comes(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one\ntw")
    assert tail.read().data == b"one\n"
    assert tail.torn_bytes == 2
    append(path, b"o and ")
    assert tail.read() == nothing_new(4)
    assert tail.torn_bytes == 8
    append(path, b"more\nthr")
    assert tail.read() == Chunk(4, b"two and more\n", False, 0, False)
    assert (tail.offset, tail.torn_bytes) == (17, 3)


def test_an_event_written_as_text_and_then_newline_is_one_line(path: Path) -> None:
    tail = Tail(path)
    delivered = []
    for line in (b"first", b"second", b""):
        append(path, line)
        assert tail.read().data == b""
        append(path, b"\n")
        delivered.append(tail.read().data)
    assert delivered == [b"first\n", b"second\n", b"\n"]


@pytest.mark.parametrize("limit", [1, 2, 7, 1000])
def test_a_line_longer_than_the_limit_is_delivered_whole(path: Path, limit: int) -> None:
    tail = Tail(path)
    append(path, b"x" * 500 + b"\nshort\n")
    chunks = [tail.read(limit)]
    while chunks[-1].more:
        chunks.append(tail.read(limit))
    assert b"".join(chunk.data for chunk in chunks) == b"x" * 500 + b"\nshort\n"
    assert tail.offset == 507


def test_a_line_that_is_too_long_is_skipped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail_module, "MAX_LINE_BYTES", 20)
    tail = Tail(path)
    append(path, b"one\n" + b"x" * 20 + b"\n" + b"y" * 19 + b"\nend\n")
    chunks = [tail.read(8)]
    while chunks[-1].more:
        chunks.append(tail.read(8))
    assert [
        (chunk.offset, chunk.data, chunk.skipped_bytes) for chunk in chunks if chunk.data or chunk.skipped_bytes
    ] == [
        (0, b"one\n", 0),
        (25, b"", 21),
        (25, b"y" * 19 + b"\n", 0),
        (45, b"end\n", 0),
    ]


def test_an_empty_file_has_nothing(path: Path) -> None:
    assert Tail(path).read() == nothing_new(0)


# The file has changed


@pytest.mark.parametrize(("size", "left"), [(0, b""), (1, b""), (4, b"one\n"), (6, b"one\n")])
def test_a_file_cut_below_what_was_delivered_is_read_from_its_start(path: Path, size: int, left: bytes) -> None:
    tail = Tail(path)
    append(path, b"one\ntwo\n")
    tail.read()
    os.truncate(path, size)
    assert tail.read() == Chunk(0, left, True, 0, False)
    assert tail.read() == nothing_new(len(left))


@pytest.mark.parametrize("content", [b"a\n", b"NEW\nnew\n", b"longer than before\nyes\n"])
def test_a_file_replaced_by_a_rename_is_read_from_its_start(path: Path, content: bytes) -> None:
    tail = Tail(path)
    append(path, b"one\ntwo\n")
    tail.read()
    other = path.with_suffix(".new")
    other.write_bytes(content)
    other.replace(path)
    assert tail.read() == Chunk(0, content, True, 0, False)
    assert tail.read() == nothing_new(len(content))


def test_a_file_replaced_by_an_equal_one_is_read_from_its_start(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one\n")
    tail.read()
    other = path.with_suffix(".new")
    other.write_bytes(b"one\ntwo\n")
    other.replace(path)
    assert tail.read() == Chunk(0, b"one\ntwo\n", True, 0, False)


def test_a_file_rewritten_in_place_to_a_larger_size_is_read_from_its_start(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one\ntwo\n")
    tail.read()
    inode = path.stat().st_ino
    path.write_bytes(b"quite another content\n")
    assert path.stat().st_ino == inode
    assert tail.read() == Chunk(0, b"quite another content\n", True, 0, False)


def test_a_file_rewritten_in_place_with_the_same_size_and_the_same_end_is_read_from_its_start(path: Path) -> None:
    tail = Tail(path)
    end = b"the end is always the same, and it is longer than what is kept of it to know it again\n" * 4
    append(path, b"one\n")
    tail.read()
    append(path, end)
    tail.read()
    path.write_bytes(b"two\n" + end)
    assert tail.read() == Chunk(0, b"two\n" + end, True, 0, False)
    assert tail.read() == Chunk(4 + len(end), b"", False, 0, False)


def test_a_rewritten_file_is_noticed_even_if_the_newline_was_written_on_its_own(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one")
    tail.read()
    append(path, b"\n")
    assert tail.read().data == b"one\n"
    path.write_bytes(b"two\nmore\n")
    assert tail.read() == Chunk(0, b"two\nmore\n", True, 0, False)


def test_removing_the_torn_line_is_no_restart(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one\nhalf a li")
    tail.read()
    os.truncate(path, 4)
    assert tail.read() == nothing_new(4)
    assert tail.torn_bytes == 0
    append(path, b"two\n")
    assert tail.read() == Chunk(4, b"two\n", False, 0, False)


def test_a_torn_part_replaced_by_a_longer_one_is_read_again(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one\nhalf a li")
    tail.read()
    os.truncate(path, 4)
    append(path, b"something longer than that\n")
    assert tail.read() == Chunk(4, b"something longer than that\n", False, 0, False)


def test_a_long_torn_first_line_replaced_by_a_short_one_is_read_again(path: Path) -> None:
    tail = Tail(path)
    append(path, b"x" * 200)
    tail.read()
    path.write_bytes(b"short")
    assert tail.read() == nothing_new(0)
    assert tail.read() == nothing_new(0)
    append(path, b" line\n")
    assert tail.read() == Chunk(0, b"short line\n", False, 0, False)


def test_a_deleted_file_is_missing_until_it_comes_back(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one\ntwo\n")
    tail.read()
    path.unlink()
    with pytest.raises(FileNotFoundError):
        tail.read()
    path.write_bytes(b"three\n")
    assert tail.read() == Chunk(0, b"three\n", True, 0, False)


def test_a_file_moved_away_and_back_goes_on(path: Path) -> None:
    tail = Tail(path)
    append(path, b"one\n")
    tail.read()
    away = path.rename(path.with_suffix(".away"))
    with pytest.raises(FileNotFoundError):
        tail.read()
    append(away, b"two\n")
    away.rename(path)
    assert tail.read() == Chunk(4, b"two\n", False, 0, False)


# Not a file that can be read


def test_a_directory_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").mkdir()
    with pytest.raises(NotALogError, match="not a regular file"):
        Tail(tmp_path / "x.jsonl").read()


def test_a_pipe_is_no_log_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.jsonl")
    with pytest.raises(NotALogError):
        Tail(tmp_path / "x.jsonl").read()


def test_a_device_is_no_log() -> None:
    with pytest.raises(NotALogError):
        Tail("/dev/null").read()


def test_a_file_that_cannot_be_read_is_read_on_when_it_can() -> None:
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        path = Path(directory) / "x.jsonl"
        path.write_bytes(b"one\n")
        tail = Tail(path)
        tail.read()
        append(path, b"two\n")
        path.chmod(0)
        with unprivileged(), pytest.raises(PermissionError):
            tail.read()
        path.chmod(0o644)
        with unprivileged():
            assert tail.read() == Chunk(4, b"two\n", False, 0, False)


def test_a_link_to_a_file_is_followed(path: Path) -> None:
    link = path.with_name("link.jsonl")
    link.symlink_to(path)
    tail = Tail(link)
    append(path, b"one\n")
    assert tail.read().data == b"one\n"
    append(path, b"two\n")
    assert tail.read() == Chunk(4, b"two\n", False, 0, False)


def test_a_link_to_nowhere_is_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        Tail(tmp_path / "x.jsonl").read()
