"""The masked bytes of a log: the same ones from whatever offset they are read, and whenever."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.ship.test_shipped_log import NAMES, Copy, send_all
from zigtui.fleet.ship.masked_log import MaskedLog
from zigtui.fleet.ship.shipped_log import Kept, ShippedLog
from zigtui.fleet.wire.chunk import MAX_CHUNK_BYTES, anchor_of

BEGIN, SECRET_LINES = b"BEGIN\n", 20
MAX_LINE_BYTES = 600_000


class KeyMasking:
    """Masks the lines after ``BEGIN``, and in each line ``secret``, wherever it is."""

    def __init__(self, fingerprint: str = "keys") -> None:
        self.fingerprint = fingerprint
        self.max_line_bytes = MAX_LINE_BYTES

    def lines(self) -> Callable[[bytes], bytes]:
        left = 0

        def mask(line: bytes) -> bytes:
            nonlocal left
            assert line.endswith(b"\n")
            assert line.count(b"\n") == 1
            if line == BEGIN:
                left = SECRET_LINES
            elif left:
                left -= 1
                return b"*" * (len(line) - 1) + b"\n"
            return line.replace(b"secret", b"******")

        return mask

    @staticmethod
    def blank(size: int, start: int, end: int) -> bytes:
        return (b"-" * (size - 1) + b"\n")[start:end]


MASKING = KeyMasking()


def masked(content: bytes) -> bytes:
    """All of it, masked in order, without sections."""
    mask, parts = MASKING.lines(), []
    for line in content.split(b"\n")[:-1]:
        is_long = len(line) >= MAX_LINE_BYTES
        parts.append(b"-" * len(line) + b"\n" if is_long else mask(line + b"\n"))
    return b"".join(parts)


def content_of(seed: int) -> bytes:
    """A log of 2 MB with secrets everywhere, in long lines and over several lines."""
    chosen = random.Random(seed)
    parts = []
    size = 0
    while size < 2_000_000:
        kind = chosen.random()
        if kind < 0.001:
            part = b"l" * chosen.randrange(300_000) + b"secret" + b"l" * chosen.randrange(500_000) + b"\n"
        elif kind < 0.01:
            part = BEGIN + b"key key key key\n" * SECRET_LINES
        else:
            part = b"line %d with a secret in it\n" % chosen.randrange(10**6)
        parts.append(part)
        size += len(part)
    return b"".join(parts)


@pytest.fixture(scope="module", params=[1, 2, 3])
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A log, and its masked bytes."""
    path = tmp_path_factory.mktemp("logs") / "s1.jsonl"
    content = content_of(request.param)
    path.write_bytes(content)
    return path, masked(content)


@given(parts=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 300_000)), min_size=1, max_size=8))
def test_any_part_equals_that_part_of_the_whole(log: tuple[Path, bytes], parts: list[tuple[float, int]]) -> None:
    path, whole = log
    reader = MaskedLog(str(path), MASKING)
    for share, size in parts:
        start = int(share * (len(whole) - 1))
        assert reader.read(start, start + size) == whole[start : start + size]


def test_reading_on_gives_the_whole(log: tuple[Path, bytes]) -> None:
    path, whole = log
    reader, copy = MaskedLog(str(path), MASKING), b""
    while len(copy) < len(whole):
        start = max(0, len(copy) - 64)
        copy = copy[:start] + reader.read(start, len(copy) + 50_000)
    assert copy == whole


def test_a_torn_line_is_not_read_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    path.write_bytes(b"one\nsec")
    reader = MaskedLog(str(path), MASKING)
    assert reader.read(0, 100) == b"one\n"
    with path.open("ab") as file:
        file.write(b"ret\n")
    assert reader.read(2, 11) == b"e\n******\n"


def test_a_masked_log_is_shipped_and_sent_again(log: tuple[Path, bytes]) -> None:
    path, whole = log
    shipped, copy = ShippedLog(NAMES, str(path), masking=MASKING), Copy()
    chunks = send_all(shipped, copy)
    assert bytes(copy.data) == whole
    assert max(len(chunk.data) for chunk in chunks) <= MAX_CHUNK_BYTES
    assert shipped.state().crc == anchor_of(whole)
    chosen = random.Random(5)
    for _ in range(10):
        offset = chosen.randrange(len(whole))
        chunk = shipped.chunk_at(offset, len(whole))
        assert chunk is not None
        assert chunk.data == whole[offset : chunk.end]
        assert chunk.anchor == anchor_of(whole[max(0, offset - 64) : offset])


def test_a_log_continues_in_the_next_run_with_the_same_bytes(tmp_path: Path) -> None:
    path, content = tmp_path / "s1.jsonl", content_of(4)
    cut = content.index(b"\n", len(content) // 2) + 1
    path.write_bytes(content[:cut])
    shipped, copy = ShippedLog(NAMES, str(path), masking=MASKING), Copy()
    send_all(shipped, copy)
    kept = shipped.kept()
    with path.open("ab") as file:
        file.write(content[cut:])
    again = ShippedLog(NAMES, str(path), kept, MASKING)
    copy.take_state(again.state())
    assert again.acked == cut
    send_all(again, copy)
    assert bytes(copy.data) == masked(content)


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, MASKING), (MASKING, None), (MASKING, KeyMasking("other users"))],
    ids=["turned on", "turned off", "changed"],
)
def test_another_masking_begins_a_new_life(tmp_path: Path, before: KeyMasking | None, after: KeyMasking | None) -> None:
    path = tmp_path / "s1.jsonl"
    path.write_bytes(b"a secret\n")
    shipped = ShippedLog(NAMES, str(path), masking=before)
    copy = Copy()
    send_all(shipped, copy)
    again = ShippedLog(NAMES, str(path), shipped.kept(), after)
    assert (again.gen > shipped.gen, again.acked) == (True, 0)
    assert (again.state().after, again.state().gen) == (0, again.gen)
    send_all(again, copy)
    assert bytes(copy.data) == (b"a secret\n" if after is None else b"a ******\n")


def test_the_notes_of_a_masked_log_save_masking_it_again(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    path.write_bytes(b"a secret that is in a line of more than 64 bytes, so that the line alone is enough\n")
    shipped, copy = ShippedLog(NAMES, str(path), masking=MASKING), Copy()
    send_all(shipped, copy)
    shipped.rest()
    kept = shipped.kept()
    assert kept.masked_crc == shipped.state().crc == anchor_of(bytes(copy.data))
    assert Kept(*kept) == ShippedLog(NAMES, str(path), kept, MASKING).kept()._replace(
        size=kept.size, modified_ns=kept.modified_ns
    )


def test_a_replaced_log_is_masked_anew(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    path.write_bytes(BEGIN + b"key\n")
    shipped, copy = ShippedLog(NAMES, str(path), masking=MASKING), Copy()
    send_all(shipped, copy)
    path.write_bytes(b"no key\nand a secret\n")
    send_all(shipped, copy)
    assert bytes(copy.data) == b"no key\nand a ******\n"
