"""Runners that ignore SIGCHLD or collect all processes: the exit code is the right one, or is said to be unknown."""

import os
import signal
from pathlib import Path

import pytest

from tests.support.processes import run_zigtui
from tests.support.writers import only_log, read_events, run_python

UNKNOWN = "exit code not known: the runner ignores SIGCHLD, or its handler has collected it"

IGNORE = "signal.signal(signal.SIGCHLD, signal.SIG_IGN)"
COLLECT = """
def collect(number, frame):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
signal.signal(signal.SIGCHLD, collect)
"""
RUNNER = """
import asyncio, os, signal, sys, threading
from pathlib import Path
from writer import session
base = Path(sys.argv[1])
go = base / "go"
with session("review", "review.zwf", base=base, cwd=base) as s, s.tier(["lint"]) as tier, tier.step("lint") as step:
    def let_it_end():  # once it is watched, since its first line has been recorded
        while '"line":"up"' not in s.writer.log_path.read_text():
            threading.Event().wait(0.01)
        go.touch()
    threading.Thread(target=let_it_end).start()
    command = ["sh", "-c", "echo up; while [ ! -e go ]; do sleep 0.01; done; exit 4"]
    print(RUN)
"""
RUNS = {
    "run": "step.run(command, check=False, cwd=base)",
    "run_async": "asyncio.run(step.run_async(command, check=False, cwd=base))",
    "pty": "step.run(command, check=False, cwd=base, pty=True)",
    "foreground": "step.run_in_foreground(command, check=False, cwd=base)",
}


def is_kept_by_the_system() -> bool:
    """Whether this system is Linux 6.15 or newer, which keeps exit codes."""
    release = os.uname()
    return release.sysname == "Linux" and tuple(map(int, release.release.split(".")[:2])) >= (6, 15)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("setup", [IGNORE, COLLECT], ids=["ignored", "collected"])
def test_the_exit_code_is_right_or_said_to_be_unknown(tmp_path: Path, setup: str, run: str) -> None:
    code = f"import os, signal\n{setup}\n{RUNNER.replace('RUN', RUNS[run])}"
    done = run_python(code, str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    events = read_events(only_log(tmp_path))
    exit_code = next(event["exit_code"] for event in events if event["type"] == "step_completed")
    is_unknown = any(event.get("line") == UNKNOWN for event in events)
    assert done.stdout.split()[-1] == str(exit_code)
    assert (exit_code, is_unknown) == ((4, False) if is_kept_by_the_system() or not is_unknown else (0, True))


def test_a_program_that_has_gone_at_once_has_no_silent_success(tmp_path: Path) -> None:
    work = "for _ in range(20): print(step.run(['sh', '-c', 'exit 4'], check=False))"
    begin = "from writer import session\nimport sys\nwith session('a', 'b', base=sys.argv[1], cwd=sys.argv[1]) as s:"
    code = f"import signal\n{IGNORE}\n{begin}\n with s.tier(['a']) as tier, tier.step('a') as step:\n  {work}"
    done = run_python(code, str(tmp_path))
    assert done.returncode == 0, done.stderr
    codes = done.stdout.split()
    notes = [event for event in read_events(only_log(tmp_path)) if event.get("line") == UNKNOWN]
    assert len(codes) == 20
    assert codes.count("4") + len(notes) == 20


def test_a_command_that_is_started_with_sigchld_ignored_knows_exit_codes(home: Path) -> None:
    done = run_zigtui("record", "--", "sh", "-c", "exit 5", home=home, preexec_fn=ignore_sigchld)
    assert done.returncode == 5


def ignore_sigchld() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
