"""A session whose process was killed goes on where it was."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.writers import (
    fork,
    global_index,
    last_event,
    only_log,
    own_fields,
    read_events,
    read_index,
    run_python,
    start_python,
)
from writer import SessionCoordinator, SessionError, SessionWriter
from zigtui.reader import read_session

RUN = """
import sys, writer
with writer.session("deploy", "deploy.py", prompt="go", tier_count=2) as session:
    with session.tier(["build"]) as tier, tier.step("build") as step:
        step.output("half way")
        print(session.writer.session_id, flush=True)
        sys.stdin.read()
"""


@contextmanager
def running() -> Iterator[tuple[subprocess.Popen[str], str]]:
    with start_python("-c", RUN) as process:
        assert process.stdout is not None
        session_id = process.stdout.readline().strip()
        try:
            yield process, session_id
        finally:
            process.kill()


@pytest.fixture
def killed(project: Path, home: Path) -> str:
    """The id of a session whose process was killed in a step."""
    with running() as (process, session_id):
        process.send_signal(signal.SIGKILL)
        process.wait()
    return session_id


def state(log: Path) -> str:
    """The state of a session as a reader sees it."""
    return read_session(log).state.value


def let_years_pass(log: Path) -> None:
    events = [event | {"ts": f"2020{event['ts'][4:]}"} for event in read_events(log)]
    log.write_text("".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events))
    os.utime(log, (1_600_000_000, 1_600_000_000))


@pytest.mark.parametrize("by", ["id", "path"])
def test_a_killed_session_goes_on(killed: str, home: Path, by: str) -> None:
    log = only_log(home)
    with SessionCoordinator.start(SessionWriter.reopen(killed if by == "id" else log)) as session:
        assert (session.writer.session_id, session.writer.workflow_name) == (killed, "deploy")
        assert session.writer.log_path == log
        with session.tier(["build"], tier_index=0) as tier, tier.step("build") as step:
            step.output("once more")
        with session.tier(["test"]) as tier, tier.step("test") as step:
            assert tier.index == 1
    events = read_events(log)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert {event["zig_session_id"] for event in events} == {killed}
    assert [event["type"] for event in events][3:6] == ["step_output", "heartbeat", "tier_started"]
    assert own_fields(events[-1])["status"] == "success"
    assert [(entry["zig_session_id"], entry["status"]) for entry in read_index(global_index(home))] == [
        (killed, "success")
    ]


def test_a_reader_sees_a_lost_session_run_on(killed: str, home: Path) -> None:
    log = only_log(home)
    let_years_pass(log)
    assert state(log) == "lost"
    session = SessionCoordinator.start(SessionWriter.reopen(killed))
    assert state(log) in {"running", "stalled"}  # the step of years ago is silent
    with session.tier(["build"], tier_index=0) as tier, tier.step("build"):
        assert state(log) in {"running", "stalled"}  # the step of years ago is silent
    session.finish()
    assert state(log) == "succeeded"
    assert last_event(session.writer)["duration_ms"] > 1_000_000_000


@pytest.mark.parametrize("by", ["id", "path"])
@pytest.mark.parametrize("is_in_repository", [True, False])
def test_a_base_may_lie_in_a_directory_named_projects(tmp_path: Path, by: str, is_in_repository: bool) -> None:
    base, directory = tmp_path / "projects" / "logs of ours", tmp_path / "src"
    (directory / ".git" if is_in_repository else directory).mkdir(parents=True)
    first = SessionWriter.create("deploy", "deploy.py", base=base, cwd=directory, index="now")
    first.close()
    session = first.session_id if by == "id" else first.log_path
    SessionWriter.reopen(session, base=base, index="now").ended("success", 1)
    (entry,) = read_index(base / "sessions_index.json")
    assert entry["status"] == "success"
    assert {path.name for path in tmp_path.iterdir()} == {"projects", "src"}


@pytest.mark.parametrize("torn", ["", '{"seq":5,"ts":"2026-', '{"seq":5,"line":"é'])
def test_a_torn_end_is_cut_off(killed: str, home: Path, torn: str) -> None:
    log = only_log(home)
    whole = log.read_bytes()
    log.write_bytes(whole + torn.encode()[: -1 if torn else None])
    SessionWriter.reopen(killed).close()
    assert log.read_bytes().startswith(whole)
    assert [event["seq"] for event in read_events(log)] == [1, 2, 3, 4, 5]


def test_a_session_with_a_long_prompt_goes_on(project: Path) -> None:
    writer = SessionWriter.create("deploy", "deploy.py", prompt="é" * 2_000_000)
    writer.close()
    again = SessionWriter.reopen(writer.session_id)
    again.ended("success", 1)
    assert last_event(again)["type"] == "zig_session_ended"


def test_a_large_file_that_is_no_log_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "disk.img"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    # In a process of its own, where no thread updates the indexes of other tests meanwhile.
    program = """
