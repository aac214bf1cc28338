"""One log: what is sent of it while it grows, is truncated or replaced, and while messages are lost."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.cases import each_case
from zigtui.fleet.ship.shipped_log import Kept, ShippedLog
from zigtui.fleet.wire.chunk import ANCHOR_BYTES, MAX_CHUNK_BYTES, Chunk, anchor_of
from zigtui.fleet.wire.messages import State
from zigtui.fleet.wire.names import RemoteLog
from zigtui.reader.lines.tail import open_log

NAMES = RemoteLog("web-07", "shop", "s1")


class Copy:
    """A copy that is made of chunks which arrive in order."""

    def __init__(self) -> None:
        self.gen = 0
        self.data = bytearray()

    def take(self, chunk: Chunk) -> None:
        """Write a chunk at its offset."""
        if chunk.gen > self.gen:
            self.gen, self.data = chunk.gen, bytearray()
        assert chunk.gen == self.gen
        assert chunk.offset <= len(self.data)
        assert chunk.anchor == anchor_of(bytes(self.data[max(0, chunk.offset - ANCHOR_BYTES) : chunk.offset]))
        self.data[chunk.offset : chunk.end] = chunk.data

    def take_state(self, state: State) -> None:
        """Begin the generation of a state, which may continue the one before."""
        if state.gen > self.gen:
            self.gen, self.data = state.gen, self.data[: state.kept if state.after == self.gen else 0]


def send_all(log: ShippedLog, copy: Copy, most: int = 1_000_000) -> list[Chunk]:
    """Send chunks and acknowledge them, until there is nothing more or enough was sent."""
    log.check()
    sent: list[Chunk] = []
    while log.has_more and len(sent) < most:
        chunk, begins = log.next_chunk()
        if begins:
            copy.gen, copy.data = log.gen, bytearray()
        if chunk is not None:
            copy.take(chunk)
            log.acknowledge(chunk.gen, chunk.offset, chunk.end)
            sent.append(chunk)
    return sent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s1.jsonl"


def test_whole_lines_are_sent_once(path: Path) -> None:
    path.write_bytes(b"one\ntwo\nthr")
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    assert [chunk.data for chunk in send_all(log, copy)] == [b"one\ntwo\n"]
    assert send_all(log, copy) == []
    with path.open("ab") as file:
        file.write(b"ee\n")
    assert [chunk.data for chunk in send_all(log, copy)] == [b"three\n"]
    assert log.backlog == 0


@pytest.mark.parametrize("size", [MAX_CHUNK_BYTES - 1, MAX_CHUNK_BYTES, MAX_CHUNK_BYTES + 1, 3 * MAX_CHUNK_BYTES + 7])
@pytest.mark.parametrize("before", [0, 1000])
def test_a_line_that_is_longer_than_a_chunk_is_sent_in_pieces_once_it_is_whole(
    path: Path, size: int, before: int
) -> None:
    start = b"x" * before + b"\n"
    path.write_bytes(start + b"y" * (size - 1))
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    send_all(log, copy)
    assert bytes(copy.data) == start
    with path.open("ab") as file:
        file.write(b"\nz\n")
    chunks = send_all(log, copy)
    assert bytes(copy.data) == path.read_bytes()
    assert max(len(chunk.data) for chunk in chunks) <= MAX_CHUNK_BYTES


def test_a_file_of_a_large_backlog_is_cut_at_newlines(path: Path) -> None:
    path.write_bytes(b"0123456789\n" * 100_000)
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    chunks = send_all(log, copy)
    assert bytes(copy.data) == path.read_bytes()
    assert all(chunk.data.endswith(b"\n") for chunk in chunks)
    assert len(chunks) < 10


def test_a_backlog_is_sent_in_chunks_that_are_nearly_full(path: Path) -> None:
    path.write_bytes((b"x" * 199 + b"\n") * 50_000)
    chunks = send_all(ShippedLog(NAMES, str(path)), Copy())
    assert len(chunks) == -(-path.stat().st_size // (MAX_CHUNK_BYTES // 200 * 200))


@pytest.mark.parametrize("content", [b"", b"two\n", b"something else that is longer\n", b"one\nTWO\n"])
def test_a_replaced_or_truncated_file_begins_a_new_life(path: Path, content: bytes) -> None:
    path.write_bytes(b"one\ntwo\n")
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    send_all(log, copy)
    gen = log.gen
    path.write_bytes(content)
    os.utime(path, (1, 1))
    send_all(log, copy)
    assert log.gen > gen
    assert copy.gen == log.gen
    assert bytes(copy.data) == content


def test_a_file_that_takes_the_place_of_another_begins_a_new_life(path: Path) -> None:
    path.write_bytes(b"one\ntwo\n")
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    send_all(log, copy)
    gen = log.gen
    path.with_suffix(".new").write_bytes(b"one\nTWO\nthree\n")
    path.with_suffix(".new").replace(path)
    send_all(log, copy)
    assert (log.gen > gen, bytes(copy.data)) == (True, b"one\nTWO\nthree\n")


@pytest.mark.parametrize("rests", [False, True])
def test_what_was_lost_is_sent_again(path: Path, rests: bool) -> None:
    path.write_bytes(b"one\n")
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    send_all(log, copy)
    if rests:
        log.rest()
    with path.open("ab") as file:
        file.write(b"two\n")
    log.check()
    lost, _ = log.next_chunk()
    assert lost is not None
    assert not log.is_acked
    log.rewind()
    assert log.acked == 4
    assert send_all(log, copy) == [lost]
    assert bytes(copy.data) == b"one\ntwo\n"


def test_acknowledgements_of_two_connections_count_in_any_order(path: Path) -> None:
    path.write_bytes(b"0123456789\n" * 100_000)
    log = ShippedLog(NAMES, str(path))
    log.check()
    chunks = []
    while log.has_more:
        chunk, _ = log.next_chunk()
        if chunk is not None:
            chunks.append(chunk)
    for chunk in (*chunks[2:], chunks[0]):
        log.acknowledge(chunk.gen, chunk.offset, chunk.end)
    assert log.acked == chunks[0].end
    log.rewind()
    log.acknowledge(chunks[1].gen, chunks[1].offset, chunks[1].end)
    assert log.acked == path.stat().st_size
    assert log.is_acked
    log.acknowledge(chunks[0].gen, chunks[0].offset, chunks[0].end)
    assert log.acked == path.stat().st_size


def test_a_log_goes_on_after_a_restart(path: Path) -> None:
    path.write_bytes(b"one\ntwo\n" * 100)
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    send_all(log, copy)
    again = ShippedLog(NAMES, str(path), log.kept())
    assert send_all(again, copy) == []
    with path.open("ab") as file:
        file.write(b"three\n")
    assert [chunk.data for chunk in send_all(again, copy)] == [b"three\n"]
    assert again.gen == log.gen


@pytest.mark.parametrize("content", [b"", b"one\n", b"other\n" * 200])
def test_a_log_that_changed_during_a_restart_begins_a_new_life(path: Path, content: bytes) -> None:
    path.write_bytes(b"one\ntwo\n" * 100)
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    send_all(log, copy)
    path.write_bytes(content)
    again = ShippedLog(NAMES, str(path), log.kept())
    send_all(again, copy)
    assert again.gen > log.gen
    if content:
        assert bytes(copy.data) == content


def test_a_life_that_others_may_know_otherwise_is_continued_by_a_new_one(path: Path) -> None:
    path.write_bytes(b"one\n")
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    send_all(log, copy)
    kept = log.kept()
    with path.open("ab") as file:
        file.write(b"two\n")
    send_all(log, copy)  # after the notes
    path.write_bytes(b"one\n222\nthree\n")
    again = ShippedLog(NAMES, str(path), kept)
    again.check()
    chunk, _ = again.next_chunk()
    assert chunk == Chunk(again.gen, 4, anchor_of(b"one\n"), b"222\nthree\n")
    assert again.gen > log.gen
    assert (again.state().after, again.state().kept) == (log.gen, 4)


@pytest.mark.parametrize("content", [b"one\nTWO\nthree\n", b"one\n", b""])
def test_a_file_that_was_replaced_when_a_message_is_lost_begins_a_new_life(path: Path, content: bytes) -> None:
    path.write_bytes(b"one\n")
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    send_all(log, copy)
    with path.open("ab") as file:
        file.write(b"two\n")
    log.check()
    lost, _ = log.next_chunk()  # the server may have it, though it was not acknowledged
    assert lost is not None
    path.write_bytes(content)
    assert log.rewind()
    assert log.gen > lost.gen
    send_all(log, copy)
    assert not content or bytes(copy.data) == content


def test_a_new_life_is_newer_than_all_that_are_known(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"one\n")
    log = ShippedLog(NAMES, str(path))
    monkeypatch.setattr("time.time", lambda: 1000.0)  # the clock was set back
    gen = log.gen
    log.begin_generation()
    assert log.gen == gen + 1
    log.begin_generation(newer_than=gen + 500)
    assert log.gen == gen + 501


@each_case(
    ("content", "end"),
    [
        (b"", 0),
        (b"torn", 0),
        (b"one\n", 4),
        (b"one\ntorn", 4),
        (b"one\n" + b"x" * 200_000, 4),
        (b"\n" * 70_000, 70_000),
    ],
)
def test_the_state_has_the_end_of_the_last_whole_line(path: Path, content: bytes, end: int) -> None:
    path.write_bytes(content)
    state = ShippedLog(NAMES, str(path)).state()
    assert (state.size, state.crc) == (end, anchor_of(content[:end]))
    assert state.age < 60_000


def test_bytes_are_read_once_more(path: Path) -> None:
    content = b"".join(b"line %d\n" % number for number in range(60_000))
    path.write_bytes(content)
    log = ShippedLog(NAMES, str(path))
    offset, end, data = 1003, len(content), b""
    while offset < end:
        chunk = log.chunk_at(offset, end)
        assert chunk is not None
        assert chunk.anchor == anchor_of(content[max(0, offset - ANCHOR_BYTES) : offset])
        data += chunk.data
        offset = chunk.end
    assert data == content[1003:]
    assert log.chunk_at(len(content) + 1, len(content) + 9) is None


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.binary(max_size=300).map(lambda data: data.replace(b"\0", b"\n"))),
        st.tuples(st.just("append"), st.integers(1, 700_000).map(lambda size: b"x" * size)),
        st.tuples(st.just("append"), st.just(b"\n")),
        st.tuples(st.just("send"), st.integers(1, 4)),
        st.tuples(st.just("lose"), st.integers(1, 4)),
        st.tuples(st.sampled_from(["truncate", "replace", "restart", "rest"]), st.integers(0, 100)),
    ),
    max_size=20,
)


@given(steps=STEPS)
@example(steps=[("append", b"\n"), ("send", 1), ("replace", 0), ("lose", 1)])
@example(steps=[("append", b"\n"), ("send", 1), ("replace", 0), ("restart", 0)])
def test_whatever_happens_the_copy_ends_equal_to_the_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int | bytes]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "steps.jsonl"
    path.write_bytes(b"")
    log, copy = ShippedLog(NAMES, str(path)), Copy()
    for count, (step, value) in enumerate(steps):
        if isinstance(value, bytes):
            with path.open("ab") as file:
                file.write(value)
        elif step == "send":
            send_all(log, copy, value)
        elif step == "lose":
            log.check()
            begins = [log.next_chunk()[1] for _ in range(value)]
            if any([*begins, log.rewind()]):  # the state of a new generation is sent until it has arrived
                copy.gen, copy.data = log.gen, bytearray()
        elif step == "truncate":
            os.truncate(path, path.stat().st_size * value // 100)
            send_all(log, copy)  # seen before it grows again
        elif step == "replace":
            path.with_suffix(".new").write_bytes(b"replaced %d\n" % count * value)
            path.with_suffix(".new").replace(path)
        elif step == "restart":
            log = ShippedLog(NAMES, str(path), log.kept())
            copy.take_state(log.state())
        elif step == "rest":
            send_all(log, copy)
            log.rest()
    send_all(log, copy)
    content = path.read_bytes()
    assert bytes(copy.data) == content[: content.rfind(b"\n") + 1]


def test_a_log_may_vanish_while_its_notes_are_checked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"one\ntwo\n")

    def open_and_remove(name: str, *, follows_link: bool) -> int:
        descriptor = open_log(name, follows_link=follows_link)
        path.unlink()
        return descriptor

    monkeypatch.setattr("zigtui.fleet.ship.log_bytes.open_log", open_and_remove)
    kept = Kept(gen=1, acked=4, crc=anchor_of(b"one\n"))
    assert ShippedLog(NAMES, str(path), kept).acked == 4
