"""A mirrored file that has changed or gone is made good, and an original learns what the mirror has."""

import os
import socket
from pathlib import Path

import pytest

from tests.fleet.mirror.test_store import inode, offsets
from tests.support.cases import each_case
from tests.support.mirrors import LOG, Mirror
from tests.support.originals import Original
from zigtui.fleet.mirror.quota import MessageRefusedError
from zigtui.fleet.wire import names
from zigtui.fleet.wire.wire_error import WireError


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
    mirror.store.close_unneeded()
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


@each_case("key", ["", "web-07", "web-07/src-shop", "web-07/src-shop/s/s", "../p/s", "web-07/=2E=2E/s"])
def test_positions_of_no_log_are_refused(mirror: Mirror, key: str) -> None:
    with pytest.raises(WireError):
        mirror.store.restore({key: (1, 1)})


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
