"""Find a match in the part of a long text that is not displayed, so that the lines around it can be displayed too."""

import time
from collections.abc import Callable, Iterator
from itertools import chain

from zigtui.reader.search.query import shown_text
from zigtui.ui.output.lines.lines import Matches

__all__ = ["lines_around_match"]

_LONGEST_SECS = 0.2  # the screen waits for the result
_BLOCK = 64 * 1024  # characters that are searched at once, since most lines have no match
_LINES_AROUND = 2  # above and below the match
_LONGEST = 1000  # characters of a line that are displayed
_OVERLAP = 200  # characters; the longest match that is found wherever a longer line is divided


def lines_around_match(text: str, start: int, end: int, find: Callable[[str], Matches]) -> tuple[int, int] | None:
    """Find the first line with a match in a part of a text.

    Args:
        text: the text as recorded.
        start: where the part begins.
        end: where it ends.
        find: returns the matches in a text that is safe to show.

    Returns:
        Where the lines around the match begin and end in the text; of a very long line, the piece with the match. None
        if there is no match, or if it takes too long to find it.
    """
    give_up_at = time.monotonic() + _LONGEST_SECS
    likely = _found(text, _pieces(text, start, end, _BLOCK), find, give_up_at)
    # A pattern may match in a line, but not in a block of lines.
    for block in chain(likely, [(start, end)]):
        for first, behind in _found(text, _lines(text, *block), find, give_up_at):
            return _widened(text, first, behind, start, end)
    return None


def _found(
    text: str, parts: Iterator[tuple[int, int]], find: Callable[[str], Matches], give_up_at: float
) -> Iterator[tuple[int, int]]:
    """Yield the parts with a match, until the time is up."""
    for first, behind in parts:
        if time.monotonic() > give_up_at:
            return
        if find(shown_text(text[first:behind].replace("\n", " "))):
            yield first, behind


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends; of a very long one, each of the pieces into which it is divided."""
    while start < end:
        newline = text.find("\n", start, end)
        line_end = end if newline < 0 else newline
        yield from _pieces(text, start, line_end, _LONGEST)
        start = line_end + 1


def _pieces(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """Divide a part of a text, between lines if possible. Otherwise the pieces overlap."""
    while end - start > longest:
        newline = text.rfind("\n", start, start + longest)
        yield start, start + longest if newline < 0 else newline
        start = start + longest - _OVERLAP if newline < 0 else newline + 1
    yield start, end


def _widened(text: str, first: int, behind: int, start: int, end: int) -> tuple[int, int]:
    """Add the lines above and below a line, unless they are very long."""
    for _ in range(_LINES_AROUND):
        if first > start and text[first - 1] == "\n":
            above = text.rfind("\n", start, first - 1) + 1 or start
            first = above if first - above <= _LONGEST else first
        if behind < end and text[behind] == "\n":
            below = text.find("\n", behind + 1, end)
            below = end if below < 0 else below
            behind = below if below - behind <= _LONGEST else behind
    return first, behind
