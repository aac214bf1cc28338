"""The dividers in the output of one attempt of a step."""

from collections.abc import Hashable

from zigtui.reader.session.model.attempts import AttemptRun
from zigtui.ui.output.dividers.dividers import Divider, KnownDividers
from zigtui.ui.output.dividers.step_dividers import StepDividers

__all__ = ["AttemptDividers"]


class AttemptDividers(KnownDividers):
    """The dividers of a step run that belong to one of its attempts: how it began, if it is the first, and its end.

    Args:
        dividers: those of the step run.
        attempt: the attempt.
    """

    def __init__(self, dividers: StepDividers, attempt: AttemptRun) -> None:
        self._dividers = dividers
        end = dividers.number_of_attempt(attempt.position)
        first = end if attempt.position else 0
        self._numbers = range(first, min(len(dividers), end + 1))
        self._first_line = attempt.first_line
        self.variant: Hashable = (dividers.variant, attempt.position)

    def __len__(self) -> int:
        return len(self._numbers)

    def has_failure(self, first: int, end: int) -> bool:
        """Whether a divider from one number to another is that of a failed attempt."""
        numbers = self._numbers[first:end]
        return bool(numbers) and self._dividers.has_failure(numbers.start, numbers.stop)

    def line_of(self, number: int) -> int:
        """The number of lines above a divider."""
        return self._dividers.line_of(self._numbers[number]) - self._first_line

    def divider(self, number: int) -> Divider:
        """A divider; see `Dividers`."""
        return self._dividers.divider(self._numbers[number])
