"""The kinds of problems that the lines of a log may have."""

from enum import StrEnum
from typing import NamedTuple

__all__ = ["Problem", "ProblemKind"]


class ProblemKind(StrEnum):
    """The kind of a problem. The values are stable: they are part of the JSON output.

    Attributes:
        EMPTY: the log contains no event.
        BAD_JSON: the line is not a JSON object.
        TOO_LONG: the line is too long to be read.
        GLUED: the line contains several events. They are used.
        NOT_UTF8: the line contains bytes that are not UTF-8. The rest of it is used.
        TORN: the file ends in the middle of a line.
        GAP: one or more ``seq`` numbers are missing before the line.
        REPEAT: the ``seq`` number is not larger than that of the line before.
        WRONG_ID: the event belongs to another session.
        UNKNOWN_TYPE: the event has a type that is not part of the format.
        MISSING_FIELD: a field of the event is missing or has the wrong kind of value.
        BAD_VALUE: a field has a value that the format does not allow, such as an unknown status or a huge
            number.
        NO_START: the log does not begin with ``zig_session_started``.
        SECOND_START: the session has started before.
        AFTER_END: the event follows the end of the session.
    """

    EMPTY = "empty"
    BAD_JSON = "bad_json"
    TOO_LONG = "too_long"
    GLUED = "glued"
    NOT_UTF8 = "not_utf8"
    TORN = "torn"
    GAP = "gap"
    REPEAT = "repeat"
    WRONG_ID = "wrong_id"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_FIELD = "missing_field"
    BAD_VALUE = "bad_value"
    NO_START = "no_start"
    SECOND_START = "second_start"
    AFTER_END = "after_end"


class Problem(NamedTuple):
    """A problem with one line of a log.

    Attributes:
        line: the number of the line in the file, from 1.
        kind: the kind of the problem.
        detail: a description for people. It may quote the log: make it safe before showing it.
    """

    line: int
    kind: ProblemKind
    detail: str
