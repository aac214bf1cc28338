"""Old sessions are removed with their entries in the indexes; live ones never."""

import errno
import json
import os
import time
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases import each_case
from tests.support.writers import global_index, project_index, read_index
from writer import SessionStatus, SessionWriter, prune

DAY = 24 * 3600


def record(age_days: float, end: str | None = "success") -> SessionWriter:
    """Record a session that was last written some days ago; without an end, its process is not there any more."""
    writer = SessionWriter.create(f"{end}-{age_days:g}", "x", index="now")
    if end is None:
        writer.close()
    else:
        writer.ended(SessionStatus(end), 1)
    written_at = time.time() - age_days * DAY
    os.utime(writer.log_path, (written_at, written_at))
    return writer


@pytest.fixture
def sessions(project: Path, home: Path) -> list[SessionWriter]:
    """Sessions of the last six days, the newest first."""
    return [record(1), record(2, "failure"), record(3, None), record(4), record(5, "failure"), record(6, None)]


def numbers(sessions: list[SessionWriter], **options: Any) -> list[int]:
    """The places of those that are or would be removed, in the list of the sessions."""
    ids = [session.session_id for session in sessions]
    return [ids.index(session.session_id) for session in prune(**options)]


LIMITS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "age": ({"older_than": timedelta(days=3.5)}, [3, 4, 5]),
    "number": ({"keep": 4}, [4, 5]),
    "none": ({"keep": 6}, []),
    "all": ({"keep": 0}, [0, 1, 2, 3, 4, 5]),
    "size": ({"max_bytes": 0}, [0, 1, 2, 3, 4, 5]),
    "either limit": ({"older_than": timedelta(days=5.5), "max_bytes": 0}, [0, 1, 2, 3, 4, 5]),
    "old ones, but not the newest": ({"older_than": timedelta(days=2.5), "keep": 4}, [4, 5]),
    "old ones that are not the newest": ({"older_than": timedelta(days=4.5), "keep": 1}, [4, 5]),
    "size, but not the newest": ({"max_bytes": 0, "keep": 5}, [5]),
    "all limits": ({"older_than": timedelta(days=1.5), "max_bytes": 0, "keep": 2}, [2, 3, 4, 5]),
    "state": ({"keep": 0, "states": ["failed"]}, [1, 4]),
    "states": ({"keep": 3, "states": ["succeeded", "lost"]}, [3, 5]),
}


@pytest.mark.parametrize(("options", "expected"), LIMITS.values(), ids=LIMITS)
def test_limits_choose_sessions(
    sessions: list[SessionWriter], home: Path, options: dict[str, Any], expected: list[int]
) -> None:
    assert numbers(sessions, **options) == expected
    assert all(session.log_path.exists() for session in sessions)  # a dry run is the default
    assert len(read_index(global_index(home))) == 6
    assert numbers(sessions, dry_run=False, **options) == expected
    left = [session for number, session in enumerate(sessions) if number not in expected]
    assert {log.stem for log in home.rglob("*.jsonl")} == {session.session_id for session in left}
    for index in (project_index(sessions[0]), global_index(home)):
        assert [entry["zig_session_id"] for entry in read_index(index)] == [session.session_id for session in left]


def test_the_size_of_those_that_stay_is_below_the_limit(sessions: list[SessionWriter]) -> None:
    sizes = [session.log_path.stat().st_size for session in sessions]
    assert numbers(sessions, max_bytes=sum(sizes[:3])) == [3, 4, 5]


def test_live_sessions_stay(project: Path, home: Path) -> None:
    owned = SessionWriter.create("owned", "x")
    os.utime(owned.log_path, (0, 0))  # its process lives, though it writes nothing
    record(0.5, None)  # perhaps of zig, which has no lock
    assert prune(keep=0, dry_run=False) == []
    owned.close()
    os.utime(owned.log_path, (0, 0))
    assert [session.state for session in prune(keep=0, dry_run=False)] == ["lost"]


