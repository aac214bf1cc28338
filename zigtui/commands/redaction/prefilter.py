"""The prefilter, which selects the rules that may find something in a text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from zigtui.commands.redaction.rules import Rule, any_of

__all__ = ["Examined", "Prefilter"]

# In lower case, with zeros for digits; a string is faster than a dict
_NORMAL = "".join("0" if chr(code).isdigit() else chr(code).lower() for code in range(128))
# The same, with a character that is not whitespace for each control character that a terminal does not print
_VISIBLE = "".join("\0" if code < 32 and chr(code) not in "\t\n" else _NORMAL[code] for code in range(128))
# Escapes and control characters, which may disguise a secret, in a text in lower case with zeros for digits.
# The search is fast only if every alternative begins with a character, not a set.
_UNUSUAL = re.compile(r"%0[0a-f]|&(?:#|quot|apos|amp|lt|gt|sol|commat)|\\[/nrtu]|\0|\x7f")
_LONGEST_KEPT = 120  # characters of a word
_MOST_KEPT = 50_000  # words


class Examined(NamedTuple):
    """What a prefilter knows of a part of a text.

    Attributes:
        numbers: the numbers of the rules that have a word of the part.
        signs: the strings in it that rules need besides their words.
        longest: the number of characters of its longest word.
    """

    numbers: set[int]
    signs: set[str]
    longest: int


class Prefilter:
    """Selects the rules that may find something in a text.

    The result for each word is cached. Most words of a log are repeated if case is ignored and every digit counts as a
    zero, so most lines cost one comparison of sets.

    Args:
        rules: the rules, in order of precedence.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._also = tuple(tuple(map(_normal, rule.also)) for rule in self._rules)
        self._long = {number for number, rule in enumerate(self._rules) if rule.longest}
        self._signs = tuple(dict.fromkeys(sign for also in self._also for sign in also))
        tails: dict[str, set[str]] = {}
        for rule in self._rules:
            for word in rule.words:
                tails.setdefault(_normal(word), set()).add(rule.tail)
        self._any = re.compile(_trie_pattern(tails), re.MULTILINE)
        # The search stops at the shortest word, which stands for all longer words that begin with it.
        shortest = {word for word in tails if not any(word[:size] in tails for size in range(1, len(word)))}
        self._each = re.compile(f"(?=({_trie_pattern({word: {''} for word in shortest})}))")
        self._beginning: dict[str, dict[int, re.Pattern[str]]] = {short: {} for short in shortest}
        for number, rule in enumerate(self._rules):
            words = [_normal(word) for word in rule.words]
            exact = re.compile(rule.head + any_of(words) + rule.tail)
            for short in {word[:size] for word in words for size in range(1, len(word) + 1)} & shortest:
                self._beginning[short][number] = exact
        self._dull: set[str] = set()  # words without escapes and control characters that lead to no rule
        self._relevant: dict[str, _Relevance] = {}  # all other words
        self._signed: dict[str, _Relevance] = {}  # dull words with signs
        self._plain: set[str] = set()  # dull words without signs
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
        """The rules that may find something in a text without control characters, in order of precedence."""
        last, words = self._last  # of the quick test, which most texts come from
        if last is not text:
            words = _normal(text).split()
        relevances = self._relevances(words)
        found: set[int] = set()
        signs: set[str] = set()
        for _, sure, _, of_word in relevances:
            if sure:
                found.update(sure)
            if of_word:
                signs.update(of_word)
        if signs:
            for _, _, with_sign, _ in relevances:
                if with_sign:
                    for sign in signs:
                        if sign in with_sign:
                            found.update(with_sign[sign])
        rules = self._rules
        if found.isdisjoint(self._long):
            return [rules[number] for number in sorted(found)]
        longest = max(map(len, words))
        return [rules[number] for number in sorted(found) if rules[number].longest <= longest]

    def examined(self, text: str) -> Examined:
        """What is known of a part of a text."""
        words = _normal(text).split()
        numbers: set[int] = set()
        signs: set[str] = set()
        for of_word, _, _, signs_of_word in self._relevances(words):
            numbers.update(of_word)
            signs.update(signs_of_word)
        return Examined(numbers, signs, max(map(len, words), default=0))

    def may_find(self, number: int, parts: Sequence[Examined]) -> bool:
        """Whether the other conditions of a rule hold for a text with these parts, which have one of its words."""
        also = self._also[number]
        return max(part.longest for part in parts) >= self._rules[number].longest and (
            not also or any(not part.signs.isdisjoint(also) for part in parts)
        )

    def _relevances(self, words: Sequence[str]) -> list["_Relevance"]:
        """What is known of these words, except for those that do not matter."""
        relevant, signed = self._relevant, self._signed
        return [
            relevant.get(word) or signed.get(word) or self._relevance(word)
            for word in set(words).difference(self._plain)
        ]

    def rule(self, number: int) -> Rule:
        """The rule with this number. Lower numbers take precedence."""
        return self._rules[number]

    def _relevance(self, word: str) -> "_Relevance":
        """What follows from a word that is seen for the first time."""
        lowered = word.lower()
        numbers: set[int] = set()
        if self._any.search(lowered) is not None:
            for short in set(self._each.findall(lowered)):
                numbers.update(n for n, exact in self._beginning[short].items() if exact.search(lowered) is not None)
        with_sign: dict[str, list[int]] = {}
        for number in numbers:
            for sign in self._also[number]:
                with_sign.setdefault(sign, []).append(number)
        signs = tuple(sign for sign in self._signs if sign in word)
        relevance = _Relevance(tuple(numbers), [n for n in numbers if not self._also[n]], with_sign, signs)
        if len(word) <= _LONGEST_KEPT:
            self._make_room()
            if numbers or _UNUSUAL.search(word) is not None:
                self._relevant[word] = relevance
            else:
                self._dull.add(word)
                if signs:
                    self._signed[word] = relevance
                else:
                    self._plain.add(word)
        return relevance

    def _make_room(self) -> None:
        if len(self._dull) + len(self._relevant) >= _MOST_KEPT:
            for kept in (self._dull, self._relevant, self._signed, self._plain):
                kept.clear()


class _Relevance(NamedTuple):
    """What follows from a word of a text.

    Attributes:
        numbers: the numbers of the rules that have the word.
        sure: those of them that need no other string.
        with_sign: those that need one of several other strings too, by that string.
        signs: the strings of this kind that the word contains.
    """

    numbers: Sequence[int]
    sure: Sequence[int]
    with_sign: Mapping[str, Sequence[int]]
    signs: Sequence[str]


def _normal(text: str) -> str:
    """The text in lower case, with a zero for each digit, as the prefilter reads it."""
    return text.translate(_NORMAL)


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
