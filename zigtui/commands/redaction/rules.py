"""Rules: a rule finds the spans of one kind of secret, and only runs on texts that hold one of its words.

The words of a rule and its pattern come from one table: a pattern names them by ``{words}``, and the prefilter is
built from the same words. A rule cannot know a word that its prefilter does not know.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

__all__ = [
    "FILLER",
    "MASKED",
    "Prefilter",
    "Rule",
    "Span",
    "any_of",
    "listed",
    "lower",
    "mask",
    "masked",
    "pattern_rule",
    "spans_of",
    "words_of",
]

MASKED = re.compile(r"\[redacted: [a-z0-9-]+\]")
"""What stands where a secret was."""

FILLER = "\ufffc"
"""In a text that rules read, each character of a mask: it belongs to no word, no token and no new secret."""

_ZEROS = "".join("0" if chr(code).isdigit() else chr(code) for code in range(128))  # a string is quicker than a dict
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_LONGEST_KEPT = 64  # characters of a word
_MOST_KEPT = 50_000  # words


class Span(NamedTuple):
    """Where a secret is.

    Attributes:
        start: its first character.
        end: behind its last character.
        kind: the kind that the mask shows.
        instead: what stands in its place if it is not just the mask.
    """

    start: int
    end: int
    kind: str
    instead: str = ""


class Rule(NamedTuple):
    """Finds secrets of one kind.

    Attributes:
        name: the kind, for tests and messages.
        words: in lower case and without blanks; each text in which the rule finds something holds one of them.
        find: returns the spans of the secrets in a text.
        tail: a pattern in lower case that follows the word, for words so short that they are in many texts.
        head: a pattern of no width in front of the word.
    """

    name: str
    words: tuple[str, ...]
    find: Callable[[str], Iterable[Span]]
    tail: str = ""
    head: str = ""


def mask(kind: str) -> str:
    """What replaces a secret."""
    return f"[redacted: {kind}]"


def listed(words: str) -> tuple[str, ...]:
    """The words of a table that is written as a text."""
    return tuple(words.split())


def lower(text: str) -> str:
    """The text in lower case, of the same length: what is found in it has the same position in the text."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text.translate(_ASCII_LOWER)


def any_of(words: Iterable[str]) -> str:
    """A pattern of these words that tries each letter once, not each word; the longest word comes first."""
    branches: dict[str, list[str]] = {}
    rest = list(dict.fromkeys(words))
    for word in filter(None, rest):
        branches.setdefault(word[0], []).append(word[1:])
    parts = [re.escape(letter) + any_of(following) for letter, following in sorted(branches.items())]
    return f"(?:{'|'.join(parts)})" + ("?" if "" in rest else "") if parts else ""


def pattern_rule(
    kind: str,
    words: str | Iterable[str],
    pattern: str,
    *,
    accept: Callable[[str], bool] = bool,
    ignore_case: bool = True,
    tail: str = "",
    head: str = "",
) -> Rule:
    """Make a rule of a pattern.

    Args:
        kind: the kind that the mask shows.
        words: separated by blanks if it is a string.
        pattern: holds ``{words}``, which stands for any of the words. Its group ``secret`` is the secret; without
            such a group all of the match is.
        accept: decides whether a value that the pattern found is a secret.
        ignore_case: whether the pattern, which is in lower case then, matches in either case.
        tail: as in `Rule`.
        head: as in `Rule`.

    Raises:
        ValueError: if the pattern does not name the words.
    """
    known = tuple(words.split() if isinstance(words, str) else words)
    if "{words}" not in pattern:
        raise ValueError(f"the pattern of {kind!r} does not hold {{words}}: {pattern}")
    compiled = re.compile(pattern.replace("{words}", any_of(known)), re.ASCII)
    group = "secret" if "secret" in compiled.groupindex else 0

    def find(text: str) -> Iterator[Span]:
        for found in compiled.finditer(lower(text) if ignore_case else text):
            start, end = found.span(group)
            if start < end and accept(text[start:end]):
                yield Span(start, end, kind)

    return Rule(kind, tuple(dict.fromkeys(map(str.lower, known))), find, tail, head)


class Prefilter:
    """Runs those rules on a text that may find something in it.

    What is known about a word between blanks is kept. Most words of a log come again and again once each digit counts
    as a zero, so that most lines cost one comparison of sets.

    Args:
        rules: in the order of precedence: the first one names a secret that several find.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        tails: dict[str, set[str]] = {}
        for rule in self._rules:
            for word in rule.words:
                tails.setdefault(word.translate(_ZEROS), set()).add(rule.tail)
        self._any = re.compile(_trie_pattern(tails))
        # The search for each word stops at the shortest one; it stands for all longer ones that begin like it.
        shortest = {word for word in tails if not any(word[:size] in tails for size in range(1, len(word)))}
        self._each = re.compile(f"(?=({_trie_pattern({word: {''} for word in shortest})}))")
        self._beginning: dict[str, dict[int, re.Pattern[str]]] = {short: {} for short in shortest}
        for number, rule in enumerate(self._rules):
            words = [word.translate(_ZEROS) for word in rule.words]
            exact = re.compile(rule.head + any_of(words) + rule.tail)
            for short in {word[:size] for word in words for size in range(1, len(word) + 1)} & shortest:
                self._beginning[short][number] = exact
        self._dull: set[str] = set()
        self._relevant: dict[str, frozenset[int]] = {}

    def matching(self, words: list[str]) -> list[Rule]:
        """The rules that may find something in a text of these `words_of`, in their order."""
        if self._dull.issuperset(words):
            return []
        numbers: set[int] = set()
        for word in words:
            if word not in self._dull:
                numbers |= self._numbers_of(word)
        return [self._rules[number] for number in sorted(numbers)]

    def _numbers_of(self, word: str) -> frozenset[int]:
        known = self._relevant.get(word)
        if known is not None:
            return known
        lowered = word.lower()
        numbers = frozenset[int]()
        if self._any.search(lowered) is not None:
            found = (self._beginning[short] for short in set(self._each.findall(lowered)))
            numbers = frozenset(
                number for rules in found for number, exact in rules.items() if exact.search(lowered) is not None
            )
        if len(word) <= _LONGEST_KEPT:
            if len(self._dull) + len(self._relevant) >= _MOST_KEPT:
                self._dull.clear()
                self._relevant.clear()
            if numbers:
                self._relevant[word] = numbers
            else:
                self._dull.add(word)
        return numbers


def words_of(text: str) -> list[str]:
    """The words of a text between blanks, with a zero for each digit."""
    return text.translate(_ZEROS).split()


def spans_of(rules: Iterable[Rule], text: str) -> list[Span]:
    """Every span that one of these rules finds in a text, in the order of the rules."""
    return [span for rule in rules for span in rule.find(text)]


def _trie_pattern(tails: Mapping[str, set[str]]) -> str:
    """A pattern of words and what follows them; it tries each letter once, not each word."""
    if "" in tails.get("", ()):
        return ""
    branches: dict[str, dict[str, set[str]]] = {}
    for word, following in tails.items():
        if word:
            branches.setdefault(word[0], {})[word[1:]] = following
    parts = [re.escape(letter) + _trie_pattern(rest) for letter, rest in sorted(branches.items())]
    parts += sorted(tails.get("", ()))
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text with each span replaced by a mask; spans that overlap become one, of the first one's kind."""
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
