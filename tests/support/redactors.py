"""A redactor that tests share, since it is slow to build."""

from functools import cache

from zigtui.commands.redaction import Redactor
from zigtui.commands.redaction.log_lines import LogMasking


@cache
def redactor() -> Redactor:
    """A redactor that knows two users, built at its first use: most processes that run tests do not need it."""
    return Redactor(["/home/kimberly/src"], "/data/people/alice", "alice")


@cache
def masking() -> LogMasking:
    """The same, for the lines of a log."""
    return LogMasking(redactor())
