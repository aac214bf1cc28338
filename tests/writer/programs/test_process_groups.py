"""How a program is ended: with all processes of its group, by a timeout, a cancellation, or Ctrl-C."""

import asyncio
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases import each_case
from tests.support.processes import ROOT
from tests.support.steps import Run, is_gone, last, output, python
from tests.support.waiting import DEADLINE_SECS, growing_secs, wait_until
from tests.support.writers import fork, read_events, start_python
from writer import SessionWriter, Step, StepCancelledError, StepFailedError, StepTimeoutError, Tier

# Each prints the id of a process that the shell does not replace, and would print "done" much later.
TREES = {
    "a child": "sh -c 'echo $$; exec sleep 600'; echo done",
    "a child in the background": "sleep 600 & echo $!; wait; echo done",
    "a child of a child": "sh -c 'sleep 600 & echo $!; wait; :'; echo done",
    "a pipeline": "sh -c 'echo $$ >&2; exec sleep 600' | cat; echo done",
    "a child without output": "sleep 600 >/dev/null 2>&1 & echo $!; wait; echo done",
    "a child that is stopped": "sleep 600 & echo $!; kill -STOP $!; wait; echo done",
    "a stubborn child": "trap '' TERM INT; sleep 600 & echo $!; wait; sleep 600; echo done",
}

# Children that have left the group of the program. Without a terminal, other shells than bash have no job control.
OUTSIDE = {
    "job control": "set -m; sleep 600 & echo $!; wait; echo done",
    "a time limit": "timeout 900 sh -c 'echo $$; exec sleep 600'; echo done",
    "a session": "setsid sh -c 'echo $$; exec sleep 600'; echo done",
    "a stubborn session": "setsid sh -c 'trap \"\" TERM; sleep 600 & echo $!; wait; sleep 600'; echo done",
    "a child of a session": "setsid bash -c 'set -m; sleep 600 >/dev/null 2>&1 & echo $!; wait'; echo done",
    "job control without a parent": "trap '' TERM; (set -m; sleep 600 & echo $!); sleep 600",
}


def pids(writer: SessionWriter) -> list[int]:
    return [int(line) for line in output(writer) if line.isdecimal()]


def timed_out(writer: SessionWriter, step: Step, run: Run, argv: list[str], **options: Any) -> StepTimeoutError:
    """The error of a program that has printed something before its time was up."""
    for secs in growing_secs(0.25):
        with pytest.raises(StepTimeoutError, match=rf"timed out after {re.escape(format(secs, 'g'))} s$") as caught:
            run(step, argv, timeout=secs, **options)
        if output(writer):
            break
    return caught.value


@pytest.mark.parametrize("name", ["a child", "a stubborn child"])
def test_a_timeout_ends_all_processes(writer: SessionWriter, tier: Tier, run: Run, name: str) -> None:
    with pytest.raises(StepTimeoutError) as caught, tier.step("lint") as step:
        raise timed_out(writer, step, run, ["sh", "-c", TREES[name]], grace=0.2, check=False)
    (pid,) = pids(writer)
    wait_until(lambda: is_gone(pid))
    assert caught.value.exit_code is None
    event_type, fields = last(writer)
    assert (event_type, fields["exit_code"], fields["error"]) == ("step_failed", None, str(caught.value))
    assert "done" not in output(writer)


async def test_a_timeout_of_asyncio_ends_all_processes(writer: SessionWriter, step: Step) -> None:
    for secs in growing_secs(0.25):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(secs):
                await step.run_async(["sh", "-c", TREES["a child"]], grace=DEADLINE_SECS)
        if output(writer):
            break
    (pid,) = pids(writer)
    await asyncio.to_thread(wait_until, lambda: is_gone(pid))


def test_what_ends_in_time_is_not_timed_out(step: Step, run: Run) -> None:
    assert run(step, ["true"], timeout=600) == 0
    assert run(step, ["sh", "-c", "exit 3"], timeout=float("inf"), check=False) == 3


def test_processes_have_time_to_terminate(writer: SessionWriter, step: Step, run: Run) -> None:
    code = """
import signal, sys, time
def leave(number, frame):
    print("cleaned up")
    sys.exit()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
time.sleep(600)
"""
    timed_out(writer, step, run, python(code), grace=DEADLINE_SECS)
    assert output(writer) == ["ready", "cleaned up"]


