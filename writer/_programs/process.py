"""Run a process and record what it prints; `writer._programs.process_async` does the same for asyncio."""

import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, NamedTuple

from writer._common.descriptors import close
from writer._common.errors import StepTimeoutError
from writer._common.events import OutputStream
from writer._common.text import as_texts
from writer._programs import interrupts, running_programs
from writer._programs.exit_code import has_ended, open_process, wait_for
from writer._programs.outcome import command_name
from writer._programs.process_group import ProcessGroup, kill_lost, with_group
from writer._programs.process_output import ProcessOutput, Recorder
from writer._programs.process_pipes import Pipes, ThreadedPipes
from writer._programs.terminal import open_terminal, with_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.text import Arguments

__all__ = ["Limits", "Program", "as_recorded"]

_BACKGROUND = ("wait", "leave", "kill")

# How often to check what cannot be waited for: whether a process group is gone, where there are no process descriptors
# whether a process has ended. The first interval, in seconds, and the longest.
_FIRST_CHECK_SECS, _CHECK_SECS = 0.001, 0.1

_LAST_OUTPUT_SECS = 0.1  # how long killed processes may keep their pipes open
_SAME_INTERRUPT_SECS = 2.0  # between the SIGINT that the processes get, and what the runner makes of it


class Limits(NamedTuple):
    """How long a program may run and its processes may go on.

    Attributes:
        timeout: The seconds after which the program is ended, or None.
        grace: The seconds that its processes have to terminate before they are killed.
        linger: The seconds that its processes may run on after the program itself has ended.
        background: What then happens to them: "wait", "leave" or "kill".
    """

    timeout: float | None
    grace: float
    linger: float
    background: str

    def check(self) -> None:
        """Raise a `ValueError` if a value is invalid."""
        for name, seconds in (("timeout", self.timeout), ("grace", self.grace), ("linger", self.linger)):
            if seconds is None and name == "timeout":
                continue
            if not isinstance(seconds, int | float) or not seconds >= 0:
                raise ValueError(f"{name} must be a number of seconds, not {seconds!r}")
        if self.background not in _BACKGROUND:
            raise ValueError(f"background must be one of {', '.join(_BACKGROUND)}, not {self.background!r}")


