"""Logs that cannot be shipped, among others that can."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fleet import running_server
from tests.support.redactors import masking
from tests.support.shipping import Fleet, append, log_path, whole_lines
from tests.support.waiting import eventually
from zigtui.fleet.ship import log_set

SECRET = b"what only this user may read\n"


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running_server(tmp_path / "server") as server:
        yield Fleet(server, tmp_path)


@pytest.mark.parametrize("is_masked", [False, True])
async def test_a_log_that_is_a_link_is_not_shipped(fleet: Fleet, tmp_path: Path, is_masked: bool) -> None:
    """Others may be able to make links in the directory, to what only the user of the shipper may read."""
    secret, link, other = tmp_path / "secret", log_path(fleet.base, "link"), log_path(fleet.base, "other")
    append(secret, SECRET)
    link.symlink_to(secret)
    append(other, b"one\n")
    async with fleet.mirroring(), fleet.shipping(masking=masking() if is_masked else None):
        await eventually(lambda: len(whole_lines(fleet.mirrored)) == 1)
        await eventually(lambda: f"{link} is not shipped: it is a symbolic link" in fleet.reports)
        link.unlink()
        append(link, b"two\n")
        await fleet.until_equal()
        link.unlink()
        link.symlink_to(secret)
        await eventually(lambda: fleet.reports.count(f"{link} is not shipped: it is a symbolic link") == 2)
        append(other, b"two\n")
        await eventually(lambda: whole_lines(fleet.mirrored)[str(other.relative_to(fleet.base))] == b"one\ntwo\n")
    assert SECRET not in b"".join(whole_lines(fleet.mirrored).values())
    assert len(fleet.reports) == 3  # with the connection


async def test_directories_may_be_links(fleet: Fleet, tmp_path: Path) -> None:
    """As of a project on another disk."""
    path = log_path(tmp_path / "disk", "session")
    append(path, b"one\n")
    (fleet.base / "projects").symlink_to(tmp_path / "disk" / "projects")
    async with fleet.mirroring(), fleet.shipping():
        await fleet.until_equal()
        append(path, b"two\n")
        await eventually(lambda: list(whole_lines(fleet.mirrored).values()) == [b"one\ntwo\n"])


@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize("function", ["open", "stat", "lstat"])
async def test_a_log_that_cannot_be_read_holds_up_no_other_one(
    fleet: Fleet, function: str, is_masked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_set, "_TROUBLE_SECS", 0.1)
    paths = [log_path(fleet.base, name) for name in ("a", "bad", "c")]
    for path in paths:
        append(path, b"one\n")
    real: Callable[..., Any] = getattr(os, function)

    def fails(path: Any, *arguments: Any, **options: Any) -> Any:
        if "bad.jsonl" in str(path) and str(fleet.base) in str(path):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, *arguments, **options)

    def others() -> list[bytes]:
        return [data for name, data in whole_lines(fleet.mirrored).items() if "bad" not in name]

    async with fleet.mirroring(), fleet.shipping(masking=masking() if is_masked else None):
        await fleet.until_equal()
        with monkeypatch.context() as patch:
            patch.setattr(os, function, fails)
            for path in paths:
                append(path, b"two\n")
            await eventually(lambda: all(b"two" in data for data in others()))
        append(paths[1], b"three\n")
        await fleet.until_equal()
