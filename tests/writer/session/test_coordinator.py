"""The coordinator: heartbeats while the block runs, and a reliable end."""

import _thread
import gc
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import (
    PROGRAMS,
    Json,
    global_index,
    only_log,
    own_fields,
    project_index,
    read_events,
    read_index,
    run_python,
    start_python,
)
from writer import SessionCoordinator, SessionError, SessionStatus, SessionWriter
from writer._session import heartbeats

OPEN_WITH_A_LONG_INTERVAL = """
import sys
from writer import SessionCoordinator, SessionWriter
session = SessionCoordinator.start(SessionWriter.create("review", "review.zwf"), heartbeat_secs=3600)
"""

WAIT_IN_THE_BLOCK = """
import signal, sys
from writer import SessionCoordinator, SessionWriter
def leave(number, frame):
    sys.exit(128 + number)
if sys.argv[1] == "leave":
    signal.signal(signal.SIGTERM, leave)
with SessionCoordinator.start(SessionWriter.create("review", "review.zwf")) as session:
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        session.writer.step_output("lint", "stdout", f"line {number}")
"""


def begin() -> SessionWriter:
    return SessionWriter.create("review", "review.zwf")


def types(writer: SessionWriter) -> list[str]:
    return [event["type"] for event in read_events(writer.log_path)]


def end_of(writer: SessionWriter) -> Json:
    """The end of a session that has one, which must be its last event and in the index."""
    events = read_events(writer.log_path)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["type"] for event in events].count("zig_session_ended") == 1
    (entry,) = read_index(project_index(writer))
    assert (entry["ended_at"], entry["status"]) == (events[-1]["ts"], events[-1]["status"])
    return own_fields(events[-1])


def heartbeat_threads() -> set[int]:
    stacks = {thread: traceback.extract_stack(frame) for thread, frame in sys._current_frames().items()}
    return {thread for thread, stack in stacks.items() if "_beat" in {frame.name for frame in stack}}


@pytest.fixture
def hearts() -> Callable[[], set[int]]:
    """Returns the threads of the heartbeats of the test: sessions of other tests may not have been collected yet."""
    others = heartbeat_threads()
    return lambda: heartbeat_threads() - others


def test_the_heart_beats_from_start_to_end(project: Path, hearts: Callable[[], set[int]]) -> None:
    with SessionCoordinator.start(begin(), heartbeat_secs=1) as session:
        writer = session.writer
        wait_until(lambda: types(writer).count("heartbeat") == 2)
    events = read_events(writer.log_path)
    assert [own_fields(event) for event in events if event["type"] == "heartbeat"] == [{"interval_secs": 1}] * 2
    assert end_of(writer)["status"] == "success"
    wait_until(lambda: not hearts())
    assert len(read_events(writer.log_path)) == len(events)


def test_the_duration_of_the_session_is_measured(project: Path) -> None:
    with SessionCoordinator.start(begin(), heartbeat_secs=1) as session:
        wait_until(lambda: "heartbeat" in types(session.writer))
    assert end_of(session.writer)["duration_ms"] >= 1000


@pytest.mark.parametrize("error", [ValueError("oops"), SystemExit(2), KeyboardInterrupt(), GeneratorExit()])
def test_a_session_whose_block_raises_fails(project: Path, error: BaseException) -> None:
    writer = begin()
    with pytest.raises(type(error)) as caught, SessionCoordinator.start(writer):
        raise error
    assert caught.value is error
    assert end_of(writer)["status"] == "failure"


def test_only_the_first_finish_counts(project: Path) -> None:
    session = SessionCoordinator.start(begin())
    session.finish("failure")
    session.finish(SessionStatus.SUCCESS)
    assert end_of(session.writer)["status"] == "failure"


def test_a_finish_inside_the_block_holds(project: Path) -> None:
    with SessionCoordinator.start(begin()) as session:
        session.finish(SessionStatus.FAILURE)
    assert end_of(session.writer)["status"] == "failure"


