"""The lock that keeps two processes from doing the same work."""

import errno
import fcntl
from pathlib import Path

import pytest

from zigtui.state.process_lock import LockedError, process_lock


def test_only_one_holds_it_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "state" / "some.lock"
    with process_lock(path), pytest.raises(LockedError), process_lock(path):
        pass
    with process_lock(path):
        pass


def test_a_file_system_without_locks_is_not_taken_for_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fails)
    with pytest.raises(OSError, match="No locks available"), process_lock(tmp_path / "some.lock"):
        pass
