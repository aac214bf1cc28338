"""Step: a ``with`` block that records what a step does."""

import time
from types import TracebackType

from writer._common.errors import StepFailedError, check_interpreter, is_cancellation, is_clean_exit, warn
from writer._common.events import EventType
from writer._common.text import I32_MAX, I32_MIN, Text, as_integer, as_text, as_texts
from writer._log.session_log import SessionLog
from writer._steps.error_text import Failure, described, note_recorded
from writer._steps.pass_state import PassState
from writer._steps.progress import CANCELLED, ENDED, NEW, RUNNING, SKIPPED, Progress
from writer._steps.step_output import current_output
from writer._steps.step_programs import StepPrograms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._steps.remote_step import RemoteStep

__all__ = ["Step", "current_step"]


def current_step() -> "Step | None":
    """Return the step whose block the running code is in, the innermost one if there are several, or None.

    It is a context variable: asyncio tasks, `asyncio.to_thread` and `Tier.race` pass it on. Other threads that a step
    starts have no step, unless they run in a copy of its context:

    Example:
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> from contextvars import copy_context
        >>> with tier.step("lint") as step, ThreadPoolExecutor() as executor:
        ...     step is executor.submit(copy_context().run, current_step).result()
    """
    step = current_output()
    return step if isinstance(step, Step) else None


