import errno
import os
import socket
import stat
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from tests.support.mirrors import LOG, NOW, Mirror
from tests.support.originals import Original
from zigtui.fleet.mirror.quota import Limits, MessageRefusedError
from zigtui.fleet.wire import names
from zigtui.fleet.wire.wire_error import WireError


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    mirror = Mirror(tmp_path / "fleet")
    yield mirror
    mirror.store.close()


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


def test_a_file_that_does_not_continue_is_sent_again_from_the_start(mirror: Mirror) -> None:
    original = Original(b"one\n")
    mirror.apply(*original.chunks())
    mirror.path().write_bytes(b"ONE\n")
    mirror.apply(*original.append(b"two\n"))
    assert offsets(mirror) == [0]
    mirror.apply(*original.chunks())
    assert mirror.data() == b"one\ntwo\n"


@pytest.mark.parametrize("moved", ["the file", "its directory", "the directory of the machine"])
def test_a_file_that_somebody_moves_is_written_again_at_its_path(mirror: Mirror, tmp_path: Path, moved: str) -> None:
    original, other = Original(b"one\n"), LOG._replace(machine="web-08")
    mirror.apply(*original.chunks())
    mirror.store.apply(other, Original(b"other\n").chunks()[0], 0.0)
    path = mirror.path()
    while moved != "the file" and path.name != ("sessions" if moved == "its directory" else LOG.machine):
        path = path.parent
    path.rename(tmp_path / "moved")
    mirror.store.close_moved()
    mirror.apply(*original.append(b"two\n"))
    assert offsets(mirror) == [0]
    mirror.apply(*original.chunks())
    assert mirror.data() == b"one\ntwo\n"
    if moved == "the file":
        assert (tmp_path / "moved").read_bytes() == b"one\n"


@pytest.mark.parametrize("fault", ["cut off", "removed", "removed with its directory", "replaced"])
def test_a_file_that_somebody_damages_is_asked_for(mirror: Mirror, fault: str) -> None:
    original = Original(b"one\ntwo\n")
    mirror.apply(*original.chunks())
    if fault == "cut off":
        os.truncate(mirror.path(), 5)
    else:
        mirror.path().unlink()
    if fault == "removed with its directory":
        mirror.path().parent.rmdir()
    if fault == "replaced":
        mirror.path().write_bytes(b"x")
    mirror.apply(*original.append(b"three\n"))
    while asks := mirror.asks(after=60):
        mirror.apply(*original.chunks(asks[0].offset))
    assert mirror.data() == b"one\ntwo\nthree\n"


