"""Arguments of the caller turned into what the log may hold, or refused before anything is written."""

import operator
import os
from collections.abc import Iterable

__all__ = ["Text", "as_integer", "as_text", "as_texts", "valid_unicode", "with_valid_unicode"]

Text = str | bytes | os.PathLike[str]
"""What is taken where text is meant: bytes are decoded with replacement characters."""


def as_text(value: object, name: str) -> str:
    """``value`` as text: bytes are decoded with replacement characters, paths are taken as they are.

    Raises:
        ValueError: if it is no text at all; ``name`` is the argument's name for the message.
    """
    if isinstance(value, str):
        return str.__str__(value)  # the text itself: str() of an enum's member may be its name
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, os.PathLike):
        return as_text(os.fspath(value), name)
    raise ValueError(f"{name} must be text, not {type(value).__name__}")


def as_texts(values: Iterable[object], name: str) -> list[str]:
    """A list of text.

    Raises:
        ValueError: if ``values`` is a single text (a frequent slip) or holds something that is none.
    """
    if isinstance(values, str | bytes | bytearray) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a list of text, not {type(values).__name__}")
    return [as_text(value, name) for value in values]


def as_integer(value: object, name: str, lowest: int, highest: int) -> int:
    """A whole number within the limits that the reference's own types set.

    Raises:
        ValueError: if it is none, or out of range.
    """
    try:
        number = int(operator.index(value))  # type: ignore[arg-type]  # a TypeError is the answer we look for
    except TypeError:
        raise ValueError(f"{name} must be a whole number, not {value!r}") from None
    if not lowest <= number <= highest:
        raise ValueError(f"{name} must be from {lowest} to {highest}, not {number}")
    return number


def valid_unicode(text: str) -> str:
    """``text`` with lone surrogates replaced by U+FFFD; a pair of surrogates becomes the character it stands for."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def with_valid_unicode(event: dict[str, object]) -> dict[str, object]:
    """A copy of an event in which lone surrogates are replaced."""
    valid: dict[str, object] = {}
    for key, value in event.items():
        if isinstance(value, str):
            valid[key] = valid_unicode(value)
        elif isinstance(value, list):
            valid[key] = [valid_unicode(text) for text in value]
        else:
            valid[key] = value
    return valid