class Step(StepPrograms):
    """One step, which runs as long as its ``with`` block; created by `Tier.step`.

    Entering records ``step_started``. Leaving records ``step_completed`` with the exit code of the last `run` (0
    without one), the milliseconds since entering and the saved variables. An exception, Ctrl-C included, records
    ``step_failed`` and propagates; if that event cannot be written, a warning is logged. The recorded error names the
    type of the exception, such as ``KeyError: 'user'``, and what `SessionWriter.create` has chosen of its traceback.
    ``sys.exit(0)`` is not a failure. A step that is cancelled, by `cancel` or with its asyncio task, has no recorded
    end: readers show it as cancelled.

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
        log: SessionLog,
        tier_index: int,
        name: str,
        command: Text,
        model: Text | None,
        prompt: Text,
        zag_session_id: Text,
        pass_state: PassState | None,
    ) -> None:
        super().__init__(log, name, Progress(f"step {name!r}", pass_state))
        self._tier_index = tier_index
        self._command = as_text(command, "command")
        self._model = None if model is None else as_text(model, "model")
        self._prompt_preview = log.preview(as_text(prompt, "prompt"))
        self._zag_session_id = as_text(zag_session_id, "zag_session_id")
        self._started = 0.0
        self._attempt = 1
        self._saved: list[str] = []

    @property
    def attempt(self) -> int:
        """The number of the current attempt, from 1."""
        return self._attempt

    # The state changes under the lock of the log, together with the event: otherwise a thread could record output of
    # a step that another thread has just left.

    def retry(self, error: BaseException | Text, exit_code: int | None = None) -> None:
        """Record that the current attempt failed, and begin the next.

        Args:
            error: Why it failed: text, or the exception.
            exit_code: The exit code of the attempt, if there is one; by default that of a `StepFailedError`.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If the step is not under way.

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
        check_interpreter()
        with described(error, exit_code, self._log.traceback) as (code, text):
            self._fail_attempt(error, code, text)

    def _fail_attempt(self, error: BaseException | Text, code: int | None, text: str) -> None:
        """Record that the current attempt failed."""
        if isinstance(error, BaseException):
            note_recorded(error, self._log.session_id)
        with self._log.exclusive():
            self._progress.require(RUNNING)
            self._log.record(EventType.STEP_FAILED, self._name, code, self._attempt, text, in_step=True)
            self._attempt += 1
            self._exit_code = 0

    def skip(self, reason: Text) -> None:
        """Record that the step is not run, and why.

        If you call this instead of entering the block, it is the only event of the step. If you call it inside the
        block, nothing else can be recorded, except an exception that leaves the block.

        Raises:
            ValueError: If ``reason`` is not text.
            SessionError: If the step has ended.

        Example:
            >>> tier.step("lint").skip("nothing has changed")
        """
        text = as_text(reason, "reason")
        with self._log.exclusive():
            self._progress.require(NEW if self._progress.state is NEW else RUNNING)
            self._log.record(EventType.STEP_SKIPPED, self._name, text, in_step=True)
            self._progress.state = SKIPPED

    def saved(self, *names: Text) -> None:
        """Name variables that the step saved for other steps. ``step_completed`` lists each name once.

        Raises:
            ValueError: If a name is not text.
            SessionError: If the step is not under way.

        Example:
            >>> with tier.step("lint") as step:
            ...     step.saved("findings", "summary")
        """
        texts = as_texts(names, "names")
        with self._log.exclusive():
            self._progress.require(RUNNING)
            self._saved += [name for name in dict.fromkeys(texts) if name not in self._saved]

    def remote(self) -> "RemoteStep":
        """Return a handle through which other processes add to the step while it runs.

        The handle can be pickled: pass it to processes of `multiprocessing` or ``concurrent.futures``, however they are
        started. It records output, retries and programs. What a process has sent is recorded even if it is killed
        then. Available on Linux and macOS.

        Raises:
            SessionError: If the step is not under way, or there is no directory for the socket.

        Example:
            >>> with tier.step("lint") as step:
            ...     step.remote().output("from another process")
        """
        check_interpreter()
        from writer._steps.remote_step import remote_step
        from writer._steps.shared_step import SharedStep

        self._progress.require(RUNNING)
        return remote_step(self._log, self._name, SharedStep(self, self._progress))

    def cancel(self, reason: Text = "") -> None:
        """End the step from any thread, without an end in its log: so the format records that it was cancelled.

        The programs of the step are ended. What runs in the block gets a `StepCancelledError` from its next call of the
        step, or from the current `run`; it leaves the block like other exceptions. A step that has not been entered
        cannot be entered any more. After the end of the step this does nothing.

        Args:
            reason: The text of the exception. It is not recorded, since the format has no event for it.

        Raises:
            ValueError: If ``reason`` is not text.
            SessionError: If this is a process forked from the one that began the session.

        Example:
            >>> step = tier.step("lint").start()
            >>> step.cancel("not needed any more")
        """
        text = as_text(reason, "reason")
        with self._log.exclusive():
            if self._progress.state is not NEW and self._progress.state is not RUNNING:
                return
            self._progress.cancel(text)
            self._log.cancelled_steps.add(self._name)
            programs = self._programs[:]
        for program in programs:
            program.stop(self._progress.cancelled_error())

    def start(self) -> "Step":
        """Begin the step without a ``with`` block, for runners that get calls when a step begins and ends.

        `complete`, `fail` or `cancel` ends it, in any thread. `current_step` is not affected, since there is no block.

        Returns:
            The step itself.

        Raises:
            SessionError: If the step has begun, been skipped or been cancelled.

        Example:
            >>> step = tier.step("lint").start()
            >>> step.output("all clean")
            >>> step.complete()
        """
        with self._log.exclusive():
            self._progress.require(NEW)
            self._log.record(
                EventType.STEP_STARTED,
                self._name,
                self._tier_index,
                self._zag_session_id,
                self._command,
                self._model,
                self._prompt_preview,
                in_step=True,
            )
            self._started = time.monotonic()
            self._progress.state = RUNNING
            self._log.cancelled_steps.discard(self._name)
        return self

    def complete(self, exit_code: int | None = None) -> None:
        """End the step as a success; leaving its ``with`` block records nothing more.

        Args:
            exit_code: The exit code of its process; by default that of the last `run`, or 0.

        Raises:
            ValueError: If ``exit_code`` is not a whole number of 32 bits.
            SessionError: If the step is not under way.
            StepCancelledError: If it has been cancelled.

        Example:
            >>> step = tier.step("lint").start()
            >>> step.complete(exit_code=1)
        """
        code = None if exit_code is None else as_integer(exit_code, "exit_code", I32_MIN, I32_MAX)
        with self._log.exclusive():
            self._progress.require(RUNNING)
            if code is not None:
                self._exit_code = code
        self._end(None)

    def fail(self, error: BaseException | Text, exit_code: int | None = None) -> None:
        """End the step as a failure; leaving its ``with`` block records nothing more.

        Args:
            error: Why it failed: text, or the exception.
            exit_code: The exit code of its process, if there is one; by default that of a `StepFailedError`.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If the step is not under way.
            StepCancelledError: If it has been cancelled.

        Example:
            >>> step = tier.step("lint").start()
            >>> step.fail("3 findings", exit_code=1)
        """
        check_interpreter()
        self._log.server.drain()  # before the lock is taken, which the server needs
        with self._log.exclusive():
            self._close_files()
            with described(error, exit_code, self._log.traceback) as (code, text):
                self._fail_attempt(error, code, text)
                self._attempt -= 1
                self._progress.state = ENDED
                self._note_failure(error if isinstance(error, BaseException) else StepFailedError(text))

    def __enter__(self) -> "Step":
        self.start()
        self._enter_context()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end(error)
        except Exception as problem:
            if error is None:
                raise
            warn("the failure of step %r could not be recorded: %s", self._name, problem)
        finally:
            self._leave_context()

    def _end(self, error: BaseException | None) -> None:
        self._log.server.drain()  # before the lock is taken, which the server needs
        with self._log.exclusive():
            self._close_files()
            state, self._progress.state = self._progress.state, ENDED
            if state is ENDED:  # by `complete` or `fail`
                return
            if self._progress.is_left_behind:  # readers would take this for the end of a step of the next pass
                return
            self._progress.was_cancelled = is_cancelled = state is CANCELLED or is_cancellation(error)
            if is_clean_exit(error):
                error, self._exit_code = None, 0
            if error is not None and is_cancelled:
                self._note_failure(error)
            elif error is not None:
                self._record_failure(error)
            elif not is_cancelled and state is not SKIPPED:
                duration_ms = round((time.monotonic() - self._started) * 1000)
                own = (self._name, self._exit_code, duration_ms, self._saved)
                self._log.record(EventType.STEP_COMPLETED, *own, in_step=True)

    def _record_failure(self, error: BaseException) -> None:
        failure = Failure(error, self._log.traceback)
        with failure.recorded():
            own = (self._name, failure.exit_code, self._attempt, failure.text)
            self._log.record(EventType.STEP_FAILED, *own, in_step=True)
            note_recorded(error, self._log.session_id)
            self._note_failure(error)

    def _note_failure(self, error: BaseException) -> None:
        if self._progress.pass_state is not None:
            self._progress.pass_state.note_failure(error)
