"""Progress: how far a tier or a step has come, and which calls are allowed then."""

from writer._common.errors import SessionError, StepCancelledError
from writer._steps.pass_state import PassState

__all__ = ["CANCELLED", "ENDED", "NEW", "RUNNING", "SKIPPED", "Progress"]

# The states of a tier or step. Each completes the error message for a call that is not allowed in it.
NEW = "has not begun: enter it by `with` first"
RUNNING = "has begun already"
SKIPPED = "has been skipped"
CANCELLED = "has been cancelled"
ENDED = "has ended, nothing can follow"


class Progress:
    """The state of a tier or step.

    Attributes:
        state: One of the states of this module.
        pass_state: The state of the pass that it belongs to, or None.
        reason: Why it has been cancelled; empty if that is not known.
        was_cancelled: Whether it has been cancelled, also after its end.
    """

    __slots__ = ("_owner", "pass_state", "reason", "state", "was_cancelled")

    def __init__(self, owner: str, pass_state: PassState | None) -> None:
        """Begin with `NEW`; ``owner`` is the tier or step in the words of an error message."""
        self._owner = owner
        self.state = NEW
        self.pass_state = pass_state
        self.was_cancelled = False
        self.reason = ""

    @property
    def is_left_behind(self) -> bool:
        """Whether its pass has ended: a later one may run a step of the same name."""
        return self.pass_state is not None and self.pass_state.is_over

    def cancel(self, reason: str) -> None:
        """Change to the state `CANCELLED`, and keep the reason for `cancelled_error`."""
        self.state = CANCELLED
        self.was_cancelled = True
        self.reason = reason

    def cancelled_error(self) -> StepCancelledError:
        """Return the error for a call after `cancel`."""
        return StepCancelledError(f"{self._owner} has been cancelled" + (f": {self.reason}" if self.reason else ""))

    def require(self, state: str) -> None:
        """Raise a `SessionError` in any state but ``state``, or if the pass has ended.

        In the state `CANCELLED` raise a `StepCancelledError`.
        """
        if self.state is CANCELLED:
            raise self.cancelled_error()
        if self.state is not state:
            raise SessionError(f"{self._owner} {self.state}")
        if self.pass_state is not None and self.pass_state.is_over:
            raise SessionError(f"{self._owner} belongs to a pass that has ended, nothing can follow")
