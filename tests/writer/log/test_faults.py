"""A full disk, a file that must not grow, and a directory that cannot be written."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE_SECS
from tests.support.writers import (
    BECOME_NOBODY,
    PROGRAMS,
    fill,
    only_log,
    own_fields,
    read_events,
    read_index,
    run_python,
    start_python,
)
from writer import SessionCoordinator, SessionError, SessionWriter
from writer._log import event_log, output_log

BEGIN_AS_NOBODY = f"""
import os, sys
from writer import SessionCoordinator, SessionError, SessionWriter
session = None
if "begin" in sys.argv:
    session = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1], index="now")
{BECOME_NOBODY}
try:
    if session is None:
        SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
    else:
        session.step_output("lint", "stdout", "a line")
        SessionCoordinator.start(session).finish()
except SessionError as error:
    print(error.path)
"""


def run_limited(*arguments: str) -> list[str]:
    """Run the program with the limit, and return the lines it prints."""
    with start_python(PROGRAMS / "limited.py", *arguments) as process:
        output, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, errors) == (0, "")
    return output.splitlines()


def write_until_full(writer: SessionWriter, line: str) -> tuple[int, SessionError]:
    """Return how many lines fit on the disk, and the error of the next one."""
    for count in range(1_000_000):
        try:
            writer.step_output("lint", "stdout", line)
        except SessionError as error:
            return count, error
    raise AssertionError("the disk is never full")


@pytest.mark.parametrize(
    ("room", "seqs"),
    [(0, [1, 2, 7, 8]), (1, [1, 2, 7, 8]), (300, [1, 2, 6, 7, 8]), (1200, [1, 2, 3, 6, 7, 8])],
)
def test_a_write_that_is_cut_off_leaves_no_part_of_its_line(
    project: Path, home: Path, room: int, seqs: list[int]
) -> None:
    printed = run_limited(f"{room}")
    log = only_log(home)
    lost = 3 - seqs.count(3)
    assert printed == [f"cannot write the session log (File too large): {log}", f"{log}"] * lost
    events = read_events(log)
    assert [event["seq"] for event in events] == seqs
    assert own_fields(events[-2])["line"] == "after"
    assert events[-1]["type"] == "zig_session_ended"


def test_a_part_that_cannot_be_cut_off_is_a_line_of_its_own(project: Path, home: Path) -> None:
    probe = home / "probe"
    probe.touch()
    for sign in "+-":
        command = ["chattr", f"{sign}a", str(probe)]
        if shutil.which("chattr") is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("no append-only files here (root, chattr and a file system that knows them are needed)")
    printed = run_limited("300", "append-only")
    assert len(printed) == 6
    log = only_log(home)
    lines = log.read_bytes().decode().split("\n")
    assert lines.pop() == ""
    torn = lines.pop(2)
    assert torn.startswith('{"seq":3,')
    assert len(torn) == 300
    events = [json.loads(line) for line in lines]
    assert [event["seq"] for event in events] == [1, 2, 7, 8]


def test_an_interrupt_that_finds_half_a_line_written_glues_nothing_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path)

    def write_half(descriptor: int, data: bytes) -> int:
        os.write(descriptor, data[: len(data) // 2])
        raise KeyboardInterrupt  # as write(2) returns

    records: list[Callable[[], None]] = [
        lambda: writer.step_output("lint", "stdout", "lost"),
        lambda: writer.step_skipped("lint", "lost"),
    ]
    for record in records:
        with monkeypatch.context() as context:
            context.setattr(event_log, "_write", write_half)
            context.setattr(output_log, "_write", write_half)
            with pytest.raises(KeyboardInterrupt):
                record()
        writer.step_output("lint", "stdout", "after")
    assert [event["seq"] for event in read_events(writer.log_path)] == [1, 3, 5]
    with monkeypatch.context() as context:
        context.setattr(output_log, "_write", write_half)
        with pytest.raises(KeyboardInterrupt):
            writer.step_output("lint", "stdout", "lost")
    writer.close()
    assert [event["seq"] for event in read_events(writer.log_path)] == [1, 3, 5]


def test_a_full_disk_loses_whole_events_and_the_session_goes_on(small_disk: Path, home: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", base=small_disk / ".zig", cwd=home, index="now")
    ballast = fill(small_disk)
    recorded, error = write_until_full(writer, "x" * 1000)
    assert error.path == str(writer.log_path)
    assert "No space left" in str(error)
    ballast.unlink()
    writer.step_output("lint", "stdout", "after")
    writer.ended("success", 1)
    seqs = [event["seq"] for event in read_events(writer.log_path)]
    assert seqs == [*range(1, recorded + 2), recorded + 3, recorded + 4]
    assert read_index(small_disk / ".zig" / "sessions_index.json")[0]["status"] == "success"


def test_a_session_ends_quietly_on_a_full_disk(
    small_disk: Path, home: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    base = small_disk / ".zig"
    session = SessionCoordinator.start(SessionWriter.create("review", "review.zwf", base=base, cwd=home, index="now"))
    fill(small_disk)
    for line in ["x" * 100] * 3000 + [""] * 30:
        session.writer.step_output("lint", "stdout", line)
    session.writer.heartbeat()
    session.finish()
    assert not session.writer.is_open
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("writer", "WARNING")
    assert record.getMessage().startswith(
        f"cannot write the session log (No space left on device): {session.writer.log_path}"
    )
    assert capfd.readouterr() == ("", "")
    assert read_events(session.writer.log_path)[-1]["type"] in {"step_output", "heartbeat"}
    assert read_index(base / "sessions_index.json")[0]["status"] is None


def test_no_log_is_left_of_a_session_that_a_full_disk_does_not_let_begin(small_disk: Path, home: Path) -> None:
    base = small_disk / ".zig"
    first = SessionWriter.create("review", "review.zwf", base=base, cwd=home, index="now")
    fill(small_disk)
    with pytest.raises(SessionError, match="No space left"):
        SessionWriter.create("review", "review.zwf", prompt="x" * 100_000, base=base, cwd=home)
    assert only_log(small_disk) == first.log_path
    assert len(read_index(base / "sessions_index.json")) == 1
    assert list(small_disk.rglob("*.tmp")) == []


def run_as_nobody(*arguments: str | Path) -> str:
    result = run_python(BEGIN_AS_NOBODY, *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.rstrip("\n")


def test_a_base_that_may_not_be_made_is_named(project: Path, shared_directory: Path) -> None:
    shared_directory.chmod(0o555)
    assert run_as_nobody(shared_directory / ".zig") == str(shared_directory / ".zig")
    assert list(shared_directory.iterdir()) == []


def test_a_directory_of_logs_that_may_not_be_written_is_named(project: Path, shared_directory: Path) -> None:
    sessions = shared_directory / "logs" / "sessions"
    SessionWriter.create("review", "review.zwf", base=shared_directory, cwd=shared_directory)
    before = sorted(sessions.iterdir())
    for directory in [shared_directory, *shared_directory.rglob("*")]:
        directory.chmod(0o555 if directory.is_dir() else 0o444)
    assert Path(run_as_nobody(shared_directory)).parent == sessions
    assert sorted(sessions.iterdir()) == before


def test_a_session_goes_on_when_its_directories_can_no_longer_be_written(project: Path, shared_directory: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can change to another user after the session has begun")
    assert run_as_nobody(shared_directory, "begin") == ""
    (log,) = shared_directory.rglob("*.jsonl")
    types = [event["type"] for event in read_events(log)]
    assert types == ["zig_session_started", "step_output", "zig_session_ended"]
    assert read_index(shared_directory / "sessions_index.json")[0]["status"] is None


def test_a_removed_log_is_an_error(project: Path, home: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", index="now")
    writer.step_output("lint", "stdout", "before")
    writer.log_path.unlink()
    with pytest.raises(SessionError, match="the session log has been removed") as raised:
        write_until_removed(writer)
    assert raised.value.path == str(writer.log_path)
    with pytest.raises(SessionError, match="the session log has been removed"):
        writer.tier_started(0, ["lint"])
    with pytest.raises(SessionError, match="the session log has been removed"):
        writer.ended("success", 1)
    assert read_index(home / ".zig" / "sessions_index.json")[0]["status"] is None


def write_until_removed(writer: SessionWriter) -> None:
    """Whether the log still exists is checked once a millisecond."""
    for _ in range(1_000_000):
        writer.step_output("lint", "stdout", "line")
