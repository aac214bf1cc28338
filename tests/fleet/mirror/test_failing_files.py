"""Mirrored files that cannot be written, while others can."""

import asyncio
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.disks import enlarge, small_file_system
from tests.support.fleet import running_server
from tests.support.mirrors import LOG, Mirror
from tests.support.originals import Original
from tests.support.shipping import MACHINE, Fleet, append, log_path
from tests.support.waiting import eventually
from zigtui.fleet.mirror.quota import Limits

OTHER = LOG._replace(session="other")
ELSEWHERE = LOG._replace(machine="web-08")


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    mirror = Mirror(tmp_path / "fleet")
    yield mirror
    mirror.store.close()


def failing(real: Callable[..., Any], fails: Callable[..., bool], code: int = errno.EIO) -> Callable[..., Any]:
    """A function of the operating system that fails for some arguments."""

    def call(*arguments: Any, **options: Any) -> Any:
        if fails(*arguments):
            raise OSError(code, os.strerror(code))
        return real(*arguments, **options)

    return call


@contextmanager
def damaged(path: Path, *functions: str) -> Iterator[None]:
    """Let operations on an open file fail until the block is left, as on a damaged part of a disk."""
    inode, fstat = path.stat().st_ino, os.fstat
    with pytest.MonkeyPatch.context() as patch:
        for name in functions:
            real = getattr(os, name)
            patch.setattr(os, name, failing(real, lambda descriptor, *_: fstat(descriptor).st_ino == inode))
        yield


@pytest.mark.parametrize("function", ["pwrite", "fstat"])
def test_a_damaged_file_holds_up_no_other_one(mirror: Mirror, function: str) -> None:
    original, other = Original(), Original()
    mirror.apply(*original.append(b"one\n"))
    mirror.apply(*other.append(b"one\n"), log=OTHER)
    with damaged(mirror.path(), function):
        for chunk in [*original.append(b"two\n"), *original.append(b"three\n")]:
            mirror.store.apply(LOG, chunk, 5.0)
        mirror.apply_state(original.state())
        mirror.apply(*other.append(b"two\n"), log=OTHER)
        assert mirror.data(OTHER) == b"one\ntwo\n"
        assert mirror.store.failing() == {
            "web-07": "some logs of web-07 cannot be written (1): Input/output error",
        }
        for _ in range(5):
            assert mirror.asks(after=60.0) == []  # it would be sent for nothing
    mirror.asks(after=60.0)
    assert mirror.data() == original.data  # also if its machine is gone
    assert mirror.store.failing() == {}


def test_a_damaged_file_is_tried_again_each_minute_for_ever(mirror: Mirror) -> None:
    """Also if its machine is gone. What is held of it stays while it is tried."""
    original = Original()
    mirror.apply(*original.append(b"one\n"))
    with damaged(mirror.path(), "pwrite"):
        mirror.apply(*original.append(b"two\n"))
        for _ in range(500):
            mirror.asks(after=60.0)
    for _ in range(2):
        mirror.asks(after=60.0)
    assert mirror.data() == original.data


def test_a_damaged_file_that_people_remove_is_forgotten(mirror: Mirror) -> None:
    original = Original(b"one\n")
    mirror.apply(*original.chunks())
    with damaged(mirror.path(), "fstat"):
        mirror.apply_state(original.state())
    assert mirror.store.failing()
    mirror.path().unlink()
    mirror.store.forget_removed()
    assert mirror.asks(after=60.0) == []
    assert mirror.store.failing() == {}


def test_what_was_not_held_is_asked_for(mirror: Mirror) -> None:
    original = Original()
    mirror.apply(*original.append(b"one\n"))
    with damaged(mirror.path(), "pwrite"):
        mirror.apply(*original.append(b"two\n"))
        for _ in range(4):
            mirror.asks(after=100.0)
        mirror.asks(after=130.0)  # what is held is dropped by then
    assert [ask.offset for ask in mirror.asks(after=60.0)] == [4]
    mirror.apply(*original.chunks(4))
    assert mirror.data() == original.data
    assert mirror.store.failing() == {}


