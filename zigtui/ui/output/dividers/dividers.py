"""The dividers between lines of output, by number. Each is made when it is drawn or searched."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from zigtui.wording.dates import time_after
from zigtui.wording.dividers import DividerText
from zigtui.wording.states import Severity

if TYPE_CHECKING:
    from zigtui.ui.output.dividers.divider_filter import DividerFilter

__all__ = ["NO_DIVIDERS", "Divider", "Dividers", "KnownDividers", "Possible", "divider_of"]


class Divider(NamedTuple):
    """A divider.

    Attributes:
        head: its first row, which is safe to show.
        severity: how much attention it deserves.
        detail: text of any length and of several lines below it, as recorded; empty if there is none.
    """

    head: str
    severity: Severity = Severity.MUTED
    detail: str = ""


class Possible(NamedTuple):
    """How far dividers have been searched for one that may match a query.

    Attributes:
        number: the number of that divider; else that of the first one that has not been searched.
        is_found: whether it is that divider.
    """

    number: int
    is_found: bool


class Dividers(Protocol):
    """The dividers of an output at one moment, numbered from 0. Each stands before a line, or behind the last one.

    The lines and dividers of an output together are its items.

    Attributes:
        variant: dividers of the same output with an equal value differ in nothing but the number of those at the end.
    """

    variant: Hashable

    def __len__(self) -> int: ...

    def before_line(self, line: int) -> int:
        """The number of dividers above a line."""

    def above_item(self, item: int) -> int:
        """The number of dividers above an item.

        Raises:
            NoAnswerError: if the disk has not answered yet.
        """

    def estimate_above(self, item: int) -> int:
        """The approximate number of dividers above an item. Nothing is read."""

    def has_failure(self, first: int, end: int) -> bool:
        """Whether a divider from one number to another is probably that of a failed attempt. Nothing is read."""

    def line_of(self, number: int) -> int:
        """The number of lines above a divider."""

    def divider(self, number: int) -> Divider:
        """A divider.

        Raises:
            NoAnswerError: if the disk has not answered yet.
        """

    def search_from(self, number: int, wanted: "DividerFilter") -> Possible:
        """Search for the first divider from a number on that may match a query. A part of them is searched at a time.

        Raises:
            OSError: if the log cannot be read.
        """


class KnownDividers:
    """Dividers that are all in memory. Subclasses have a length, and implement `line_of` and `divider`."""

    variant: Hashable = None

    def __len__(self) -> int:
        raise NotImplementedError

    def line_of(self, number: int) -> int:
        """The number of lines above a divider."""
        raise NotImplementedError

    def divider(self, number: int) -> Divider:
        """A divider."""
        raise NotImplementedError

    def before_line(self, line: int) -> int:
        """The number of dividers above a line."""
        return bisect_right(range(len(self)), line, key=self.line_of)

    def above_item(self, item: int) -> int:
        """The number of dividers above an item."""
        return bisect_left(range(len(self)), item, key=lambda number: self.line_of(number) + number)

    def estimate_above(self, item: int) -> int:
        """The number of dividers above an item: exactly, since nothing has to be read."""
        return self.above_item(item)

    def has_failure(self, first: int, end: int) -> bool:
        """Whether a divider from one number to another is that of a failed attempt."""
        return False

    def search_from(self, number: int, wanted: "DividerFilter") -> Possible:
        """Any divider may match."""
        return Possible(number, is_found=True)


class _NoDividers(KnownDividers):
    """No dividers."""

    def __len__(self) -> int:
        return 0


NO_DIVIDERS: Dividers = _NoDividers()
"""The dividers of an output without any."""


def divider_of(text: DividerText, before: float | None) -> Divider:
    """The divider with a text, given the time of the one before it; see `time_after`."""
    shown = "" if text.time is None else f"{time_after(text.time, before)} "
    return Divider(shown + text.words, text.severity, text.detail)
