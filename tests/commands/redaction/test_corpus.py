"""Tests for every known kind of secret: in lines of logs, and as tokens in several contexts."""

import random

import pytest

from tests.commands.redaction.corpus import CASES, TOKENS, Case
from zigtui.commands.redaction import Redactor

SEEDS = range(8)
SURROUNDINGS = ("{k}", "using {k} now", '"x": "{k}"', "({k}),", "https://h.example/{k}/x", r"a\n{k}\n", "x={k}&y=1")


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(["/home/kimberly/src"], "/data/people/alice", "alice")


def left(redactor: Redactor, line: str, secrets: list[str]) -> list[str]:
    """The secrets that are not fully redacted: the whole secret is left, or the end of a long one."""
    redacted = redactor.text(line)
    return [secret for secret in secrets if secret in redacted or (len(secret) > 20 and secret[-12:] in redacted)]


def by_kind(cases: list[Case]) -> list[tuple[str, list[Case]]]:
    """The cases of each kind: one test for each case would spend most of its time on being a test."""
    return [(kind, [case for case in cases if case.kind == kind]) for kind in sorted({case.kind for case in cases})]


@pytest.mark.parametrize(("kind", "cases"), by_kind(CASES))
def test_no_secret_of_a_line_is_left(redactor: Redactor, kind: str, cases: list[Case]) -> None:
    lines = [case.filled(random.Random(seed)) for case in cases for seed in SEEDS]
    assert [line for line, secrets in lines if left(redactor, line, secrets)] == []


@pytest.mark.parametrize(("kind", "cases"), by_kind(TOKENS))
def test_no_token_is_left_wherever_it_stands(redactor: Redactor, kind: str, cases: list[Case]) -> None:
    tokens = [case.filled(random.Random(seed)) for case in cases for seed in SEEDS]
    lines = [(form.replace("{k}", token), secrets) for token, secrets in tokens for form in SURROUNDINGS]
    assert [line for line, secrets in lines if left(redactor, line, secrets)] == []
