"""Processes that a program leaves behind: how long a step waits for them, and what it leaves of its own."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.steps import Run, is_gone, output
from tests.support.waiting import DEADLINE_SECS, growing_secs, wait_until
from tests.support.writers import start_python
from writer import SessionWriter, Step, StepTimeoutError
from writer._common.events import OutputStream
from writer._programs import process
from writer._programs.process_output import ProcessOutput, Recorder
from writer._programs.process_pipes import ThreadedPipes

# Programs that end at once and leave a server behind, which prints its id and then a line for each file "go".
SERVE = "while sleep 0.02; do if [ -e go ]; then rm go; echo served || touch broken; fi; done"
SERVERS = {
    "a server": f"(echo $$; {SERVE}) & exit 3",
    "a server without output": "sleep 600 >/dev/null 2>&1 & echo $!; exit 3",
    "a server that keeps one stream": f"({SERVE}) 2>/dev/null & echo $!; exit 3",
}


def server_pid(still_running: str) -> int:
    """Return the first process of the line; others may be the short ones that it starts."""
    return int(still_running.removeprefix("still running: pid ").split(", ")[0])


@contextmanager
def killed_afterwards(writer: SessionWriter) -> Iterator[None]:
    try:
        yield
    finally:
        for line in output(writer):
            if line.startswith("still running: pid "):
                with suppress(ProcessLookupError):
                    os.killpg(os.getpgid(server_pid(line)), signal.SIGKILL)


def open_things() -> tuple[int, int]:
    return len(list(Path("/dev/fd").iterdir())), threading.active_count()


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_a_step_lets_go_of_a_server_and_keeps_nothing(
    writer: SessionWriter, step: Step, run: Run, tmp_path: Path, server: str
) -> None:
    run(step, ["true"])
    before = open_things()
    with killed_afterwards(writer):
        for _ in range(3):
            assert run(step, ["sh", "-c", server], cwd=tmp_path, linger=0.1, check=False) == 3
        pids = [server_pid(line) for line in output(writer) if line.startswith("still running: pid ")]
        assert [is_gone(pid) for pid in pids] == [False] * 3
        wait_until(lambda: open_things()[0] <= before[0] and open_things()[1] <= before[1])


def test_a_server_that_prints_later_is_not_killed_by_its_output(
    writer: SessionWriter, step: Step, run: Run, tmp_path: Path
) -> None:
    with killed_afterwards(writer):
        run(step, ["sh", "-c", SERVERS["a server"]], cwd=tmp_path, linger=0.1, check=False)
        recorded = output(writer)
        for _ in range(3):
            (tmp_path / "go").touch()
            wait_until(lambda: not (tmp_path / "go").exists())
        (tmp_path / "go").touch()  # taken only if the server has survived the line before
        wait_until(lambda: not (tmp_path / "go").exists())
        assert not (tmp_path / "broken").exists()
        assert output(writer) == recorded


def test_a_server_outlives_its_runner(tmp_path: Path) -> None:
    program = """
import sys
from writer import SessionWriter
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
with writer.tier(["lint"]) as tier, tier.step("lint") as step:
    step.run(["sh", "-c", sys.argv[2]], linger=0.1, cwd=sys.argv[1])
