"""No machine takes more of the disk and of the memory of a mirror than its share."""

import errno
import os
from pathlib import Path

import pytest

from tests.fleet.mirror.test_store import offsets
from tests.support.mirrors import LOG, Mirror
from tests.support.originals import Original
from zigtui.fleet.mirror.quota import Limits, MessageRefusedError


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


def test_what_cannot_be_measured_does_not_count(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.apply(*Original(b"one\n").chunks())
    lstat = os.lstat

    def fails(path: str) -> os.stat_result:
        if path.endswith(".jsonl"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return lstat(path)

    monkeypatch.setattr(os, "lstat", fails)
    assert mirror.store.measured("web-07") == (0, 0)


def test_what_people_remove_is_not_asked_for_even_if_another_shipper_had_more_of_it(mirror: Mirror) -> None:
    original, other = Original(b"one\n"), Original(b"one\n")
    other.gen = 7
    mirror.apply(*other.chunks(), *original.append(b"two\n"))
    assert offsets(mirror, after=3.1) == [4]
    mirror.path().unlink()
    mirror.store.forget_removed()
    assert mirror.asks(after=60.0) == []


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
