"""Signals that end a session, its programs and the runner."""

import signal
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.steps import is_gone
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import in_fork, only_log, read_events, start_python
from writer import SessionCoordinator, SessionWriter

SIGNALS = (signal.SIGTERM, signal.SIGHUP)

BEGIN = """
import asyncio, contextlib, os, signal, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from writer import SessionCoordinator, SessionListener, SessionWriter, StepFailedError
writer = SessionWriter.create("review", "review.zwf", tier_count=1, base=sys.argv[1], cwd=sys.argv[1])
command = ["sh", "-c", "echo $$; sleep 60 & wait"]
"""

IN_THE_MAIN_THREAD = """
with SessionCoordinator.start(writer, end_on=(signal.SIGTERM, signal.SIGHUP)) as session:
    with session.tier(["lint"]) as tier, tier.step("lint") as step:
        step.run(command)
"""

IN_THREADS = """
def work(name):
    with tier.step(name) as step:
        while True:  # a signal is no failure to be retried
            try:
                return step.run(command)
            except StepFailedError as error:
                step.retry(error)
with SessionCoordinator.start(writer, end_on=(signal.SIGTERM, signal.SIGHUP)) as session:
    with session.tier(["lint", "types", "tests"]) as tier, ThreadPoolExecutor(2) as executor:
        list(executor.map(work, ["lint", "types", "tests"]))
"""

IN_A_DAEMON_THREAD = """
def work():
    with contextlib.suppress(Exception), tier.step("lint") as step:
        step.run(["sh", "-c", "trap '' TERM; echo $$; sleep 60 & wait"], grace=0.5)
with SessionCoordinator.start(writer, end_on=(signal.SIGTERM, signal.SIGHUP)) as session:
    with session.tier(["lint"]) as tier:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join()
"""

IN_TASKS = """
async def work(name):
    with tier.step(name) as step:
        await step.run_async(command)
async def main():
    global tier
    with SessionCoordinator.start(writer, end_on=(signal.SIGTERM, signal.SIGHUP)) as session:
        with session.tier(["lint", "types"]) as tier:
            await asyncio.gather(work("lint"), work("types"))
asyncio.run(main())
"""

INSIST_SOON = """
from writer._session import end_signals
end_signals._LOOP_SECS = 0.01
has_insisted, insist = threading.Event(), end_signals._insist
def insist_and_tell(*arguments):
    insist(*arguments)
    has_insisted.set()
end_signals._insist = insist_and_tell
"""

WITHOUT_A_BLOCK = """
session = SessionCoordinator.start(writer, end_on=[signal.SIGTERM, signal.SIGHUP])
with session.tier(["lint"]) as tier, tier.step("lint") as step:
    step.run(command)
"""


def pids(log: Path) -> list[int]:
    return [int(event["line"]) for event in read_whole(log) if event["type"] == "step_output"]


def read_whole(log: Path) -> list[Any]:
    return read_events(log) if log.read_bytes().endswith(b"\n") else []


def end_by(program: str, directory: Path, number: signal.Signals, steps: int) -> tuple[int, str, list[Any]]:
    """Send a signal to a program once its steps run, and return its exit code, its errors and its events."""
    with start_python("-c", BEGIN + program, directory) as process:
        wait_until(lambda: len(list(directory.rglob("*.jsonl"))) == 1 and len(pids(only_log(directory))) == steps)
        running = pids(only_log(directory))
        process.send_signal(number)
        _, errors = process.communicate(timeout=DEADLINE_SECS)
    assert all(map(is_gone, running))
    return process.returncode, errors, read_events(only_log(directory))


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    ("program", "steps"), [(IN_THE_MAIN_THREAD, 1), (IN_THREADS, 2), (IN_TASKS, 2), (WITHOUT_A_BLOCK, 1)]
)
def test_a_signal_ends_the_session_and_its_programs(
    tmp_path: Path, program: str, steps: int, number: signal.Signals
) -> None:
    exit_code, errors, events = end_by(program, tmp_path, number, steps)
    assert (exit_code, errors) == (128 + number, "")
    assert events[-1]["status"] == "failure"
    failed = [event["error"] for event in events if event["type"] == "step_failed"]
    assert failed == [f"terminated by {number.name}"]
    assert len([event for event in events if event["type"] == "step_output"]) == steps  # no other program has begun


def test_the_exit_waits_until_the_program_of_a_daemon_thread_has_ended(tmp_path: Path) -> None:
    exit_code, errors, _ = end_by(IN_A_DAEMON_THREAD, tmp_path, signal.SIGTERM, 1)
    assert (exit_code, errors) == (128 + signal.SIGTERM, "")


