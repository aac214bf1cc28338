"""Indexes that others write or lock at the same time."""

import fcntl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from tests.support.writers import global_index, idle_fork, project_index, read_events, read_index, start_python
from writer import SessionCoordinator, SessionWriter

HOLD_THE_LOCK = """
import fcntl, os, sys
lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def lock_holder(index: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of an index."""
    with start_python("-c", HOLD_THE_LOCK, f"{index}.lock") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def is_locked(index: Path) -> bool:
    with Path(f"{index}.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def begin(name: str = "review") -> SessionWriter:
    return SessionWriter.create(name, "review.zwf", index="now")


def test_an_index_that_becomes_whole_soon_is_used(project: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "writer._indexes.text._PARSE_AGAIN_SECS", 20.0
    )  # a second, on a machine that has nothing else to do
    writer = begin()
    index = project_index(writer)
    whole = index.read_bytes()
    index.write_bytes(whole[: len(whole) // 2])
    thread = threading.Thread(target=begin, args=("second",))
    thread.start()
    wait_until(lambda: is_locked(index))
    index.write_bytes(whole)  # in place, as the reference does
    thread.join()
    assert [entry["workflow_name"] for entry in read_index(index)] == ["review", "second"]
    assert list(index.parent.glob("*.corrupt-*")) == []


def test_a_lock_that_is_held_for_long_does_not_keep_a_session_from_being_written(
    project: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("writer._indexes.lock._LOCK_TIMEOUT_SECS", 0.1)
    index = project_index(begin())
    with lock_holder(index):
        writer = begin("second")
        assert [(record.name, record.levelname) for record in caplog.records] == [("writer", "WARNING")]
        writer.step_output("lint", "stdout", "a line")
        writer.ended("success", 1)
        assert len(caplog.records) == 1  # once for each index
    assert [event["seq"] for event in read_events(writer.log_path)] == [1, 2, 3]
    assert len(read_index(index)) == 1
    assert read_index(global_index(home))[1]["status"] == "success"
    assert capfd.readouterr() == ("", "")


def test_a_session_missed_at_its_start_is_in_the_index_after_its_end(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = project_index(begin())
    with lock_holder(index), monkeypatch.context() as patch:
        patch.setattr("writer._indexes.lock._LOCK_TIMEOUT_SECS", 0.1)
        coordinator = SessionCoordinator.start(begin("second"))
    coordinator.finish()
    assert [entry["status"] for entry in read_index(index)] == [None, "success"]


def test_the_lock_of_a_killed_process_is_free(project: Path, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    index = project_index(begin())
    with lock_holder(index) as process:
        assert is_locked(index)
        process.kill()
        process.wait()
        begin("second")
    assert len(read_index(index)) == 2
    assert caplog.records == []


def test_a_fork_made_while_the_index_is_locked_does_not_keep_the_lock(project: Path, home: Path) -> None:
    index = project_index(begin())
    whole = index.read_bytes()
    index.write_bytes(whole[: len(whole) // 2])
    thread = threading.Thread(target=begin, args=("second",))
    thread.start()
    wait_until(lambda: is_locked(index))
    with idle_fork():
        index.write_bytes(whole)
        thread.join()
        assert not is_locked(index)
