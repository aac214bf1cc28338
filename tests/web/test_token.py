"""The token in a file."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from zigtui.web.token import kept_token

SERVERS = 4


def test_servers_that_start_at_the_same_time_have_the_same_token(tmp_path: Path) -> None:
    barrier = Barrier(SERVERS)

    def start(path: Path) -> str:
        barrier.wait()
        return kept_token(path)

    with ThreadPoolExecutor(SERVERS) as servers:
        for number in range(100):
            path = tmp_path / f"{number}" / "token"
            assert len(set(servers.map(start, [path] * SERVERS))) == 1
            assert list(path.parent.iterdir()) == [path]
            assert path.stat().st_mode & 0o777 == 0o600


def test_a_token_in_a_directory_without_write_access_is_read(tmp_path: Path) -> None:
    token = kept_token(tmp_path / "token")
    tmp_path.chmod(0o500)
    try:
        assert kept_token(tmp_path / "token") == token
    finally:
        tmp_path.chmod(0o700)


def test_a_file_that_cannot_be_created_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)
    with pytest.raises(OSError, match="File name too long"):
        kept_token(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_hard_links_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def link(source: Path, target: Path) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "link", link)
    path = tmp_path / "token"
    assert kept_token(path) == kept_token(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o600