def test_a_signal_that_comes_while_a_task_runs_leaves_no_complaint_of_asyncio(tmp_path: Path) -> None:
    program = """
async def work(name):
    with tier.step(name) as step:
        if name == "lint":
            os.kill(os.getpid(), signal.SIGTERM)
        await step.run_async(command)
async def main():
    global tier
    with SessionCoordinator.start(writer, end_on=(signal.SIGTERM,)) as session:
        with session.tier(["lint", "types"]) as tier:
            await asyncio.gather(work("lint"), work("types"))
asyncio.run(main())
"""
    with start_python("-c", BEGIN + program, tmp_path) as process:
        _, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, errors) == (143, "")
    assert read_events(only_log(tmp_path))[-1]["status"] == "failure"


def test_a_task_that_blocks_the_event_loop_is_ended_too(tmp_path: Path) -> None:
    program = """
async def main():
    with SessionCoordinator.start(writer, end_on=(signal.SIGTERM,)) as session:
        with session.tier(["lint"]) as tier, tier.step("lint") as step:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(600)
asyncio.run(main())
"""
    with start_python("-c", BEGIN + program, tmp_path) as process:
        _, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, errors) == (143, "")
    events = read_events(only_log(tmp_path))
    assert [event["error"] for event in events if event["type"] == "step_failed"] == ["terminated by SIGTERM"]


def test_a_task_may_take_its_time_after_the_session_has_ended(tmp_path: Path) -> None:
    program = """
async def main():
    with SessionCoordinator.start(writer, end_on=(signal.SIGTERM,)) as session:
        os.kill(os.getpid(), signal.SIGTERM)
    has_insisted.wait()
    print("cleaned up")
asyncio.run(main())
"""
    with start_python("-c", BEGIN + INSIST_SOON + program, tmp_path) as process:
        printed, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, printed, errors) == (143, "cleaned up\n", "")


def test_a_session_that_ends_as_its_signal_is_sent_again_does_not_end_the_runner(tmp_path: Path) -> None:
    program = """
begun, send = threading.Event(), signal.pthread_kill
def send_late(thread, number):
    begun.set()
    while end_signals._sessions.get(signal.SIGTERM):  # until the end of the session restores the handler
        time.sleep(0.001)
    send(thread, number)
signal.pthread_kill = send_late
async def main():
    with SessionCoordinator.start(writer, end_on=(signal.SIGTERM,)) as session:
        os.kill(os.getpid(), signal.SIGTERM)
        begun.wait()
    has_insisted.wait()
    print("cleaned up")
asyncio.run(main())
"""
    with start_python("-c", BEGIN + INSIST_SOON + program, tmp_path) as process:
        printed, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, printed, errors) == (143, "cleaned up\n", "")


def test_the_end_of_the_runner_is_its_own(tmp_path: Path) -> None:
    program = """
try:
    with SessionCoordinator.start(writer, end_on=(signal.SIGTERM,)) as session:
        with session.tier(["lint"]) as tier, tier.step("lint") as step:
            step.run(command)
except SystemExit as error:
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    with SessionCoordinator.start(SessionWriter.create("clean", "up", base=sys.argv[1] + "/other")) as session:
        with session.tier(["lint"]) as tier, tier.step("lint") as step:
            assert step.run(["true"]) == 0
    print("cleaned up", file=sys.stderr)
"""
    with start_python("-c", BEGIN + program, tmp_path) as process:
        wait_until(lambda: len(list(tmp_path.rglob("*.jsonl"))) == 1 and len(pids(only_log(tmp_path))) == 1)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, errors) == (0, "cleaned up\n")


def test_a_second_signal_kills_programs_that_do_not_end(tmp_path: Path) -> None:
    program = """
command = ["sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.1; done"]
with SessionCoordinator.start(writer, end_on=(signal.SIGTERM,)) as session:
    with session.tier(["lint"]) as tier, ThreadPoolExecutor() as executor:
        def work():
            with tier.step("lint") as step:
                step.run(command, grace=600)
        future = executor.submit(work)
        try:
            time.sleep(600)
        finally:
            print("ending", flush=True)
"""
    with start_python("-c", BEGIN + program, tmp_path) as process:
        wait_until(lambda: len(list(tmp_path.rglob("*.jsonl"))) == 1 and len(pids(only_log(tmp_path))) == 1)
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert process.stdout.readline() == "ending\n"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, errors) == (143, "")
    assert is_gone(pids(only_log(tmp_path))[0])


