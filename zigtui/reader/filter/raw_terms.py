"""The text of a filter, split into terms that have not been interpreted yet."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from zigtui.reader.filter.filter_error import FilterError

__all__ = ["Piece", "RawTerm", "Value", "raw_terms"]

_KEY = re.compile(r"([A-Za-z_]+):(?!//)")  # a URL is a word
_BARE = re.compile(r'[^\s",]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')


class Piece(NamedTuple):
    """A part of a value. What is quoted has no special characters."""

    text: str
    is_quoted: bool


class Value(NamedTuple):
    """One of the values of a term, which are separated by commas.

    Attributes:
        pieces: its parts.
        position: the index at which it begins in the filter.
    """

    pieces: tuple[Piece, ...]
    position: int

    @property
    def text(self) -> str:
        """The value without quotes."""
        return "".join(piece.text for piece in self.pieces)


class RawTerm(NamedTuple):
    """A term as typed: ``-key:value,value`` or ``-word``.

    Attributes:
        key: the key in lower case; None for a word.
        values: the values, which may be empty; a word has one that is not.
        is_negated: whether there is a hyphen before it.
        position: the index at which it begins in the filter, after the hyphen.
    """

    key: str | None
    values: tuple[Value, ...]
    is_negated: bool
    position: int


def raw_terms(text: str) -> Iterator[RawTerm]:
    """Split a filter into terms, which are separated by white space.

    Raises:
        FilterError: if a quote is not closed, or a word is empty.
    """
    at = _after_space(text, 0)
    while at < len(text):
        is_negated = text[at] == "-"
        at += is_negated
        key = _KEY.match(text, at)
        start = at
        if key is not None:
            at = key.end()
        values, at = _values(text, at, is_list=key is not None)
        if key is None and not any(value.text for value in values):
            expected = "text between the quotes" if values else "a word or a key after the hyphen"
            raise FilterError(f"expected {expected}", start)
        yield RawTerm(key and key[1].lower(), tuple(values), is_negated, start)
        at = _after_space(text, at)


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _values(text: str, at: int, *, is_list: bool) -> tuple[list[Value], int]:
    """The values that begin at an index, and the index after them."""
    values: list[Value] = []
    start, pieces = at, list[Piece]()
    while at < len(text) and not text[at].isspace():
        if text[at] == "," and is_list:
            values.append(Value(tuple(pieces), start))
            at += 1
            start, pieces = at, []
            continue
        piece, at = _piece(text, at)
        pieces.append(piece)
    if pieces or values:
        values.append(Value(tuple(pieces), start))
    return values, at


def _piece(text: str, at: int) -> tuple[Piece, int]:
    if text[at] == '"':
        quoted = _QUOTED.match(text, at)
        if quoted is None:
            raise FilterError('expected a closing "', at)
        return Piece(_ESCAPED.sub(r"\1", quoted[1]), True), quoted.end()
    bare = _BARE.match(text, at)
    return (Piece(bare[0], False), bare.end()) if bare is not None else (Piece(text[at], False), at + 1)
