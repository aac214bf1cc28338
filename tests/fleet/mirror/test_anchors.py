"""The bytes before a chunk, by which a mirror proves that it continues the file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.mirrors import Mirror
from tests.support.originals import Original
from zigtui.reader.lines.tail import read_at

LINE = b"a line that is longer than what an anchor is computed from, as nearly all are\n"


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    mirror = Mirror(tmp_path / "fleet")
    yield mirror
    mirror.store.close()


def test_a_file_that_grows_line_by_line_is_not_read(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    original, reads = Original(), []

    def read(descriptor: int, start: int, size: int) -> bytes:
        if size:
            reads.append((start, size))
        return read_at(descriptor, start, size)

    monkeypatch.setattr("zigtui.fleet.mirror.mirrored_file.read_at", read)
    for _ in range(5):
        mirror.apply(*original.append(LINE))
    assert mirror.data() == original.data
    assert reads == []


@pytest.mark.parametrize(("kept", "added"), [(100, b""), (None, b"x")], ids=["cut", "grown"])
def test_what_others_write_into_a_file_is_not_taken_for_the_original(
    mirror: Mirror, kept: int | None, added: bytes
) -> None:
    original = Original()
    mirror.apply(*original.append(LINE), *original.append(LINE))
    mirror.path().write_bytes(mirror.data()[:kept] + added)
    mirror.apply(*original.append(LINE))
    mirror.apply_state(original.state())
    for ask in mirror.asks(after=3.1):
        mirror.apply(*original.chunks(ask.offset))
    for ask in mirror.asks(after=60.0):
        mirror.apply(*original.chunks(ask.offset))
    assert mirror.data() == original.data


def test_a_chunk_that_does_not_continue_the_file_is_refused_where_it_was_cut_off(mirror: Mirror) -> None:
    """As after a new generation that begins with other bytes."""
    original = Original()
    mirror.apply(*original.append(LINE), *original.append(LINE))
    original.replace(LINE.upper())
    mirror.apply(*original.chunks())
    mirror.apply(*original.append(LINE))
    assert mirror.data() == original.data
