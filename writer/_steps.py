"""Tier and Step: what a runner does, recorded by ``with`` blocks."""

import time
from collections.abc import Iterable, Sequence
from types import TracebackType

from writer._errors import SessionError, warn
from writer._events import OutputStream
from writer._text import Text, as_text, as_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from writer._session import SessionWriter

__all__ = ["Step", "StepFailedError", "Tier", "preview"]

_PREVIEW_CHARACTERS = 200  # as many as the reference's runner takes

# What state a step or tier is in: the words end the message of the error when a call comes in the wrong one.
_NEW = "has not begun: enter it by `with` first"
_RUNNING = "has begun already"
_SKIPPED = "has been skipped"
_ENDED = "has ended, nothing can follow"


class StepFailedError(Exception):
    """A step's process failed; raise it yourself to fail a step with an exit code.

    Attributes:
        exit_code: the exit code of the process (negative: the signal that killed it), None where there is none.

    Example:
        >>> with tier.step("lint") as step:
        ...     if findings:
        ...         raise StepFailedError(f"{len(findings)} findings", exit_code=2)
    """

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Tier:
    """Steps that may run at the same time; made by `SessionWriter.tier`.

    Entering records ``tier_started``; leaving records nothing, since the format has no event for it.

    Example:
        >>> with session.tier(["lint", "types"]) as tier:
        ...     with tier.step("lint", prompt="Lint it") as step:
        ...         step.run(["ruff", "check", "."])
        ...     tier.step("types").skip("nothing to check")
    """

    def __init__(self, writer: "SessionWriter", step_names: Iterable[Text], index: int) -> None:
        self._writer = writer
        self._step_names = as_texts(step_names, "step_names")
        self._index = index
        self._state = _NEW

    @property
    def index(self) -> int:
        """The index of the tier in the log, from 0."""
        return self._index

    def step(
        self,
        name: Text,
        *,
        command: Text = "run",
        model: Text | None = None,
        prompt: Text = "",
        zag_session_id: Text | None = None,
    ) -> "Step":
        """A step of this tier, to be entered by ``with`` or to be skipped; nothing is recorded yet.

        Args:
            name: the step, one of the tier's names.
            command: what runs: run, review, plan, pipe, collect or summary.
            model: the model asked for, if any.
            prompt: the whole prompt; the log gets its first 200 characters, on one line.
            zag_session_id: the session of the agent that does the step; ``zig-<workflow>-<step>`` by default.

        Raises:
            SessionError: if the tier has not been entered, or has been left.
            ValueError: if an argument is no text.
        """
        if self._state is not _RUNNING:
            raise SessionError(f"tier {self._index} {self._state}")
        return Step(self, name, command, model, prompt, zag_session_id)

    def __enter__(self) -> "Tier":
        if self._state is not _NEW:
            raise SessionError(f"tier {self._index} {self._state}")
        self._writer.tier_started(self._index, self._step_names)
        self._state = _RUNNING
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state = _ENDED


