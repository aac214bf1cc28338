"""Tests for rules, masks and the prefilter."""

import random

import pytest

from tests.commands.redaction.corpus import CASES, TOKENS, ordinary_lines
from zigtui.commands.redaction.redactor import SECRET_RULES
from zigtui.commands.redaction.rules import MASKED, Prefilter, Rule, Span, mask, masked, pattern_rule, words_of

LINES = [
    line for case in (*CASES, *TOKENS) for seed in range(2) for line in case.filled(random.Random(seed))[0].split("\n")
]


@pytest.mark.parametrize("rule", SECRET_RULES, ids=lambda rule: rule.name)
def test_a_rule_finds_nothing_that_its_prefilter_leaves_out(rule: Rule) -> None:
    prefilter = Prefilter([rule])
    for line in (*LINES, *ordinary_lines()):
        if list(rule.find(line)):
            assert prefilter.matching(words_of(line)) == [rule], line


@pytest.mark.parametrize("rule", SECRET_RULES, ids=lambda rule: rule.name)
def test_each_word_of_a_rule_leads_to_it_in_either_case(rule: Rule) -> None:
    assert rule.words
    prefilter = Prefilter([rule._replace(head="", tail="")])
    for word in rule.words:
        assert word == word.lower()
        assert not any(map(str.isspace, word))
        for text in (word, word.upper(), f"x {word}"):
            assert len(prefilter.matching(words_of(text))) == 1


def test_all_rules_share_one_prefilter() -> None:
    prefilter = Prefilter(SECRET_RULES)
    for line in LINES:
        finding = {rule.name for rule in SECRET_RULES if list(rule.find(line))}
        assert finding <= {rule.name for rule in prefilter.matching(words_of(line))}


def test_a_pattern_names_its_words() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        pattern_rule("x", "word", "word=(?P<secret>.*)")


def test_spans_that_overlap_become_one_mask_of_the_first_kind() -> None:
    text = "a token=abcdef, b"
    assert masked(text, [Span(8, 14, "first"), Span(2, 10, "second")]) == "a [redacted: first], b"
    assert (
        masked(text, [Span(8, 11, "first"), Span(11, 14, "second")]) == "a token=[redacted: first][redacted: second], b"
    )
    assert masked(text, [Span(8, 14, "first", "~")]) == "a token=~, b"
    assert masked(text, []) == text


def test_every_kind_makes_a_mask_that_is_known() -> None:
    assert all(MASKED.fullmatch(mask(span.kind)) for line in LINES for rule in SECRET_RULES for span in rule.find(line))
