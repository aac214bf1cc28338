"""The process of the demo's runner: start it, and find out how it ended."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from zigtui.exit_codes import ExitCode
from zigtui.system.lifeline import lifeline
from zigtui.system.process_end import ProcessEnd
from zigtui.system.standard_streams import note

__all__ = ["RunnerProcess", "Workload", "running"]

_STOP_SECS = 5.0


class Workload(NamedTuple):
    """What the runner does.

    Attributes:
        speed: the speed; at 1 the workflow takes about half a minute, and an event of the listener five seconds.
        listens: whether it is a listener; otherwise it runs a workflow once.
        events: the number of events that a listener handles; None for no limit.
    """

    speed: float
    listens: bool = False
    events: int | None = None


class RunnerProcess:
    """The runner, which has a process group of its own together with its jobs.

    Its standard error is a pipe: the terminal belongs to the screen, and a file would have no space on a full disk. It
    is short enough for the pipe's buffer.

    Args:
        process: the process, with pipes for both outputs.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._end = ProcessEnd(process)
        self._own_code: int | None = None
        self._errors = ""

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._end.exit_code is None

    def log_path(self) -> str | None:
        """Wait until it has begun to record, and return the path of the log; None if it ended without one."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return str(json.loads(line)) if line else None

    def interrupt(self) -> None:
        """Ask a listener to end after the event under way."""
        if sys.platform != "win32":
            self._process.send_signal(signal.SIGUSR1)
        else:
            self._process.terminate()

    def wait(self) -> None:
        """Wait a few seconds for it to end by itself."""
        self._end.wait(_STOP_SECS)

    def stop(self) -> None:
        """End it and its jobs, if they still run."""
        self._own_code = self._end.exit_code
        self._signal_group(signal.SIGTERM)  # the jobs too, since the runner would wait for them
        if not self._end.wait(_STOP_SECS):
            self._process.kill()
        if os.name == "posix":
            self._signal_group(signal.SIGKILL)  # a job that was just being started may outlive the runner
        assert self._process.stderr is not None
        self._errors = self._process.stderr.read().strip()

    def failure(self) -> int:
        """Report why it ended by itself, if that was not at the end of its work. Call this once it has stopped.

        Returns:
            The exit code for the demo; 0 if the runner did its work, or has been stopped.

        Raises:
            RuntimeError: for an unexpected exception of the runner.
        """
        code = self._own_code
        if not code:
            return ExitCode.OK
        if code < 0:
            note(f"zigtui: signal {-code} ended the demo's runner")
            return ExitCode.LOST_OR_TIMEOUT
        if code not in (ExitCode.FAILED, ExitCode.USAGE):
            raise RuntimeError(f"the demo's runner failed: {self._errors}")
        note(f"zigtui: {self._errors}")
        return code

    def _signal_group(self, signal_number: int) -> None:
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal_number)
        else:
            self._process.terminate()


@contextmanager
def running(base: Path, scratch: Path, workload: Workload) -> Iterator[RunnerProcess]:
    """Run the runner until the block is left; for the directories see `zigtui.commands.demo.runner.Runner`."""
    arguments = [str(base), str(scratch), str(workload.speed)]
    if workload.listens:
        arguments.append("all" if workload.events is None else str(workload.events))
    command = [sys.executable, "-P", "-m", "zigtui.commands.demo.runner", *arguments]
    with (
        lifeline() as stdin,
        subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            process_group=0,
        ) as process,
    ):
        runner = RunnerProcess(process)
        try:
            yield runner
        finally:
            runner.stop()
