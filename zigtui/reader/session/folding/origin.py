"""What comes before the part of a log that is folded."""

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["BEGINNING", "Origin"]


class Origin(NamedTuple):
    """What comes before the part of a log that is folded: the numbers of its first tier run, step run and so on.

    Attributes:
        first_tier: the ordinal of its first tier run.
        first_step: the serial of its first step run.
        first_line: the number of output lines before it.
        first_mark: the number of marks before it.
        pass_number: the number of the pass that its first tier run begins.
        occurrences: how many runs each step had before, by its name.
    """

    first_tier: int = 1
    first_step: int = 0
    first_line: int = 0
    first_mark: int = 0
    pass_number: int = 1
    occurrences: Mapping[str, int] | None = None


BEGINNING = Origin()
"""The beginning of a log."""