def test_what_is_no_session_stays(project: Path, home: Path) -> None:
    record(9)
    directory = record(9).log_path.parent
    (directory / "notes.jsonl").write_text('{"a":1}\n')
    (directory / "notes.txt").write_text("x")
    assert len(prune(keep=0, dry_run=False)) == 2
    assert sorted(path.name for path in directory.iterdir()) == ["notes.jsonl", "notes.txt"]


@each_case(
    ("options", "message"),
    [
        ({}, "prune needs a limit"),
        ({"keep": -1}, "keep must be from 0 to"),
        ({"max_bytes": -1}, "max_bytes must be from 0 to"),
        ({"max_bytes": 1.5}, "max_bytes must be a whole number"),
        ({"older_than": timedelta(days=-1)}, "older_than must be a timedelta that is not negative"),
        ({"older_than": 30}, "older_than must be a timedelta"),
        ({"keep": 1, "states": ["running"]}, "states must be some of succeeded, failed, lost"),
        ({"keep": 1, "states": []}, "states must be some of"),
    ],
)
def test_invalid_arguments_are_refused(home: Path, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        prune(**options)


def test_a_base_that_does_not_exist_has_nothing_to_remove(home: Path) -> None:
    assert prune(keep=0, base=home / "missing") == []


@pytest.mark.parametrize("link", ["directory", "file"])
def test_a_session_with_several_paths_counts_once(sessions: list[SessionWriter], home: Path, link: str) -> None:
    newest = sessions[0].log_path
    project = newest.parents[2]
    other = project.with_name("other")
    if link == "directory":
        other.symlink_to(project)
    else:
        (other / "logs/sessions").mkdir(parents=True)
        (other / "logs/sessions" / newest.name).hardlink_to(newest)
    assert prune(keep=6) == []
    assert numbers(sessions, keep=5, dry_run=False) == [5]
    assert sorted(numbers(sessions, keep=0, dry_run=False)) == [0, 1, 2, 3, 4]
    assert list(home.rglob("*.jsonl")) == []


def test_a_project_that_cannot_be_read_is_passed_over(
    sessions: list[SessionWriter], home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = sessions[0].log_path.parents[3] / "unreadable/logs/sessions"
    directory.parent.mkdir(parents=True)
    directory.symlink_to(directory.name)
    assert numbers(sessions, keep=5, dry_run=False) == [5]
    assert f"cannot list {directory}: " in caplog.text


def test_a_session_that_cannot_be_removed_is_reported_in_words_and_stays(
    sessions: list[SessionWriter], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = str(sessions[4].log_path)
    unlink = os.unlink

    def fails(path: str) -> None:  # as on a disk that is mounted read-only, also for root
        if path == kept:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
        unlink(path)

    monkeypatch.setattr(os, "unlink", fails)
    assert numbers(sessions, keep=3, dry_run=False) == [3, 5]
    assert f"cannot remove a session (Read-only file system): {kept}" in caplog.text
    assert "Errno" not in caplog.text
    assert Path(kept).exists()


def test_a_file_of_one_endless_line_is_left_alone_and_not_read_as_a_whole(home: Path, project: Path) -> None:
    log_path = record(1).log_path
    other = log_path.with_name("other.jsonl")
    other.touch()
    os.truncate(other, 200_000_000)  # no room on the disk
    tracemalloc.start()
    try:
        assert [session.log_path for session in prune(keep=0)] == [str(log_path)]
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_entries_of_an_index_that_make_no_sense_stay(home: Path, project: Path) -> None:
    writer = record(1)
    nonsense: list[Any] = [{"zig_session_id": ["a", "list"]}, {"zig_session_id": None}, {}]
    for index in (project_index(writer), global_index(home)):
        index.write_text(json.dumps({"sessions": [*nonsense, *read_index(index)]}))
    assert len(prune(keep=0, dry_run=False)) == 1
    assert read_index(project_index(writer)) == read_index(global_index(home)) == nonsense
