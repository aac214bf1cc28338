"""Rules, each of which finds the spans of one kind of secret.

A rule runs only on texts that contain one of its words. `pattern_rule` inserts the words in place of ``{words}`` in a
pattern, so that the pattern and the prefilter use the same words.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

__all__ = [
    "FILLER",
    "MASKED",
    "Rule",
    "Span",
    "any_of",
    "compiled",
    "group_of_value",
    "listed",
    "lower",
    "mask",
    "masked",
    "matches_at",
    "pattern_rule",
    "spans_of",
]

MASKED = re.compile(r"\[redacted: [a-z0-9-]+\]")
"""The pattern of a mask."""

FILLER = "\ufffc"
"""The character that replaces each character of a mask in the text that rules read.

It is never part of a word, a token or another secret.
"""

_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_FEW_WORDS = 5  # are found faster one by one than by a pattern
# Conditions on the text before the words of a pattern, which are not part of a match
_LOOKBEHIND = r"\(\?<[=!](?:\\[wS]|(?:\\\\)?\[[^\]]+\])\)"
_CONDITIONS = re.compile(rf"(?:\\b|{_LOOKBEHIND}|\(\?:(?:\^|{_LOOKBEHIND})\|{_LOOKBEHIND}\))+")


class Span(NamedTuple):
    """The span of a secret: its start, its end and its kind.

    Attributes:
        start: the index of its first character.
        end: the index after its last character.
        kind: the kind that the mask shows.
        instead: the replacement, if it is not just the mask.
    """

    start: int
    end: int
    kind: str
    instead: str = ""


class Rule(NamedTuple):
    """A rule that finds secrets of one kind.

    Attributes:
        name: the name of the rule, for tests and messages.
        words: words in lower case without whitespace. Every text in which the rule finds a secret contains one of them.
        find: returns the spans of the secrets in a text.
        tail: a pattern, in lower case, of what follows the word. It keeps short words from matching in many texts.
        head: a zero-width pattern, in lower case, of what comes before the word.
        also: strings in lower case, one of which must be in the text too. Empty if there is no such condition.
        longest: the least number of characters of the longest word in the text.
    """

    name: str
    words: tuple[str, ...]
    find: Callable[[str], Iterable[Span]]
    tail: str = ""
    head: str = ""
    also: tuple[str, ...] = ()
    longest: int = 0


def mask(kind: str) -> str:
    """The mask that replaces a secret."""
    return f"[redacted: {kind}]"


def listed(words: str) -> tuple[str, ...]:
    """The words of a table that is written as one string."""
    return tuple(words.split())


def lower(text: str) -> str:
    """The text in lower case, of the same length, so that positions are the same in both."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text.translate(_ASCII_LOWER)


def any_of(words: Iterable[str]) -> str:
    """A pattern that matches any of these words, the longest one first. It is a trie: it tries each letter once."""
    pattern = _trie(words)
    return f"(?:{pattern})" if pattern else ""