class Program:
    """One program, run once by `run`; other threads may end it with `stop` and `kill`.

    Attributes:
        output_error: After `run`, the first error of recording its output, or None.
    """

    def __init__(
        self,
        argv: "Arguments",
        recorder: Recorder,
        limits: Limits,
        options: dict[str, Any],
        *,
        pty: bool = False,
    ) -> None:
        """Check the arguments.

        Args:
            argv: The program and its arguments.
            recorder: Records the lines.
            limits: How long it may run.
            options: Options of `subprocess.Popen`, as `PopenOptions` has them.
            pty: Whether the program gets pseudo-terminals in place of pipes.

        Raises:
            ValueError: If ``argv`` is empty, a limit is invalid, ``stdin`` is a new pipe, or there are no
                pseudo-terminals.
        """
        limits.check()
        self._argv = argv
        self._recorder = recorder
        self._limits = limits
        self._open_pair = open_terminal if pty else os.pipe
        self._options = _with_defaults(argv, with_terminal(options) if pty else options)
        self._pipes: Pipes | None = None
        self._stop_reason: Exception | None = None
        self._is_killed = False
        self.output_error: Exception | None = None
        self._interrupted_at = -math.inf

    def add_variables(self, variables: Mapping[str, str]) -> None:
        """Add environment variables to those that the program has anyway; called before `run`."""
        given = self._options.get("env")
        self._options["env"] = {**(os.environ if given is None else given), **variables}

    def stop(self, reason: Exception) -> None:
        """End the program and let `run` raise ``reason``; called from any thread, also before `run`."""
        self._stop_reason = self._stop_reason or reason
        self._wake()

    def kill(self) -> None:
        """Do not wait for the end of a program that is being stopped any longer; called from any thread."""
        self._is_killed = True
        self._wake()

    def run(self) -> int:
        """Run the program to its end and return its exit code; see `Step.run`."""
        running_programs.add(self)
        try:
            return self._run()
        finally:
            running_programs.remove(self)

    def _run(self) -> int:
        output = ProcessOutput(self._recorder)
        kind = ThreadedPipes if sys.platform == "win32" else Pipes
        self._pipes = pipes = kind(output, self._open_pair)
        try:
            with interrupts.watched(self._interrupt) as sigint:
                if sigint is not None:
                    pipes.watch(sigint, interrupts.forward)
                self._start(pipes)
                try:
                    self._recorder.started(self._process.pid)
                    pipes.close_write_ends()
                    exit_code = self._supervise(pipes)
                except BaseException as error:
                    self._end(pipes, error)
                    raise
        finally:
            pipes.close()
            output.end_all()
        self.output_error = output.error
        return as_recorded(exit_code)

    def _start(self, pipes: Pipes) -> None:
        try:
            self._process = subprocess.Popen([*self._argv], **self._with_pipes(pipes))
            self._group = ProcessGroup(self._process)
        except Exception:
            raise
        except BaseException:  # such as Ctrl-C
            kill_lost(pipes.write_ends)
            raise

    def _with_pipes(self, pipes: Pipes) -> dict[str, Any]:
        streams = {stream.value: stream for stream in OutputStream if self._options[stream.value] == subprocess.PIPE}
        return self._options | {name: pipes.open(stream) for name, stream in streams.items()}

    def _supervise(self, pipes: Pipes) -> int:
        timeout = self._limits.timeout
        deadline = math.inf if timeout is None else monotonic() + timeout
        self._wait_for_end(pipes, deadline)
        exit_code: int = self._process.returncode
        linger = math.inf if self._limits.background == "wait" else monotonic() + self._limits.linger
        if not self._wait(pipes, self._all_ended, linger, deadline):
            if self._limits.background == "kill":
                self._terminate(pipes)
            self._let_go(pipes)
        return exit_code

    def _let_go(self, pipes: Pipes) -> None:
        """Record which processes still run, and leave them alone."""
        members = [] if self._group.is_gone() else self._group.members()
        if members:
            what = f"pid {', '.join(map(str, members))}"
        elif members is None:
            what = f"processes of the group {self._process.pid}"
        elif pipes.is_open:
            what = "a process that keeps the output open"
        else:
            return
        pipes.let_go()
        self._recorder.note(f"still running: {what}")

    def _ended(self, descriptor: int = -1, when_unknown: Callable[[], object] = lambda: None) -> bool:
        return has_ended(self._process, descriptor, when_unknown)

    def _all_ended(self) -> bool:
        assert self._pipes is not None
        return not self._pipes.is_open and self._group.is_gone()

    def _wait_for_end(self, pipes: Pipes, deadline: float) -> None:
        """Wait for the end of the program itself, if possible by a descriptor, which needs no checks meanwhile."""
        descriptor = open_process(self._process)
        try:
            is_watched = descriptor >= 0 and pipes.watch(descriptor, lambda: None)
            check_secs = math.inf if is_watched else _FIRST_CHECK_SECS
            self._wait(
                pipes,
                lambda: self._ended(descriptor, self._recorder.note_unknown_exit_code),
                deadline,
                deadline,
                check_secs,
            )
        finally:
            if descriptor >= 0:
                pipes.unwatch(descriptor)
                close(descriptor)

    def _wait(
        self,
        pipes: Pipes,
        condition: Callable[[], bool],
        until: float,
        deadline: float | None = None,
        check_secs: float = _FIRST_CHECK_SECS,
    ) -> bool:
        """Wait for a condition, and return whether it holds.

        Args:
            pipes: Where output comes from.
            condition: What to wait for.
            until: When to give up.
            deadline: When the program is out of time. None if it is being ended, and nothing else can stop it.
            check_secs: How soon to check the condition though nothing has happened; later less often.
        """
        interval = check_secs
        while not condition():
            now = monotonic()
            if deadline is None:
                if self._is_killed:
                    return False
            elif self._stop_reason is not None:
                raise self._stop_reason
            elif now >= deadline:
                raise StepTimeoutError(
                    f"{command_name(self._argv)} timed out after {_seconds(self._limits.timeout or 0)}"
                )
            if now >= until:
                return False
            has_happened = pipes.wait(min(interval, until - now, (deadline or math.inf) - now))
            interval = check_secs if has_happened else max(check_secs, min(interval * 2, _CHECK_SECS))
        return True

    def _interrupt(self) -> None:
        if hasattr(self, "_group"):
            self._interrupted_at = monotonic()
            self._group.signal(signal.SIGINT)

    def _end(self, pipes: Pipes, error: BaseException) -> None:
        """End all processes after an error: after Ctrl-C as the terminal does, and kill those that do not end."""
        try:
            if isinstance(error, KeyboardInterrupt):
                interrupts.forward()
                if monotonic() - self._interrupted_at > _SAME_INTERRUPT_SECS:
                    self._interrupt()
            # Even if it was asyncio that turned Ctrl-C into the cancellation of a task.
            if monotonic() - self._interrupted_at < _SAME_INTERRUPT_SECS:
                self._wait(pipes, self._ended, monotonic() + self._limits.grace)
        finally:
            self._terminate(pipes)

    def _terminate(self, pipes: Pipes) -> None:
        try:
            self._group.terminate()
            self._wait(pipes, lambda: self._ended() and self._group.is_gone(), monotonic() + self._limits.grace)
        finally:  # even if a second Ctrl-C interrupts the wait
            self._group.kill()
            wait_for(self._process)
            self._wait(pipes, lambda: not pipes.is_open, monotonic() + _LAST_OUTPUT_SECS)

    def _wake(self) -> None:
        if self._pipes is not None:
            self._pipes.wake()


def _with_defaults(argv: "Arguments", options: dict[str, Any]) -> dict[str, Any]:
    if not as_texts(argv, "argv"):
        raise ValueError("argv must name a program")
    if options.get("stdin") == subprocess.PIPE:
        raise ValueError("stdin cannot be a pipe, since nothing would write to it: pass an open file")
    defaults = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return with_group(defaults | options)


def as_recorded(exit_code: int) -> int:
    """Convert an exit code to the signed 32 bits of the log: on Windows it is unsigned, such as 0xC0000005."""
    return exit_code - 2**32 if exit_code >= 2**31 else exit_code


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"
