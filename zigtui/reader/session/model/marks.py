"""The marks of a session: what happened between its lines of output, in the order of the log.

A screen displays each as a divider. Memory holds only numbers; what a divider shows is in the tier runs and step runs.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple, overload

__all__ = ["NO_MARKS", "Mark", "MarkKind", "MarkRecorder", "Marks"]


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


_KINDS = tuple(MarkKind)  # faster to index than `MarkKind` is to call
_FIELDS = 4  # of a mark, in an array one after the other
_LINE = 1


class Marks(Sequence[Mark]):
    """Adjacent marks of a session, which never change.

    Args:
        first: the number of the first one among all marks of the session, from 0.
        numbers: the fields of all of them.
    """

    __slots__ = ("_numbers", "first")

    def __init__(self, first: int = 0, numbers: "array[int] | None" = None) -> None:
        self.first = first
        self._numbers = array("Q") if numbers is None else numbers

    def __len__(self) -> int:
        return len(self._numbers) // _FIELDS

    @overload
    def __getitem__(self, index: int) -> Mark: ...

    @overload
    def __getitem__(self, index: slice) -> "Marks": ...

    def __getitem__(self, index: int | slice) -> "Mark | Marks":
        if isinstance(index, slice):
            first, end, step = index.indices(len(self))
            if step != 1:
                raise ValueError("marks are adjacent")
            return Marks(self.first + first, self._numbers[first * _FIELDS : max(first, end) * _FIELDS])
        start = (index if index >= 0 else index + len(self)) * _FIELDS
        if not 0 <= start < len(self._numbers):
            raise IndexError(index)
        kind, line, number, position = self._numbers[start : start + _FIELDS]
        return Mark(_KINDS[kind], line, number, position)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Marks) and (self.first, self._numbers) == (other.first, other._numbers)

    def __hash__(self) -> int:
        return hash((self.first, len(self)))

    def line_of(self, index: int) -> int:
        """The number of output lines of the session before a mark."""
        return self._numbers[index * _FIELDS + _LINE]

    def has_kind(self, kind: MarkKind, first: int, end: int) -> bool:
        """Whether there is a mark of a kind from one index to another."""
        return kind in self._numbers[max(0, first) * _FIELDS : max(0, end) * _FIELDS : _FIELDS]

    def before_line(self, line: int) -> int:
        """The number of these marks with fewer than ``line`` output lines before them."""
        return bisect_left(range(len(self)), line, key=self.line_of)


class MarkRecorder:
    """Records the marks of a session while its log is being folded.

    Args:
        first: the number of marks of the session before the first one.
    """

    __slots__ = ("_first", "_frozen", "_numbers")

    def __init__(self, first: int = 0) -> None:
        self._first = first
        self._numbers = array("Q")
        self._frozen: Marks | None = None

    @property
    def count(self) -> int:
        """The number of marks of the session so far, those that were dropped included."""
        return self._first + len(self._numbers) // _FIELDS

    def add(self, kind: MarkKind, line: int, number: int, position: int = 0) -> None:
        """Add a mark after the others; see `Mark`."""
        append = self._numbers.append  # four calls are quicker than one of `extend`
        append(kind)
        append(line)
        append(number)
        append(position)
        self._frozen = None

    def drop_until(self, number: int) -> None:
        """Drop all marks before the one with this number among all marks of the session."""
        del self._numbers[: (number - self._first) * _FIELDS]
        self._first = number
        self._frozen = None

    def skip(self, count: int) -> None:
        """Count more marks, which are dropped like all those before them."""
        self._first = self.count + count
        del self._numbers[:]
        self._frozen = None

    def freeze(self) -> Marks:
        """The marks so far. The same object is returned until there is another one."""
        if self._frozen is None:
            self._frozen = Marks(self._first, self._numbers[:])
        return self._frozen


NO_MARKS = Marks()
"""No marks; one object for all sessions, of which there may be many."""
