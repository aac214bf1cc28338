"""Processes that are interrupted, that leave something behind, that run side by side, or whose log is full."""

import asyncio
import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.steps import Run, is_gone, last, output, python
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import read_events, run_python, start_python
from writer import SessionError, SessionWriter, Step, Tier

# Interruptions

SAY_PID_AND_STAY = """
import os, signal, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("manner", ["", "stubborn"])
async def test_cancelling_ends_the_process(writer: SessionWriter, tier: Tier, manner: str) -> None:
    async def work() -> None:
        with tier.step("lint") as step:
            await step.run_async(python(SAY_PID_AND_STAY, manner), grace=0.2)

    task = asyncio.create_task(work())
    await asyncio.to_thread(wait_until, lambda: bool(output(writer)))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert is_gone(int(output(writer)[0]))
    assert last(writer)[0] == "step_output"  # the format's way to record that the step was cancelled


async def test_cancelling_twice_ends_the_process_too(writer: SessionWriter, step: Step) -> None:
    task = asyncio.create_task(step.run_async(python(SAY_PID_AND_STAY, "stubborn"), grace=600))
    await asyncio.to_thread(wait_until, lambda: bool(output(writer)))
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert is_gone(int(output(writer)[0]))


INTERRUPTED_RUNNER = """
import sys, threading
from writer import SessionWriter
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1], index="now")
print(writer.log_path, flush=True)
try:
    with writer.tier(["lint"]) as tier, tier.step("lint") as step:
        step.run([sys.executable, "-c", *sys.argv[2:]], grace=0.2)
except KeyboardInterrupt:
    print("interrupted", [thread.name for thread in threading.enumerate()])
"""


@pytest.mark.parametrize("manner", ["", "stubborn"])
def test_ctrl_c_ends_the_process(tmp_path: Path, manner: str) -> None:
    with start_python("-c", INTERRUPTED_RUNNER, tmp_path, SAY_PID_AND_STAY, manner) as runner:
        assert runner.stdout is not None
        log = Path(runner.stdout.readline().strip())
        wait_until(lambda: log.read_bytes().count(b"\n") == 4)
        runner.send_signal(signal.SIGINT)
        rest, errors = runner.communicate(timeout=DEADLINE_SECS)
    assert (rest, errors) == ("interrupted ['MainThread']\n", "")
    _, _, _, said, *_, failed = read_events(log)
    assert is_gone(int(said["line"]))
    assert (failed["type"], failed["error"]) == ("step_failed", "KeyboardInterrupt")


@contextlib.contextmanager
def descendant_of(writer: SessionWriter) -> Iterator[Callable[[], int]]:
    """Read the process id from the first line of output; kill that process at the end."""

    def pid() -> int:
        return int(output(writer)[0])

    try:
        yield pid
    finally:
        os.kill(pid(), signal.SIGKILL)


def test_a_background_process_that_keeps_the_pipes_does_not_hang(
    writer: SessionWriter, tier: Tier, run: Run, tmp_path: Path
) -> None:
    """Its later output is not recorded, and the last line of the process is recorded even without a newline."""
    grandchild = """
import os, pathlib, sys, time
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.005)
try:
    os.write(1, b"late\\n")
finally:
    pathlib.Path(sys.argv[1]).unlink()
    time.sleep(600)
"""
    child = """
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", *sys.argv[1:]]).pid)
print("bye", end="")
"""
    say_late = tmp_path / "say-late"
    with descendant_of(writer) as pid, tier.step("lint") as step:
        assert run(step, python(child, grandchild, say_late), linger=0.2) == 0
        assert not is_gone(pid())
        assert output(writer)[1:] == ["bye", f"still running: pid {pid()}"]
        say_late.touch()
        wait_until(lambda: not say_late.exists())
        assert output(writer)[1:] == ["bye", f"still running: pid {pid()}"]


# A log that cannot be written


def test_a_log_that_is_closed_meanwhile_does_not_stop_the_process(
    writer: SessionWriter, tier: Tier, run: Run, tmp_path: Path
) -> None:
    code = """
import pathlib, sys, time
print("ready", flush=True)
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.005)
for _ in range(2000):
    print("x" * 500)
    print("x" * 500, file=sys.stderr)
pathlib.Path(sys.argv[1]).write_text("done")
"""
    closed = tmp_path / "closed"

    def close() -> None:
        wait_until(lambda: output(writer) == ["ready"])
        writer.close()
        closed.touch()

    thread = threading.Thread(target=close)
    thread.start()
    with pytest.raises(SessionError, match="the session has ended"), tier.step("lint") as step:
        run(step, python(code, closed))
    thread.join()
    assert closed.read_text() == "done"
    assert output(writer) == ["ready"]


@pytest.mark.parametrize("manner", ["step.run(argv)", "asyncio.run(step.run_async(argv))"])
def test_a_full_disk_does_not_stop_the_process(tmp_path: Path, manner: str) -> None:
    program = f"""
