"""The prefilter, which selects the rules that may find something in a text."""

import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from zigtui.commands.redaction.rules import Rule
from zigtui.commands.redaction.word_index import Condition, numbers_of, word_index

__all__ = ["WHOLE", "Piece", "Prefilter"]

WHOLE = sys.maxsize
"""The end of a piece that is the whole text, whatever its length."""

_MOST_COMBINATIONS = 5_000  # of rules


class Piece(NamedTuple):
    """A rule and the part of a text in which it may find something.

    Attributes:
        rule: the rule.
        start: the index of the first character of the part.
        end: the index after its last character; `WHOLE` if the part is the whole text.
    """

    rule: Rule
    start: int
    end: int


class Prefilter:
    """Selects the rules that may find something in a text.

    Args:
        rules: the rules, in order of precedence.

    Attributes:
        words: the index of the words of the rules. Prefilters whose rules have the same words share it.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        conditions = [Condition(rule.words, rule.tail, rule.head, rule.also, rule.longest) for rule in self._rules]
        self.words = word_index(tuple(conditions))
        self._selections: dict[int, Sequence[Piece]] = {}

    def matching(self, text: str) -> list[Rule]:
        """The rules that may find something in a text without control characters, in order of precedence."""
        return [piece.rule for piece in self.pieces(text)]

    def pieces(self, text: str) -> Sequence[Piece]:
        """The same rules, each with the whole text as its piece."""
        found = self.words.rules_of(text)
        pieces = self._selections.get(found)
        return self._select(found) if pieces is None else pieces

    def _select(self, found: int) -> Sequence[Piece]:
        """The rules with these numbers, in order of precedence."""
        pieces = [Piece(self._rules[number], 0, WHOLE) for number in numbers_of(found)]
        if len(self._selections) >= _MOST_COMBINATIONS:
            self._selections.clear()
        self._selections[found] = pieces
        return pieces

    def rule(self, number: int) -> Rule:
        """The rule with this number. Lower numbers take precedence."""
        return self._rules[number]
