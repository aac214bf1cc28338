"""Indexes that cannot be used: a warning and a complete log. And a session that does not begin leaves nothing."""

import errno
import fcntl
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.writers import (
    BECOME_NOBODY,
    NOBODY,
    fill,
    global_index,
    project_index,
    read_events,
    read_index,
    run_python,
)
from writer import SessionError, SessionWriter
from writer._log import event_log

RECORD_AS_NOBODY = f"""
import logging, os, sys
from writer import SessionWriter
{BECOME_NOBODY}
logging.basicConfig(format="%(name)s %(levelname)s %(message)s", stream=sys.stdout)
SessionWriter.create("second", "review.zwf", base=sys.argv[1], cwd=sys.argv[1]).ended("success", 1)
"""

TYPES = ["zig_session_started", "step_output", "zig_session_ended"]

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can make files of other users")


def begin(name: str = "review", base: Path | None = None, cwd: Path | None = None) -> SessionWriter:
    return SessionWriter.create(name, "review.zwf", base=base, cwd=cwd, index="now")


def record(name: str = "review") -> SessionWriter:
    """Record a session from its start to its end."""
    writer = begin(name)
    writer.step_output("lint", "stdout", "a line")
    writer.ended("success", 1)
    return writer


def types(log: Path) -> list[str]:
    return [event["type"] for event in read_events(log)]


def a_directory(index: Path) -> None:
    index.mkdir()


def a_pipe(index: Path) -> None:
    os.mkfifo(index)


def a_link_to_itself(index: Path) -> None:
    index.symlink_to(index)


def a_lock_that_is_a_directory(index: Path) -> None:
    Path(f"{index}.lock").unlink()
    Path(f"{index}.lock").mkdir()


def too_deep_to_be_written(index: Path) -> None:
    index.write_text(json.dumps({"sessions": [], "later": "deep"}).replace('"deep"', "[" * 300 + "]" * 300))


@pytest.mark.parametrize("which", ["project", "global"])
@pytest.mark.parametrize(
    "trouble", [a_directory, a_pipe, a_link_to_itself, a_lock_that_is_a_directory, too_deep_to_be_written]
)
def test_an_index_that_cannot_be_used_is_a_warning(
    project: Path, home: Path, caplog: pytest.LogCaptureFixture, which: str, trouble: Callable[[Path], None]
) -> None:
    first = record()
    broken, whole = project_index(first), global_index(home)
    if which == "global":
        broken, whole = whole, broken
    broken.unlink()
    trouble(broken)
    before = sorted(path for path in home.rglob("*") if path.suffix != ".jsonl")
    writer = record("second")
    assert types(writer.log_path) == TYPES
    assert [(entry["workflow_name"], entry["status"]) for entry in read_index(whole)] == [
        ("review", "success"),
        ("second", "success"),
    ]
    (warning,) = caplog.records
    assert (warning.name, warning.levelname) == ("writer", "WARNING")
    assert str(broken) in warning.getMessage()
    assert "The session log is complete without it. Make sure that" in warning.getMessage()
    assert sorted(path for path in home.rglob("*") if path.suffix != ".jsonl") == before


