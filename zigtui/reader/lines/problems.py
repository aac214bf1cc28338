"""What can be wrong with the lines of a log."""

from enum import StrEnum
from typing import NamedTuple

__all__ = ["Problem", "ProblemKind"]


class ProblemKind(StrEnum):
    """What can be wrong with a log."""

    BAD_JSON = "bad_json"
    NOT_UTF8 = "not_utf8"
    TORN = "torn"
    GAP = "gap"
    REPEAT = "repeat"
    WRONG_ID = "wrong_id"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_FIELD = "missing_field"
    AFTER_END = "after_end"


class Problem(NamedTuple):
    """Something wrong at a line (from 1) of a log."""

    line: int
    kind: ProblemKind
    detail: str