import asyncio, resource, sys
from writer import SessionError, SessionWriter
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1], on_error="raise")
print(writer.log_path)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
argv = [sys.executable, "-c", "for n in range(20_000): print(n, 'x' * 100)"]
try:
    with writer.tier(["lint"]) as tier, tier.step("lint") as step:
        {manner}
except SessionError as error:
    print("cannot write" in str(error) and error.exit_code == 0)
"""
    done = run_python(program, tmp_path)
    log, answer = done.stdout.splitlines()
    assert (done.returncode, done.stderr, answer) == (0, "", "True")
    lines = [event["line"] for event in read_events(Path(log)) if event["type"] == "step_output"]
    assert lines == [f"{number} {'x' * 100}" for number in range(len(lines))]
    assert len(lines) > 10


# At the same time, and afterwards

SAY_HELLO = "import sys; [print(sys.argv[1], n, flush=True) for n in range(20)]"
NAMES = [f"step-{number}" for number in range(6)]


def check_parallel_output(writer: SessionWriter) -> None:
    lines: dict[str, list[str]] = {}
    for event in read_events(writer.log_path):
        if event["type"] == "step_output":
            lines.setdefault(event["step_name"], []).append(event["line"])
    assert lines == {name: [f"{name} {number}" for number in range(20)] for name in NAMES}


def test_processes_run_in_threads_at_the_same_time(writer: SessionWriter) -> None:
    def work(tier: Tier, name: str) -> None:
        with tier.step(name) as step:
            step.run(python(SAY_HELLO, name))

    with writer.tier(NAMES) as tier:
        threads = [threading.Thread(target=work, args=(tier, name)) for name in NAMES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    check_parallel_output(writer)


async def test_processes_run_in_tasks_at_the_same_time(writer: SessionWriter) -> None:
    async def work(tier: Tier, name: str) -> None:
        with tier.step(name) as step:
            await step.run_async(python(SAY_HELLO, name))

    with writer.tier(NAMES) as tier:
        async with asyncio.TaskGroup() as group:
            for name in NAMES:
                group.create_task(work(tier, name))
    check_parallel_output(writer)


def test_nothing_is_left_open(step: Step, run: Run) -> None:
    def use() -> None:
        run(step, python('print("hello")'))
        run(step, python("raise SystemExit(1)"), check=False)
        with contextlib.suppress(FileNotFoundError):
            run(step, ["/no/such/program"])

    def open_things() -> tuple[int, int]:
        return len(list(Path("/dev/fd").iterdir())), threading.active_count()

    use()
    files, threads = open_things()
    for _ in range(3):
        use()
    # asyncio waits for a process in a thread, which may end a little later than the process.
    wait_until(lambda: open_things()[0] <= files and open_things()[1] <= threads)


def test_pipes_that_do_not_block_are_read_to_their_end(
    writer: SessionWriter, step: Step, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As gevent makes them."""
    make_pipe = os.pipe

    def pipe() -> tuple[int, int]:
        reader, writing = make_pipe()
        os.set_blocking(reader, False)
        return reader, writing

    monkeypatch.setattr(os, "pipe", pipe)
    run(step, ["sh", "-c", "echo one; sleep 0.1; echo two"])
    assert output(writer) == ["one", "two"]


def test_where_eventlet_has_removed_what_waits_for_a_program_the_error_says_so(
    writer: SessionWriter, step: Step, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(select, "poll")
    with pytest.raises(RuntimeError, match="eventlet"):
        run(step, ["true"])
    with pytest.raises(SessionError, match="eventlet"):
        writer.share()
    step.output("goes on")
    assert output(writer) == ["goes on"]


def test_a_program_runs_to_its_end_though_all_descriptors_are_closed(tmp_path: Path) -> None:
    """As by code that makes a daemon: nothing more is read, and a timeout ends the program all the same."""
    program = """
import os, sys, threading, time
from writer import SessionWriter, StepTimeoutError
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1], index="now")
def close():
    while not os.path.exists(sys.argv[1] + "/ready"):
        time.sleep(0.01)
    os.closerange(3, 256)
    open(sys.argv[1] + "/closed", "w").close()
# `subprocess` itself fails if its descriptors are closed while it starts the program.
code = "sleep 1; touch ready; while [ ! -e closed ]; do sleep 0.01; done; rm ready closed; exec sleep $0"
with writer.tier(["lint"]) as tier, tier.step("lint") as step:
    for seconds, timeout in (("0.2", 600), ("600", 1.5)):
        thread = threading.Thread(target=close)
        thread.start()
        try:
            print(step.run(["sh", "-c", code, seconds], cwd=sys.argv[1], timeout=timeout))
        except StepTimeoutError:
            print("timed out")
        thread.join()
"""
    done = run_python(program, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\ntimed out\n", "")
