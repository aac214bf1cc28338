"""The dividers in the output of one attempt of a step."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from zigtui.reader.session.attempts import AttemptRun
from zigtui.ui.output.dividers import Divider, Possible
from zigtui.ui.output.step_dividers import StepDividers

if TYPE_CHECKING:
    from zigtui.ui.output.divider_filter import DividerFilter

__all__ = ["AttemptDividers"]


class AttemptDividers:
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

    def before_line(self, line: int) -> int:
        """The number of dividers above a line."""
        return sum(self.line_of(number) <= line for number in range(len(self)))

    def above_item(self, item: int) -> int:
        """The number of dividers above an item."""
        return sum(self.line_of(number) + number < item for number in range(len(self)))

    def estimate_above(self, item: int) -> int:
        """The number of dividers above an item: exactly, since all are in memory."""
        return self.above_item(item)

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

    def search_from(self, number: int, wanted: "DividerFilter") -> Possible:
        """Any divider may match; see `Dividers`."""
        return Possible(number, is_found=True)
