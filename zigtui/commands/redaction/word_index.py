"""An index of the words of rules, which tells which rules may find something in a text with some of them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from zigtui.commands.redaction.rules import any_of

__all__ = ["Condition", "Examined", "WordIndex", "numbers_of", "word_index"]

# In lower case, with zeros for digits; a string is faster than a dict
_NORMAL = "".join("0" if chr(code).isdigit() else chr(code).lower() for code in range(128))
# The same, with a character that is not whitespace for each control character that a terminal does not print
_VISIBLE = "".join("\0" if code < 32 and chr(code) not in "\t\n" else _NORMAL[code] for code in range(128))
# Escapes and control characters, which may disguise a secret, in a text in lower case with zeros for digits.
# The search is fast only if every alternative begins with a character, not a set.
_UNUSUAL = re.compile(r"%0[0a-f]|&(?:#|quot|apos|amp|lt|gt|sol|commat)|\\[/nrtu]|\0|\x7f")
_LONGEST_KEPT = 200  # characters of a word
_MOST_KEPT = 50_000  # words
_MOST_COMBINATIONS = 5_000  # of signs


class Condition(NamedTuple):
    """What a text must have for a rule to find something in it. See `Rule`."""

    words: tuple[str, ...]
    tail: str
    head: str
    also: tuple[str, ...]
    longest: int


class Examined(NamedTuple):
    """What is known of a part of a text.

    Attributes:
        rules: the rules that have a word of the part, as a set of bits.
        signs: what is in it that rules need besides their words, as a set of bits.
    """

    rules: int
    signs: int

    @property
    def numbers(self) -> Iterator[int]:
        """The numbers of the rules that have a word of the part."""
        return numbers_of(self.rules)


@lru_cache(maxsize=16)
def word_index(rules: tuple[Condition, ...]) -> "WordIndex":
    """The index of the words of these rules. It is shared, because it is slow to build and remembers words."""
    return WordIndex(rules)


class WordIndex:
    """Tells by the words of a text which rules may find something in it.

    The result for each word is cached. Most words of a log are repeated if case is ignored and every digit counts as a
    zero, so most lines cost one comparison of sets.

    Args:
        rules: what the rules need, in order of precedence. They are numbered in this order.
    """

    def __init__(self, rules: Sequence[Condition]) -> None:
        self._rules = rules
        also = [tuple(map(_normal, rule.also)) for rule in self._rules]
        self._signs = tuple(dict.fromkeys(sign for of_rule in also for sign in of_rule))
        self._also = tuple(_bits(map(self._signs.index, of_rule)) for of_rule in also)
        # The sign of a word of so many characters, for the rules that need a long one
        sizes = sorted({rule.longest for rule in self._rules if rule.longest})
        self._sizes = {size: 1 << number for number, size in enumerate(sizes, len(self._signs))}
        self._conditional = _bits(number for number, rule in enumerate(self._rules) if rule.also or rule.longest)
        tails: dict[str, set[str]] = {}
        for rule in self._rules:
            for word in rule.words:
                tails.setdefault(_normal(word), set()).add(rule.tail)
        self._any = re.compile(_trie_pattern(tails), re.MULTILINE)
        # The search stops at the shortest word, which stands for all longer words that begin with it.
        shortest = frozenset(word for word in tails if not any(word[:size] in tails for size in range(1, len(word))))
        self._each = re.compile(f"(?=({_trie_pattern({word: {''} for word in shortest})}))")
        # For each shortest word: the patterns (a head, words that begin with it, a tail), and the rules that have each.
        self._beginning: dict[str, dict[tuple[str, tuple[str, ...], str], int]] = {short: {} for short in shortest}
        self._exact: dict[str, list[tuple[re.Pattern[str], int]]] = {}  # the same patterns, compiled at first use
        for number, rule in enumerate(self._rules):
            for short, words in _by_shortest(rule.words, shortest).items():
                exact = rule.head, words, rule.tail
                self._beginning[short][exact] = self._beginning[short].get(exact, 0) | 1 << number
        self._dull: set[str] = set()  # words without escapes and control characters that lead to no rule
        self._relevant: set[str] = set()  # all other words
        self._plain: set[str] = set()  # dull words without signs
        self._known: dict[str, _Relevance] = {}  # all words but those
        self._relevances: dict[tuple[int, int], _Relevance] = {}
        self._enabled: dict[int, int] = {}  # the rules that need a sign, by the signs of a text
        self._last: tuple[str, list[str]] = "", []

    def is_dull(self, text: str) -> bool:
        """Whether no rule can find anything in a text, not even after its escapes have been decoded.

        This is a quick test: False may also mean that the answer is unknown.

        Args:
            text: a text without lookalikes and invisible characters beyond ASCII.
        """
        words = text.translate(_VISIBLE).split()
        self._last = text, words
        if self._dull.issuperset(words):
            return True
        if not self._relevant.isdisjoint(words):
            return False
        new = [word for word in words if word not in self._dull]
        joined = "\n".join(new)  # one search for all words is faster than one for each
        if _UNUSUAL.search(joined) is not None or self._any.search(joined.lower()) is not None:
            return False
        self._make_room()
        self._dull.update(word for word in new if len(word) <= _LONGEST_KEPT)
        return True

    def rules_of(self, text: str) -> int:
        """The rules that may find something in a text without control characters, as a set of bits."""
        last, words = self._last  # of the quick test, which most texts come from
        if last is not text:
            words = _normal(text).split()
        found, signs = self._of_words(words)
        conditional = found & self._conditional
        if conditional:
            enabled = self._enabled.get(signs)
            found ^= conditional & ~(self._enable(signs) if enabled is None else enabled)
        return found

    def examined(self, text: str) -> Examined:
        """What is known of a part of a text."""
        return Examined(*self._of_words(_normal(text).split()))

    def may_find(self, number: int, parts: Sequence[Examined]) -> bool:
        """Whether the other conditions of a rule hold for a text with these parts, which have one of its words."""
        if not self._conditional >> number & 1:
            return True
        signs = 0
        for part in parts:
            signs |= part.signs
        return self._meets(number, signs)

    def _meets(self, number: int, signs: int) -> bool:
        """Whether a text with these signs meets the other conditions of a rule."""
        also, longest = self._also[number], self._rules[number].longest
        return (not also or also & signs != 0) and (not longest or self._sizes[longest] & signs != 0)

    def _of_words(self, words: Iterable[str]) -> tuple[int, int]:
        """The rules that have one of these words, and the signs in the words."""
        rest = set(words).difference(self._plain)
        found = set(map(self._known.get, rest))  # many words have the same relevance
        if None in found:
            found = {self._known.get(word) or self._relevance(word) for word in rest}
        rules = signs = 0
        for relevance in filter(None, found):
            rules |= relevance.rules
            signs |= relevance.signs
        return rules, signs

    def _enable(self, signs: int) -> int:
        """The conditional rules whose conditions these signs meet."""
        enabled = _bits(number for number in numbers_of(self._conditional) if self._meets(number, signs))
        if len(self._enabled) >= _MOST_COMBINATIONS:
            self._enabled.clear()
        self._enabled[signs] = enabled
        return enabled

    def _relevance(self, word: str) -> "_Relevance":
        """What follows from a word that is seen for the first time."""
        lowered = word.lower()
        rules = 0
        if self._any.search(lowered) is not None:
            for short in set(self._each.findall(lowered)):
                for exact, of_words in self._exact.get(short) or self._compile(short):
                    if exact.search(lowered) is not None:
                        rules |= of_words
        signs = _bits(number for number, sign in enumerate(self._signs) if sign in word)
        for size, sign in self._sizes.items():
            if len(word) >= size:
                signs |= sign
        relevance = self._relevances.get((rules, signs)) or _Relevance(rules, signs)
        if len(word) <= _LONGEST_KEPT:
            self._make_room()
            is_dull = not rules and _UNUSUAL.search(word) is None
            (self._dull if is_dull else self._relevant).add(word)
            if is_dull and not relevance.signs:
                self._plain.add(word)
            else:
                self._known[word] = self._relevances[rules, signs] = relevance
        return relevance

    def _compile(self, short: str) -> list[tuple[re.Pattern[str], int]]:
        exact = self._exact[short] = [
            (re.compile(head + any_of(words) + tail), of_words)
            for (head, words, tail), of_words in self._beginning[short].items()
        ]
        return exact

    def _make_room(self) -> None:
        if len(self._dull) + len(self._relevant) >= _MOST_KEPT:
            for kept in (self._dull, self._relevant, self._plain, self._known, self._relevances):
                kept.clear()


@dataclass(frozen=True, slots=True, eq=False)
class _Relevance:
    """What follows from a word. Words with the same rules and signs share one, so that it is compared by identity.

    Attributes:
        rules: the rules that have the word, as a set of bits.
        signs: what the word has that rules need besides, as a set of bits: a string, or enough characters.
    """

    rules: int
    signs: int


def _bits(numbers: Iterable[int]) -> int:
    """A set of numbers as bits. Such sets are united faster than those of Python, and are keys of a cache."""
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return bits


def numbers_of(bits: int) -> Iterator[int]:
    """The numbers in a set of bits, in ascending order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _normal(text: str) -> str:
    """The text in lower case, with a zero for each digit, as the prefilter reads it."""
    return text.translate(_NORMAL)


@cache
def _by_shortest(words: tuple[str, ...], shortest: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Normalised words, grouped by the shortest words that they begin with.

    A text is only compared with the groups of the shortest words in it. The result is cached, since rules share words.
    """
    beginning: dict[str, list[str]] = {}
    for word in map(_normal, words):
        for short in {word[:size] for size in range(1, len(word) + 1)} & shortest:
            beginning.setdefault(short, []).append(word)
    return {short: tuple(of_short) for short, of_short in beginning.items()}


def _trie_pattern(tails: Mapping[str, set[str]]) -> str:
    """A pattern of these words and their tails. It is a trie: it tries each letter once, not each word."""
    if "" in tails.get("", ()):
        return ""
    if len(tails) == 1 and "" not in tails:
        [(only, following)] = tails.items()
        return re.escape(only) + _trie_pattern({"": following})
    branches: dict[str, dict[str, set[str]]] = {}
    for word, following in tails.items():
        if word:
            branches.setdefault(word[0], {})[word[1:]] = following
    parts = [re.escape(letter) + _trie_pattern(rest) for letter, rest in sorted(branches.items())]
    parts += sorted(tails.get("", ()))
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
