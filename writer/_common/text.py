"""Validate the caller's arguments, and convert them to values that the log can hold."""

import operator
import os
from collections.abc import Iterable

TYPE_CHECKING = False

__all__ = [
    "I32_MAX",
    "I32_MIN",
    "U32_MAX",
    "U64_MAX",
    "Text",
    "as_integer",
    "as_text",
    "as_texts",
    "cut_off",
    "preview",
    "split_lines",
    "valid_unicode",
    "with_valid_unicode",
]

Text = str | bytes | os.PathLike[str]
"""The types accepted as text. Bytes are decoded as UTF-8; invalid ones become replacement characters."""

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class Arguments(Protocol):
        """A program and its arguments: a list, a tuple or another sequence of text.

        Not a single text: it is a sequence of text too, but it contains only text.
        """

        def __len__(self) -> int: ...
        def __iter__(self) -> Iterator[Text]: ...
        def __getitem__(self, index: int, /) -> Text: ...
        def __contains__(self, value: object, /) -> bool: ...


# The ranges of the types in the reference implementation, whose reader rejects larger numbers.
U32_MAX = 2**32 - 1
U64_MAX = 2**64 - 1
I32_MIN, I32_MAX = -(2**31), 2**31 - 1

_PREVIEW_CHARACTERS = 200  # as in the reference implementation
_MOST_CHARACTERS = 1_000_000


def as_text(value: object, name: str) -> str:
    """Convert ``value`` to a plain ``str``.

    Raises:
        ValueError: If it is not text; the message names the argument ``name``.
    """
    if isinstance(value, str):
        return str.__str__(value)  # the text itself: str() of an enum member may be its name
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, os.PathLike):
        return as_text(os.fspath(value), name)
    raise ValueError(f"{name} must be text, not {type(value).__name__}")


def as_texts(values: Iterable[object], name: str) -> list[str]:
    """Convert ``values`` to a list of plain ``str``.

    Raises:
        ValueError: If ``values`` is a single text (a common mistake) or has an element that is not text.
    """
    if isinstance(values, str | bytes | bytearray) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a list of text, not {type(values).__name__}")
    return [as_text(value, name) for value in values]


def as_integer(value: object, name: str, lowest: int, highest: int) -> int:
    """Convert ``value`` to an ``int`` from ``lowest`` to ``highest``.

    Raises:
        ValueError: If it is not a whole number or out of range.
    """
    try:
        number = int(operator.index(value))  # type: ignore[arg-type]  # the TypeError is handled below
    except TypeError:
        raise ValueError(f"{name} must be a whole number, not {value!r}") from None
    if not lowest <= number <= highest:
        raise ValueError(f"{name} must be from {lowest} to {highest}, not {number}")
    return number


def split_lines(text: str) -> list[str]:
    r"""Split ``text`` at ``\n`` and ``\r\n``, as the output of a process is split.

    A lone ``\r`` stays in its line: progress bars print it. No other character ends a line.
    """
    *lines, rest = text.split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    return [*lines, rest] if rest else lines


def preview(text: str) -> str:
    """Shorten a prompt as the reference implementation does: 200 characters on one line, then ``…``."""
    beginning = text[:_PREVIEW_CHARACTERS].replace("\n", " ")
    return beginning if len(text) <= _PREVIEW_CHARACTERS else beginning + "…"


def valid_unicode(text: str) -> str:
    """Replace lone surrogates with U+FFFD; a pair of surrogates becomes the character it stands for."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def with_valid_unicode(event: dict[str, object]) -> dict[str, object]:
    """Copy an event, with `valid_unicode` applied to all of its text."""
    valid: dict[str, object] = {}
    for key, value in event.items():
        if isinstance(value, str):
            valid[key] = valid_unicode(value)
        elif isinstance(value, list):
            valid[key] = [valid_unicode(text) for text in value]
        else:
            valid[key] = value
    return valid


def cut_off(event: dict[str, object]) -> dict[str, object]:
    """Copy an event, with each of its texts cut off after a million characters; then ``…`` follows."""
    return {
        key: value[:_MOST_CHARACTERS] + "…" if isinstance(value, str) and len(value) > _MOST_CHARACTERS else value
        for key, value in event.items()
    }
