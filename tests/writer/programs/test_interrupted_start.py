"""Ctrl-C in the moment in which a program starts, before `subprocess` has returned it."""

import os
from pathlib import Path

import pytest

from tests.support.processes import processes_that_name
from tests.support.writers import run_python

INTERRUPTED = """
import signal, subprocess, sys
from writer import SessionWriter

def interrupt(number, frame):
    raise KeyboardInterrupt

def arm(event, arguments):
    if event == "subprocess.Popen" and delay:
        # again later, as people press it: Python misses one that comes just before a system call that waits
        signal.setitimer(signal.ITIMER_REAL, delay, 5)

delay = 0.0
signal.signal(signal.SIGALRM, interrupt)
sys.addaudithook(arm)
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], index="never")
for turn in range(20):
    try:
        with writer.tier(["lint"]) as tier, tier.step("lint") as step:
            delay = 0.00002 + 0.00004 * turn
            step.run(["sleep", sys.argv[2]], pty=sys.argv[3] == "pty")
    except KeyboardInterrupt:
        delay = 0.0
        signal.setitimer(signal.ITIMER_REAL, 0)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the program below /proc")
@pytest.mark.parametrize("kind", ["pipes", "pty"])
def test_an_interrupt_at_the_very_start_ends_the_program(tmp_path: Path, kind: str) -> None:
    seconds = f"7{os.getpid()}"
    done = run_python(INTERRUPTED, tmp_path, seconds, kind)
    assert (done.returncode, done.stderr) == (0, "")
    assert processes_that_name(f"sleep {seconds}") == []