def test_trouble_with_both_indexes_is_one_warning(project: Path, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    indexes = (project_index(record()), global_index(home))
    for index in indexes:
        index.unlink()
        index.mkdir()
    writer = record("second")
    assert types(writer.log_path) == TYPES
    (message,) = caplog.messages
    assert all(str(index) in message for index in indexes)
    assert message.count("The session log is complete without them. Make sure that") == 1


def test_trouble_that_comes_later_is_a_warning_too(project: Path, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    indexes = (project_index(record()), global_index(home))
    writer = begin("second")
    for index in indexes:
        index.unlink()
        index.mkdir()
    writer.ended("success", 1)
    assert len(caplog.messages) == 1


def test_an_index_that_can_be_used_again_has_the_session_at_its_end(
    project: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    global_index(home).mkdir(parents=True)
    writer = begin()
    global_index(home).rmdir()
    writer.ended("success", 1)
    assert [entry["status"] for entry in read_index(global_index(home))] == ["success"]
    assert len(caplog.records) == 1


def not_readable(index: Path) -> None:
    if os.getuid() == 0:
        os.chown(index, 0, 0)
        index.chmod(0o600)
    else:
        index.chmod(0)


def a_lock_that_is_not_readable(index: Path) -> None:
    not_readable(Path(f"{index}.lock"))


def not_replaceable(index: Path) -> None:
    index.parent.chmod(0o555)


@pytest.mark.parametrize("which", ["project", "global"])
@pytest.mark.parametrize("trouble", [not_readable, a_lock_that_is_not_readable, not_replaceable])
def test_an_index_of_another_user_is_a_warning(
    shared_directory: Path, which: str, trouble: Callable[[Path], None]
) -> None:
    first = begin(base=shared_directory, cwd=shared_directory)
    indexes = [project_index(first), shared_directory / "sessions_index.json"]
    broken, whole = indexes if which == "project" else reversed(indexes)
    if os.getuid() == 0:
        for path in (shared_directory, *shared_directory.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    trouble(broken)
    result = run_python(RECORD_AS_NOBODY, shared_directory)
    assert (result.returncode, result.stderr) == (0, "")
    (warning,) = result.stdout.splitlines()
    assert warning.startswith("writer WARNING cannot ")
    assert f"(Permission denied): {broken}" in warning
    (log,) = [log for log in shared_directory.rglob("*.jsonl") if log != first.log_path]
    assert types(log) == ["zig_session_started", "zig_session_ended"]
    assert [entry["workflow_name"] for entry in read_index(broken)] == ["review"]
    assert [entry["workflow_name"] for entry in read_index(whole)] == ["review", "second"]


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_without_locks_the_indexes_are_written_with_a_warning(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)
    writer = record()
    assert types(writer.log_path) == TYPES
    indexes = (project_index(writer), global_index(home))
    assert [entry["status"] for index in indexes for entry in read_index(index)] == ["success"] * 2
    (message,) = caplog.messages
    assert message.count(f"cannot lock the index ({os.strerror(code)})") == 2
    assert message.count("a file system that supports locks") == 1
    assert list(home.rglob("*.tmp")) == []


def test_a_full_disk_at_the_index_is_a_warning(small_disk: Path, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    base = small_disk / ".zig"
    index = base / "sessions_index.json"
    begin(base=base, cwd=home)
    index.write_text(json.dumps({"sessions": read_index(index) * 100}))
    before = index.read_bytes()
    ballast = fill(small_disk)
    os.truncate(ballast, ballast.stat().st_size - 16 * 1024)  # enough for the log and the other index
    writer = begin("second", base=base, cwd=home)
    writer.ended("success", 1)
    assert types(writer.log_path) == ["zig_session_started", "zig_session_ended"]
    assert index.read_bytes() == before
    assert [entry["status"] for entry in read_index(project_index(writer))] == [None, "success"]
    (message,) = caplog.messages
    assert message.startswith(f"cannot update the index (No space left on device): {index}. ")
    assert list(small_disk.rglob("*.tmp")) == []


@pytest.mark.parametrize("replaced", range(1, 3))
def test_an_interrupt_while_a_session_begins_leaves_neither_log_nor_entry(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch, replaced: int
) -> None:
    first = record()
    indexes = (project_index(first), global_index(home))
    before = [index.read_bytes() for index in indexes]
    replacements = 0
    really_replace = os.replace

    def replace(source: str, target: str) -> None:
        nonlocal replacements
        replacements += 1
        really_replace(source, target)
        if replacements == replaced:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            begin("second")
    assert replacements > replaced
    assert [index.read_bytes() for index in indexes] == before
    assert list(home.rglob("*.jsonl")) == [first.log_path]


def test_a_log_that_cannot_be_written_leaves_neither_log_nor_entry(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(descriptor: int, data: bytes) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(event_log, "_write", write)
    with pytest.raises(SessionError, match="cannot write the session log"):
        begin()
    assert [path for path in home.rglob("*") if path.is_file()] == []


# Owner, group and mode


def owner(path: Path) -> tuple[int, int, str]:
    status = path.stat()
    return status.st_uid, status.st_gid, stat.filemode(status.st_mode)


@needs_root
def test_root_leaves_the_indexes_to_their_owner(project: Path, home: Path) -> None:
    writer = record()
    indexes = (project_index(writer), global_index(home))
    for index in indexes:
        os.chown(index, NOBODY, 12)
        index.chmod(0o640)
    record("second")
    assert [owner(index) for index in indexes] == [(NOBODY, 12, "-rw-r-----")] * 2


@needs_root
def test_new_indexes_and_locks_of_root_belong_to_the_owner_of_the_directory(project: Path, home: Path) -> None:
    index = global_index(home)
    index.parent.mkdir()
    os.chown(index.parent, NOBODY, 12)
    record()
    for path in (index, Path(f"{index}.lock")):
        assert owner(path) == (NOBODY, 12, "-rw-------")


@needs_root
@pytest.mark.parametrize("existing", [".", ".zig", ".zig/projects"])
def test_what_root_creates_in_the_home_of_a_user_belongs_to_the_user(
    shared_directory: Path, project: Path, existing: str
) -> None:
    home = shared_directory / "home"
    (home / existing).mkdir(parents=True)
    for path in (home, *home.rglob("*")):
        os.chown(path, NOBODY, 12)
    first = begin(base=home / ".zig", cwd=project)
    first.ended("success", 1)
    assert {owner(path)[:2] for path in home.rglob("*")} == {(NOBODY, 12)}
    assert owner(first.log_path)[2] == "-rw-------"
    result = run_python(RECORD_AS_NOBODY, home / ".zig")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert len(read_index(home / ".zig" / "sessions_index.json")) == 2


@needs_root
def test_permissions_of_a_group_that_cannot_be_kept_go_to_no_other_group(shared_directory: Path) -> None:
    writer = begin(base=shared_directory, cwd=shared_directory)
    for path in (shared_directory, *shared_directory.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    index = project_index(writer)
    os.chown(index, NOBODY, 12)
    index.chmod(0o664)
    result = run_python(RECORD_AS_NOBODY, shared_directory)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert owner(index) == (NOBODY, NOBODY, "-rw----r--")


@pytest.mark.parametrize(("mode", "of_the_lock"), [(0o644, "-rw-------"), (0o664, "-rw-rw----")])
def test_a_lock_is_for_those_who_can_write_the_index(project: Path, home: Path, mode: int, of_the_lock: str) -> None:
    record()
    lock = Path(f"{global_index(home)}.lock")
    lock.unlink()
    global_index(home).chmod(mode)
    record("second")
    assert stat.filemode(lock.stat().st_mode) == of_the_lock


@needs_root
def test_root_follows_no_link_when_it_writes_the_temporary_file(project: Path, home: Path) -> None:
    writer = record()
    precious = home / "precious"
    precious.write_text("precious")
    Path(f"{project_index(writer)}.tmp").symlink_to(precious)
    record("second")
    assert precious.read_text() == "precious"
    assert len(read_index(project_index(writer))) == 2
