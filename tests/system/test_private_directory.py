"""Temporary directories: in use for as long as their process lives, and removed by the next one afterwards."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from zigtui.system.private_directory import PrivateDirectory

_HOLDS = """
import sys
from zigtui.system.private_directory import PrivateDirectory
directory = PrivateDirectory("test")
(directory.path / "part").mkdir()
(directory.path / "part" / "secret").write_text("x")
print(directory.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@contextmanager
def held_by_another() -> Iterator[Path]:
    """A directory of another process, which is killed at the end of the block."""
    command = [sys.executable, "-c", _HOLDS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Path(process.stdout.readline().rstrip("\n"))
        finally:
            process.kill()


def test_it_is_for_the_user_alone_and_goes_with_all_that_is_in_it(temporary: Path) -> None:
    with PrivateDirectory("test") as directory:
        assert list(temporary.iterdir()) == [directory.path]
        assert directory.path.name.startswith("zigtui-test-")
        assert directory.path.stat().st_mode & 0o777 == 0o700
        (directory.path / "file").touch()
    assert not list(temporary.iterdir())


def test_one_that_is_in_use_stays_and_that_of_a_killed_process_is_removed() -> None:
    with held_by_another() as other:
        with PrivateDirectory("test"):
            assert (other / "part" / "secret").exists()
        with PrivateDirectory("other"):
            pass
    assert (other / "part" / "secret").exists()
    with PrivateDirectory("other"):
        assert other.exists()
    with PrivateDirectory("test"):
        assert not other.exists()


def test_several_of_a_process_do_not_take_each_other_for_left_ones() -> None:
    with PrivateDirectory("test") as first, PrivateDirectory("test") as second:
        assert first.path.exists()
        assert second.path.exists()


def test_nothing_but_directories_of_the_user_is_removed(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = temporary / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (temporary / "zigtui-test-link").symlink_to(kept)
    (temporary / "zigtui-test-file").touch()
    with PrivateDirectory("test"):
        pass
    left = temporary / "zigtui-test-left"
    left.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: left.stat().st_uid + 1)
        with PrivateDirectory("test"):
            pass
    assert left.exists()
    with PrivateDirectory("test"):
        pass
    assert sorted(path.name for path in temporary.iterdir()) == ["kept", "zigtui-test-file", "zigtui-test-link"]
    assert (kept / "file").exists()


def test_without_locks_as_on_windows_what_others_left_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = temporary / "zigtui-test-left"
    left.mkdir()
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.delattr(os, "geteuid")
    with PrivateDirectory("test") as directory:
        assert directory.path.exists()
    assert list(temporary.iterdir()) == [left]


def test_one_that_cannot_be_made_leaves_nothing(temporary: Path) -> None:
    tempfile.gettempdir()  # which needs a descriptor the first time
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = os.open(os.devnull, os.O_RDONLY)
    os.close(taken)
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            PrivateDirectory("test")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert not list(temporary.iterdir())
