"""SharedStep: a step that this process runs, as other processes reach it."""

from writer._common.text import as_text
from writer._steps.progress import ENDED, RUNNING, Progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from writer._common.events import Stream
    from writer._shared.messages import Message

    class Step(Protocol):
        """A step; see `writer._steps.step.Step`."""

        def output(self, line: str, stream: Stream) -> None: ...
        def retry(self, error: str, exit_code: int | None) -> None: ...
        def saved(self, *names: str) -> None: ...
        def cancel(self, reason: str) -> None: ...


__all__ = ["SharedStep"]


class SharedStep:
    """Does what other processes ask of a step.

    It does not keep a step that is over: a listener may share very many, one after the other.
    """

    def __init__(self, step: "Step", progress: Progress) -> None:
        self._step: Step | None = step
        self._progress = progress

    def let_go(self) -> bool:
        """Let go of the step if it is over, and return whether it is."""
        if self._progress.state is ENDED or self._progress.is_left_behind:
            self._step = None
        return self._step is None

    def record(self, line: str, stream: "Stream") -> None:
        """Record a line of output.

        Raises:
            SessionError: If the step is over.
            StepCancelledError: If it has been cancelled.
        """
        step = self._step
        if step is None:
            self._progress.require(RUNNING)
        else:
            step.output(line, stream)

    def call(self, message: "Message") -> "Message":
        """Do what a message asks for: ``retry``, ``saved``, ``cancel`` or ``check``; return the reply.

        Raises:
            SessionError: If the step is over. Cancelling it does nothing then.
            StepCancelledError: If it has been cancelled.
        """
        step = self._step
        match message["do"]:
            case "check":
                return {"cancelled": self._progress.reason} if self._progress.was_cancelled else {}
            case "cancel":
                if step is not None:
                    step.cancel(as_text(message.get("reason"), "reason"))
            case _ if step is None:
                self._progress.require(RUNNING)
            case "retry":
                exit_code = message.get("exit_code")
                step.retry(as_text(message.get("error"), "error"), exit_code if isinstance(exit_code, int) else None)
            case _:
                names = message.get("names")
                step.saved(*names if isinstance(names, list) else ())
        return {}