import sys, tracemalloc
from writer import SessionError, SessionWriter
tracemalloc.start()
try:
    SessionWriter.reopen(sys.argv[1])
except SessionError as error:
    print("this is not the log of a session" in str(error), tracemalloc.get_traced_memory()[1] < 10_000_000)
"""
    assert run_python(program, path).stdout == "True True\n"


def test_a_session_may_be_named_by_bytes(project: Path) -> None:
    writer = SessionWriter.create("deploy", "deploy.py")
    writer.close()
    SessionWriter.reopen(os.fsencode(writer.log_path)).close()  # type: ignore[arg-type]  # paths may be bytes elsewhere


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "event",
    [
        {"seq": 2**64 - 1, "type": "heartbeat"},
        {"seq": -5, "type": "heartbeat"},
        {"seq": "7", "type": "heartbeat"},
        {"seq": 7, "type": "tier_started", "tier_index": 2**32 - 1, "step_names": ["a"]},
        {"seq": 7, "type": "tier_started", "tier_index": -1, "step_names": [1, None]},
    ],
    ids=str,
)
def test_a_session_with_damaged_events_goes_on(project: Path, event: dict[str, Any], count: int) -> None:
    writer = SessionWriter.create("deploy", "deploy.py")
    writer.tier_started(0, ["build"])
    writer.close()
    with writer.log_path.open("a") as log:
        log.write((json.dumps(event, separators=(",", ":")) + "\n") * count)
    last_before = 7 if event["seq"] == 7 else 2 + count
    with (
        SessionCoordinator.start(SessionWriter.reopen(writer.session_id)) as session,
        session.tier(["build"]) as tier,
        tier.step("build") as step,
    ):
        step.output("goes on")
    assert last_event(session.writer)["status"] == "success"
    assert last_event(session.writer)["seq"] == last_before + 6


def test_an_event_that_lacks_only_its_newline_is_kept(killed: str, home: Path) -> None:
    log = only_log(home)
    log.write_bytes(log.read_bytes().removesuffix(b"\n"))
    SessionWriter.reopen(killed).close()
    assert [event["seq"] for event in read_events(log)] == [1, 2, 3, 4, 5]
    assert own_fields(read_events(log)[3])["line"] == "half way"


def test_output_that_looks_like_an_event_is_none(project: Path) -> None:
    writer = SessionWriter.create("deploy", "deploy.py")
    writer.tier_started(4, ["build"])
    writer.step_output("build", "stdout", '{"seq":99,"type":"zig_session_ended"}')
    for _ in range(3000):
        writer.step_output("build", "stdout", '{"type":"tier_started","tier_index":77}')
    writer.close()
    again = SessionWriter.reopen(writer.session_id)
    assert last_event(again)["seq"] == 3004
    assert again.tier(["test"]).index == 5
    again.close()


@pytest.mark.parametrize("size", range(64 * 1024 - 60, 64 * 1024 + 60, 7))
def test_an_event_is_found_wherever_the_blocks_end_in_which_the_log_is_read(project: Path, size: int) -> None:
    writer = SessionWriter.create("deploy", "deploy.py")
    writer.tier_started(4, ["build", "x" * 70_000])
    before = writer.log_path.stat().st_size
    writer.step_output("build", "stdout", "")
    line = writer.log_path.stat().st_size - before
    writer.step_output("build", "stdout", "y" * (size - 2 * line))
    writer.close()
    again = SessionWriter.reopen(writer.session_id)
    assert again.tier(["test"]).index == 5
    again.close()


# Failures before


@pytest.mark.parametrize("lines", [0, 3, 5])
def test_a_failure_before_is_the_reason_of_a_reopened_session(project: Path, lines: int) -> None:
    writer = begin_with_failure(lines)
    SessionCoordinator.start(SessionWriter.reopen(writer.session_id)).finish("failure")
    assert [event["type"] for event in read_events(writer.log_path)][-3:] == [
        "step_failed",
        "heartbeat",
        "zig_session_ended",
    ]


@pytest.mark.parametrize("reopened", [False, True])
def test_a_failure_that_has_been_made_good_is_none(project: Path, reopened: bool) -> None:
    writer = begin_with_failure()
    again = SessionWriter.reopen(writer.session_id)
    again.step_completed("build", 0, 1)
    if reopened:
        again.close()
        again = SessionWriter.reopen(writer.session_id)
    SessionCoordinator.start(again).finish("failure")
    started, failed, _ = read_events(writer.log_path)[-3:]
    assert own_fields(started)["step_name"] == "runner"
    assert own_fields(started)["tier_index"] == 0  # the last tier
    assert own_fields(failed)["error"] == "the runner has given no reason"


def begin_with_failure(lines: int = 0) -> SessionWriter:
    """A session that is closed without an end, after a step has printed long lines and failed."""
    writer = SessionWriter.create("deploy", "deploy.py")
    writer.tier_started(0, ["build"])
    writer.step_started("build", 0, "zig-deploy-build", "run")
    for _ in range(lines):
        writer.step_output("build", "stdout", "x" * 100_000)
    writer.step_failed("build", 1, 1, "exit code 1")
    writer.close()
    return writer


# Two owners


def test_a_session_whose_process_lives_cannot_be_reopened(project: Path, home: Path) -> None:
    with running() as (_, session_id):
        with pytest.raises(SessionError, match="its process has not ended") as raised:
            SessionWriter.reopen(session_id)
        assert raised.value.path == str(only_log(home))
    SessionWriter.reopen(session_id).close()


def test_one_process_has_one_owner_too(project: Path) -> None:
    writer = SessionWriter.create("deploy", "deploy.py")
    with pytest.raises(SessionError, match="its process has not ended"):
        SessionWriter.reopen(writer.session_id)
    writer.close()
    again = SessionWriter.reopen(writer.session_id)
    with pytest.raises(SessionError, match="its process has not ended"):
        SessionWriter.reopen(writer.session_id)
    again.ended("success", 1)


def test_a_fork_that_outlives_its_parent_does_not_keep_the_session(project: Path) -> None:
    reading, writing = os.pipe()
    writer = SessionWriter.create("deploy", "deploy.py")
    child = fork()
    if child == 0:
        try:
            os.close(writing)
            os.read(reading, 1)
        finally:
            os._exit(0)
    os.close(reading)
    writer.close()
    SessionWriter.reopen(writer.session_id).ended("success", 1)
    os.close(writing)
    os.waitpid(child, 0)


# What is no session to reopen


def ended(project: Path) -> Any:
    writer = SessionWriter.create("deploy", "deploy.py")
    writer.ended("success", 1)
    return writer.log_path


def another_file(project: Path) -> Any:
    (project / "notes.jsonl").write_text('{"seq":1}\n')
    return project / "notes.jsonl"


def an_empty_file(project: Path) -> Any:
    (project / "empty.jsonl").touch()
    return project / "empty.jsonl"


def a_directory(project: Path) -> Any:
    (project / "directory.jsonl").mkdir()
    return project / "directory.jsonl"


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (ended, "the session has ended"),
        (another_file, "this is not the log of a session"),
        (an_empty_file, "this is not the log of a session"),
        (a_directory, "cannot open the session log"),
        (lambda project: "missing", "no session has the id 'missing'"),
        (lambda project: project / "missing.jsonl", "cannot open the session log"),
    ],
)
def test_what_cannot_be_reopened_is_an_error_and_stays_as_it_is(project: Path, what: Any, message: str) -> None:
    session = what(project)
    before = session.read_bytes() if isinstance(session, Path) and session.is_file() else None
    for _ in range(2):  # the lock is released
        with pytest.raises(SessionError, match=message):
            SessionWriter.reopen(session)
    if before is not None:
        assert session.read_bytes() == before
