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


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.line}"[:80])
def test_no_secret_of_a_line_is_left(redactor: Redactor, case: Case) -> None:
    for seed in SEEDS:
        assert left(redactor, *case.filled(random.Random(seed))) == []


@pytest.mark.parametrize("case", TOKENS, ids=lambda case: f"{case.kind}: {case.secret}"[:60])
def test_no_token_is_left_wherever_it_stands(redactor: Redactor, case: Case) -> None:
    for seed in SEEDS:
        token, secrets = case.filled(random.Random(seed))
        for surrounding in SURROUNDINGS:
            assert left(redactor, surrounding.replace("{k}", token), secrets) == []
