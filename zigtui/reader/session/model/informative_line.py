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
_PYTHON_FRAME = re.compile(r'([\s|+-]*)File ".*", line \d+(?:, in .*)?$')
_CHAIN = re.compile(r".*\bpanicked at\b|[\s|+-]*(?:\[cause\]:|Caused by\b|caused by:|Error:\s*$)")

# The errors of Go are above its stacks, the last one below the others.
_GO_STACK = re.compile(r"goroutine \d+ [^\[]*+\[.*\]:$")
_GO_ERROR = re.compile(r"\s*(?:panic|fatal error): ")

_MAY_BE_BLOCK = re.compile(r'Traceback|File "|panicked at|[Cc]aused by|\[cause\]|Error:\s*$|^goroutine |^\s*at ')

# What follows the error in such a block. The first bracket is enough, and spaces are divided in one way: to try each of
# them would take seconds for a line of brackets and spaces.
_FRAME = re.compile(r"\s*at (?:[^(]*+\(.*\)|.*:(?:line )?\d+)\s*+\{?+\s*+$")
_BACKTRACE = re.compile(r"\s*[Ss]tack backtrace:\s*$")
_NO_ERROR = re.compile(
    r"[\s|+\-\d^~}]*$|\s*\.\.\. \d+ |\s*(?:note|Suppressed): |\s*Location:?\s*$|\s*exit (?:code|status):? \d+\s*$"
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
    tail = _lines(error[-_SEARCHED:])[1:] if len(error) > _SEARCHED else []  # without a part of a line
    if _last_start(tail) is not None:
        found = _last_of_traceback(tail)
    elif tail and _goes_on(head):
        found = _last_error(tail)
    else:
        found = _last_of_traceback(head) or _last_of_traceback(tail)
    found = found or next(filter(str.strip, head), "")
    return found.strip().removeprefix("| ")


def _lines(text: str) -> list[str]:
    return [
        line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
        for line in _CONTROL_SEQUENCE.sub("", text).split("\n")
    ]


def _goes_on(lines: list[str]) -> bool:
    """Whether the last block of a traceback or a chain that begins in some lines does not end there."""
    start = _last_start(lines)
    return start is not None and _end_of_block(lines, start) == len(lines)


def _last_start(lines: list[str]) -> int | None:
    starts = (number for number in range(len(lines) - 1, -1, -1) if lines[number] and _starts(lines, number))
    return next(starts, None)


def _starts(lines: list[str], number: int) -> bool:
    line = lines[number]
    if (frame := _PYTHON_FRAME.match(line)) is not None:
        return _is_last_of_traceback(lines, number, len(frame[1]))
    return (_TRACEBACK.match(line) or _CHAIN.match(line)) is not None


def _is_last_of_traceback(lines: list[str], frame: int, margin: int) -> bool:
    """Whether the error follows a stack frame of Python. Its source code does, which is further to the right.

    `writer` records the error above its frames.
    """
    for line in lines[frame + 1 :]:
        if not line.strip() or _PYTHON_FRAME.match(line):
            return False
        if line[: margin + 1].strip(" |+-"):
            return True
    return False


def _end_of_block(lines: list[str], start: int) -> int:
    """Where a block ends: at a blank line, or, unless the stack is above the error, at the stack."""
    is_traceback = (_TRACEBACK.match(lines[start]) or _PYTHON_FRAME.match(lines[start])) is not None
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip() or (not is_traceback and (_FRAME.match(line) or _BACKTRACE.match(line))):
            return number
    return len(lines)


def _last_of_traceback(lines: list[str]) -> str | None:
    """The line that names the last error of a traceback or a chain; None if there is neither."""
    if not any(_MAY_BE_BLOCK.search(line) for line in filter(None, lines)):  # most errors, and quickly
        return None
    start = _last_start(lines)
    if start is not None:
        return _last_error(lines[start : _end_of_block(lines, start)])
    stack = next((number for number, line in enumerate(lines) if _GO_STACK.match(line)), 0)
    panic = next((line for line in reversed(lines[:stack]) if _GO_ERROR.match(line)), None)
    if panic is not None:
        return panic
    frame = next((number for number, line in enumerate(lines) if _FRAME.match(line)), 0)
    return _last_error(lines[:frame])


def _last_error(lines: list[str]) -> str | None:
    """The last of some lines that is neither blank nor a stack frame nor a note on it."""
    return next((line for line in reversed(lines) if not (_FRAME.match(line) or _NO_ERROR.match(line))), None)