def test_a_bad_status_is_refused_and_the_session_goes_on(project: Path) -> None:
    def finish(session: Any, status: object) -> None:
        session.finish(status)

    session = SessionCoordinator.start(begin(), heartbeat_secs=1)
    for status in ("Success", "", None, 0, ["success"]):
        with pytest.raises(ValueError, match="status must be one of success, failure, not "):
            finish(session, status)
    wait_until(lambda: types(session.writer)[1:] == ["heartbeat"])
    session.finish()
    assert end_of(session.writer)["status"] == "success"


@pytest.mark.parametrize("way", ["block", "finish", "drop"])
def test_an_end_by_hand_holds_and_stops_the_heart_at_once(
    project: Path, hearts: Callable[[], set[int]], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(heartbeats, "HEARTBEAT_SECS", 3601)  # the thread starts at once
    writer = begin()
    session = SessionCoordinator.start(writer, heartbeat_secs=3600)
    wait_until(hearts)
    if way == "block":
        with session:
            writer.ended("failure", 42)
    else:
        writer.ended("failure", 42)
        if way == "finish":
            session.finish()
        else:
            del session
            gc.collect()
    assert end_of(writer) == {"status": "failure", "duration_ms": 42}
    wait_until(lambda: not hearts())


def test_a_dropped_coordinator_ends_its_session_as_a_failure(project: Path, hearts: Callable[[], set[int]]) -> None:
    writer = begin()
    session = SessionCoordinator.start(writer, heartbeat_secs=1)
    wait_until(hearts)
    del session
    gc.collect()
    assert end_of(writer)["status"] == "failure"
    wait_until(lambda: not hearts())


def test_a_coordinator_in_a_cycle_ends_its_session_when_it_is_collected(project: Path) -> None:
    writer = begin()
    cycle: list[object] = [SessionCoordinator.start(writer)]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert end_of(writer)["status"] == "failure"


@pytest.mark.parametrize(
    ("last_words", "code"),
    [("", 0), ("sys.exit(3)", 3), ("import threading; threading.Thread(target=print).start()", 0)],
)
def test_a_session_still_open_when_the_program_ends_fails_at_once(
    project: Path, home: Path, last_words: str, code: int
) -> None:
    result = run_python(OPEN_WITH_A_LONG_INTERVAL + last_words)
    assert (result.returncode, result.stdout.strip(), result.stderr) == (code, "", "")
    events = read_events(only_log(home))
    assert events[-2]["error"] == "the runner did not end the session"
    assert events[-1]["status"] == read_index(global_index(home))[0]["status"] == "failure"


def test_a_session_that_begins_as_the_program_ends_and_stays_open_fails_too(project: Path, home: Path) -> None:
    begin_at_exit = "def begin():\n    global session\n    session = writer.session('review', 'review.zwf')\n"
    result = run_python("import atexit, writer\n" + begin_at_exit + "atexit.register(begin)")
    assert (result.returncode, result.stderr) == (0, "")
    assert read_events(only_log(home))[-1]["status"] == read_index(global_index(home))[0]["status"] == "failure"


def test_an_uncaught_error_leaves_its_own_traceback_only(project: Path, home: Path) -> None:
    result = run_python(OPEN_WITH_A_LONG_INTERVAL + "with session:\n    raise ValueError('oops')\n")
    assert result.returncode == 1
    assert result.stderr.count("Traceback") == 1
    assert result.stderr.endswith("ValueError: oops\n")
    assert read_events(only_log(home))[-1]["status"] == "failure"


@pytest.mark.parametrize(
    ("handler", "number", "code"),
    [
        ("leave", signal.SIGTERM, 128 + signal.SIGTERM),
        ("none", signal.SIGINT, -signal.SIGINT),
    ],
)
def test_a_signal_that_raises_in_the_block_ends_the_session_as_a_failure(
    project: Path, home: Path, handler: str, number: signal.Signals, code: int
) -> None:
    with start_python("-c", WAIT_IN_THE_BLOCK, handler) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        wait_until(lambda: only_log(home).read_bytes().count(b"\n") > 10)
        process.send_signal(number)
        process.communicate(timeout=DEADLINE_SECS)
    assert process.returncode == code
    events = read_events(only_log(home))
    assert events[-1]["status"] == read_index(global_index(home))[0]["status"] == "failure"
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)


