"""Properties of redaction for any text: it keeps the number of lines, is idempotent and takes linear time."""

import random
from functools import partial
from itertools import count
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.redaction.corpus import CASES, TOKENS
from tests.support.examples import amount
from tests.support.growth import assert_grows_linearly
from tests.support.redactors import redactor
from zigtui.commands.redaction.redactor import SECRET_RULES
from zigtui.commands.redaction.rules import Rule, Span

FILLED = [case.filled(random.Random(3))[0] for case in (*CASES, *TOKENS)]

pieces = st.one_of(
    st.sampled_from(FILLED),
    st.sampled_from(
        ["password", "token=", ": ", " ", "\n", "'", '"', "-p ", "://", "@", "\\", "|", ",", "\x1b[1m", "%3D"]
    ),
    st.text(max_size=20),
)
texts = st.lists(pieces, max_size=6).map("".join)


@given(texts)
def test_any_text_is_taken_and_keeps_its_lines(text: str) -> None:
    assert redactor().text(text).count("\n") == text.count("\n")


@given(texts)
def test_what_is_redacted_stays_so(text: str) -> None:
    redacted = redactor().text(text)
    assert redactor().text(redacted) == redacted


@given(st.lists(texts, max_size=5))
def test_lines_of_a_stream_are_as_in_one_text(lines: list[str]) -> None:
    whole = "\n".join(lines)
    stream = redactor().stream()
    assert "\n".join(map(stream, whole.split("\n"))) == redactor().text(whole)


@pytest.mark.parametrize("line", FILLED[:: amount(24, usual=72)], ids=lambda line: line[:40])
def test_the_time_grows_with_the_length_of_a_line_and_not_with_its_square(line: str) -> None:
    text, numbers = line.replace("\n", " ") + " ", count()  # no line comes twice: its result is kept
    assert_grows_linearly(5_000, lambda length: text * (length // len(text)) + f"{next(numbers)}", redactor().text)


ENDINGS = ("", " ", '="', "= ", ": x/", " a | a ", "a1b2c3d4", "<")
SLOW = 10e-6  # seconds for a character; a rule that takes less for a short text may be left out


def repeated(text: str, size: int) -> str:
    return text * (size // len(text))


def found(rule: Rule, text: str) -> list[Span]:
    return list(rule.find(text))


def slow_texts(rule: Rule) -> list[str]:
    """A word of a rule and what may follow it, if the rule takes long for many of them."""
    slow = []
    for text in (rule.words[0] + ending for ending in ENDINGS):
        began = thread_time()
        found(rule, repeated(text, 1_500))
        if thread_time() - began > SLOW * 1_500:
            slow.append(text)
    return slow


def test_no_rule_takes_quadratic_time_for_its_own_words() -> None:
    for rule in SECRET_RULES:
        for text in slow_texts(rule):
            assert_grows_linearly(1_500, partial(repeated, text), partial(found, rule))
