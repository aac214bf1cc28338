"""The kinds of values that a setting may have in the file: how each is checked, described and written."""

import json
import shlex
import time
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from zigtui.reader.user_input.durations import duration_seconds, duration_text
from zigtui.similar import most_similar
from zigtui.word_list import enumerated

__all__ = ["Command", "Duration", "Filter", "Kind", "OneOf", "SomeOf", "Switch", "UnfitValueError"]

T = TypeVar("T")

_LONGEST_TEXT = 1000  # characters


class UnfitValueError(ValueError):
    """A value that does not fit a setting. The message describes what was expected."""


class Kind(Protocol[T]):
    """What the value of a setting may be."""

    @property
    def expected(self) -> str:
        """A phrase for the values that are possible."""

    def parse(self, value: object) -> T:
        """Convert a value of the file.

        Raises:
            UnfitValueError: if the value does not fit.
        """

    def written(self, value: T) -> str:
        """The value as it stands in the file."""


class Switch:
    """True or false."""

    expected = "true or false"

    def parse(self, value: object) -> bool:
        """Accept a boolean only: strings such as "no" would mean different things to different people."""
        if not isinstance(value, bool):
            raise _unfit(self.expected, value)
        return value

    def written(self, value: bool) -> str:
        """The value in TOML."""
        return "true" if value else "false"


class Duration:
    """A duration in seconds, written as ``"5m"`` or as a number of seconds.

    Args:
        least: the shortest duration, in seconds.
        most: the longest duration, in seconds.
    """

    def __init__(self, least: float, most: float) -> None:
        self._least, self._most = least, most

    @property
    def expected(self) -> str:
        """The form, and the limits."""
        limits = f"from {duration_text(self._least)} to {duration_text(self._most)}"
        return f'a duration such as "90s" or "5m", or a number of seconds, {limits}'

    def parse(self, value: object) -> float:
        """Convert a duration to seconds."""
        seconds: float | None = None
        if isinstance(value, str):
            seconds = duration_seconds(value.strip())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value
        # Compared before it is converted: an integer may be too large for a float.
        if seconds is None or not self._least <= seconds <= self._most:
            raise _unfit(self.expected, value)
        return float(seconds)

    def written(self, value: float) -> str:
        """The value in TOML."""
        return _quoted(duration_text(value))


class OneOf:
    """One of some words.

    Args:
        words: the words.
        expected: a phrase in place of all the words, if there are many.
    """

    def __init__(self, *words: str, expected: str | None = None) -> None:
        self.words = words
        self.expected = expected or enumerated(map(_quoted, words), "or")

    def parse(self, value: object) -> str:
        """Accept one of the words."""
        if not isinstance(value, str) or value not in self.words:
            raise _unfit(self.expected, value, self.words)
        return value

    def written(self, value: str) -> str:
        """The value in TOML."""
        return _quoted(value)


class SomeOf:
    """Some of a few words, in any order and each at most once.

    Args:
        words: the words.
    """

    def __init__(self, *words: str) -> None:
        self.words = words

    @property
    def expected(self) -> str:
        """All the words."""
        return f"a list with some of {enumerated(map(_quoted, self.words))}"

    def parse(self, value: object) -> tuple[str, ...]:
        """Accept a list of the words."""
        if not isinstance(value, list) or not value:
            raise _unfit(self.expected, value)
        for position, word in enumerate(value):
            if not isinstance(word, str) or word not in self.words:
                raise _unfit(self.expected, word, self.words)
            if word in value[:position]:
                raise UnfitValueError(f"expected each name once, but {_quoted(word)} is there twice")
        return tuple(value)

    def written(self, value: Sequence[str]) -> str:
        """The value in TOML."""
        return f"[{', '.join(map(_quoted, value))}]"


class Filter:
    """A filter of sessions, or an empty text."""

    expected = 'a filter such as "state:failed since:2h"'

    def parse(self, value: object) -> str:
        """Accept a filter that can be parsed. Its times are read again when it is used."""
        from zigtui.reader.filter.directories import NoDirectories  # only for users who have set a filter
        from zigtui.reader.filter.filter_error import FilterError
        from zigtui.reader.filter.session_filter import parse_filter

        if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not value.isprintable():
            raise _unfit(self.expected, value)
        try:
            parse_filter(value, time.time(), NoDirectories())
        except FilterError as error:
            raise UnfitValueError(f"expected {self.expected}: {error}") from error
        return value

    def written(self, value: str) -> str:
        """The value in TOML."""
        return _quoted(value)


class Command:
    """A program with its arguments: a text that is divided as a shell would, or a list. Empty for no program."""

    expected = 'a command such as "wl-copy --primary" or ["wl-copy", "--primary"]'

    def parse(self, value: object) -> tuple[str, ...]:
        """Divide a command into the program and its arguments. Nothing in it is expanded."""
        if isinstance(value, str):
            try:
                parts = shlex.split(value)
            except ValueError:
                raise UnfitValueError(f"expected {self.expected}, but a quotation mark is not closed") from None
            if value and not parts:
                raise _unfit(self.expected, value)
        elif isinstance(value, list):
            parts = value
        else:
            raise _unfit(self.expected, value)
        for part in parts:
            if not isinstance(part, str) or "\0" in part:
                raise _unfit(self.expected, part)
        if parts and not parts[0].strip():
            raise UnfitValueError(f"expected {self.expected}, but the name of the program is empty")
        return tuple(parts)

    def written(self, value: Sequence[str]) -> str:
        """The value in TOML."""
        return _quoted(shlex.join(value))


def _quoted(text: str) -> str:
    """A text as a string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _unfit(expected: str, value: object, words: Sequence[str] = ()) -> UnfitValueError:
    similar = most_similar(value, words) if isinstance(value, str) else None
    hint = f"; did you mean {_quoted(similar)}?" if similar is not None else ""
    return UnfitValueError(f"expected {expected}, not {_shown(value)}{hint}")


def _shown(value: Any) -> str:
    """A value of the file in a message, cut off if it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, str) and value == "":
        return "an empty text"
    try:
        text = _quoted(value) if isinstance(value, str) else str(value)
    except ValueError:  # a number of more digits than Python converts
        return "a number of that size"
    return text if len(text) <= 40 else f"{text[:39]}…"
