"""Chunks make the files of a mirror, however they come, and have the times of their originals."""

import os
import stat
from itertools import permutations
from pathlib import Path

import pytest

from tests.support.mirrors import LOG, NOW, Mirror
from tests.support.originals import Original


def offsets(mirror: Mirror, after: float = 0.0) -> list[int]:
    """Where what the mirror asks for begins."""
    return [ask.offset for ask in mirror.asks(after)]


def inode(mirror: Mirror) -> tuple[int, int]:
    status = mirror.path().stat()
    return status.st_ino, status.st_mtime_ns


def test_chunks_make_the_file(mirror: Mirror) -> None:
    original = Original()
    mirror.apply(*original.append(b"one\ntwo\n"), *original.append(b"three\n"))
    assert mirror.data() == b"one\ntwo\nthree\n"


def test_a_session_without_a_project_is_in_the_base_itself(mirror: Mirror) -> None:
    log = LOG._replace(project=None)
    mirror.apply(*Original(b"one\n").chunks(), log=log)
    assert (mirror.root / "web-07" / "logs" / "sessions" / f"{log.session}.jsonl").read_bytes() == b"one\n"


def test_only_the_owner_can_read_it(mirror: Mirror) -> None:
    mirror.apply(*Original(b"one\n").chunks())
    assert stat.S_IMODE(mirror.path().stat().st_mode) == 0o600
    for directory in mirror.path().relative_to(mirror.root.parent).parents:
        assert stat.S_IMODE((mirror.root.parent / directory).stat().st_mode) == 0o700


def test_chunks_come_in_any_order_and_twice(tmp_path: Path) -> None:
    chunks = Original(b"one\ntwo\nthree\nfour\n").chunks(limit=6)
    assert len(chunks) == 4
    for number, order in enumerate(permutations(chunks)):
        mirror = Mirror(tmp_path / str(number))
        mirror.apply(*order, *order)
        assert mirror.data() == b"one\ntwo\nthree\nfour\n"
        assert mirror.asks(after=10) == []
        mirror.store.close()


def test_a_gap_is_asked_for_less_and_less_often(mirror: Mirror) -> None:
    first, _, third = Original(b"one\ntwo\nthree\n").chunks(limit=6)
    mirror.apply(first, third)
    assert mirror.data() == b"one\n"
    assert mirror.asks(after=2.9) == []
    assert offsets(mirror, after=0.2) == [4]
    asked_at = [second for second in range(1, 300) if mirror.asks(after=1)]
    assert asked_at == [2, 6, 14, 30, 62, 126, 254]


def test_a_log_that_its_machine_has_removed_is_hardly_ever_asked_for(mirror: Mirror) -> None:
    """The server keeps its state for 90 days."""
    mirror.apply_state(Original(b"one\n").state())
    asks = [len(mirror.asks(after=60)) for _ in range(90 * 24 * 60)]
    assert sum(asks[: 24 * 60]) > 5
    assert sum(asks[24 * 60 :]) <= 90


@pytest.mark.parametrize("returns", [False, True])
def test_a_log_that_its_machine_has_is_asked_for_soon(mirror: Mirror, returns: bool) -> None:
    original = Original(b"one\n")
    mirror.apply_state(original.state())
    for _ in range(1000):
        mirror.asks(after=60)
    if returns:
        mirror.store.ask_again("web-08")
        assert mirror.asks(after=61) == []
        mirror.store.ask_again("web-07")
    else:
        mirror.apply_state(original.state())
    assert offsets(mirror, after=61) == [0]


def test_nothing_is_asked_for_that_may_still_be_on_the_server(mirror: Mirror) -> None:
    mirror.apply(Original(b"one\ntwo\n").chunks(limit=4)[1])
    mirror.now += 100
    assert mirror.store.recover(caught_up=99.9) == []
    assert [ask.offset for _, ask in mirror.store.recover(caught_up=100.1)] == [0]