def test_lines_of_many_threads_are_whole_and_in_the_order_of_seq(project: Path) -> None:
    threads, lines = 8, 500
    gate = threading.Barrier(threads)

    def run(writer: SessionWriter, name: str) -> None:
        gate.wait()
        for number in range(lines):
            writer.step_output(name, "stdout", f"{number}\nand more" if number % 50 == 0 else f"{number}")

    with SessionCoordinator.start(begin(), heartbeat_secs=1) as session:
        workers = [threading.Thread(target=run, args=(session.writer, f"step {place}")) for place in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    end_of(session.writer)
    output = [event for event in read_events(session.writer.log_path) if event["type"] == "step_output"]
    expected = [line for number in range(lines) for line in ([f"{number}", "and more"][: 1 + (number % 50 == 0)])]
    for place in range(threads):
        assert [event["line"] for event in output if event["step_name"] == f"step {place}"] == expected
    for event, following in pairwise(output):
        if event["line"] != "and more" and int(event["line"]) % 50 == 0:
            assert (following["step_name"], following["line"]) == (event["step_name"], "and more")


def test_a_session_ended_by_one_of_many_threads_gets_one_end(project: Path) -> None:
    session = SessionCoordinator.start(begin())
    gate = threading.Barrier(8)
    errors: list[BaseException] = []

    def run(call: Callable[[], None]) -> None:
        gate.wait()
        try:
            call()
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=run, args=(session.finish,)) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    assert end_of(session.writer)["status"] == "success"


def test_a_session_has_one_coordinator(project: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf")
    with SessionCoordinator.start(writer):
        with pytest.raises(SessionError, match="the session has a coordinator already"):
            SessionCoordinator.start(writer)
        writer.step_output("lint", "stdout", "goes on")
    with pytest.raises(SessionError, match="the session has ended"):
        SessionCoordinator.start(writer)


def test_threads_that_take_turns_since_the_import_do_not_wait_for_the_heartbeats(home: Path) -> None:
    done = run_python((PROGRAMS / "cooperative.py").read_text())
    assert (done.stdout, done.stderr) == ("ended\n", "")


def test_nobody_waits_until_the_heart_beats(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(threading.Thread, "start")  # which returns when the new thread has had its turn
    with SessionCoordinator.start(begin(), heartbeat_secs=1) as session:
        wait_until(lambda: "heartbeat" in types(session.writer))
    assert end_of(session.writer)["status"] == "success"


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread can be started."""

    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", refuse)
    monkeypatch.setattr(threading.Thread, "start", refuse)  # it has a reference of its own to the function


@pytest.mark.usefixtures("no_threads")
def test_a_session_goes_on_without_heartbeats_if_no_thread_can_be_started(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        SessionCoordinator.start(begin(), heartbeat_secs=1) as session,
        session.tier(["lint"]) as tier,
        tier.step("lint") as step,
    ):
        with pytest.raises(SessionError, match="cannot share the session"):
            session.share()
        step.run([sys.executable, "--version"])
    assert end_of(session.writer)["status"] == "success"
    assert "cannot send heartbeats" in caplog.text


@pytest.mark.usefixtures("no_threads")
def test_a_session_without_heartbeats_fails_if_trouble_is_to_be_raised(project: Path) -> None:
    writer = begin()
    with pytest.raises(SessionError, match="cannot send heartbeats"):
        SessionCoordinator.start(writer, heartbeat_secs=1, on_error="raise")
    gc.collect()
    assert end_of(writer)["status"] == "failure"
