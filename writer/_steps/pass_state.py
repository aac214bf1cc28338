"""PassState: what a pass of a listener shares with its tiers and steps."""

from writer._common.errors import SessionError

__all__ = ["PassState"]


class PassState:
    """The state of one pass. It changes under the lock of the log only.

    Attributes:
        has_begun: Whether the pass has been entered.
        is_over: Whether it has been left: nothing of its tiers and steps is recorded any more.
        last_tier: The largest index of its tiers; -1 before the first one.
    """

    __slots__ = ("_failures", "has_begun", "is_over", "last_tier")

    def __init__(self) -> None:
        self.has_begun = False
        self.is_over = False
        self.last_tier = -1
        self._failures: list[Exception] = []

    @property
    def has_failed(self) -> bool:
        """Whether a step of the pass has failed for good."""
        return bool(self._failures)

    def note_tier(self, index: int) -> None:
        """Note that a tier has begun."""
        self.last_tier = max(self.last_tier, index)

    def note_failure(self, error: BaseException) -> None:
        """Note that a step has recorded ``error`` as its failure.

        A `SessionError` is left out: after a mistake of the runner or on a full disk, other passes fail as well.
        """
        if isinstance(error, Exception) and not isinstance(error, SessionError):
            self._failures.append(error)

    def has_recorded(self, error: BaseException) -> bool:
        """Whether ``error`` is the recorded failure of a step, or a group of such failures."""
        if any(error is failure for failure in self._failures):
            return True
        return isinstance(error, BaseExceptionGroup) and all(map(self.has_recorded, error.exceptions))

    def end(self) -> None:
        """End the pass, and let go of its failures, whose tracebacks keep much else alive."""
        self.is_over = True
        self._failures = []
