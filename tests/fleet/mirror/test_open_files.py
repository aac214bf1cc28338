"""Mirrored files that are opened: few at a time, and those that another client of a network file system removes."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.few_descriptors import few_descriptors
from zigtui.fleet.mirror.open_files import OpenFiles, has_moved, path_of
from zigtui.fleet.wire.names import RemoteLog

LOG = RemoteLog("web-07", "src-shop", "s1")


@pytest.fixture
def files(tmp_path: Path) -> Iterator[OpenFiles]:
    files = OpenFiles(str(tmp_path), 10)
    yield files
    files.close()


def remove_elsewhere(path: Path, descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove a file as another client of a network file system does."""
    inode, fstat = os.fstat(descriptor).st_ino, os.fstat
    path.rename(path.with_suffix(".removed"))

    def fstat_by_handle(file: int) -> os.stat_result:
        status = fstat(file)
        if status.st_ino == inode:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return status

    monkeypatch.setattr(os, "fstat", fstat_by_handle)


def test_a_file_whose_handle_is_stale_is_opened_again(
    files: OpenFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = files.file(LOG, creates=True)
    assert file is not None
    path = tmp_path / path_of(LOG)
    remove_elsewhere(path, file.descriptor, monkeypatch)
    assert has_moved(file.descriptor, str(path.with_suffix(".removed")))
    assert files.file(LOG, creates=False) is None
    assert files.file(LOG, creates=True) is not None
    assert path.exists()


def test_a_file_that_cannot_be_checked_has_not_moved(
    files: OpenFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = files.file(LOG, creates=True)
    assert file is not None

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", fail)
        with pytest.raises(OSError, match="Input/output"):
            has_moved(file.descriptor, str(tmp_path / path_of(LOG)))
        files.close_unneeded()
    assert files.file(LOG, creates=False) is file


def test_many_machines_need_no_more_descriptors_than_a_few_files(tmp_path: Path) -> None:
    logs = [RemoteLog(f"web-{number}", "src-shop", "s1") for number in range(100)]
    files = OpenFiles(str(tmp_path), 20)
    try:
        with few_descriptors(40):
            for log in [*logs, *logs]:
                assert files.file(log, creates=True) is not None
    finally:
        files.close()
    assert all((tmp_path / path_of(log)).exists() for log in logs)


def descriptor_count() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_only_files_that_are_used_stay_open(tmp_path: Path) -> None:
    now, before = 100.0, descriptor_count()
    files = OpenFiles(str(tmp_path), 20, lambda: now)
    try:
        others = [LOG._replace(session=f"other-{number}") for number in range(5)]
        for log in [LOG, *others]:
            assert files.file(log, creates=True) is not None
        for _ in range(10):
            now += 20
            files.file(LOG, creates=False)
            files.close_unneeded()
        assert descriptor_count() - before == 2  # the root and the file
        for log in others:
            assert files.file(log, creates=False) is not None
    finally:
        files.close()
