"""StepPrograms: the programs that a step runs, whose output is its own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from writer._common.errors import SessionError, StepFailedError, check_interpreter
from writer._common.text import as_texts
from writer._log.session_log import SessionLog
from writer._programs.step_environment import step_environment
from writer._steps.progress import RUNNING, Progress
from writer._steps.step_output import StepOutput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, Unpack

    from writer._common.text import Arguments
    from writer._programs.foreground import ForegroundProgram
    from writer._programs.popen_options import PopenOptions
    from writer._programs.process import Program

__all__ = ["StepPrograms"]


class StepPrograms(StepOutput):
    """The part of `Step` that runs programs."""

    def __init__(self, log: SessionLog, name: str, progress: Progress) -> None:
        super().__init__(log, name, progress)
        self._exit_code = 0
        self._programs: list[Program | ForegroundProgram] = []

    def run(
        self,
        argv: "Arguments",
        *,
        check: bool = True,
        timeout: float | None = None,
        grace: float = 2.0,
        linger: float = 2.0,
        background: "Literal['wait', 'leave', 'kill']" = "leave",
        pty: bool = False,
        echo: bool = False,
        **popen_options: "Unpack[PopenOptions]",
    ) -> int:
        r"""Run a program and record each line as it is printed.

        A line longer than 1 MiB is recorded in pieces. A line that has no end after a second, such as a prompt, is
        recorded as it is, and what follows becomes a line of its own. A progress bar, which overwrites its line by a
        lone ``\r``, becomes one line per second: its state at that moment.

        The program gets a process group of its own. At the timeout, a `cancel` or an exception such as Ctrl-C, all
        processes of the group are terminated, and killed after a grace time. On Linux, so are processes outside the
        group that the program has started, such as those of ``timeout`` or of another runner, but neither daemons nor
        those that a killed runner has left behind. Ctrl-C in the terminal reaches the group as SIGINT, from whichever
        thread the program runs. On Windows, and if the program reads from the terminal, there is no group, and only the
        program itself is ended.

        Args:
            argv: The program and its arguments; no shell is involved.
            check: Whether an exit code other than 0 raises.
            timeout: The seconds after which the program is ended; by default it may run without a limit.
            grace: The seconds that processes have to terminate before they are killed.
            linger: The seconds that output is recorded after the end of the program if it leaves processes behind.
            background: What happens to such processes after ``linger``: "leave" records their ids and lets them run,
                without recording more of them; "kill" ends them. "wait" waits for them instead, however long.
            pty: Whether the program prints to a terminal, as wide as that of the runner, so that it uses colours for
                example. Pagers such as ``less`` are replaced by ``cat``, unless ``env`` is given. Not on Windows.
            echo: Whether to record the command before its output, such as ``$ make -j4``.
            **popen_options: Options of `subprocess.Popen`, such as ``cwd`` and ``env``. Standard input is empty by
                default. A stream that ``stdout`` or ``stderr`` redirects is not recorded.

        Returns:
            The exit code; a negative one is the number of the signal that killed the process. If the runner ignores
            SIGCHLD, or collects all processes in a handler of it, the exit code can be lost: it is 0 then, and a line
            of standard error says so.

        Raises:
            StepFailedError: If ``check`` is set and the exit code is not 0.
            StepTimeoutError: At the timeout, whether ``check`` is set or not.
            StepCancelledError: If the step is cancelled.
            OSError: If the program cannot be started.
            SessionError: If a line could not be recorded and the session does not go on without its log; raised after
                the process has ended, with its ``exit_code``.
            TypeError: If there is no option of a name.
            ValueError: If an argument is invalid, or an option would change how output is read.

        Example:
            >>> with tier.step("lint") as step:
            ...     exit_code = step.run(["ruff", "check", "."], check=False, timeout=600, echo=True)
            ...     if exit_code not in (0, 1):
            ...         raise StepFailedError("ruff does not work", exit_code)
        """
        with self._program("run", argv, popen_options, pty, timeout, grace, linger, background) as program:
            if echo:
                self._echo(argv)
            exit_code = program.run()
        return self._exited(argv, exit_code, check, program.output_error)

    async def run_async(
        self,
        argv: "Arguments",
        *,
        check: bool = True,
        timeout: float | None = None,  # noqa: ASYNC109 (ends processes, and is recorded as what it was)
        grace: float = 2.0,
        linger: float = 2.0,
        background: "Literal['wait', 'leave', 'kill']" = "leave",
        pty: bool = False,
        echo: bool = False,
        **popen_options: "Unpack[PopenOptions]",
    ) -> int:
        """Run a program as `run` does, while other asyncio tasks continue.

        Cancelling the task ends all processes of the program's group, and waits for their end. Cancelling it again
        kills them.

        Raises:
            RuntimeError: If asyncio is not running. With trio, call `run` by ``trio.to_thread.run_sync``.
            StepFailedError: As for `run`, like the other errors.

        Example:
            >>> async def main():
            ...     with tier.step("lint") as step:
            ...         await step.run_async(["ruff", "check", "."], timeout=600)
            >>> asyncio.run(main())
        """
        check_interpreter()
        from writer._programs import process_async  # imports asyncio

        with self._program("run_async", argv, popen_options, pty, timeout, grace, linger, background) as program:
            if echo:
                self._echo(argv)
            exit_code = await process_async.run(program, lambda: self._log.cancelled_steps.add(self._name))
        return self._exited(argv, exit_code, check, program.output_error)

    def run_in_foreground(
        self,
        argv: "Arguments",
        *,
        check: bool = True,
        cwd: "str | os.PathLike[str] | None" = None,
        env: "Mapping[str, str] | None" = None,
    ) -> int:
        """Run a program that a person watches or types into: show its output as it comes, and record it.

        The program behaves as if it had been started without `writer`. On a terminal it gets one of the same size, with
        keys, Ctrl-C and Ctrl-Z; what it prints is recorded as its standard output. Otherwise it inherits the standard
        streams of this process by pipes; if both outputs go to the same file, by one, recorded as standard output. It
        also inherits other descriptors that this process has inherited. SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 are passed
        on to it if this is the main thread. If a line cannot be recorded, it is only shown. Available on Linux and
        macOS.

        Args:
            argv: The program and its arguments; no shell is involved.
            check: Whether an exit code other than 0 raises.
            cwd: Its working directory; by default that of this process.
            env: Its environment variables; by default those of this process.

        Returns:
            The exit code; a negative one is the number of the signal that killed the process.

        Raises:
            StepFailedError: If ``check`` is set and the exit code is not 0.
            StepCancelledError: If the step is cancelled.
            OSError: If the program cannot be started.
            ValueError: If ``argv`` is empty.

        Example:
            >>> with tier.step("lint") as step:
            ...     step.run_in_foreground(["ruff", "check", "."])
        """
        check_interpreter()
        from writer._programs.foreground import ForegroundProgram

        variables = step_environment(self._log.session_id, self._name, self._log.server.address)
        program = ForegroundProgram(
            as_texts(argv, "argv"),
            self._recorder(),
            {"cwd": cwd, "env": {**(os.environ if env is None else env), **variables}},
        )
        with self._under_way(program):
            exit_code = program.run()
        return self._exited(argv, exit_code, check, None)

    @contextmanager
    def _program(
        self, method: str, argv: "Arguments", options: "PopenOptions", pty: bool, *limits: "Any"
    ) -> "Iterator[Program]":
        """Prepare the program of a call of ``method``, and let `Step.cancel` end it while the block runs."""
        check_interpreter()
        from writer._programs import process  # imports subprocess, which only runners that call this need
        from writer._programs.popen_options import require_known

        known = dict(options)
        require_known(method, known)
        program = process.Program(argv, self._recorder(), process.Limits(*limits), known, pty=pty)
        program.add_variables(step_environment(self._log.session_id, self._name, self._log.server.address))
        with self._under_way(program):
            yield program

    @contextmanager
    def _under_way(self, program: "Program | ForegroundProgram") -> "Iterator[None]":
        with self._log.exclusive():
            self._progress.require(RUNNING)
            self._programs.append(program)
        try:
            yield
        finally:
            self._programs.remove(program)

    def _exited(self, argv: "Arguments", exit_code: int, check: bool, output_error: Exception | None) -> int:
        self._exit_code = exit_code
        if isinstance(output_error, SessionError):
            output_error.exit_code = exit_code
        elif output_error is not None:
            raise output_error
        if check and exit_code != 0:
            from writer._programs.outcome import command_name, outcome

            raise StepFailedError(f"{command_name(argv)} {outcome(exit_code)}", exit_code) from output_error
        if output_error is not None:
            raise output_error
        return exit_code

    def _echo(self, argv: "Arguments") -> None:
        import shlex

        self.output(f"$ {shlex.join(as_texts(argv, 'argv'))}")
