"""Tests for lines that are so long that rules read them in pieces."""

import random
from functools import cache

import pytest

from tests.commands.redaction.corpus import CASES, TOKENS, output_lines
from tests.support.examples import amount
from tests.support.redactors import redactor

NUMBERS = random.Random(11)
ONE_LINE = [case for case in (*CASES, *TOKENS) if "\n" not in case.line]


@cache
def filler() -> str:
    """Ordinary text, in which nothing is masked."""
    return " ".join(line.strip() for line in output_lines()[:200] if redactor().text(line) == line)


def in_long_line(text: str) -> str:
    """The text in the middle of a long line, at a random position relative to the pieces."""
    start = NUMBERS.randrange(2_000)
    return f"{filler()[start : start + 6_000]} ; {text} ; {filler()[start : start + 6_000]}"


def test_a_secret_is_found_in_the_middle_of_a_long_line() -> None:
    missed = []
    for case in ONE_LINE[:: amount(2, usual=5)]:
        text, secrets = case.filled(NUMBERS)
        short = f"x ; {text} ; x"  # without the rules for the start and the end of a line
        if not any(secret in redactor().text(short) for secret in secrets):
            redacted = redactor().text(in_long_line(text))
            missed += [text for secret in secrets if secret in redacted]
    assert missed == []


@pytest.mark.parametrize("size", [900, 5_000, 60_000])
@pytest.mark.parametrize("form", ["token={k}", 'password="{k}"', "Authorization: Bearer {k}"])
def test_no_part_of_a_long_secret_is_left(form: str, size: int) -> None:
    secret = "".join(NUMBERS.choices("abcdefghijkLMNOPQRSTUV0123456789", k=size))
    redacted = redactor().text(in_long_line(form.replace("{k}", secret)))
    assert secret[:40] not in redacted
    assert secret[-40:] not in redacted


def test_mail_addresses_far_from_a_secret_are_masked_too() -> None:
    redacted = redactor().text(
        f"kim@mail.example {filler()[:9_000]} password=k3yk3yk3y {filler()[:9_000]} bob@mail.example"
    )
    assert "kim@" not in redacted
    assert "bob@" not in redacted
    assert "k3yk3yk3y" not in redacted
