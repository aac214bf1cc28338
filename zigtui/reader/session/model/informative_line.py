"""Find the most informative line of an error, which summaries show.

Runners record what a failed program printed, which is often a traceback or a chain of errors. Their last line names the
error that stopped the program. Other errors begin with what happened, and go on with details.
"""

import re
from functools import lru_cache

__all__ = ["informative_line"]

_SEARCHED = 16 * 1024  # characters at either end; an error may have a megabyte
_LONGEST = 2000
_REMEMBERED = 32  # errors that are drawn again and again
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-9;:]*[A-Za-z]")

# Where the last block of a traceback or of a chain begins. Groups of exceptions have a margin of ``|`` and ``+``.
_TRACEBACK = re.compile(r"[\s|+-]*(?:Exception Group )?Traceback \(most recent call last\)")
_PANIC = re.compile(r".*\bpanicked at\b")
_CAUSE = re.compile(r"[\s|+-]*(?:\[cause\]:|Caused by\b|caused by:)")

_MAY_BE_BLOCK = re.compile(r"Traceback|panicked at|[Cc]aused by|\[cause\]|^\s*at ")

# What follows the error in such a block.
_FRAME = re.compile(r"\s*at .*(?:\(.*\)|:\d+|:line \d+)\s*\{?\s*$")
_NO_ERROR = re.compile(
    r"[\s|+\-\d^~}]*$|\s*\.\.\. \d+ |\s*(?:note|Suppressed): |\s*(?:stack backtrace|Stack backtrace|Location):?\s*$"
)


@lru_cache(maxsize=_REMEMBERED)
def informative_line(error: str) -> str:
    """The most informative line of an error, cut off at `_LONGEST` characters.

    This is the last line of the last block of a traceback or of chained errors, without stack frames; otherwise, the
    first line that is not blank. It is not made safe to show.

    Args:
        error: the error as recorded. The time taken does not depend on its length.

    Returns:
        The line without surrounding space; empty if there is none.
    """
    error = error.lstrip()  # or a long gap at the beginning would hide the text
    head = _lines(error[:_SEARCHED])
    tail = head if len(error) <= _SEARCHED else _lines(error[-_SEARCHED:])
    found = _last_of_traceback(tail)
    if found is None and tail is not head and _begins_block(head):  # the block is longer than what is searched
        found = _last_error(tail)
    if found is None:
        found = next(filter(str.strip, head), "")
    return found.strip().removeprefix("| ")


def _lines(text: str) -> list[str]:
    return [
        line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
        for line in _CONTROL_SEQUENCE.sub("", text).split("\n")
    ]


def _begins_block(lines: list[str]) -> bool:
    return any(_starts(line) for line in filter(None, lines))


def _starts(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_TRACEBACK, _PANIC, _CAUSE))


def _last_of_traceback(lines: list[str]) -> str | None:
    """The line that names the last error of a traceback or a chain; None if there is neither."""
    if not any(_MAY_BE_BLOCK.search(line) for line in filter(None, lines)):  # most errors, and quickly
        return None
    frames = [number for number, line in enumerate(lines) if _FRAME.match(line)]
    starts = [number for number, line in enumerate(lines) if _starts(line)]
    if starts and (not frames or starts[-1] > frames[0]):
        end = next((number for number in range(starts[-1] + 1, len(lines)) if not lines[number].strip()), len(lines))
        return _last_error(lines[starts[-1] : end])
    if not frames:
        return None
    return _last_error(lines[: frames[0]])


def _last_error(lines: list[str]) -> str | None:
    """The last of some lines that is neither blank nor a stack frame nor a note on it."""
    return next((line for line in reversed(lines) if not (_FRAME.match(line) or _NO_ERROR.match(line))), None)
