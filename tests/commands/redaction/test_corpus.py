"""Tests for every known kind of secret: in lines of logs, and as tokens in several contexts."""

import random

import pytest

from tests.commands.redaction.corpus import CASES, TOKENS
from zigtui.commands.redaction import Redactor

SEEDS = range(8)
PARTS = 8
"""In how many tests the corpus is divided: one for each of its cases would spend most of its time on being a test."""
SURROUNDINGS = ("{k}", "using {k} now", '"x": "{k}"', "({k}),", "https://h.example/{k}/x", r"a\n{k}\n", "x={k}&y=1")


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(["/home/kimberly/src"], "/data/people/alice", "alice")


def left(redactor: Redactor, line: str, secrets: list[str]) -> list[str]:
    """The secrets that are not fully redacted: the whole secret is left, or the end of a long one."""
    redacted = redactor.text(line)
    return [secret for secret in secrets if secret in redacted or (len(secret) > 20 and secret[-12:] in redacted)]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_secret_of_a_line_is_left(redactor: Redactor, part: int) -> None:
    lines = [case.filled(random.Random(seed)) for case in CASES[part::PARTS] for seed in SEEDS]
    assert [line for line, secrets in lines if left(redactor, line, secrets)] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_no_token_is_left_wherever_it_stands(redactor: Redactor, part: int) -> None:
    tokens = [case.filled(random.Random(seed)) for case in TOKENS[part::PARTS] for seed in SEEDS]
    lines = [(form.replace("{k}", token), secrets) for token, secrets in tokens for form in SURROUNDINGS]
    assert [line for line, secrets in lines if left(redactor, line, secrets)] == []
