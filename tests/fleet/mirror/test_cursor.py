from pathlib import Path

from tests.support.cases import each_case
from zigtui.fleet.mirror.cursor import Cursor, StreamPosition
from zigtui.fleet.wire.subjects import Stream


def test_a_cursor_comes_back(tmp_path: Path) -> None:
    cursor = Cursor(streams={Stream.LIVE: StreamPosition("2026-11-26T10:00:00Z", 7)}, files={"web-07/=/s": (1, 4096)})
    path = tmp_path / "cursor.json"
    path.write_bytes(cursor.encoded())
    assert Cursor.load(path) == cursor


@each_case(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"version":2}',
        b'{"streams":{"ZIG_MOON":{}}}',
        b'{"files":{"web-07/=/s":[1]}}',
        b'{"files":{"web-07/=/s":[1,-1]}}',
        b'{"streams":{"ZIG_LIVE":{"created":"","next":0}}}',
        b"\xff",
    ],
)
def test_a_damaged_cursor_is_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cursor.json"
    path.write_bytes(content)
    assert Cursor.load(path) == Cursor()


def test_a_missing_cursor_is_empty(tmp_path: Path) -> None:
    assert Cursor.load(tmp_path / "cursor.json") == Cursor()


@each_case(
    ("created", "last", "following"),
    [("then", 6, 7), ("then", 100, 7), ("then", 5, 1), ("now", 100, 1)],
    ids=["nothing new", "more", "fewer messages", "another stream"],
)
def test_a_stream_that_was_lost_is_read_from_its_start(created: str, last: int, following: int) -> None:
    position = StreamPosition("then", 7)
    position.fit(created, last)
    assert (position.created, position.next) == (created, following)
