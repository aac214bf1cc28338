"""Programs that other processes run for a shared session, and that go on when these are killed."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from multiprocessing import get_context

import pytest

from tests.support.processes import ROOT
from tests.support.steps import output, python
from tests.support.waiting import wait_until
from writer import RemoteStep, SessionWriter, Step

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not show their processes")

PROGRAM = ["sh", "-c", "echo $$; exec sleep 60"]

IN_A_STEP = f"""
from writer import attach
with attach().step("upload") as step:
    step.run(["true"])
    step.{{method}}({PROGRAM})
"""


def run_program(handle: RemoteStep) -> None:
    handle.run(["true"])
    handle.run(PROGRAM)


@pytest.mark.parametrize("by", ["a handle", "run", "run_in_foreground"])
def test_a_program_that_outlives_its_killed_process_is_named(writer: SessionWriter, step: Step, by: str) -> None:
    with ExitStack() as stack:
        if by == "a handle":
            worker = get_context("spawn").Process(target=run_program, args=(step.remote(),))
            worker.start()
            stack.callback(worker.join)
            pid = worker.pid
        else:
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "ZIGTUI_SESSION": writer.share()}
            command = python(IN_A_STEP.format(method=by))
            pid = stack.enter_context(
                subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            ).pid
        assert pid is not None
        wait_until(lambda: output(writer) != [])
        program = int(output(writer)[0])
        os.kill(pid, signal.SIGKILL)
        stack.callback(os.kill, program, signal.SIGKILL)
        wait_until(lambda: len(output(writer)) > 1)
    line = f"still running: pid {program}, started by the process {pid}, which has ended"
    assert output(writer) == [str(program), line]
