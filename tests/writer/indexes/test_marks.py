"""Marks of sessions whose entries are to be updated: none is lost, whoever is killed, and whenever that happens."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from tests.support.writers import global_index, pending_marks, project_index, read_index, run_python
from tests.writer.indexes.test_index_lock import lock_holder
from writer import SessionWriter

KILLED = """
import os, sys
from writer import SessionWriter
write = os.write
os.write = lambda *arguments: os._exit(write(*arguments) and 0)
SessionWriter.create("killed", "review.zwf")
"""


@pytest.fixture
def empty_log(project: Path, home: Path) -> Iterator[int]:
    """The log of a marked session without its first event; yield its descriptor."""
    first = SessionWriter.create("first", "review.zwf", index="now")
    path = first.log_path.with_name("00000000-0000-4000-8000-000000000000.jsonl")
    directory = Path(f"{global_index(home)}.pending")
    directory.mkdir()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    (directory / f"{path.stem}.started").symlink_to(path)
    yield descriptor
    os.close(descriptor)


def update() -> None:
    SessionWriter.create("another", "review.zwf", index="now").close()


def test_a_session_whose_process_is_about_to_write_the_first_event_stays_marked(empty_log: int, home: Path) -> None:
    fcntl.flock(empty_log, fcntl.LOCK_EX)
    update()
    (mark,) = pending_marks(global_index(home))
    log = next(path for path in mark.resolve().parent.iterdir() if path.stat().st_size)
    os.write(empty_log, log.read_bytes().replace(log.stem.encode(), mark.stem.encode()))
    fcntl.flock(empty_log, fcntl.LOCK_UN)
    update()
    assert pending_marks(global_index(home)) == []
    assert mark.stem in {entry["zig_session_id"] for entry in read_index(global_index(home))}


@pytest.mark.usefixtures("empty_log")
def test_the_mark_of_a_session_that_has_not_begun_goes_with_its_process(home: Path) -> None:
    update()
    assert pending_marks(global_index(home)) == []
    assert [entry["workflow_name"] for entry in read_index(global_index(home))] == ["first", "another"]


@pytest.mark.parametrize("is_new", [True, False])
def test_a_process_killed_right_after_the_first_event_has_marked_its_session(
    project: Path, home: Path, *, is_new: bool
) -> None:
    if not is_new:
        update()
    assert run_python(KILLED).stderr == ""
    assert len(pending_marks(global_index(home))) == 1
    update()
    last = SessionWriter.create("last", "review.zwf", index="now")
    assert pending_marks(global_index(home)) == []
    for index in (project_index(last), global_index(home)):
        assert "killed" in {entry["workflow_name"] for entry in read_index(index)}


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_session_that_ends_is_marked_once_more_if_its_log_may_have_been_read(
    project: Path, home: Path, *, is_taken: bool
) -> None:
    SessionWriter.create("first", "review.zwf", index="now").close()
    index = global_index(home)
    with lock_holder(index):
        writer = SessionWriter.create("review", "review.zwf")
        (mark,) = pending_marks(index)
        if is_taken:  # by another process, which is about to read the log
            mark.rename(f"{mark}.taken")
        writer.ended("success", 1)
        assert len(pending_marks(index)) == 1 + is_taken
    wait_until(lambda: pending_marks(index) == [])
    assert [entry["status"] for entry in read_index(index)] == [None, "success"]


def test_what_a_process_was_killed_at_is_done_by_the_next(home: Path, project: Path) -> None:
    assert run_python(KILLED).stderr == ""
    (mark,) = pending_marks(global_index(home))
    mark.rename(f"{mark}.taken")
    update()
    assert pending_marks(global_index(home)) == []
    assert [entry["workflow_name"] for entry in read_index(global_index(home))] == ["killed", "another"]
