"""Step: a ``with`` block that records what a step does."""

import time
from collections.abc import Sequence
from types import TracebackType

from writer._errors import StepFailedError, is_cancellation, warn
from writer._event_log import EventLog
from writer._events import EventType, OutputStream
from writer._not_copied import NotCopied
from writer._pass_state import PassState
from writer._progress import CANCELLED, ENDED, NEW, RUNNING, SKIPPED, Progress
from writer._text import I32_MAX, I32_MIN, Text, as_integer, as_text, as_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from writer._process import Program

__all__ = ["Step"]

_PREVIEW_CHARACTERS = 200  # as in the reference implementation


class Step(NotCopied):
    """One step, which runs as long as its ``with`` block; created by `Tier.step`.

    Entering records ``step_started``. Leaving records ``step_completed`` with the exit code of the last `run` (0
    without one), the milliseconds since entering and the saved variables. An exception, Ctrl-C included, records
    ``step_failed`` and propagates; if that event cannot be written, a warning is logged. A step that is cancelled, by
    `cancel` or with its asyncio task, has no recorded end: readers show it as cancelled.

    A step may be used from any thread and any asyncio task, and many steps may run at a time. Output, retries and
    processes belong inside the block: before and after it they raise `SessionError`, as does entering it twice.

    Example:
        >>> with tier.step("lint", model="opus", prompt="Lint the code") as step:
        ...     step.output("looking around")
        ...     step.run(["ruff", "check", "."])
        ...     step.saved("findings")
    """

    def __init__(
        self,
        log: EventLog,
        tier_index: int,
        name: str,
        command: Text,
        model: Text | None,
        prompt: Text,
        zag_session_id: Text,
        pass_state: PassState | None,
    ) -> None:
        self._log = log
        self._tier_index = tier_index
        self._name = name
        self._command = as_text(command, "command")
        self._model = None if model is None else as_text(model, "model")
        self._prompt_preview = _preview(as_text(prompt, "prompt"))
        self._zag_session_id = as_text(zag_session_id, "zag_session_id")
        self._progress = Progress(f"step {name!r}", pass_state)
        self._started = 0.0
        self._attempt = 1
        self._exit_code = 0
        self._saved: list[str] = []
        self._programs: list[Program] = []

    @property
    def name(self) -> str:
        """The name of the step."""
        return self._name

    @property
    def attempt(self) -> int:
        """The number of the current attempt, from 1."""
        return self._attempt

    # The state changes under the lock of the log, together with the event: otherwise a thread could record output of
    # a step that another thread has just left.

    def output(self, line: Text, stream: OutputStream | str = OutputStream.STDOUT) -> None:
        r"""Record a line that the step printed.

        Text of several lines becomes one event per line. A line ends with ``\n`` or ``\r\n``, which is not recorded. A
        lone ``\r`` is kept.
        """
        with self._log.exclusive():
            self._progress.require(RUNNING)
            self._log.step_output(self._name, stream, line)

    def retry(self, error: BaseException | Text, exit_code: int | None = None) -> None:
        """Record that the current attempt failed, and begin the next.

        Args:
            error: Why it failed: text, or the exception.
            exit_code: The exit code of the attempt, if there is one; by default that of a `StepFailedError`.

        Example:
            >>> with tier.step("tests") as step:
            ...     while True:
            ...         try:
            ...             step.run(["pytest"])
            ...             break
            ...         except StepFailedError as error:
            ...             if step.attempt == 3:
            ...                 raise
            ...             step.retry(error)
        """
        if isinstance(error, BaseException):
            exit_code = _exit_code(error) if exit_code is None else exit_code
            error = _error_text(error)
        code = None if exit_code is None else as_integer(exit_code, "exit_code", I32_MIN, I32_MAX)
        text = as_text(error, "error")
        with self._log.exclusive():
            self._progress.require(RUNNING)
            self._log.append(EventType.STEP_FAILED, self._name, code, self._attempt, text)
            self._attempt += 1
            self._exit_code = 0

    def skip(self, reason: Text) -> None:
        """Record that the step is not run, and why.

        If you call this instead of entering the block, it is the only event of the step. If you call it inside the
        block, nothing else can be recorded, except an exception that leaves the block.
        """
        text = as_text(reason, "reason")
        with self._log.exclusive():
            self._progress.require(NEW if self._progress.state is NEW else RUNNING)
            self._log.append(EventType.STEP_SKIPPED, self._name, text)
            self._progress.state = SKIPPED

    def saved(self, *names: Text) -> None:
        """Name variables that the step saved for other steps. ``step_completed`` lists each name once."""
        texts = as_texts(names, "names")
        with self._log.exclusive():
            self._progress.require(RUNNING)
            self._saved += [name for name in dict.fromkeys(texts) if name not in self._saved]

    def cancel(self, reason: Text = "") -> None:
        """End the step from any thread, without an end in its log: so the format records that it was cancelled.

        The programs of the step are ended. What runs in the block gets a `StepCancelledError` from its next call of the
        step, or from the present `run`; it leaves the block like other exceptions. A step that has not been entered
        cannot be entered any more. After the end of the step this does nothing.

        Args:
            reason: The text of the exception. It is not recorded, since the format has no event for it.

        Raises:
            ValueError: If ``reason`` is not text.
            SessionError: If this is a process forked from the one that began the session.
        """
        text = as_text(reason, "reason")
        with self._log.exclusive():
            if self._progress.state is not NEW and self._progress.state is not RUNNING:
                return
            self._progress.cancel(text)
            programs = self._programs[:]
        for program in programs:
            program.stop(self._progress.cancelled_error())

    def run(
        self,
        argv: Sequence[Text],
        *,
        check: bool = True,
        timeout: float | None = None,
        grace: float = 2.0,
        linger: float = 2.0,
        background: "Literal['wait', 'leave', 'kill']" = "leave",
        **popen_options: "Any",
    ) -> int:
        """Run a program and record each line as it is printed.

        A line longer than 1 MiB is recorded in pieces. The program gets a process group of its own. At the timeout, a
        `cancel` or an exception such as Ctrl-C, all processes of the group are terminated, and killed after a grace
        time. Ctrl-C in the terminal reaches them as SIGINT, from whichever thread they run. On Windows, and if the
        program reads from the terminal, there is no group, and only the program itself is ended.

        Args:
            argv: The program and its arguments; no shell is involved.
            check: Whether an exit code other than 0 raises.
            timeout: The seconds after which the program is ended; by default it may run for ever.
            grace: The seconds that processes have to terminate before they are killed.
            linger: The seconds that output is recorded after the end of the program if it leaves processes behind.
            background: What happens to such processes after ``linger``: "leave" records their ids and lets them run,
                without recording more of them; "kill" ends them. "wait" waits for them instead, however long.
            **popen_options: Options of `subprocess.Popen`, such as ``cwd`` and ``env``. Standard input is empty by
                default. A stream that ``stdout`` or ``stderr`` redirects is not recorded.

        Returns:
            The exit code; a negative one is the number of the signal that killed the process.

        Raises:
            StepFailedError: If ``check`` is set and the exit code is not 0.
            StepTimeoutError: At the timeout, whether ``check`` is set or not.
            StepCancelledError: If the step is cancelled.
            OSError: If the program cannot be started.
            SessionError: If a line could not be recorded; raised after the process has ended.
            ValueError: If an argument is invalid, or an option would change how output is read.
        """
        program = self._program(argv, popen_options, timeout, grace, linger, background)
        try:
            exit_code = program.run()
        finally:
            self._programs.remove(program)
        return self._exited(argv, exit_code, check)

    async def run_async(
        self,
        argv: Sequence[Text],
        *,
        check: bool = True,
        timeout: float | None = None,  # noqa: ASYNC109 (ends processes, and is recorded as what it was)
        grace: float = 2.0,
        linger: float = 2.0,
        background: "Literal['wait', 'leave', 'kill']" = "leave",
        **popen_options: "Any",
    ) -> int:
        """Run a program as `run` does, while other asyncio tasks continue.

        Cancelling the task ends all processes of the program's group, and waits for their end. Cancelling it again
        kills them.

        Raises:
            RuntimeError: If asyncio is not running. With trio, call `run` by ``trio.to_thread.run_sync``.
        """
        from writer import _process_async as process_async  # imports asyncio

        program = self._program(argv, popen_options, timeout, grace, linger, background)
        try:
            exit_code = await process_async.run(program)
        finally:
            self._programs.remove(program)
        return self._exited(argv, exit_code, check)

    def _program(self, argv: Sequence[Text], options: "dict[str, Any]", *limits: "Any") -> "Program":
        from writer import _process as process  # imports subprocess, which only runners that call this need

        command = _preview(" ".join(as_texts(argv, "argv")))
        program = process.Program(argv, command, self.output, process.Limits(*limits), options)
        with self._log.exclusive():
            self._progress.require(RUNNING)
            self._programs.append(program)
        return program

    def _exited(self, argv: Sequence[Text], exit_code: int, check: bool) -> int:
        self._exit_code = exit_code
        if check and exit_code != 0:
            from writer._process import outcome

            raise StepFailedError(f"{_preview(' '.join(as_texts(argv, 'argv')))} {outcome(exit_code)}", exit_code)
        return exit_code

    def __enter__(self) -> "Step":
        with self._log.exclusive():
            self._progress.require(NEW)
            self._log.append(
                EventType.STEP_STARTED,
                self._name,
                self._tier_index,
                self._zag_session_id,
                self._command,
                self._model,
                self._prompt_preview,
            )
            self._started = time.monotonic()
            self._progress.state = RUNNING
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end(error)
        except Exception as trouble:
            if error is None:
                raise
            warn("the failure of step %r could not be recorded: %s", self._name, trouble)

    def _end(self, error: BaseException | None) -> None:
        with self._log.exclusive():
            state, self._progress.state = self._progress.state, ENDED
            if self._progress.is_left_behind:  # readers would take this for the end of a step of the next pass
                return
            is_cancelled = state is CANCELLED or is_cancellation(error)
            if error is not None:
                if not is_cancelled:
                    text = _error_text(error)
                    self._log.append(EventType.STEP_FAILED, self._name, _exit_code(error), self._attempt, text)
                if self._progress.pass_state is not None:
                    self._progress.pass_state.note_failure(error)
            elif not is_cancelled and state is not SKIPPED:
                duration_ms = round((time.monotonic() - self._started) * 1000)
                self._log.append(EventType.STEP_COMPLETED, self._name, self._exit_code, duration_ms, self._saved)


def _preview(text: str) -> str:
    """Shorten a prompt as the reference implementation does: 200 characters on one line, then ``…``."""
    beginning = text[:_PREVIEW_CHARACTERS].replace("\n", " ")
    return beginning if len(text) <= _PREVIEW_CHARACTERS else beginning + "…"


def _exit_code(error: BaseException) -> int | None:
    """Return the exit code of an error, or None if the log cannot hold it: the failure must still be recorded."""
    code = error.exit_code if isinstance(error, StepFailedError) else None
    return int(code) if isinstance(code, int) and I32_MIN <= code <= I32_MAX else None


def _error_text(error: BaseException) -> str:
    try:
        return str(error) or type(error).__name__
    except Exception:  # from a faulty __str__ of the runner's own exception
        return type(error).__name__
