"""Ctrl-C in the moment in which a program starts, before `subprocess` has returned it, and while it is waited for."""

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


INTERRUPTED_AFTERWARDS = """
import os, sys
from pathlib import Path
from writer import SessionWriter

class Interrupts:
    '''Raises at the next point, counted from the start of a program, at which Python may call a signal handler.'''

    def __init__(self):
        self.point = self.left = 0

    def arm(self):
        self.point += 1
        self.left = self.point
        sys.setprofile(self.see)

    def see(self, frame, event, argument):
        is_ours = frame.f_code.co_filename.endswith("subprocess.py") or "_programs" in frame.f_code.co_filename
        # An interrupt there leaves the lock taken since Python 3.14 (python/cpython#148874): no block could release it.
        has_taken_a_lock = event == "c_return" and argument.__name__ == "__enter__"
        if event == "return" and frame.f_code.co_qualname == "Popen.__init__":
            self.has_begun = True
        elif is_ours and event in ("call", "c_return") and self.has_begun and not has_taken_a_lock:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt

def child():
    try:
        return os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None

interrupts = Interrupts()
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], index="never")
while interrupts.left == 0:
    interrupts.has_begun = False
    try:
        with writer.tier(["lint"]) as tier, tier.step("lint") as step:
            interrupts.arm()
            try:
                step.run(["true"])
            finally:
                sys.setprofile(None)
    except KeyboardInterrupt:
        pass
    assert child() is None, interrupts.point
print(interrupts.point > 50)
"""


def test_an_interrupt_at_any_moment_after_the_start_ends_the_program(tmp_path: Path) -> None:
    """`Popen.wait` would wait forever after an interrupt in the middle of `Popen.poll`."""
    done = run_python(INTERRUPTED_AFTERWARDS, tmp_path)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
