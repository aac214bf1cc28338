"""Match lines of output against a query: plain text or a regular expression."""

import re
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby, islice
from typing import Any, Protocol

from zigtui.reader.text.safe_text import safe_plain, safe_spans
from zigtui.reader.text.text_style import SGR_PARAMETERS

__all__ = [
    "MATCH_TIMEOUT_SECS",
    "MAX_SEARCHED_CHARS",
    "LineTest",
    "Query",
    "QueryError",
    "plain_pattern",
    "required_words",
    "shown_text",
]

MATCH_TIMEOUT_SECS = 0.25
"""How long a regular expression may take for one line."""

MAX_SEARCHED_CHARS = 1_000_000
"""The number of characters of a line that are searched. Making a hostile line of 64 MB safe would need gigabytes."""

_SPANS_TIMEOUT_SECS = 0.02  # short, because the screen waits for the result
_MAX_SPANS = 1000

# The elements of a regular expression. A pattern with any other element has no required texts.
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

_WORD = re.compile(r"[^\W_]+")
_COLOR = re.compile(rf"\x1b\[{SGR_PARAMETERS}m")


class QueryError(ValueError):
    """A query that cannot be used. The message gives the reason, and is safe to show."""


class LineTest(Protocol):
    """What decides which lines a search finds. For the attributes, see `Query`."""

    text: str
    is_regex: bool
    folds_case: bool
    needle: bytes | None
    word: bytes | None

    @property
    def match(self) -> Callable[..., object]:
        """Returns a true value if a line, as it is shown, matches."""


class Query:
    """A text or a regular expression to find in lines of output.

    Lines are matched as they are shown: without colours, and with control characters as visible markers. A query
    between slashes is a regular expression. Case is ignored unless the query contains an upper-case letter; letters
    after a backslash do not count.

    Args:
        text: the query as typed.

    Attributes:
        text: the query as typed.
        is_regex: whether it is a regular expression.
        folds_case: whether case is ignored.
        match: returns a true value if a line, as it is shown, matches. For a regular expression it takes an optional
            ``timeout`` in seconds (`MATCH_TIMEOUT_SECS` by default), raises TimeoutError after it, and lets other
            threads run.
        needle: bytes that the JSON of each matching line contains; None if there are none. They are in lower case if
            case is ignored. The rule does not hold for lines with JSON escapes, with characters that are not shown as
            recorded, or with characters that equal an ASCII letter when case is ignored.
        word: like `needle`, but without spaces.

    Raises:
        QueryError: if the query is empty, or is not a valid regular expression.
    """

    def __init__(self, text: str) -> None:
        if not text:
            raise QueryError("nothing to search for")
        self.text = text
        self.is_regex = len(text) > 2 and text[0] == text[-1] == "/"
        pattern = text[1:-1] if self.is_regex else text
        letters = re.sub(r"\\.|\(\?P", "", pattern) if self.is_regex else pattern
        self.folds_case = not any(map(str.isupper, letters))
        self._is_slow = False
        self.match: Callable[..., object]
        self._find_all: Callable[[str], Iterable[re.Match[str]]]
        if self.is_regex:
            compiled = _compiled(pattern, ignore_case=self.folds_case)
            self.match = partial(compiled.search, timeout=MATCH_TIMEOUT_SECS, concurrent=True)
            self._find_all = partial(compiled.finditer, timeout=_SPANS_TIMEOUT_SECS, concurrent=True)
        else:
            plain = plain_pattern(pattern)
            self.match, self._find_all = plain.search, plain.finditer
        texts = required_texts(pattern) if self.is_regex else [pattern]
        self.needle = self._needle(texts)
        self.word = self._needle(word for text in texts for word in text.split(" "))

    def _is_fixed(self, character: str) -> bool:
        """Whether a character matches only itself, or the other case of an ASCII letter."""
        if not self.folds_case or character.isascii():
            return True
        # The regex module has a newer version of Unicode than Python, and may fold more characters.
        return not self.is_regex and character == character.lower() == character.upper()

    def _needle(self, texts: Iterable[str]) -> bytes | None:
        runs = ["".join(characters) for text in texts for fixed, characters in groupby(text, self._is_fixed) if fixed]
        # A replacement character may stand for bytes that are not UTF-8.
        needles = [
            run.replace("\\", r"\\").replace('"', r"\"").encode("utf-8", "replace")
            for run in runs
            if "\ufffd" not in run
        ]
        longest = max(needles, key=len, default=b"")
        return (longest.lower() if self.folds_case else longest) or None

    def spans(self, shown: str) -> list[tuple[int, int]]:
        """Return the start and end of each match in a line as it is shown; none if the search takes too long."""
        try:
            matches = [] if self._is_slow else self._find_all(shown)
            return [match.span() for match in islice(matches, _MAX_SPANS) if match.end() > match.start()]
        except TimeoutError:
            self._is_slow = True
            return []


def shown_text(text: str) -> str:
    """Return a line of output as it is shown, since that is what a query matches. Very long lines are cut off."""
    text = text[:MAX_SEARCHED_CHARS]
    if text.isprintable():
        return text
    # Shortcuts for the common cases. Their results are those of `safe_spans`.
    bare = _COLOR.sub("", text)
    if bare.isascii() and "\r" not in bare:
        bare = bare.expandtabs(8)
    elif bare.isascii() and bare.replace("\r", "").isprintable():
        bare = _overwritten(bare.split("\r"))
    return bare if bare.isprintable() else "".join(span.text for span in safe_spans(text))


def _overwritten(parts: list[str]) -> str:
    """Return what a terminal shows after printing each part over the ones before it."""
    text = ""
    for part in reversed(parts):
        text += part[len(text) :]
    return text


def _compiled(pattern: str, *, ignore_case: bool) -> Any:
    import regex  # slow to import, and only needed here

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about syntax that a later version may read differently
            return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except regex.error as error:
        raise QueryError(safe_plain(f"wrong pattern: {error.msg} (at {(error.pos or 0) + 1})")) from None
    except (RecursionError, OverflowError, MemoryError, ValueError):
        raise QueryError("the pattern is too complicated") from None


def plain_pattern(text: str) -> re.Pattern[str]:
    """Return a pattern for plain text. Case is ignored unless the text contains an upper-case letter."""
    return re.compile(re.escape(text) if any(map(str.isupper, text)) else _folding_pattern(text))


def _folding_pattern(text: str) -> str:
    """Return a pattern that ignores case. ASCII letters match only ASCII letters, so that bytes can be searched."""
    parts = []
    for is_ascii, characters in groupby(text, str.isascii):
        parts.append(f"(?{'ai' if is_ascii else 'i'}:{re.escape(''.join(characters))})")
    return "".join(parts)


def required_texts(pattern: str) -> list[str]:
    """Return texts that every match of a regular expression contains.

    Only literal texts outside of groups are found, and none if the pattern uses unusual syntax.
    """
    texts, position, depth = [""], 0, 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None or (token["bar"] and depth == 0):
            return []
        position = token.end()
        depth += bool(token["opens"]) - bool(token["closes"])
        if token["literal"] and depth == 0:
            texts[-1] += token[0][-1]
        else:
            if token["repeats"] and depth == 0:
                texts[-1] = texts[-1][:-1]  # the repeated character may be missing
            texts.append("")
    return texts


def required_words(query: Query) -> list[str]:
    """Return words, or parts of words, that every text which matches a query contains, in its case or another."""
    texts = required_texts(query.text[1:-1]) if query.is_regex else [query.text]
    return [word for text in texts for word in _WORD.findall(text) if word.isascii()]