def test_a_state_finds_a_damaged_end(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    mirror.apply(*original.chunks())
    mirror.path().write_bytes(b"one\nTWO\n")
    mirror.apply_state(original.state())
    assert offsets(mirror, after=3.1) == [0]


def test_an_original_whose_clock_was_set_back_learns_the_latest_life(mirror: Mirror) -> None:
    original = Original(b"one\n")
    original.gen = 7
    mirror.apply(*original.chunks())
    original.gen = 6
    mirror.apply_state(original.state())
    assert [(ask.offset, ask.gen) for ask in mirror.asks(after=3.1)] == [(4, 7)]
    original.gen = 8
    mirror.apply_state(original.state())
    mirror.apply(*original.chunks())
    assert mirror.asks(after=100) == []


@pytest.mark.parametrize("state_first", [True, False], ids=["state first", "chunks first"])
def test_an_original_learns_of_a_later_life_that_another_shipper_has_sent(mirror: Mirror, state_first: bool) -> None:
    original, other = Original(b"one\ntwo\n"), Original(b"one\ntwo\n")
    other.gen = 7
    old = original.chunks()
    new = original.append(b"three\n")  # after the other one has ended
    if state_first:  # it comes in another stream
        mirror.apply_state(original.state())
    mirror.apply(*old, *other.chunks(), *new)
    if not state_first:
        mirror.apply_state(original.state())
    assert [(ask.offset, ask.gen) for ask in mirror.asks(after=3.1)] == [(8, 7)]
    original.gen = 8
    mirror.apply_state(original.state())
    mirror.apply(*original.chunks())
    assert mirror.data() == b"one\ntwo\nthree\n"
    assert mirror.asks(after=100) == []


@pytest.mark.parametrize("ends", ["the other one", "this one"])
def test_an_original_is_asked_although_the_last_state_is_that_of_another_shipper(mirror: Mirror, ends: str) -> None:
    original, other = Original(b"one\ntwo\n"), Original(b"one\ntwo\n")
    other.gen = 7
    mirror.apply(*original.chunks(), *other.chunks())
    mirror.apply_state(other.state())
    mirror.apply(*original.append(b"three\n"))
    mirror.apply_state(original.state())
    mirror.apply_state(other.state())  # which was on its way when the other one ended
    assert [(ask.offset, ask.gen) for ask in mirror.asks(after=3.1)] == [(8, 7)]
    if ends == "this one":
        mirror.apply_state(other.state())  # the answer
        assert mirror.asks(after=100) == []
        return
    mirror.apply_state(other.state())  # which was on its way for very long
    original.gen = 8
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


def test_an_old_log_that_is_sent_now_stays_old(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    mirror.store.apply(LOG, original.chunks(limit=4)[0], None)
    assert mirror.path().stat().st_mtime < NOW - 3600
    original.age = 5000
    mirror.store.apply_state(LOG, original.state(), 1.0)
    mirror.store.apply(LOG, original.chunks(limit=4)[1], None)
    assert mirror.path().stat().st_mtime == NOW - 6


def test_positions_are_restored(mirror: Mirror) -> None:
    original = Original(b"one\n")
    mirror.apply(*original.chunks())
    other = Mirror(mirror.root)
    other.store.restore(mirror.store.positions())
    other.apply(*original.append(b"two\n"))
    assert mirror.data() == b"one\ntwo\n"
    other.store.close()


def test_without_positions_all_bytes_are_proven_again(mirror: Mirror) -> None:
    original = Original(b"one\n")
    mirror.apply(*original.chunks())
    before = inode(mirror)
    other = Mirror(mirror.root)
    chunks = original.append(b"two\n")
    other.apply(*chunks)
    assert offsets(other, after=3.1) == [0]
    assert inode(mirror) == before
    other.apply(*original.chunks(limit=4))
    assert mirror.data() == b"one\ntwo\n"
    other.store.close()


def test_positions_beyond_the_file_do_not_count(mirror: Mirror) -> None:
    original = Original(b"one\ntwo\n")
    mirror.apply(*original.chunks())
    positions = mirror.store.positions()
    os.truncate(mirror.path(), 4)
    other = Mirror(mirror.root)
    other.store.restore(positions)
    other.apply(*original.append(b"three\n"))
    assert offsets(other, after=3.1) == [4]
    other.store.close()


@pytest.mark.parametrize("level", range(5))
def test_a_link_is_not_followed(mirror: Mirror, tmp_path: Path, level: int) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = [mirror.path(), *mirror.path().parents][level]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside / "target" if level == 0 else outside)
    with pytest.raises(MessageRefusedError, match=r"^src-shop|web-07/src-shop/1842419a"):
        mirror.apply(*Original(b"one\n").chunks())
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("kind", ["directory", "pipe", "socket"])
def test_something_else_in_the_place_of_the_file_is_left_alone(
    mirror: Mirror, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.path().parent.mkdir(parents=True)
    if kind == "directory":
        mirror.path().mkdir()
    elif kind == "pipe":
        os.mkfifo(mirror.path())
    else:
        monkeypatch.chdir(mirror.path().parent)  # the addresses of sockets are short
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(mirror.path().name)
    with pytest.raises(MessageRefusedError):
        mirror.apply(*Original(b"one\n").chunks())
    assert not mirror.path().is_file()


@pytest.mark.parametrize("code", [errno.EINVAL, errno.EILSEQ])
def test_a_name_that_the_file_system_does_not_take_is_refused(
    mirror: Mirror, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one with a colon on some. Tried again and again, it would keep the logs of all machines waiting."""
    real_open = os.open

    def strict_open(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if ":" in path:
            raise OSError(code, os.strerror(code), path)
        return real_open(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", strict_open)
    with pytest.raises(MessageRefusedError, match="cannot be written"):
        mirror.apply(*Original(b"one\n").chunks(), log=LOG._replace(session="a:b"))


def test_a_machine_has_so_many_sessions_and_no_more(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, Limits(machine_sessions=2))
    chunks = Original(b"one\n").chunks()
    for session in ("a", "b"):
        mirror.apply(*chunks, log=LOG._replace(session=session))
    for store in (mirror, Mirror(tmp_path, Limits(machine_sessions=2))):
        with pytest.raises(MessageRefusedError, match="more than 2 sessions"):
            store.apply(*chunks, log=LOG._replace(session="c"))
        store.apply(*chunks, log=LOG._replace(session="a"))
        store.apply(*chunks, log=LOG._replace(machine="web-08"))
        store.store.close()


def test_sessions_that_were_removed_from_the_mirror_do_not_count(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, Limits(machine_sessions=2))
    chunks = Original(b"one\n").chunks()
    for session in ("a", "b"):
        mirror.apply(*chunks, log=LOG._replace(session=session))
    mirror.path(LOG._replace(session="a")).unlink()
    mirror.start_again(restores=True)
    mirror.apply(*chunks, log=LOG._replace(session="c"))
    assert mirror.data(LOG._replace(session="c")) == b"one\n"
    mirror.store.close()


def test_sessions_that_are_removed_while_it_runs_do_not_count_for_long(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, Limits(machine_sessions=2))
    chunks, third = Original(b"one\n").chunks(), LOG._replace(session="c")
    for session in ("a", "b"):
        mirror.apply(*chunks, log=LOG._replace(session=session))
    mirror.path(LOG._replace(session="a")).unlink()
    with pytest.raises(MessageRefusedError):
        mirror.apply(*chunks, log=third)
    mirror.asks(after=61)
    mirror.apply(*chunks, log=third)
    assert mirror.data(third) == b"one\n"
    with pytest.raises(MessageRefusedError):
        mirror.apply(*chunks, log=LOG._replace(session="d"))
    mirror.store.close()


@pytest.mark.parametrize("key", ["", "web-07", "web-07/src-shop", "web-07/src-shop/s/s", "../p/s", "web-07/=2E=2E/s"])
def test_positions_of_no_log_are_refused(mirror: Mirror, key: str) -> None:
    with pytest.raises(WireError):
        mirror.store.restore({key: (1, 1)})


def test_a_machine_has_so_many_bytes_and_no_more(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, Limits(machine_bytes=10))
    original = Original(b"one\ntwo\n")
    mirror.apply(*original.chunks())
    with pytest.raises(MessageRefusedError, match="more than 10 bytes"):
        mirror.apply(*original.append(b"three\n"))
    mirror.apply_state(original.state())
    assert mirror.asks(after=100) == []
    original.replace(b"1\n2\n3\n4\n5\n")  # a file that is replaced does not count twice
    mirror.apply(*original.chunks())
    assert mirror.data() == original.data
    mirror.apply(*Original(b"one\ntwo\n").chunks(), log=LOG._replace(machine="web-08"))
    mirror.store.close()


def test_a_machine_whose_logs_were_removed_has_room_again(tmp_path: Path) -> None:
    mirror, other = Mirror(tmp_path, Limits(machine_bytes=10)), LOG._replace(session="b")
    original, refused = Original(b"one\ntwo\n"), Original(b"three\n")
    mirror.apply(*original.chunks())
    with pytest.raises(MessageRefusedError, match="more than 10 bytes"):
        mirror.apply(*refused.chunks(), log=other)
    mirror.apply_state(refused.state(), log=other)
    assert mirror.asks(after=100) == []
    mirror.path().unlink()
    assert [ask.s for ask in mirror.asks(after=100)] == ["b"]
    mirror.apply(*refused.chunks(), log=other)
    assert mirror.data(other) == refused.data
    mirror.store.close()


def test_some_of_the_disk_stays_free(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, Limits(free_share=1.0))
    with pytest.raises(OSError, match="less than 100% of the disk is free") as caught:
        mirror.apply(*Original(b"one\n").chunks())
    assert caught.value.errno == errno.ENOSPC
    mirror.store.close()


def test_no_machine_uses_up_the_memory_for_chunks_that_wait(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, Limits(held_bytes=8192))
    greedy, modest = Original(bytes(8191) + b"\n"), Original(b"one\ntwo\n")
    greedy_log = LOG._replace(machine="web-08")
    mirror.apply(*greedy.chunks(limit=100)[1:], log=greedy_log)
    mirror.apply(*reversed(modest.chunks(limit=4)))
    assert mirror.data() == b"one\ntwo\n"
    mirror.apply(greedy.chunks(limit=100)[0], log=greedy_log)
    assert offsets(mirror, after=3.1) == [len(mirror.data(greedy_log))]
    assert 0 < len(mirror.data(greedy_log)) < 2048
    mirror.store.close()


def test_chunks_of_a_machine_that_is_gone_do_not_stay_in_memory(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, Limits(held_bytes=4 * 2048))
    dead, late = Original(b"d" * 999 + b"\nend\n"), Original(b"one\ntwo\n" + b"l" * 999 + b"\n")
    mirror.apply(*dead.chunks(limit=1000)[1:])
    for number in range(3):
        mirror.apply(*late.chunks(limit=4)[2:3], log=LOG._replace(session=f"{number}"))
    mirror.asks(after=119)
    mirror.asks(after=2)
    other = LOG._replace(session="other")
    mirror.apply(late.chunks(limit=4)[1], log=other)
    mirror.apply(late.chunks(limit=4)[0], log=other)
    assert mirror.data(other) == b"one\ntwo\n"
    mirror.store.close()


def test_only_positions_that_have_changed_are_spelled_again(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror may have a hundred thousand sessions, and keeps its positions every few seconds."""
    logs = [LOG._replace(session=str(number)) for number in range(100)]
    originals = {log: Original(b"one\n") for log in logs}
    for log in logs:
        mirror.apply(*originals[log].chunks(), log=log)
    assert len(mirror.store.positions()) == 100
    spelled: list[str] = []
    escape = names.escape

    def noted(name: str, *limits: int) -> str:
        spelled.append(name)
        return escape(name, *limits)

    monkeypatch.setattr(names, "escape", noted)
    mirror.apply(*originals[logs[7]].append(b"two\n"), log=logs[7])
    assert sorted(mirror.store.positions().values())[-1] == (originals[logs[7]].gen, 8)
    assert spelled == ["src-shop", "7"]


@pytest.mark.parametrize("differs_at", [0, 1, 100, 199_998])
def test_bytes_are_kept_up_to_the_first_that_differs(mirror: Mirror, differs_at: int) -> None:
    data = b"a" * 199_999 + b"\n"
    original = Original(data)
    mirror.apply(*original.chunks())
    before = mirror.path().stat().st_ino
    original.replace(data[:differs_at] + b"b" + data[differs_at + 1 :])
    mirror.apply(*original.chunks())
    assert mirror.data() == original.data
    assert mirror.path().stat().st_ino == before


def test_what_cannot_be_measured_does_not_count(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.apply(*Original(b"one\n").chunks())
    lstat = os.lstat

    def fails(path: str) -> os.stat_result:
        if path.endswith(".jsonl"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return lstat(path)

    monkeypatch.setattr(os, "lstat", fails)
    assert mirror.store.measured("web-07") == (0, 0)


def test_what_people_remove_does_not_stay_in_memory_and_stays_away(mirror: Mirror) -> None:
    originals = {LOG._replace(session=f"s{number}"): Original(b"one\n") for number in range(300)}
    for log, original in originals.items():
        mirror.apply(*original.chunks(), log=log)
        mirror.apply_state(original.state(), log)
    assert len(mirror.store.positions()) == 300
    kept, *removed = originals
    for log in removed:
        mirror.path(log).unlink()
    for _ in range(4):
        mirror.store.forget_removed()
    assert mirror.store.positions().keys() == {"/".join(kept.tokens)}
    for log, original in originals.items():
        mirror.apply_state(original.state(), log)  # as it comes again and again
    assert mirror.asks(after=60.0) == []
    assert mirror.store.positions().keys() == {"/".join(kept.tokens)}
    grows = removed[0]
    mirror.apply(*originals[grows].append(b"two\n"), log=grows)
    assert offsets(mirror, after=3.1) == [0]
    mirror.apply(*originals[grows].chunks(), log=grows)
    assert mirror.data(grows) == b"one\ntwo\n"
