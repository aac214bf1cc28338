"""Tier: a ``with`` block that groups steps."""

from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType

from writer._common.errors import check_interpreter
from writer._common.events import EventType
from writer._common.not_copied import NotCopied
from writer._common.text import Text, as_text, as_texts
from writer._log.session_log import SessionLog
from writer._steps.pass_state import PassState
from writer._steps.progress import ENDED, NEW, RUNNING, Progress
from writer._steps.step import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

__all__ = ["Tier", "default_session_id", "step_name"]


class Tier(NotCopied):
    """A group of steps that may run at the same time; created by the method ``tier`` of a session or of a `Pass`.

    Entering the ``with`` block records ``tier_started``. Leaving it records nothing: the format has no event for that.
    A step that runs on after the block is still recorded, as one of this tier. When the next tier begins, readers take
    it for cancelled, until its end is recorded.

    Example:
        >>> with session.tier(["lint", "types"]) as tier:
        ...     with tier.step("lint", prompt="Lint it") as step:
        ...         step.run(["ruff", "check", "."])
        ...     tier.step("types").skip("nothing to check")
    """

    _step_type = Step

    def __init__(
        self,
        log: SessionLog,
        workflow_name: str,
        step_names: Iterable[Text],
        index: int,
        pass_state: PassState | None = None,
    ) -> None:
        self._log = log
        self._workflow_name = workflow_name
        self._step_names = list(map(step_name, as_texts(step_names, "step_names")))
        self._index = index
        self._progress = Progress(f"tier {index}", pass_state)

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
        """Create a step of this tier. Nothing is recorded until the step is entered by ``with``, or skipped.

        Args:
            name: The step, usually one of the tier's names. One that the tier has not named is added to it by readers
                when it begins.
            command: The kind of step: run, review, plan, pipe, collect or summary. Readers show others as they are.
            model: The requested model, if any.
            prompt: The whole prompt; the log gets its first 200 characters, on one line.
            zag_session_id: The id of the agent's session; ``zig-<workflow>-<step>`` by default.

        Raises:
            SessionError: If the tier has not been entered, or has been left.
            ValueError: If the name is empty, or an argument is not text.

        Example:
            >>> with session.tier(["lint"]) as tier:
            ...     step = tier.step("lint", command="review", model="opus", prompt="Lint the code")
        """
        self._progress.require(RUNNING)
        name = step_name(name)
        session_id = default_session_id(self._workflow_name, name) if zag_session_id is None else zag_session_id
        return self._step_type(
            self._log, self._index, name, command, model, prompt, session_id, self._progress.pass_state
        )

    def race(self, racers: "Iterable[tuple[Step, Callable[[Step], T]]]") -> "tuple[Step, T]":
        """Run steps against each other, each in a thread, until the first one succeeds.

        A step succeeds when its function returns. The others are cancelled then, which ends their programs, and have no
        end in the log. Functions that call nothing of their step are waited for. A step that fails is recorded as
        failed, and the race goes on.

        Args:
            racers: Steps of this tier that have not been entered, each with a function that gets the step.

        Returns:
            The step that has won, and what its function has returned.

        Raises:
            ExceptionGroup: If all steps fail: the exceptions of their functions.
            StepCancelledError: If all steps are cancelled.
            SessionError: If the tier has not been entered, or has been left.
            ValueError: If there are no steps.

        Example:
            >>> def lint(step):
            ...     return step.run(["ruff", "check", "."])
            >>> with session.tier(["here", "there"]) as tier:
            ...     winner, exit_code = tier.race([(tier.step("here"), lint), (tier.step("there"), lint)])
        """
        self._progress.require(RUNNING)
        check_interpreter()
        from writer._steps.race import race

        return race(racers)

    async def race_async(self, racers: "Iterable[tuple[Step, Callable[[Step], Awaitable[T]]]]") -> "tuple[Step, T]":
        """Run steps against each other as `race` does, each in an asyncio task, which is cancelled if it loses.

        If the task that runs the race is cancelled, all steps are.

        Raises:
            RuntimeError: If asyncio is not running. With trio, call `race` by ``trio.to_thread.run_sync``.
            ExceptionGroup: As for `race`, like the other errors.
            StepCancelledError: As for `race`.
            SessionError: As for `race`.
            ValueError: As for `race`.

        Example:
            >>> async def lint(step):
            ...     return await step.run_async(["ruff", "check", "."])
            >>> async def main():
            ...     with session.tier(["here", "there"]) as tier:
            ...         racers = [(tier.step("here"), lint), (tier.step("there"), lint)]
            ...         winner, exit_code = await tier.race_async(racers)
            >>> asyncio.run(main())
        """
        self._progress.require(RUNNING)
        check_interpreter()
        from writer._steps.race import race_async

        return await race_async(racers)

    def __enter__(self) -> "Tier":
        with self._log.exclusive():
            self._progress.require(NEW)
            self._log.record(EventType.TIER_STARTED, self._index, self._step_names, in_step=True)
            self._progress.state = RUNNING
            self._log.open_tier = self._index
            if self._progress.pass_state is not None:
                self._progress.pass_state.note_tier(self._index)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.state = ENDED
        if self._log.is_owned:  # otherwise this is a forked process, which leaves the block too
            with self._log.exclusive():
                if self._log.open_tier == self._index:  # not if another thread has entered a later tier
                    self._log.open_tier = None


def step_name(name: Text) -> str:
    """Convert the name of a step to text, or raise a `ValueError` if it is empty or not text."""
    text = as_text(name, "name")
    if not text:
        raise ValueError("a step needs a name")
    return text


def default_session_id(workflow_name: str, name: str) -> str:
    """Return the id that zig gives to the session of a step's agent."""
    return f"zig-{workflow_name}-{name}"
