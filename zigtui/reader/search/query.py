"""What is searched for: plain text or a regular expression, and where it lies in a line as it is shown."""

import re
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby, islice
from typing import Any

from zigtui.reader.safe_text import safe_plain, safe_spans

__all__ = ["LONGEST_SEARCHED", "MATCH_SECS", "Query", "QueryError", "shown_text"]

MATCH_SECS = 0.25
"""A regular expression that takes longer than this on a line is given up there."""

LONGEST_SEARCHED = 1_000_000
"""Characters of one line that are searched: to lay out a hostile one of 64 MB would take gigabytes."""

_SPANS_SECS = 0.02  # the same where the screen waits for it
_MOST_SPANS = 1000

# The parts of a regular expression; what is made of others is not looked into.
_TOKEN = re.compile(
    r"""
      (?P<opens>\((?:\?(?:[:=!>]|<[=!]|P<\w+>))?)(?![?*])
    | (?P<closes>\))
    | (?P<bar>\|)
    | (?P<repeats>(?:[*+?]|\{(?:\d+(?:,\d*)?|,\d+)\})[?+]?)
    | (?P<any>[.^$]|\\[dDsSwWbBAZ]|\[\^?+\]?+(?:\\[^\n]|[^\]\[\\])*+\])
    | (?P<literal>\\[^\sA-Za-z0-9]|[^\\(){}\[\]|*+?.^$])
    """,
    re.VERBOSE,
)

_COLOR = re.compile(r"\x1b\[[0-9:;]{0,128}m")


class QueryError(ValueError):
    """A query that means nothing; its text says why, in a line that is safe to show."""


class Query:
    """Finds what the user asked for in a line as it is shown: without colour codes, controls as visible markers.

    Plain text, or a regular expression between slashes. Upper and lower case are the same unless an upper-case
    letter is asked for; of letters behind a backslash nothing is concluded.

    Args:
        text: as it was typed.

    Raises:
        QueryError: if nothing is asked for, or the regular expression is none.
    """

    def __init__(self, text: str) -> None:
        if not text:
            raise QueryError("nothing to search for")
        self.text = text
        self.is_regex = len(text) > 2 and text[0] == text[-1] == "/"
        pattern = text[1:-1] if self.is_regex else text
        asked = re.sub(r"\\.|\(\?P", "", pattern) if self.is_regex else pattern
        self.folds_case = not any(map(str.isupper, asked))
        self._is_slow = False
        self.match: Callable[..., object]
        """Something true if a line matches. Raises TimeoutError if a regular expression takes longer than `MATCH_SECS`,
        or than a ``timeout`` that it, and no plain text, may be given; other threads run meanwhile."""
        self._find_all: Callable[[str], Iterable[re.Match[str]]]
        if self.is_regex:
            compiled = _compiled(pattern, ignore_case=self.folds_case)
            self.match = partial(compiled.search, timeout=MATCH_SECS, concurrent=True)
            self._find_all = partial(compiled.finditer, timeout=_SPANS_SECS, concurrent=True)
        else:
            plain = re.compile(_folding_pattern(pattern) if self.folds_case else re.escape(pattern))
            self.match, self._find_all = plain.search, plain.finditer
        texts = required_texts(pattern) if self.is_regex else [pattern]
        self.needle = self._needle(texts)
        """Bytes that the JSON of a matching line holds, in lower case if case is folded, unless the text is written
        with escapes or holds characters that are not shown as they are, or that fold to an ASCII letter. None if there
        are no such bytes."""
        self.word = self._needle(word for text in texts for word in text.split(" "))
        """The same without spaces."""

    def _is_fixed(self, character: str) -> bool:
        """Whether nothing but this character, or the other case of an ASCII letter, matches it."""
        if not self.folds_case or character.isascii():
            return True
        # Patterns are folded by a newer Unicode than that of Python.
        return not self.is_regex and character == character.lower() == character.upper()

    def _needle(self, texts: Iterable[str]) -> bytes | None:
        runs = ["".join(characters) for text in texts for fixed, characters in groupby(text, self._is_fixed) if fixed]
        # The replacement character may stand for bytes that are no text.
        needles = [
            run.replace("\\", r"\\").replace('"', r"\"").encode("utf-8", "replace")
            for run in runs
            if "\ufffd" not in run
        ]
        longest = max(needles, key=len, default=b"")
        return (longest.lower() if self.folds_case else longest) or None

    def spans(self, shown: str) -> list[tuple[int, int]]:
        """From where to where the line matches; nothing where the regular expression takes too long."""
        try:
            found = [] if self._is_slow else self._find_all(shown)
            return [match.span() for match in islice(found, _MOST_SPANS) if match.end() > match.start()]
        except TimeoutError:
            self._is_slow = True
            return []


def shown_text(text: str) -> str:
    """What a line of output is searched as: its text as it is shown, of very long lines the beginning."""
    text = text[:LONGEST_SEARCHED]
    if text.isprintable():
        return text
    bare = _COLOR.sub("", text)
    if bare.isascii() and "\r" not in bare:
        bare = bare.expandtabs(8)  # as a terminal does
    elif bare.isascii() and bare.replace("\r", "").isprintable():
        bare = _overwritten(bare.split("\r"))  # the same
    return bare if bare.isprintable() else "".join(span.text for span in safe_spans(text))


def _overwritten(parts: list[str]) -> str:
    """What stands there when each of the parts was written over those before it."""
    text = ""
    for part in reversed(parts):
        text += part[len(text) :]
    return text


def _compiled(pattern: str, *, ignore_case: bool) -> Any:
    import regex  # takes a while, and only this needs it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what may mean something else one day
            return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except regex.error as error:
        raise QueryError(safe_plain(f"wrong pattern: {error.msg} (at {(error.pos or 0) + 1})")) from None
    except (RecursionError, OverflowError, MemoryError, ValueError):
        raise QueryError("the pattern is too complicated") from None


def _folding_pattern(text: str) -> str:
    """ASCII letters match their likes in ASCII only, so that bytes can be looked for; others all that folds to them."""
    parts = []
    for is_ascii, characters in groupby(text, str.isascii):
        parts.append(f"(?{'ai' if is_ascii else 'i'}:{re.escape(''.join(characters))})")
    return "".join(parts)


def required_texts(pattern: str) -> list[str]:
    """Texts that every match of a regular expression holds; those outside of groups, and none where it is unusual."""
    texts, place, depth = [""], 0, 0
    while place < len(pattern):
        token = _TOKEN.match(pattern, place)
        if token is None or (token["bar"] and depth == 0):
            return []
        place = token.end()
        depth += bool(token["opens"]) - bool(token["closes"])
        if token["literal"] and depth == 0:
            texts[-1] += token[0][-1]
        else:
            if token["repeats"] and depth == 0:
                texts[-1] = texts[-1][:-1]  # it may be there any number of times
            texts.append("")
    return texts