def test_nothing_is_asked_for_while_the_file_grows(mirror: Mirror) -> None:
    original = Original(b"".join(b"%d\n" % number for number in range(10)))
    mirror.apply_state(original.state())
    for chunk in original.chunks(limit=2):
        assert mirror.asks(after=2.9) == []
        mirror.apply(chunk)
    assert mirror.asks(after=100) == []


def test_a_state_reveals_bytes_that_never_came(mirror: Mirror) -> None:
    original = Original()
    mirror.apply(*original.append(b"one\n"))
    original.append(b"two\n")
    mirror.apply_state(original.state())
    assert offsets(mirror, after=3.1) == [4]
    mirror.apply(*original.chunks(4))
    assert mirror.data() == b"one\ntwo\n"
    assert mirror.asks(after=100) == []


def test_a_new_life_with_the_same_bytes_writes_nothing(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    mirror.apply(*original.chunks())
    os.utime(mirror.path(), (NOW, NOW))
    before = inode(mirror)
    original.replace(b"one\ntwo\n")
    mirror.apply_state(original.state())
    mirror.apply(*original.chunks(limit=4))
    assert (inode(mirror), mirror.data()) == (before, b"one\ntwo\n")
    assert mirror.asks(after=100) == []


@pytest.mark.parametrize("states_first", [True, False], ids=["state first", "chunks first"])
@pytest.mark.parametrize(
    "data",
    [b"one\n", b"one\ntwo\nthree\n", b"one\nTwo\nthree\n", b"1\n", b""],
    ids=["cut", "longer", "other", "all other", "empty"],
)
def test_a_new_life_has_its_own_bytes(mirror: Mirror, data: bytes, states_first: bool) -> None:
    original = Original(b"one\ntwo\n")
    mirror.apply(*original.chunks())
    original.replace(data)
    if states_first:
        mirror.apply_state(original.state())
    mirror.apply(*original.chunks())
    if not states_first:
        mirror.apply_state(original.state())
    assert mirror.data() == data


@pytest.mark.parametrize("state_first", [True, False], ids=["state first", "chunks first"])
def test_a_shipper_that_starts_again_need_not_send_what_was_acknowledged(mirror: Mirror, state_first: bool) -> None:
    original = Original(b"one\ntwo\nthree\n")
    mirror.apply(*original.chunks())
    before = mirror.path().stat().st_ino
    original.restart_shipper(8, b"3\n")  # the third line was sent, and then replaced while no shipper ran
    if state_first:
        mirror.apply_state(original.state())
    mirror.apply(*original.chunks(8))
    if not state_first:
        mirror.apply_state(original.state())
    assert mirror.data() == b"one\ntwo\n3\n"
    assert mirror.path().stat().st_ino == before
    assert mirror.asks(after=100) == []


def test_acknowledged_bytes_that_never_came_are_asked_for(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\nthree\n")
    mirror.apply(original.chunks(limit=4)[0])
    original.restart_shipper(8, b"three\n")
    mirror.apply_state(original.state())
    mirror.apply(*original.chunks(8))
    assert offsets(mirror, after=3.1) == [4]


def test_a_life_that_was_emptied_before_its_first_chunk_is_cut_off(mirror: Mirror) -> None:
    original = Original(b"one\n")
    mirror.apply(*original.chunks())
    original.replace(b"one\ntwo\n")
    mirror.apply_state(original.state())
    original.data = b""
    mirror.apply_state(original.state())
    assert mirror.data() == b""
    assert mirror.asks(after=100) == []


def test_chunks_of_an_earlier_life_are_dropped(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    late = original.chunks(limit=4)
    original.replace(b"three\n")
    mirror.apply(*original.chunks(), *late)
    assert mirror.data() == b"three\n"


def test_an_original_is_asked_if_it_has_more_than_another_shipper_although_no_state_of_it_comes(
    mirror: Mirror,
) -> None:
    original, other = Original(b"one\ntwo\n"), Original(b"one\ntwo\n")
    other.gen = 7
    mirror.apply(*original.chunks())
    rest = original.append(b"three\n")
    mirror.apply_state(original.state())
    mirror.apply(*other.chunks(), *rest)
    mirror.apply_state(other.state())  # the only one that the other one sent before it ended
    assert [(ask.offset, ask.gen) for ask in mirror.asks(after=3.1)] == [(8, 7)]
    original.gen = 8  # the answer
    mirror.apply_state(original.state())
    mirror.apply(*original.chunks())
    assert mirror.data() == b"one\ntwo\nthree\n"
    assert mirror.asks(after=100) == []


def test_bytes_that_come_late_are_no_sign_of_life(mirror: Mirror) -> None:
    original = Original()
    mirror.store.apply(LOG, original.append(b"one\n")[0], 36.0)
    assert mirror.path().stat().st_mtime == NOW - 36
    original.age = 4000
    mirror.store.apply_state(LOG, original.state(), 60.0)
    assert mirror.path().stat().st_mtime == NOW - 64


def test_bytes_that_were_sent_long_after_they_were_written_have_the_time_of_their_state(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    original.age = 60_000
    mirror.store.apply_state(LOG, original.state(), 300.0)
    first, second = original.chunks(limit=4)
    mirror.store.apply(LOG, first, 301.0)
    assert mirror.path().stat().st_mtime == NOW - 360
    mirror.store.apply(LOG, second, 301.0)
    assert mirror.path().stat().st_mtime == NOW - 360
    mirror.store.apply(LOG, original.append(b"three\n")[0], 200.0)
    assert mirror.path().stat().st_mtime == NOW - 200


def test_a_state_is_a_sign_of_life_although_bytes_are_still_on_their_way(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    first, second = original.chunks(limit=4)
    mirror.store.apply(LOG, first, 300.0)
    assert mirror.store.apply_state(LOG, original.state(), 5.0)
    assert mirror.path().stat().st_mtime == NOW - 5
    assert not mirror.store.apply_state(LOG, original.state(), 5.0)
    mirror.store.apply(LOG, second, 200.0)  # which comes late
    assert mirror.path().stat().st_mtime == NOW - 5
    mirror.store.apply(LOG, original.append(b"three\n")[0], 2.0)
    mirror.store.apply_state(LOG, Original(b"one\ntwo\n").state(), 1.0)  # of before
    assert mirror.path().stat().st_mtime == NOW - 2


def test_a_log_that_is_still_being_sent_has_no_time_by_which_its_session_would_be_lost(mirror: Mirror) -> None:
    """The session may have ended in the rest."""
    original = Original(b"one\ntwo\nthree\n")
    original.age = 60_000
    first, second, third = original.chunks(limit=6)
    mirror.apply_state(original.state())
    mirror.store.apply(LOG, first, None)
    assert mirror.path().stat().st_mtime == 0
    mirror.store.apply(LOG, second, None)
    mirror.apply_state(original.state())  # the mirror has connected again
    assert mirror.path().stat().st_mtime == 0
    mirror.store.apply(LOG, third, None)
    assert mirror.path().stat().st_mtime == NOW - 60


def test_a_log_that_grows_while_its_backlog_is_sent_has_its_time(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    original.age = 9000
    mirror.apply_state(original.state())
    mirror.store.apply(LOG, original.chunks(limit=4)[0], None)
    assert mirror.path().stat().st_mtime == NOW - 9


def test_a_log_that_was_removed_while_it_was_sent_has_its_time_after_a_while(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    original.age = 60_000
    mirror.apply_state(original.state())
    mirror.store.apply(LOG, original.chunks(limit=4)[0], None)
    for _ in range(30):
        mirror.asks(after=1)
    assert mirror.path().stat().st_mtime == 0
    for _ in range(10):
        mirror.asks(after=1)
    assert mirror.path().stat().st_mtime == NOW - 60


def test_an_old_log_that_is_sent_now_stays_old(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    mirror.store.apply(LOG, original.chunks(limit=4)[0], None)
    assert mirror.path().stat().st_mtime < NOW - 3600
    original.age = 5000
    mirror.store.apply_state(LOG, original.state(), 1.0)
    mirror.store.apply(LOG, original.chunks(limit=4)[1], None)
    assert mirror.path().stat().st_mtime == NOW - 6
