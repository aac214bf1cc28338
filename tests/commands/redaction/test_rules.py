"""Tests for rules, masks and the prefilter."""

import random
import re
from functools import cache

import pytest

from tests.commands.redaction.corpus import CASES, TOKENS, ordinary_lines
from tests.support.cases import each_case
from tests.support.examples import amount
from zigtui.commands.redaction import Redactor
from zigtui.commands.redaction.by_name import assignments, fallbacks, next_line
from zigtui.commands.redaction.by_name.assignments import ASSIGNMENT_RULE
from zigtui.commands.redaction.by_position import accounts, configurations
from zigtui.commands.redaction.judging import after_space
from zigtui.commands.redaction.judging.names import NAME, name_starts
from zigtui.commands.redaction.judging.prose_names import names_only_in_prose
from zigtui.commands.redaction.prefilter import Prefilter
from zigtui.commands.redaction.redactor import SECRET_RULES
from zigtui.commands.redaction.rules import MASKED, Rule, Span, listed, mask, masked, pattern_rule

LINES = [
    line
    for case in (*CASES, *TOKENS)
    for seed in range(amount(2, usual=1))
    for line in case.filled(random.Random(seed))[0].split("\n")
]


@cache
def found_by(rule: Rule) -> dict[str, list[Span]]:
    """What a rule finds in each line in which it finds something."""
    return {line: spans for line in (*LINES, *ordinary_lines()) if (spans := list(rule.find(line)))}


def test_a_rule_finds_nothing_that_its_prefilter_leaves_out() -> None:
    for rule in SECRET_RULES:
        prefilter = Prefilter([rule])
        missed = [line for line in found_by(rule) if prefilter.matching(line) != [rule]]
        assert missed == [], rule.name


def test_each_word_of_a_rule_leads_to_it_in_either_case() -> None:
    for rule in SECRET_RULES:
        assert rule.words, rule.name
        prefilter = Prefilter([rule._replace(head="", tail="", also=(), longest=0)])
        for word in rule.words:
            assert word == word.lower(), rule.name
            assert not any(map(str.isspace, word)), rule.name
            for text in (word, word.upper(), f"x {word}"):
                assert len(prefilter.matching(text)) == 1, rule.name


def test_all_rules_share_one_prefilter() -> None:
    prefilter = Prefilter(SECRET_RULES)
    for line in LINES:
        finding = {rule.name for rule in SECRET_RULES if line in found_by(rule)}
        assert finding <= {rule.name for rule in prefilter.matching(line)}


def test_prefilters_whose_rules_have_the_same_words_share_what_is_known_of_them() -> None:
    rules = [Rule(name, ("key",), lambda _: (), tail="=") for name in ("one", "other", "another")]
    one, other, another = map(Prefilter, ([rule] for rule in (*rules[:2], rules[2]._replace(tail=":"))))
    assert one.words is other.words
    assert one.words is not another.words
    assert [one.matching("key=x"), other.matching("key=x"), another.matching("key=x")] == [[rules[0]], [rules[1]], []]


@each_case("rule", [rule for rule in SECRET_RULES if rule.also or rule.longest], ids=lambda rule: rule.name)
def test_a_rule_runs_only_on_texts_that_meet_its_other_conditions(rule: Rule) -> None:
    prefilter = Prefilter([rule._replace(head="", tail="")])
    word = rule.words[0].upper()
    also = f" {rule.also[-1].upper()}" if rule.also else ""
    filler = " " + "x" * rule.longest
    assert prefilter.matching(word + also + filler)
    if rule.longest > len(word):
        assert not prefilter.matching(word + also)
    elif not any(one in word.lower() for one in rule.also):
        assert not prefilter.matching(word + filler)


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
    found = [span for rule in SECRET_RULES for spans in found_by(rule).values() for span in spans]
    assert all(MASKED.fullmatch(mask(span.kind)) for span in found)


WORDS = listed(
    "password token the cache is was for key of session id value ENV set with use a new x1y2z3q9 aBcDeFgHiJkL hunters"
    ' : = -> is: "word" secret api API_KEY --token config export qwzxvkjh code recovery phrase and string , | auth'
)


def test_the_test_for_prose_leaves_out_no_text_with_an_assignment(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = random.Random(1)
    texts = [" ".join(chosen.choices(WORDS, k=chosen.randrange(2, 9))) for _ in range(5_000)]
    prose = [text for text in (*texts, *LINES, *ordinary_lines()) if names_only_in_prose(text)]
    assert len(prose) > 1_000
    monkeypatch.setattr(assignments, "names_only_in_prose", lambda _: False)
    assert [text for text in prose if list(ASSIGNMENT_RULE.find(text))] == []


def test_every_name_begins_at_a_start_of_a_name() -> None:
    names = re.compile(f"(?={NAME})", re.ASCII)
    for line in (*LINES, *ordinary_lines(), "preshared-key pre shared key jwtoken code-verifier bw_session api keyid"):
        assert {found.start() for found in names.finditer(line.lower())} <= set(name_starts(line.lower())), line


def test_names_in_long_and_in_short_texts_are_found_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    short = [list(ASSIGNMENT_RULE.find(line)) for line in LINES]
    monkeypatch.setattr(assignments, "_LONGEST_SEARCHED", 0)
    assert [list(ASSIGNMENT_RULE.find(line)) for line in LINES] == short


def test_quick_tests_leave_out_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = random.Random(2)
    texts = [*LINES, *(" ".join(chosen.choices((*WORDS, *LINES), k=chosen.randrange(2, 6))) for _ in range(200))]
    quick = [list(map(Redactor([]).stream(), text.split("\n"))) for text in texts]
    matches_all = re.compile("")
    monkeypatch.setattr(configurations, "_DEFAULT_LOGIN", matches_all)
    monkeypatch.setattr(accounts, "_PASSWORD_OF_LOGIN", matches_all)
    monkeypatch.setattr(fallbacks, "_DEFAULT", matches_all)
    monkeypatch.setattr(after_space, "_PARTS_OF_DIRECTIVES", ("",))
    monkeypatch.setattr(after_space, "_LAST_WORDS", ("",))
    monkeypatch.setattr(next_line, "_PARTS_OF_PRINTS", ("",))
    assert [list(map(Redactor([]).stream(), text.split("\n"))) for text in texts] == quick
