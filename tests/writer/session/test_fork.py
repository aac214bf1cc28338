"""Forked processes: they neither use, nor end, nor wait for their parent's session."""

import contextlib
import multiprocessing
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.examples import amount
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import idle_fork, in_fork, only_log, read_events, run_python
from writer import SessionCoordinator, SessionError, SessionWriter, Step, Tier

Call = Callable[[SessionCoordinator], object]

CALLS: dict[str, Call] = {
    "tier_started": lambda session: session.writer.tier_started(0, ["lint"]),
    "step_started": lambda session: session.writer.step_started("lint", 0, "zig-review-lint", "run"),
    "step_output": lambda session: session.writer.step_output("lint", "stdout", "a line"),
    "step_output of two lines": lambda session: session.writer.step_output("lint", "stdout", "a line\nand more"),
    "step_completed": lambda session: session.writer.step_completed("lint", 0, 1),
    "step_failed": lambda session: session.writer.step_failed("lint", 1, 1, "error"),
    "step_skipped": lambda session: session.writer.step_skipped("lint", "reason"),
    "heartbeat": lambda session: session.writer.heartbeat(),
    "ended": lambda session: session.writer.ended("success", 1),
    "close": lambda session: session.writer.close(),
    "finish": lambda session: session.finish(),
    "a tier": lambda session: session.tier(["lint"]).__enter__(),
    "another coordinator": lambda session: SessionCoordinator.start(session.writer),
}

LEAVE_A_FORK = """
import os, sys, time
from writer import SessionCoordinator, SessionWriter
leave = {"sys.exit": sys.exit, "os._exit": os._exit, "return": lambda code: None}[sys.argv[1]]
with SessionCoordinator.start(SessionWriter.create("review", "review.zwf"), heartbeat_secs=1) as session:
    child = os.fork()
    if child == 0:
        leave(0)
    else:
        assert os.waitpid(child, 0)[1] == 0
        session.writer.step_output("lint", "stdout", "after the fork")
if child == 0:
    os._exit(0)
"""


@pytest.fixture
def session(project: Path) -> Iterator[SessionCoordinator]:
    """A session in whose log a thread writes all the time, so that its lock is hardly ever free."""
    stop = threading.Event()
    with SessionCoordinator.start(SessionWriter.create("review", "review.zwf"), heartbeat_secs=1) as session:

        def write() -> None:
            while not stop.is_set():
                with contextlib.suppress(SessionError):  # a test may end the session
                    session.writer.step_output("busy", "stdout", "one\ntwo\nthree")

        thread = threading.Thread(target=write)
        thread.start()
        try:
            yield session
        finally:
            stop.set()
            thread.join()


def test_every_method_raises_at_once_in_a_fork(session: SessionCoordinator) -> None:
    for name, call in [*CALLS.items()] * amount(10, usual=2):
        answer = in_fork(partial(call, session))
        assert answer.startswith("SessionError: "), name
        assert answer.endswith(str(session.writer.log_path)), name


def test_a_fork_may_read_the_session_and_begin_its_own(session: SessionCoordinator, home: Path) -> None:
    assert in_fork(lambda: session.writer.is_open) == "False"
    assert in_fork(lambda: session.writer.session_id) == session.writer.session_id
    assert in_fork(lambda: in_fork(lambda: session.writer.ended("success", 1))).startswith("SessionError: ")

    def own_session() -> Path:
        with SessionCoordinator.start(SessionWriter.create("own", "own.zwf")) as own:
            own.writer.step_output("lint", "stdout", "a line")
        return own.writer.log_path

    types = [event["type"] for event in read_events(Path(in_fork(own_session)))]
    assert types == ["zig_session_started", "step_output", "zig_session_ended"]


def test_a_fork_that_drops_the_session_leaves_it_alone(session: SessionCoordinator) -> None:
    finish_called = in_fork(lambda: session.__exit__(None, None, None))
    assert finish_called == "None"
    assert session.writer.is_open
    session.writer.step_output("lint", "stdout", "still there")


@pytest.mark.parametrize("way", ["sys.exit", "os._exit", "return"])
def test_a_fork_that_leaves_neither_ends_the_session_nor_beats_its_heart(project: Path, home: Path, way: str) -> None:
    program = run_python("import warnings\nwarnings.simplefilter('ignore')\n" + LEAVE_A_FORK, way)
    assert (program.returncode, program.stdout, program.stderr) == (0, "", "")
    events = read_events(only_log(home))
    assert [event["type"] for event in events] == ["zig_session_started", "step_output", "zig_session_ended"]
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert events[-1]["status"] == "success"


def test_a_fork_that_lives_on_does_not_beat_the_heart(project: Path) -> None:
    session = SessionCoordinator.start(SessionWriter.create("review", "review.zwf"), heartbeat_secs=1)
    with idle_fork():
        wait_until(lambda: read_events(session.writer.log_path)[-1]["seq"] == 3)
        session.finish()
    events = read_events(session.writer.log_path)
    assert [event["seq"] for event in events] == [1, 2, 3, 4]
    assert [event["type"] for event in events][1:] == ["heartbeat", "heartbeat", "zig_session_ended"]


STEP_CALLS: dict[str, Callable[[Tier, Step], object]] = {
    "another step": lambda tier, step: tier.step("types").__enter__(),
    "skip": lambda tier, step: tier.step("types").skip("no reason"),
    "output": lambda tier, step: step.output("a line"),
    "retry": lambda tier, step: step.retry("no luck"),
    "saved": lambda tier, step: step.saved("name"),
    "run": lambda tier, step: step.run([sys.executable, "-c", "print('a line')"]),
    "the end": lambda tier, step: step.__exit__(None, None, None),
}


def test_a_step_of_the_parent_raises_in_a_fork(session: SessionCoordinator) -> None:
    with session.tier(["lint", "types"]) as tier, tier.step("lint") as step:
        for name, call in STEP_CALLS.items():
            answer = in_fork(partial(call, tier, step))
            assert answer.startswith("SessionError: "), name
            assert answer.endswith(str(session.writer.log_path)), name
    session.finish()  # while events are written, a reader may see a part of one
    steps = [event for event in read_events(session.writer.log_path) if event.get("step_name") == "lint"]
    assert [event["type"] for event in steps] == ["step_started", "step_completed"]


def worker(session: Any, answers: Any) -> None:
    try:
        session.writer.step_output("lint", "stdout", "from the worker")
    except Exception as error:
        answers.put(type(error).__name__)
    sys.exit(0)


def test_a_worker_of_multiprocessing_leaves_the_session_alone(session: SessionCoordinator) -> None:
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        process = context.Process(target=worker, args=(session, answers))
        process.start()
    process.join(DEADLINE_SECS)
    assert process.exitcode == 0
    assert answers.get() == "SessionError"
    answers.close()
    assert session.writer.is_open
