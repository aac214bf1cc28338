"""Redact only as much of a long text as a report shows of it."""

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["SHORT", "Start", "redacted_lines", "redacted_start"]

SHORT = 1000
"""Texts of at most this many characters are redacted whole."""

_READ_PER_SHOWN = 4  # characters, since control sequences and masked secrets are shorter when they are shown
_MARGIN = 16 * 1024
"""Nothing is shown of the last characters that were redacted: a secret that goes on after them may not be recognized.

It is longer than any secret that is not recognized by how it begins.
"""


class Start(NamedTuple):
    """The beginning of a text, redacted, but not safe to show.

    Attributes:
        text: the beginning.
        rest: the number of characters of the text after it; 0 if this is the whole text.
    """

    text: str
    rest: int


def redacted_start(redact: Callable[[str], str], text: str, shown: int) -> Start:
    """Redact the beginning of a line.

    The time taken depends on ``shown`` only. The end of the line is redacted too, but not returned, because it may
    affect the next lines of a stream.

    Args:
        redact: redacts a line.
        text: the line.
        shown: the number of characters that are shown of it.
    """
    if len(text) <= SHORT:  # as most are
        return Start(redact(text), 0)
    wanted = max(SHORT, _READ_PER_SHOWN * shown)
    if len(text) <= wanted + 2 * _MARGIN:
        return Start(redact(text), 0)
    start = redact(text[: wanted + _MARGIN])
    redact(text[-_MARGIN:])
    return Start(start[: max(0, len(start) - _MARGIN)], len(text) - wanted)


def redacted_lines(redact: Callable[[str], str], text: str, shown: int, most: int) -> tuple[list[Start], int]:
    """Redact the first lines of a text such as an error, each as `redacted_start` does.

    Args:
        redact: redacts a line.
        text: the text.
        shown: the number of characters that are shown of a line.
        most: the largest number of lines.

    Returns:
        The first lines, and the number of the others.
    """
    lines = text.split("\n", most)
    more = 1 + lines.pop().count("\n") if len(lines) > most else 0
    return [redacted_start(redact, line, shown) for line in lines], more