class Step:
    """One step, which runs for as long as its ``with`` block; made by `Tier.step`.

    Entering records ``step_started``. Leaving records ``step_completed`` with the exit code of the last `run` (0
    without one), the milliseconds since entering and the saved variables. An exception (Ctrl-C and cancellation
    too) records ``step_failed`` and goes on up; that this could not be recorded is only logged.

    A step may be used from any thread and any asyncio task, and many steps may run at a time. Output, retries and
    processes belong inside the block: before and after it they are a `SessionError`, as is entering it twice.

    Example:
        >>> with tier.step("lint", model="opus", prompt="Lint the code") as step:
        ...     step.output("looking around")
        ...     step.run(["ruff", "check", "."])
        ...     step.saved("findings")
    """

    def __init__(
        self,
        tier: Tier,
        name: Text,
        command: Text,
        model: Text | None,
        prompt: Text,
        zag_session_id: Text | None,
    ) -> None:
        self._writer = tier._writer
        self._tier_index = tier.index
        self._name = as_text(name, "name")
        self._command = as_text(command, "command")
        self._model = None if model is None else as_text(model, "model")
        self._prompt_preview = preview(as_text(prompt, "prompt"))
        if zag_session_id is None:
            zag_session_id = f"zig-{self._writer.workflow_name}-{self._name}"
        self._zag_session_id = as_text(zag_session_id, "zag_session_id")
        self._state = _NEW
        self._started = 0.0
        self._attempt = 1
        self._exit_code = 0
        self._saved: list[str] = []

    @property
    def name(self) -> str:
        """The name of the step."""
        return self._name

    @property
    def attempt(self) -> int:
        """The attempt that is under way, from 1."""
        return self._attempt

    # State and event change under the lock of the log: no thread records output of a step that another just left.

    def output(self, line: Text, stream: OutputStream | str = OutputStream.STDOUT) -> None:
        """Record a line that the step printed; text with newlines in it becomes several."""
        with self._writer.together():
            self._require(_RUNNING)
            self._writer.step_output(self._name, stream, line)

    def retry(self, error: BaseException | Text, exit_code: int | None = None) -> None:
        """Record that this attempt failed, and begin the next.

        Args:
            error: why it failed: text, or the exception.
            exit_code: the exit code of the attempt where there is one; a `StepFailedError` brings its own.

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
        with self._writer.together():
            self._require(_RUNNING)
            self._writer.step_failed(self._name, exit_code, self._attempt, error)
            self._attempt += 1
            self._exit_code = 0

    def skip(self, reason: Text) -> None:
        """Record that the step is not run, and why.

        Instead of entering the block it is the only event of the step. Inside, nothing more can be recorded, and
        leaving the block records no completion (but still an exception).
        """
        with self._writer.together():
            if self._state is not _NEW:
                self._require(_RUNNING)
            self._writer.step_skipped(self._name, reason)
            self._state = _SKIPPED

    def saved(self, *names: Text) -> None:
        """Name variables that the step leaves to others; the completion lists each once."""
        texts = as_texts(names, "names")
        with self._writer.together():
            self._require(_RUNNING)
            self._saved += [name for name in dict.fromkeys(texts) if name not in self._saved]

    def run(self, argv: Sequence[Text], *, check: bool = True, **popen_options: "Any") -> int:
        """Run a program and record what it prints, line by line as it comes.

        A line beyond 1 MiB is recorded in pieces. An exception meanwhile (Ctrl-C) terminates the process, and kills
        it 2 seconds later. A background process that it leaves behind is listened to for 2 seconds after its end.

        Args:
            argv: the program and its arguments; no shell is involved.
            check: whether an exit code other than 0 raises.
            **popen_options: for `subprocess.Popen`, such as ``cwd`` and ``env``. Standard input is empty by default;
                a stream that ``stdout`` or ``stderr`` sends elsewhere is not recorded.

        Returns:
            The exit code; negative is the signal that killed the process.

        Raises:
            StepFailedError: if ``check`` is set and the exit code is not 0.
            OSError: if the program cannot be started.
            SessionError: if a line could not be recorded; after the process has ended.
            ValueError: if ``argv`` is a single text or empty, or an option would change how output is read.
        """
        from writer import _process as process  # only runners that use it pay for importing subprocess

        self._require(_RUNNING)
        return self._exited(argv, process.run(argv, self.output, popen_options), check)

    async def run_async(self, argv: Sequence[Text], *, check: bool = True, **popen_options: "Any") -> int:
        """`run` for asyncio: other tasks go on meanwhile, and cancelling the task terminates the process."""
        from writer import _process_async as process_async  # as late as above

        self._require(_RUNNING)
        return self._exited(argv, await process_async.run(argv, self.output, popen_options), check)

    def _exited(self, argv: Sequence[Text], exit_code: int, check: bool) -> int:
        self._exit_code = exit_code
        if check and exit_code != 0:
            from writer._process import outcome

            raise StepFailedError(f"{preview(' '.join(as_texts(argv, 'argv')))} {outcome(exit_code)}", exit_code)
        return exit_code

    def _require(self, state: str) -> None:
        if self._state is not state:
            raise SessionError(f"step {self._name!r} {self._state}")

    def __enter__(self) -> "Step":
        with self._writer.together():
            self._require(_NEW)
            self._writer.step_started(
                self._name, self._tier_index, self._zag_session_id, self._command, self._model, self._prompt_preview
            )
            self._started = time.monotonic()
            self._state = _RUNNING
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
        with self._writer.together():
            skipped = self._state is _SKIPPED
            self._state = _ENDED
            if error is not None:
                self._writer.step_failed(self._name, _exit_code(error), self._attempt, _error_text(error))
            elif not skipped:
                milliseconds = round((time.monotonic() - self._started) * 1000)
                self._writer.step_completed(self._name, self._exit_code, milliseconds, self._saved)


def preview(text: str) -> str:
    """The beginning of a prompt as the reference's runner records it: 200 characters on one line, then ``…``."""
    beginning = text[:_PREVIEW_CHARACTERS].replace("\n", " ")
    return beginning if len(text) <= _PREVIEW_CHARACTERS else beginning + "…"


def _exit_code(error: BaseException) -> int | None:
    """The exit code that an error brings, if the log may hold it: a failure is recorded, whatever else is wrong."""
    code = error.exit_code if isinstance(error, StepFailedError) else None
    return code if isinstance(code, int) and -(2**31) <= code < 2**31 else None


def _error_text(error: BaseException) -> str:
    try:
        return str(error) or type(error).__name__
    except Exception:  # of somebody else's making
        return type(error).__name__
