"""StepOutput: what a step records of its work, its own output and that of its programs."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from weakref import WeakSet

from writer._errors import SessionError, StepCancelledError, StepFailedError, StorageError
from writer._events import OutputStream
from writer._log.session_log import SessionLog
from writer._not_copied import NotCopied
from writer._programs.step_environment import step_environment
from writer._steps.progress import ENDED, RUNNING, Progress
from writer._text import Text, as_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TextIO

    from writer._programs.foreground import ForegroundProgram
    from writer._programs.process import Program
    from writer._programs.process_output import Recorder

__all__ = ["StepOutput", "current_output"]

_current: "ContextVar[StepOutput | None]" = ContextVar("zig_step", default=None)
_redirect: "ContextVar[dict[str, TextIO] | None]" = ContextVar("zig_redirect", default=None)


def current_output() -> "StepOutput | None":
    """Return the innermost step whose block the running code is in, or None."""
    return _under_way(_current.get())


def _under_way(step: "StepOutput | None") -> "StepOutput | None":
    # A task or thread that runs on after the end of its step is in the block of the outer one, too.
    while step is not None and step._is_over:
        step = step._outer
    return step


def _redirected_file(stream: str) -> "TextIO | None":
    files = _redirect.get()
    return None if files is None or files[stream].closed else files[stream]


class StepOutput(NotCopied):
    """The part of `Step` that records output while the step runs."""

    def __init__(self, log: SessionLog, name: str, progress: Progress) -> None:
        self._log = log
        self._name = name
        self._progress = progress
        self._exit_code = 0
        self._programs: list[Program | ForegroundProgram] = []
        self._open_files: WeakSet[TextIO] = WeakSet()
        self._outer: StepOutput | None = None

    @property
    def name(self) -> str:
        """The name of the step."""
        return self._name

    def output(self, line: Text, stream: OutputStream | str = OutputStream.STDOUT) -> None:
        r"""Record a line that the step printed.

        Text of several lines becomes one event per line. A line ends with ``\n`` or ``\r\n``, which is not recorded. A
        lone ``\r`` is kept.
        """
        with self._log.exclusive():
            self._progress.require(RUNNING)
            try:
                self._log.step_output(self._name, stream, line)
            except StorageError as error:
                self._log.pass_over(error, in_step=True)

    def file(self, stream: OutputStream | str = OutputStream.STDOUT) -> "TextIO":
        """Open a file for text that is recorded as output of the step, for `print` and whatever else writes to a file.

        Each line is recorded when it is complete. Closing or dropping the file, and the end of the step, complete the
        last one. Bytes written to the ``buffer`` of the file are taken as UTF-8.

        Raises:
            SessionError: If the step is not under way; so do writes if a line cannot be recorded.
            ValueError: If ``stream`` is invalid; so do writes after the end of the step.

        Example:
            >>> with tier.step("lint") as step:
            ...     print("3 files", file=step.file("stderr"))
        """
        from writer._steps.step_file import open_file

        stream = OutputStream(stream)
        with self._log.exclusive():
            self._progress.require(RUNNING)
            file = open_file(self._recorder(), stream, self._log.exclusive)
            self._open_files.add(file)
        return file

    @contextmanager
    def redirect(self) -> "Iterator[None]":
        """Record what the block prints, to ``sys.stdout`` and ``sys.stderr``, as output of the step.

        Steps that run at the same time get what their own blocks print: what holds for `current_step`, holds here for
        tasks and threads. Other code still prints to the original streams. So do programs, which `run` records, and
        what has kept a stream since before the block, such as a `logging.StreamHandler`.

        Example:
            >>> with tier.step("lint") as step, step.redirect():
            ...     print("3 files")
        """
        from writer._steps.redirect import redirected

        files = {stream.value: self.file(stream) for stream in OutputStream}
        outer = _redirect.get()
        try:
            with redirected(_redirected_file):
                _redirect.set(files)
                yield
        finally:
            if _redirect.get() is files:  # not if the block is left in another context
                _redirect.set(outer)
            _close(files.values())

    def run(
        self,
        argv: Sequence[Text],
        *,
        check: bool = True,
        timeout: float | None = None,
        grace: float = 2.0,
        linger: float = 2.0,
        background: "Literal['wait', 'leave', 'kill']" = "leave",
        pty: bool = False,
        echo: bool = False,
        **popen_options: "Any",
    ) -> int:
        r"""Run a program and record each line as it is printed.

        A line longer than 1 MiB is recorded in pieces. A line that has no end after a second, such as a prompt, is
        recorded as it is, and what follows becomes a line of its own. A progress bar, which overwrites its line by a
        lone ``\r``, so becomes a line a second: its state at that moment.

        The program gets a process group of its own. At the timeout, a `cancel` or an exception such as Ctrl-C, all
        processes of the group are terminated, and killed after a grace time. Ctrl-C in the terminal reaches them as
        SIGINT, from whichever thread they run. On Windows, and if the program reads from the terminal, there is no
        group, and only the program itself is ended.

        Args:
            argv: The program and its arguments; no shell is involved.
            check: Whether an exit code other than 0 raises.
            timeout: The seconds after which the program is ended; by default it may run for ever.
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
            The exit code; a negative one is the number of the signal that killed the process.

        Raises:
            StepFailedError: If ``check`` is set and the exit code is not 0.
            StepTimeoutError: At the timeout, whether ``check`` is set or not.
            StepCancelledError: If the step is cancelled.
            OSError: If the program cannot be started.
            SessionError: If a line could not be recorded and the session does not go on without its log; raised after
                the process has ended, with its ``exit_code``.
            ValueError: If an argument is invalid, or an option would change how output is read.
        """
        program = self._program(argv, popen_options, pty, timeout, grace, linger, background)
        try:
            if echo:
                self._echo(argv)
            exit_code = program.run()
        finally:
            self._programs.remove(program)
        return self._exited(argv, exit_code, check, program.output_error)

    async def run_async(
        self,
        argv: Sequence[Text],
        *,
        check: bool = True,
        timeout: float | None = None,  # noqa: ASYNC109 (ends processes, and is recorded as what it was)
        grace: float = 2.0,
        linger: float = 2.0,
        background: "Literal['wait', 'leave', 'kill']" = "leave",
        pty: bool = False,
        echo: bool = False,
        **popen_options: "Any",
    ) -> int:
        """Run a program as `run` does, while other asyncio tasks continue.

        Cancelling the task ends all processes of the program's group, and waits for their end. Cancelling it again
        kills them.

        Raises:
            RuntimeError: If asyncio is not running. With trio, call `run` by ``trio.to_thread.run_sync``.
        """
        from writer._programs import process_async  # imports asyncio

        program = self._program(argv, popen_options, pty, timeout, grace, linger, background)
        try:
            if echo:
                self._echo(argv)
            exit_code = await process_async.run(program)
        finally:
            self._programs.remove(program)
        return self._exited(argv, exit_code, check, program.output_error)

    def run_in_foreground(
        self,
        argv: Sequence[Text],
        *,
        check: bool = True,
        cwd: "str | os.PathLike[str] | None" = None,
        env: "Mapping[str, str] | None" = None,
    ) -> int:
        """Run a program that a person watches or types into: show its output as it comes, and record it.

        The program behaves as if it had been started without `writer`. On a terminal it gets one of the same size, with
        keys, Ctrl-C and Ctrl-Z; what it prints is recorded as its standard output. Otherwise it inherits the standard
        streams of this process by pipes. SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 are passed on to it if this is the main
        thread. If a line cannot be recorded, it is only shown. Available on Linux and macOS.

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
        """
        from writer._programs.foreground import ForegroundProgram

        variables = step_environment(self._log.session_id, self._name, self._log.server.address)
        program = ForegroundProgram(
            as_texts(argv, "argv"),
            self._recorder(),
            {"cwd": cwd, "env": {**(os.environ if env is None else env), **variables}},
        )
        self._add(program)
        try:
            exit_code = program.run()
        finally:
            self._programs.remove(program)
        return self._exited(argv, exit_code, check, None)

    def _program(self, argv: Sequence[Text], options: "dict[str, Any]", pty: bool, *limits: "Any") -> "Program":
        from writer._programs import process  # imports subprocess, which only runners that call this need

        program = process.Program(argv, self._recorder(), process.Limits(*limits), options, pty=pty)
        program.add_variables(step_environment(self._log.session_id, self._name, self._log.server.address))
        self._add(program)
        return program

    def _add(self, program: "Program | ForegroundProgram") -> None:
        with self._log.exclusive():
            self._progress.require(RUNNING)
            self._programs.append(program)

    def _exited(self, argv: Sequence[Text], exit_code: int, check: bool, output_error: Exception | None) -> int:
        self._exit_code = exit_code
        if isinstance(output_error, SessionError):
            output_error.exit_code = exit_code
        elif output_error is not None:
            raise output_error
        if check and exit_code != 0:
            from writer._programs.process import command_name, outcome

            raise StepFailedError(f"{command_name(argv)} {outcome(exit_code)}", exit_code) from output_error
        if output_error is not None:
            raise output_error
        return exit_code

    def _echo(self, argv: Sequence[Text]) -> None:
        import shlex

        self.output(f"$ {shlex.join(as_texts(argv, 'argv'))}")

    def _recorder(self) -> "Recorder":
        from writer._programs.process_output import Recorder

        return Recorder(self._output_lines, self._log.held_back)

    def _output_lines(self, lines: list[str], stream: OutputStream) -> None:
        with self._log.exclusive():
            self._progress.require(RUNNING)
            try:
                self._log.step_lines(self._name, stream, lines)
            except StorageError as error:
                self._log.pass_over(error, in_step=True)

    @property
    def _is_over(self) -> bool:
        return self._progress.state is ENDED or self._progress.is_left_behind or not self._log.is_open

    @property
    def _is_running(self) -> bool:
        return self._progress.state is RUNNING

    def _is_within(self, other: "StepOutput") -> bool:
        """Whether this is the other step, or has begun in its block."""
        return self is other or (self._outer is not None and self._outer._is_within(other))

    def _enter_context(self) -> None:
        self._outer = outer = current_output()
        if outer is not None:
            outer._outer = _under_way(outer._outer)  # lets go of the steps that have ended
        _current.set(self)

    def _leave_context(self) -> None:
        # Not if another step has begun in the block, or the block is left in another context.
        if _current.get() is self:
            _current.set(current_output())

    def _close_files(self) -> None:
        _close(tuple(self._open_files))


def _close(files: "Iterable[TextIO]") -> None:
    for file in files:
        with suppress(SessionError, StepCancelledError):  # the end of the step fails too, or needs no more output
            file.close()