@pytest.mark.parametrize("restores", [False, True])
def test_a_file_that_cannot_be_opened_holds_up_no_other_one(
    mirror: Mirror, restores: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, other = Original(), Original()
    mirror.apply(*original.append(b"one\n"))
    mirror.apply(*other.append(b"one\n"), log=OTHER)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing(os.open, lambda path, *_: mirror.path().name in str(path)))
        mirror.start_again(restores=restores)
        mirror.apply(*original.append(b"two\n"))
        mirror.apply_state(original.state())
        other.append(b"two\n")
        mirror.apply(*other.chunks(), log=OTHER)
        assert mirror.data(OTHER) == b"one\ntwo\n"
        asked = [] if restores else [0]  # with its position, it is known to be whole with what is held
        assert [ask.offset for ask in mirror.asks(after=3.1)] == asked
        mirror.apply(*original.chunks())
        assert mirror.store.failing().keys() == {"web-07"}
    mirror.asks(after=60.0)
    assert mirror.data() == original.data
    assert mirror.store.failing() == {}


@pytest.mark.parametrize("restores", [False, True])
def test_a_file_that_cannot_be_opened_is_no_new_one(
    tmp_path: Path, restores: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is within the limits already, and its bytes are there."""
    mirror, original = Mirror(tmp_path / "fleet", Limits(machine_sessions=1, machine_bytes=20)), Original()
    mirror.apply(*original.append(b"twelve bytes\n"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing(os.open, lambda path, *_: mirror.path().name in str(path)))
        mirror.start_again(restores=restores)
        mirror.apply_state(original.state())
    asked = [ask.offset for ask in mirror.asks(after=3.1)]
    assert asked == [len(original.data) if restores else 0]  # nothing that was proven is sent again
    mirror.apply(*original.chunks(), *original.append(b"six\n"))
    assert mirror.data() == original.data
    mirror.store.close()


@pytest.mark.parametrize("function", ["fstat", "utime"])
def test_a_state_that_cannot_be_compared_is_asked_for_again(mirror: Mirror, function: str) -> None:
    original = Original()
    mirror.apply(*original.append(b"one\n"))
    with damaged(mirror.path(), function):
        mirror.apply_state(original.state())
        assert mirror.store.failing()
    assert [ask.offset for ask in mirror.asks(after=3.1)] == [4]
    mirror.apply_state(original.state())
    assert mirror.store.failing() == {}
    assert mirror.asks(after=60.0) == []


def test_a_full_disk_of_one_machine_holds_up_no_other_one(mirror: Mirror) -> None:
    """A quota of the file system has the same effect."""
    original, other = Original(b"x" * 999 + b"\n"), Original()
    with small_file_system(mirror.root / "web-07", "64k"):
        mirror.apply(*original.chunks())
        mirror.apply(*original.append(b"y" * 200_000 + b"\n"))
        mirror.apply(*other.append(b"one\n"), log=ELSEWHERE)
        assert mirror.data(ELSEWHERE) == b"one\n"
        assert mirror.store.failing() == {
            "web-07": "some logs of web-07 cannot be written (1): No space left on device",
        }
        enlarge(mirror.root / "web-07", "1m")
        mirror.asks(after=3.1)
        assert mirror.data() == original.data


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_if_nothing_can_be_written_nothing_is_set_aside(
    mirror: Mirror, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Original()
    mirror.apply(*original.append(b"one\n"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", failing(os.pwrite, lambda *_: True, code))
        with pytest.raises(OSError, match=os.strerror(code)):
            mirror.apply(*original.append(b"two\n"))
        assert mirror.store.failing() == {}
    mirror.apply(*original.chunks(4))
    assert mirror.data() == original.data
    assert {path.name for path in mirror.root.iterdir()} == {"web-07"}


def test_it_is_told_that_a_log_is_not_written(tmp_path: Path) -> None:
    lines: list[str] = []

    async def ship(fleet: Fleet) -> None:
        paths = [log_path(fleet.base, name) for name in ("bad", "good")]
        copies = [fleet.mirrored / path.relative_to(fleet.base) for path in paths]
        for path in paths:
            append(path, b"one\n")
        async with fleet.shipping(), fleet.mirroring(lines.append) as mirror:
            await fleet.until_equal()
            with damaged(copies[0], "pwrite"):
                for path in paths:
                    append(path, b"two\n")
                await eventually(lambda: copies[1].read_bytes() == b"one\ntwo\n")
                await eventually(lambda: any("cannot be written" in line for line in lines))
                assert mirror.notices == [
                    f"some logs of {MACHINE} cannot be written (1): Input/output error; trying again",
                ]
            await fleet.until_equal()
            await eventually(lambda: not mirror.notices)

    with running_server(tmp_path / "server") as server:
        asyncio.run(ship(Fleet(server, tmp_path)))
    assert [line for line in lines if "written" in line] == [
        f"some logs of {MACHINE} cannot be written (1): Input/output error; trying again",
        f"all logs of {MACHINE} are written again",
    ]