"""
    server = f"({SERVE}) & echo $! >pid"
    with start_python("-c", program, tmp_path, server) as runner:
        assert runner.communicate(timeout=DEADLINE_SECS) == ("", "")
    pid = int((tmp_path / "pid").read_text())
    try:
        for _ in range(3):
            (tmp_path / "go").touch()
            wait_until(lambda: not (tmp_path / "go").exists())
        assert not (tmp_path / "broken").exists()
        assert not is_gone(pid)
    finally:
        os.killpg(os.getpgid(pid), signal.SIGKILL)


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_a_server_is_killed_if_asked_for(writer: SessionWriter, step: Step, run: Run, server: str) -> None:
    assert run(step, ["sh", "-c", server], linger=0, background="kill", check=False) == 3
    lines = output(writer)
    assert all(map(is_gone, map(int, lines)))
    assert len(lines) <= 1  # without linger, the server need not have printed


def test_a_server_that_does_not_terminate_is_killed(writer: SessionWriter, step: Step, run: Run) -> None:
    server = "(trap '' TERM; sleep 600) & echo $!"
    run(step, ["sh", "-c", server], linger=0.1, grace=0.1, background="kill")
    assert is_gone(int(output(writer)[0]))


@pytest.mark.parametrize("redirected", ["", ">late 2>&1"])
def test_a_step_waits_for_what_ends_soon(writer: SessionWriter, step: Step, run: Run, redirected: str) -> None:
    directory = writer.log_path.parent
    command = ["sh", "-c", f"(sleep 0.3; echo late; touch done) {redirected} & echo early"]
    run(step, command, cwd=directory, linger=1e6)  # beyond the end of the server, this would never end
    assert (directory / "done").exists()
    assert output(writer) == ["early"] + ["late"] * (not redirected)


@pytest.mark.parametrize("redirected", ["", ">/dev/null 2>&1"])
def test_a_step_waits_as_long_as_it_takes_if_asked_for(
    writer: SessionWriter, step: Step, run: Run, redirected: str
) -> None:
    run(step, ["sh", "-c", f"sleep 0.3 {redirected} & echo $!"], linger=0, background="wait")
    assert is_gone(int(output(writer)[0]))


def test_waiting_ends_at_the_timeout(writer: SessionWriter, step: Step, run: Run) -> None:
    for secs in growing_secs(0.25):
        with pytest.raises(StepTimeoutError):
            run(step, ["sh", "-c", "sleep 600 & echo $!"], background="wait", timeout=secs)
        if output(writer):
            break
    assert is_gone(int(output(writer)[0]))


@pytest.mark.parametrize("background", ["leave", "kill"])
def test_a_process_that_has_left_the_group_is_left_alone(
    writer: SessionWriter, step: Step, run: Run, tmp_path: Path, background: str
) -> None:
    leave = "setsid sh -c 'echo $$; >left; exec sleep 600' & until [ -e left ]; do sleep 0.01; done"
    run(step, ["sh", "-c", leave], cwd=tmp_path, linger=0.1, background=background)
    pid, still_running = output(writer)
    try:
        assert not is_gone(int(pid))
        assert still_running == "still running: a process that keeps the output open"
    finally:
        os.kill(int(pid), signal.SIGKILL)


# Systems that cannot wait for several things at once


@pytest.mark.parametrize("system", ["as on Windows", "without process descriptors"])
def test_other_systems_keep_the_same_rules(
    writer: SessionWriter, step: Step, run: Run, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    if system == "as on Windows":
        monkeypatch.setattr(process, "Pipes", ThreadedPipes)
    else:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    with killed_afterwards(writer):
        assert run(step, ["sh", "-c", "printf 'one\\ntwo'; echo three >&2; exit 3"], check=False) == 3
        assert sorted(output(writer)) == ["one", "three", "two"]
        with pytest.raises(StepTimeoutError):
            run(step, ["sh", "-c", "sleep 600; echo done"], timeout=0.2)
        run(step, ["sh", "-c", "sleep 600 & echo early"], linger=0.1)
        assert output(writer)[3] == "early"
        assert output(writer)[4].startswith("still running: pid ")


def test_streams_may_end_while_the_threads_that_read_them_are_left_alone() -> None:
    class Output(ProcessOutput):
        def end(self, stream: OutputStream) -> None:
            if threading.current_thread() is threading.main_thread():
                pipes.close_write_ends()
                wait_until(lambda: not pipes.is_open)
            super().end(stream)

    pipes = ThreadedPipes(Output(Recorder(lambda lines, stream: None, len, lambda pid: None)))
    for stream in OutputStream:
        pipes.open(stream)
    pipes.let_go()
    pipes.close()