@each_case(
    ("options", "message"),
    [
        ({"timeout": -1}, "timeout must be a number of seconds, not -1"),
        ({"timeout": "60"}, "timeout must be a number of seconds, not '60'"),
        ({"timeout": float("nan")}, "timeout must be a number of seconds, not nan"),
        ({"grace": None}, "grace must be a number of seconds, not None"),
        ({"linger": -0.5}, "linger must be a number of seconds"),
        ({"background": "stop"}, "background must be one of wait, leave, kill, not 'stop'"),
    ],
)
def test_limits_are_checked_first(step: Step, run: Run, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        run(step, ["/no/such/program"], **options)


@contextmanager
def cancelled(writer: SessionWriter, step: Step) -> Iterator[None]:
    """Cancel a step from another thread as soon as it has recorded the id of a process."""

    def work() -> None:
        wait_until(lambda: bool(pids(writer)))
        step.cancel("not needed")

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_cancelling_a_step_ends_its_processes(writer: SessionWriter, tier: Tier, run: Run, tree: str) -> None:
    reason = r"^step 'lint' has been cancelled: not needed$"
    with pytest.raises(StepCancelledError, match=reason), tier.step("lint") as step, cancelled(writer, step):
        run(step, ["sh", "-c", tree], grace=0.2)
    (pid,) = pids(writer)
    wait_until(lambda: is_gone(pid))
    assert last(writer)[0] == "step_output"


# What starts at the moment of a timeout cannot be found: these are cancelled once they have printed something.


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not show its processes")
@pytest.mark.parametrize("name", OUTSIDE)
def test_cancelling_a_step_ends_processes_that_have_left_the_group(
    writer: SessionWriter, step: Step, run: Run, name: str
) -> None:
    with pytest.raises(StepCancelledError), cancelled(writer, step):
        run(step, ["bash", "-c", OUTSIDE[name]], grace=0.2)
    (pid,) = pids(writer)
    try:
        wait_until(lambda: is_gone(pid))
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not show its processes")
def test_no_process_starts_another_one_as_its_child_is_killed(writer: SessionWriter, step: Step, run: Run) -> None:
    loops = 'trap "" TERM; for number in $(seq 40); do while :; do sleep 600; done & done; echo $$; wait'
    end, held_end = os.pipe()  # each process of the program holds the second one
    with pytest.raises(StepCancelledError), cancelled(writer, step):
        run(step, ["bash", "-c", f"setsid sh -c '{loops}'; echo done"], grace=0, pass_fds=[held_end])
    os.close(held_end)
    try:
        assert select.select([end], [], [], DEADLINE_SECS)[0], "a process is left"
    finally:
        os.close(end)
        (session,) = pids(writer)
        subprocess.run(["pkill", "-KILL", "-s", str(session)], check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not show its processes")
def test_cancelling_a_step_ends_the_programs_of_another_runner(writer: SessionWriter, step: Step, run: Run) -> None:
    inner = (
        "import writer\n"
        "with writer.session('inner', 'inner.py') as session, session.tier(['a']) as tier, tier.step('a') as step:\n"
        "    step.run(['sh', '-c', 'echo $$ >&3; exec sleep 600'], pass_fds=[3])\n"
    )
    with pytest.raises(StepCancelledError), cancelled(writer, step):
        run(step, ["sh", "-c", 'exec 3>&1; "$@"', "sh", *python(inner)], grace=0.2)
    (pid,) = pids(writer)
    wait_until(lambda: is_gone(pid))


# Options that choose a group


@pytest.mark.parametrize(
    "options", [{"start_new_session": True}, {"process_group": 0}, {"preexec_fn": os.setsid}], ids=str
)
def test_a_group_of_the_runners_choice_is_ended(
    writer: SessionWriter, step: Step, run: Run, options: dict[str, Any]
) -> None:
    timed_out(writer, step, run, ["sh", "-c", TREES["a child"]], **options)
    (pid,) = pids(writer)
    wait_until(lambda: is_gone(pid))


def test_the_group_of_the_runner_is_never_ended(writer: SessionWriter, step: Step, run: Run) -> None:
    timed_out(writer, step, run, ["sh", "-c", "ps -o pgid= -p $$; exec sleep 600"], start_new_session=False)
    assert int(output(writer)[0]) == os.getpgrp()


# Ctrl-C in a terminal

INTERRUPTED_RUNNER = """
import asyncio, signal, sys, threading
from concurrent.futures import ThreadPoolExecutor
from writer import SessionWriter
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
print(writer.log_path, flush=True)
argv = [sys.executable, "-c", '''
import signal, sys, time
def leave(number, frame):
    print(signal.Signals(number).name)
    time.sleep(0.3)
    print("cleaned up")
    sys.exit(1)
signal.signal(signal.SIGINT, leave)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
time.sleep(600)
''']
def work(name):
    with tier.step(name) as step:
        step.run(argv, grace=60)
async def work_async(name):
    with tier.step(name) as step:
        await step.run_async(argv, grace=60)
async def both():
    async with asyncio.TaskGroup() as group:
        group.create_task(work_async("lint"))
        group.create_task(work_async("types"))
async def threads():
    await asyncio.gather(asyncio.to_thread(work, "lint"), asyncio.to_thread(work, "types"))
try:
    with writer.tier(["lint", "types"]) as tier:
        match sys.argv[2]:
            case "main and a thread":
                thread = threading.Thread(target=work, args=("types",))
                thread.start()
                try:
                    work("lint")
                finally:
                    thread.join()
            case "threads":
                with ThreadPoolExecutor() as pool:
                    list(pool.map(work, ["lint", "types"]))
            case "asyncio":
                asyncio.run(both())
            case "threads of asyncio":
                asyncio.run(threads())
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.parametrize("way", ["main and a thread", "threads", "asyncio", "threads of asyncio"])
def test_ctrl_c_in_the_terminal_reaches_the_programs_of_all_steps(tmp_path: Path, way: str) -> None:
    program = tmp_path / "runner.py"
    program.write_text(INTERRUPTED_RUNNER)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, str(program), str(tmp_path), way], environment)
    with os.fdopen(terminal, "r+b", buffering=0) as screen:
        log = Path(screen.read(4096).decode().split()[0])
        wait_until(lambda: log.read_bytes().count(b'"ready"') == 2)
        screen.write(b"\x03")
        _, status = os.waitpid(child, 0)
        assert status == 0
        assert b"interrupted" in screen.read(4096)
    for name in ("lint", "types"):
        lines = [event["line"] for event in read_events(log) if event.get("step_name") == name and "line" in event]
        assert lines == ["ready", "SIGINT", "cleaned up"]


def test_a_runner_that_ignores_ctrl_c_goes_on(tmp_path: Path) -> None:
    program = """
import signal, sys
from writer import SessionWriter
signal.signal(signal.SIGINT, signal.SIG_IGN)
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
print(writer.log_path, flush=True)
with writer.tier(["lint"]) as tier, tier.step("lint") as step:
    step.run(["sh", "-c", "echo ready; while [ ! -e go-on ]; do sleep 0.02; done; echo done"], cwd=sys.argv[1])
"""
    with start_python("-c", program, tmp_path) as runner:
        assert runner.stdout is not None
        log = Path(runner.stdout.readline().strip())
        wait_until(lambda: b'"ready"' in log.read_bytes())
        runner.send_signal(signal.SIGINT)
        (tmp_path / "go-on").touch()
        assert runner.communicate(timeout=DEADLINE_SECS) == ("", "")
    assert [event["line"] for event in read_events(log) if "line" in event] == ["ready", "done"]


def test_a_handler_of_the_runner_decides_and_is_there_afterwards(tmp_path: Path) -> None:
    """Programs get SIGINT, as from the terminal; the runner may have better plans than `KeyboardInterrupt`."""
    program = """
import signal, sys
from writer import SessionWriter
def handle(number, frame):
    print("handled", flush=True)
signal.signal(signal.SIGINT, handle)
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
print(writer.log_path, flush=True)
with writer.tier(["lint"]) as tier, tier.step("lint") as step:
    print(step.run(["sh", "-c", "echo ready; exec sleep 600"], check=False), flush=True)
signal.raise_signal(signal.SIGINT)
print(signal.getsignal(signal.SIGINT) is handle)
"""
    with start_python("-c", program, tmp_path) as runner:
        assert runner.stdout is not None
        log = Path(runner.stdout.readline().strip())
        wait_until(lambda: b'"ready"' in log.read_bytes())
        runner.send_signal(signal.SIGINT)
        answer, errors = runner.communicate(timeout=DEADLINE_SECS)
    assert (answer, errors) == (f"handled\n{-signal.SIGINT}\nhandled\nTrue\n", "")


def test_a_fork_that_is_interrupted_leaves_the_programs_of_its_parent_alone(
    writer: SessionWriter, step: Step, tmp_path: Path
) -> None:
    go_on = tmp_path / "go-on"
    command = ["sh", "-c", f"echo ready; while [ ! -e {go_on} ]; do sleep 0.02; done; echo done"]
    thread = threading.Thread(target=step.run, args=(command,))
    thread.start()
    wait_until(lambda: output(writer) == ["ready"])
    child = fork()
    if child == 0:
        signal.signal(signal.SIGINT, lambda *_: os._exit(3))
        signal.raise_signal(signal.SIGINT)
        os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    go_on.touch()
    thread.join()
    assert output(writer) == ["ready", "done"]


def test_a_program_that_fails_by_itself_is_no_timeout(step: Step, run: Run) -> None:
    with pytest.raises(StepFailedError) as caught:
        run(step, ["sh", "-c", "exit 3"], timeout=600)
    assert type(caught.value) is StepFailedError
