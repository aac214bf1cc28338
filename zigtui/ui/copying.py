"""What a screen offers to copy, and the words about it."""

from collections.abc import Callable, Iterable
from math import inf
from typing import NamedTuple

from zigtui.reader.text.safe_text import safe_runs
from zigtui.wording.amounts import count

__all__ = ["CopyError", "Copyable", "TextReader", "amount_of", "joined", "plain_line", "plain_text"]

TextReader = Callable[[int], str]
"""Returns a text that is long or on the disk. It is called on a thread, and stops soon after a number of characters."""


class CopyError(Exception):
    """There is no text to copy. The message gives the reason, and is safe to show."""


class Copyable(NamedTuple):
    """A text that the user may copy.

    Attributes:
        key: the key for it.
        name: the text in a few words.
        text: the text without control sequences, or the function that returns it. Empty if there is none.
    """

    key: str
    name: str
    text: str | TextReader


def plain_line(text: str) -> str:
    """A recorded line as it is displayed, without control sequences and colours."""
    return "".join(part for part, _ in safe_runs(text))


def plain_text(text: str, most: float = inf) -> str:
    """A recorded text of several lines without control sequences and colours. Ends soon after ``most`` characters."""
    return joined(map(plain_line, text.strip("\r\n").split("\n")), most)


def joined(lines: Iterable[str], most: float) -> str:
    """Join lines to a text that ends soon after ``most`` characters."""
    taken: list[str] = []
    length = -1  # there is no newline after the last one
    for line in lines:
        taken.append(line)
        length += len(line) + 1
        if length > most:
            break
    return "\n".join(taken)


def amount_of(text: str) -> str:
    """The length of a text in words."""
    lines = text.count("\n") + (not text.endswith("\n"))
    characters = count(len(text), "character")
    return characters if lines == 1 else f"{count(lines, 'line')}, {characters}"