def test_a_listener_ends_as_by_ctrl_c(tmp_path: Path) -> None:
    program = """
with SessionListener.start(writer, end_on=(signal.SIGTERM,)) as session:
    with session.pass_(), session.tier(["lint"]) as tier, tier.step("lint") as step:
        step.run(command)
"""
    exit_code, errors, events = end_by(program, tmp_path, signal.SIGTERM, 1)
    assert (exit_code, errors, events[-1]["status"]) == (143, "", "success")


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    program = """
signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as by nohup
with SessionCoordinator.start(writer, end_on=(signal.SIGTERM, signal.SIGHUP)) as session:
    os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
"""
    with start_python("-c", BEGIN + program, tmp_path) as process:
        _, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, errors) == (0, "")
    assert read_events(only_log(tmp_path))[-1]["status"] == "success"


@pytest.fixture
def handler() -> Any:
    """A handler of the runner for SIGTERM, which counts its calls."""
    calls: list[int] = []

    def handle(number: int, frame: object) -> None:
        calls.append(number)

    before = signal.signal(signal.SIGTERM, handle)
    yield handle, calls
    assert signal.getsignal(signal.SIGTERM) is handle
    signal.signal(signal.SIGTERM, before)


def begin(directory: Path) -> SessionWriter:
    return SessionWriter.create("review", "review.zwf", base=directory, cwd=directory)


def test_what_was_there_before_is_restored_by_the_last_session(tmp_path: Path, handler: Any) -> None:
    handle, calls = handler
    first = SessionCoordinator.start(begin(tmp_path), end_on=(signal.SIGTERM,))
    second = SessionCoordinator.start(begin(tmp_path), end_on=(signal.SIGTERM,))
    first.finish()
    assert signal.getsignal(signal.SIGTERM) is not handle
    second.finish()
    assert signal.getsignal(signal.SIGTERM) is handle
    assert calls == []


def test_a_block_whose_session_was_ended_by_hand_restores_what_was_there_before(tmp_path: Path, handler: Any) -> None:
    with SessionCoordinator.start(begin(tmp_path), end_on=(signal.SIGTERM,)) as session:
        session.writer.ended("success", 1)
    assert signal.getsignal(signal.SIGTERM) is handler[0]


def test_a_session_that_another_thread_ends_leaves_the_signal_to_the_runner(tmp_path: Path, handler: Any) -> None:
    _, calls = handler
    session = SessionCoordinator.start(begin(tmp_path), end_on=(signal.SIGTERM,))
    thread = threading.Thread(target=session.finish)
    thread.start()
    thread.join()
    signal.raise_signal(signal.SIGTERM)
    assert calls == [signal.SIGTERM]


def test_a_handler_that_the_runner_installs_later_stays(tmp_path: Path, handler: Any) -> None:
    with SessionCoordinator.start(begin(tmp_path), end_on=(signal.SIGTERM,)):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    signal.signal(signal.SIGTERM, handler[0])


def test_a_signal_while_asyncio_is_imported_ends_the_session(
    tmp_path: Path, handler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asyncio", ModuleType("asyncio"))  # as during the import
    with pytest.raises(SystemExit, match="terminated by SIGTERM"):  # noqa: SIM117
        with SessionCoordinator.start(begin(tmp_path), end_on=(signal.SIGTERM,)):
            signal.raise_signal(signal.SIGTERM)


def test_a_fork_gets_its_own_signals(tmp_path: Path, handler: Any) -> None:
    def raise_it() -> str:
        signal.raise_signal(signal.SIGTERM)
        return f"{handler[1]}"

    with SessionCoordinator.start(begin(tmp_path), end_on=(signal.SIGTERM,)) as session:
        assert in_fork(raise_it) == f"[{int(signal.SIGTERM)}]"
        assert session.writer.is_open


def test_wrong_signals_are_refused_before_anything_is_done(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ValueError, match="SIGKILL, which no program can handle"):
        SessionCoordinator(writer, end_on=(signal.SIGTERM, signal.SIGKILL))
    with pytest.raises(ValueError, match="not a valid Signals"):
        SessionCoordinator(writer, end_on=[999])
    errors: list[Exception] = []

    def start() -> None:
        try:
            SessionCoordinator(writer, end_on=SIGNALS)
        except ValueError as error:
            errors.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(errors[0])
    assert signal.getsignal(signal.SIGTERM) is before
    with SessionCoordinator(writer):
        pass


def test_without_signals_nothing_is_installed(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with SessionCoordinator(begin(tmp_path)):
        assert signal.getsignal(signal.SIGTERM) is before
