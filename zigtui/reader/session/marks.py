"""The marks of a session: what happened between its lines of output, in the order of the log.

A screen displays each as a divider. Memory holds only numbers; what a divider shows is in the tier runs and step runs.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple, TypeAlias, overload

__all__ = ["NO_MARKS", "Mark", "MarkKind", "MarkRecorder", "Marks"]


_Columns: TypeAlias = "tuple[array[int], ...]"  # the kinds, lines, numbers and positions


class MarkKind(IntEnum):
    """What happened at a mark."""

    TIER_STARTED = 0
    STEP_STARTED = 1
    ATTEMPT_FAILED = 2
    STEP_COMPLETED = 3
    STEP_SKIPPED = 4
    STEP_CANCELLED = 5
    SESSION_ENDED = 6


class Mark(NamedTuple):
    """Something that happened between two lines of output.

    Attributes:
        kind: what happened.
        line: the number of output lines of the session before it.
        number: the ordinal of the tier run, or the serial of the step run; 0 for the end of the session.
        position: of a failed attempt, its position in `StepRun.attempts`.
    """

    kind: MarkKind
    line: int
    number: int
    position: int = 0


class Marks(Sequence[Mark]):
    """Adjacent marks of a session, which never change.

    Args:
        first: the number of the first one among all marks of the session, from 0.
        columns: their fields.
    """

    __slots__ = ("_columns", "first")

    def __init__(self, first: int = 0, columns: "_Columns | None" = None) -> None:
        self.first = first
        self._columns = columns or _no_columns()

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, index: int) -> Mark: ...

    @overload
    def __getitem__(self, index: slice) -> "Marks": ...

    def __getitem__(self, index: int | slice) -> "Mark | Marks":
        if isinstance(index, slice):
            first, _, step = index.indices(len(self))
            if step != 1:
                raise ValueError("marks are adjacent")
            return Marks(self.first + first, tuple(column[index] for column in self._columns))
        kind, *numbers = (column[index] for column in self._columns)
        return Mark(MarkKind(kind), *numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Marks) and self.first == other.first and self._columns == other._columns

    def __hash__(self) -> int:
        return hash((self.first, len(self)))

    def line_of(self, index: int) -> int:
        """The number of output lines of the session before a mark."""
        return self._columns[1][index]

    def before_line(self, line: int) -> int:
        """The number of these marks that stand before the end of the first ``line`` lines, but not behind it."""
        return bisect_left(self._columns[1], line)


class MarkRecorder:
    """Records the marks of a session while its log is being folded.

    Attributes:
        count: the number of marks so far, those that were dropped included.
    """

    __slots__ = ("_columns", "_first", "_frozen", "count")

    def __init__(self, first: int = 0) -> None:
        self.count = first
        self._first = first
        self._columns = _no_columns()
        self._frozen: Marks | None = None

    def add(self, kind: MarkKind, line: int, number: int, position: int = 0) -> None:
        """Add a mark behind the others; see `Mark`."""
        kinds, lines, numbers, positions = self._columns
        kinds.append(kind)
        lines.append(line)
        numbers.append(number)
        positions.append(position)
        self.count += 1
        self._frozen = None

    def drop_until(self, number: int) -> None:
        """Drop all marks before the one with this number among all marks of the session."""
        for column in self._columns:
            del column[: number - self._first]
        self._first = number
        self._frozen = None

    def freeze(self) -> Marks:
        """The marks so far. The same object is returned until there is another one."""
        if self._frozen is None:
            self._frozen = Marks(self._first, tuple(column[:] for column in self._columns))
        return self._frozen


def _no_columns() -> _Columns:
    return array("B"), array("Q"), array("Q"), array("Q")


NO_MARKS = Marks()
"""No marks; one object for all sessions, of which there may be many."""
