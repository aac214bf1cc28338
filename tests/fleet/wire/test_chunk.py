import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from zigtui.fleet.wire.chunk import MAX_CHUNK_BYTES, MAX_NUMBER, Chunk, age_header, age_of, anchor_of
from zigtui.fleet.wire.pieces import pieces
from zigtui.fleet.wire.wire_error import WireError

LINES = b'{"seq":1,"type":"heartbeat","interval_secs":10}\n' * 100


def test_a_short_chunk_travels_as_it_is() -> None:
    header, payload = Chunk(1764170000000, 4096, 0xBEEF, b"a line\n").encoded()
    assert header == "1 1764170000000 4096 7 0000beef r"
    assert payload == b"a line\n"


def test_a_chunk_that_shrinks_travels_compressed() -> None:
    chunk = Chunk(1, 0, 0, LINES)
    header, payload = chunk.encoded()
    assert header.endswith(" z")
    assert len(payload) < 0.2 * len(LINES)
    assert Chunk.decoded(header, payload) == chunk


@given(
    st.integers(1, MAX_NUMBER),
    st.integers(0, MAX_NUMBER - MAX_CHUNK_BYTES),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=1, max_size=100)
    | st.builds(lambda part, times: part * times, st.binary(min_size=1), st.integers(1, 90)),
)
def test_a_chunk_comes_back(gen: int, offset: int, anchor: int, data: bytes) -> None:
    chunk = Chunk(gen, offset, anchor, data)
    assert Chunk.decoded(*chunk.encoded()) == chunk


@each_case(
    "chunk",
    [
        Chunk(0, 0, 0, b"x"),
        Chunk(MAX_NUMBER + 1, 0, 0, b"x"),
        Chunk(1, -1, 0, b"x"),
        Chunk(1, MAX_NUMBER, 0, b"x"),
        Chunk(1, 0, 0, b""),
        Chunk(1, 0, 0, bytes(MAX_CHUNK_BYTES + 1)),
    ],
    ids=["no generation", "far generation", "before the start", "beyond the end", "empty", "too long"],
)
def test_a_chunk_that_breaks_the_rules_is_not_sent(chunk: Chunk) -> None:
    with pytest.raises(WireError):
        chunk.encoded()


@each_case(
    "header",
    [
        "",
        "1 1 0 4 00000000",
        "2 1 0 4 00000000 r",
        "1 0 0 4 00000000 r",
        "1 01 0 4 00000000 r",
        "1 +1 0 4 00000000 r",
        "1 1 -1 4 00000000 r",
        "1 1 0 04 00000000 r",
        "1 1 0 0 00000000 r",
        "1 1 0 4 0 r",
        "1 1 0 4 0000000G r",
        "1 1 0 4 00000000 x",
        "1 1 0 4 00000000 r ",
        "1 1 0 4 00000000 r\n",
        "1  1 0 4 00000000 r",
        "1 ١ 0 4 00000000 r",
        "1 1 0 999999 00000000 r",
        f"1 {MAX_NUMBER + 1} 0 4 00000000 r",
        f"1 1 {MAX_NUMBER} 4 00000000 r",
        f"1 1 {'9' * 5000} 4 00000000 r",
    ],
    ids=lambda header: ascii(header)[:40],
)
def test_another_header_is_refused(header: str) -> None:
    with pytest.raises(WireError, match="the header"):
        Chunk.decoded(header, b"line")


@each_case(
    ("form", "payload"),
    [
        ("r", b""),
        ("r", b"lin"),
        ("r", b"lines"),
        ("z", b"line"),
        ("z", b""),
        ("z", zlib.compress(b"lin")),
        ("z", zlib.compress(b"lines")),
        ("z", zlib.compress(b"line")[:-1]),
        ("z", zlib.compress(b"line") + b"x"),
        ("z", zlib.compress(b"line") * 2),
        ("z", zlib.compress(b"line", wbits=-15)),
    ],
)
def test_a_payload_that_does_not_fit_its_header_is_refused(form: str, payload: bytes) -> None:
    with pytest.raises(WireError):
        Chunk.decoded(f"1 1 0 4 00000000 {form}", payload)


def test_a_bomb_is_not_expanded() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(WireError, match="expand"):
            Chunk.decoded(f"1 1 0 {MAX_CHUNK_BYTES} 00000000 z", bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 * MAX_CHUNK_BYTES + len(bomb)
    finally:
        tracemalloc.stop()


@given(st.text(), st.binary(max_size=64))
def test_anything_else_is_refused_as_such(header: str, payload: bytes) -> None:
    with pytest.raises(WireError):
        Chunk.decoded(header, payload)


def test_an_anchor_depends_on_the_last_64_bytes_only() -> None:
    assert anchor_of(b"") == 0
    assert anchor_of(b"x" + LINES[:64]) == anchor_of(LINES[:64]) != anchor_of(LINES[1:64])


def test_lines_are_cut_at_newlines() -> None:
    assert list(pieces(b"one\ntwo\nthree\n", 9)) == [b"one\ntwo\n", b"three\n"]
    assert list(pieces(b"one\ntwo\n", 8)) == [b"one\ntwo\n"]
    assert list(pieces(b"", 8)) == []


def test_a_line_that_is_too_long_goes_in_pieces() -> None:
    assert list(pieces(b"a\nlonger than four\nb\n", 4)) == [b"a\n", b"long", b"er t", b"han ", b"four", b"\nb\n"]


@given(st.binary(), st.integers(1, 20))
def test_pieces_are_short_and_together_the_lines(lines: bytes, limit: int) -> None:
    parts = list(pieces(lines, limit))
    assert b"".join(parts) == lines
    assert all(1 <= len(part) <= limit for part in parts)
    assert all(part.endswith(b"\n") or b"\n" not in part for part in parts[:-1])


@given(st.floats(1.0, 1e9))
def test_the_age_of_a_late_chunk_travels(age: float) -> None:
    assert age_of(age_header(age)) == pytest.approx(age, abs=0.001)


def test_a_chunk_that_comes_at_once_needs_no_age() -> None:
    assert age_header(0.9) == {}
    assert age_of({}) == 0.0


@each_case("age", ["", "0", "-1", "1.5", "1e9", " 1", "١", "1" * 16, "01"])
def test_a_wrong_age_is_refused(age: str) -> None:
    with pytest.raises(WireError):
        age_of({"Zig-Age": age})