def _trie(words: Iterable[str]) -> str:
    """The pattern of `any_of`, without a group where none is needed: a group for each letter is slow to compile."""
    rest = list(dict.fromkeys(words))
    if len(rest) == 1:
        return re.escape(rest[0])
    branches: dict[str, list[str]] = {}
    for word in filter(None, rest):
        branches.setdefault(word[0], []).append(word[1:])
    parts = [re.escape(letter) + _trie(following) for letter, following in sorted(branches.items())]
    if len(parts) == 1 and "" not in rest:
        return parts[0]
    return f"(?:{'|'.join(parts)})" + ("?" if "" in rest else "") if parts else ""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of a rule when the rule first runs. To compile all of them takes longer than a short log."""
    return re.compile(pattern)


def pattern_rule(
    kind: str,
    words: str | Iterable[str],
    pattern: str,
    *,
    accept: Callable[[str], bool] = bool,
    ignore_case: bool = True,
    tail: str = "",
    head: str = "",
    also: str = "",
    longest: int = 0,
    needed: str = "",
) -> Rule:
    """Make a rule from a pattern.

    Args:
        kind: the kind that the mask shows.
        words: the words of the rule. If it is a string, whitespace separates them.
        pattern: a pattern with ``{words}``, which stands for any of the words. The group ``secret`` is the secret;
            without this group, the whole match is.
        accept: decides whether a value that the pattern matches is a secret.
        ignore_case: whether to ignore case. The pattern must then be in lower case.
        tail: as in `Rule`.
        head: as in `Rule`.
        also: as in `Rule`; whitespace separates the strings.
        longest: as in `Rule`.
        needed: a pattern of a part of every match, which is faster to find. Empty if there is none.

    Raises:
        ValueError: if the pattern does not contain ``{words}``.
    """
    known = tuple(words.split() if isinstance(words, str) else words)
    if "{words}" not in pattern:
        raise ValueError(f"the pattern of {kind!r} does not hold {{words}}: {pattern}")
    beginning = any_of(known)
    whole = f"(?a){pattern.replace('{words}', beginning)}"
    begins_with_word = _CONDITIONS.fullmatch(pattern.partition("{words}")[0]) is not None
    part = f"(?a){needed}"
    group = "secret" if "(?P<secret>" in whole else 0

    def find(text: str) -> Iterator[Span]:
        if not ignore_case and len(known) < _FEW_WORDS and not _has_any(text, known):
            return
        read = lower(text) if ignore_case else text
        if needed and compiled(part).search(read) is None:
            return
        matches = matches_at(beginning, whole, read) if begins_with_word else compiled(whole).finditer(read)
        for found in matches:
            start, end = found.span(group)
            if start < end and accept(text[start:end]):
                yield Span(start, end, kind)

    return Rule(kind, tuple(dict.fromkeys(map(str.lower, known))), find, tail, head, listed(also), longest)


def matches_at(
    beginning: str, pattern: str, text: str, start: int = 0, end: int | None = None
) -> Iterator[re.Match[str]]:
    """The matches of a pattern, each of which begins with a match of a simpler pattern.

    This is faster than a search for the pattern itself if that has conditions on the text before a match.

    Args:
        beginning: the simpler pattern. It does not match an empty text.
        pattern: the pattern.
        text: the text to search.
        start: the index of the first character to search.
        end: the index after the last one; None for the end of the text.
    """
    search, match = compiled(beginning).search, compiled(pattern).match
    end = len(text) if end is None else end
    while (first := search(text, start, end)) is not None:
        found = match(text, first.start(), end)
        if found is not None:
            yield found
        start = first.start() + 1 if found is None else found.end()


def group_of_value(match: re.Match[str]) -> str:
    """The name of the group that holds the value of a match: ``secret``, or ``double``, ``single`` or ``bare``."""
    return next(name for name in ("secret", "double", "single", "bare") if match.groupdict().get(name))


def _has_any(text: str, words: Iterable[str]) -> bool:
    for word in words:  # noqa: SIM110 (`any` takes twice as long)
        if word in text:
            return True
    return False


def spans_of(rules: Iterable[Rule], text: str) -> list[Span]:
    """All spans that these rules find in a text, in the order of the rules."""
    return [span for rule in rules for span in rule.find(text)]


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text with each span masked. Overlapping spans are merged; the first one given determines the kind."""
    merged: list[tuple[int, Span]] = []
    for order, span in sorted(enumerate(spans), key=lambda numbered: numbered[1].start):
        if merged and span.start < merged[-1][1].end:
            last = merged[-1]
            first = min(last, (order, span), key=lambda numbered: numbered[0])
            whole = first[1]._replace(start=last[1].start, end=max(last[1].end, span.end))
            merged[-1] = (first[0], whole)
        else:
            merged.append((order, span))
    parts: list[str] = []
    done = 0
    for _, span in merged:
        parts += (text[done : span.start], span.instead or mask(span.kind))
        done = span.end
    return "".join((*parts, text[done:]))
