"""Rules, each of which finds the spans of one kind of secret.

A rule runs only on texts that contain one of its words. `pattern_rule` inserts the words in place of ``{words}`` in a
pattern, so that the pattern and the prefilter use the same words.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    "normal",
    "pattern_rule",
    "spans_of",
]

MASKED = re.compile(r"\[redacted: [a-z0-9-]+\]")
"""The pattern of a mask."""

FILLER = "\ufffc"
"""The character that replaces each character of a mask in the text that rules read.

It is never part of a word, a token or another secret.
"""

# In lower case, with zeros for digits; a string is faster than a dict
_NORMAL = "".join("0" if chr(code).isdigit() else chr(code).lower() for code in range(128))
# The same, with a character that is not whitespace for each control character that a terminal does not print
_VISIBLE = "".join("\0" if code < 32 and chr(code) not in "\t\n" else _NORMAL[code] for code in range(128))
# Escapes and control characters, which may disguise a secret, in a text in lower case with zeros for digits.
# The search is fast only if every alternative begins with a character, not a set.
_UNUSUAL = re.compile(r"%0[0a-f]|&(?:#|quot|apos|amp|lt|gt|sol|commat)|\\[/nrtu]|\0|\x7f")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_LONGEST_KEPT = 120  # characters of a word
_MOST_KEPT = 50_000  # words
_FEW_WORDS = 5  # are found faster one by one than by a pattern
_MOST_SELECTIONS = 5_000  # sets of rules


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
    also: str = "",
    longest: int = 0,
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

    Raises:
        ValueError: if the pattern does not contain ``{words}``.
    """
    known = tuple(words.split() if isinstance(words, str) else words)
    if "{words}" not in pattern:
        raise ValueError(f"the pattern of {kind!r} does not hold {{words}}: {pattern}")
    compiled = re.compile(pattern.replace("{words}", any_of(known)), re.ASCII)
    group = "secret" if "secret" in compiled.groupindex else 0

    def find(text: str) -> Iterator[Span]:
        if not ignore_case and len(known) < _FEW_WORDS and not any(word in text for word in known):
            return
        for found in compiled.finditer(lower(text) if ignore_case else text):
            start, end = found.span(group)
            if start < end and accept(text[start:end]):
                yield Span(start, end, kind)

    return Rule(kind, tuple(dict.fromkeys(map(str.lower, known))), find, tail, head, listed(also), longest)


class Prefilter:
    """Selects the rules that may find something in a text.

    The result for each word is cached. Most words of a log are repeated if case is ignored and every digit counts as a
    zero, so most lines cost one comparison of sets.

    Args:
        rules: the rules, in order of precedence.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._conditions = tuple((tuple(normal(also) for also in rule.also), rule.longest) for rule in self._rules)
        tails: dict[str, set[str]] = {}
        for rule in self._rules:
            for word in rule.words:
                tails.setdefault(normal(word), set()).add(rule.tail)
        self._any = re.compile(_trie_pattern(tails), re.MULTILINE)
        # The search stops at the shortest word, which stands for all longer words that begin with it.
        shortest = {word for word in tails if not any(word[:size] in tails for size in range(1, len(word)))}
        self._each = re.compile(f"(?=({_trie_pattern({word: {''} for word in shortest})}))")
        self._beginning: dict[str, dict[int, re.Pattern[str]]] = {short: {} for short in shortest}
        for number, rule in enumerate(self._rules):
            words = [normal(word) for word in rule.words]
            exact = re.compile(rule.head + any_of(words) + rule.tail)
            for short in {word[:size] for word in words for size in range(1, len(word) + 1)} & shortest:
                self._beginning[short][number] = exact
        self._dull: set[str] = set()  # words without escapes and control characters that lead to no rule
        self._relevant: dict[str, int] = {}  # the rules of all other words, as bits
        self._selected: dict[int, tuple[int, ...]] = {}  # the numbers of the rules for these bits

    def is_dull(self, text: str) -> bool:
        """Whether no rule can find anything in a text, not even after its escapes have been decoded.

        This is a quick test: False may also mean that the answer is unknown.

        Args:
            text: a text without lookalikes and invisible characters beyond ASCII.
        """
        words = text.translate(_VISIBLE).split()
        if self._dull.issuperset(words):
            return True
        if not self._relevant.keys().isdisjoint(words):
            return False
        new = [word for word in words if word not in self._dull]
        joined = "\n".join(new)  # one search for all words is faster than one for each
        if _UNUSUAL.search(joined) is not None or self._any.search(joined.lower()) is not None:
            return False
        self._make_room()
        self._dull.update(word for word in new if len(word) <= _LONGEST_KEPT)
        return True

    def matching(self, text: str) -> list[Rule]:
        """The rules that may find something in a text, in order of precedence."""
        normalized = normal(text)
        words = normalized.split()
        found: list[Rule] = []
        for number in self.numbers(words):
            also, longest = self._conditions[number]
            if (also or longest) and not _holds(also, longest, normalized, words):
                continue
            found.append(self._rules[number])
        return found

    def numbers(self, words: list[str]) -> tuple[int, ...]:
        """The numbers of the rules for a text with these words (see `normal`), in order of precedence."""
        rules = 0
        for word in set(words).difference(self._dull):
            known = self._relevant.get(word)
            rules |= self._rules_of(word) if known is None else known
        if not rules:
            return ()
        selected = self._selected.get(rules)
        if selected is None:
            if len(self._selected) >= _MOST_SELECTIONS:
                self._selected.clear()
            selected = self._selected[rules] = tuple(
                number for number, bit in enumerate(reversed(f"{rules:b}")) if bit == "1"
            )
        return selected

    def may_find(self, number: int, text: str) -> bool:
        """Whether the other conditions of a rule hold for a text that has one of its words."""
        normalized = normal(text)
        return _holds(*self._conditions[number], normalized, normalized.split())

    def rule(self, number: int) -> Rule:
        """The rule with this number. Lower numbers take precedence."""
        return self._rules[number]

    def _rules_of(self, word: str) -> int:
        """The rules for a word that is seen for the first time, as bits."""
        lowered = word.lower()
        rules = 0
        if self._any.search(lowered) is not None:
            for short in set(self._each.findall(lowered)):
                for number, exact in self._beginning[short].items():
                    if exact.search(lowered) is not None:
                        rules |= 1 << number
        if len(word) <= _LONGEST_KEPT:
            self._make_room()
            if rules or _UNUSUAL.search(word) is not None:
                self._relevant[word] = rules
            else:
                self._dull.add(word)
        return rules

    def _make_room(self) -> None:
        if len(self._dull) + len(self._relevant) >= _MOST_KEPT:
            self._dull.clear()
            self._relevant.clear()


def _holds(also: Sequence[str], longest: int, normalized: str, words: Sequence[str]) -> bool:
    """Whether the conditions of a rule hold for a text."""
    if longest and len(max(words, key=len)) < longest:
        return False
    for one in also:
        if one in normalized:
            return True
    return not also


def normal(text: str) -> str:
    """The text in lower case, with a zero for each digit, as the prefilter reads it."""
    return text.translate(_NORMAL)


def spans_of(rules: Iterable[Rule], text: str) -> list[Span]:
    """All spans that these rules find in a text, in the order of the rules."""
    return [span for rule in rules for span in rule.find(text)]


def _trie_pattern(tails: Mapping[str, set[str]]) -> str:
    """A pattern of these words and their tails. It is a trie: it tries each letter once, not each word."""
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
