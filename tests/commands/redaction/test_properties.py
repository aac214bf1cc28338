"""Properties of redaction for any text: it keeps the number of lines, is idempotent and takes linear time."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.redaction.corpus import CASES, TOKENS
from tests.support.examples import amount
from zigtui.commands.redaction import Redactor

REDACTOR = Redactor(["/home/kimberly/src"], "/data/people/alice", "alice")
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
    assert REDACTOR.text(text).count("\n") == text.count("\n")


@given(texts)
def test_what_is_redacted_stays_so(text: str) -> None:
    redacted = REDACTOR.text(text)
    assert REDACTOR.text(redacted) == redacted


@given(st.lists(texts, max_size=5))
def test_lines_of_a_stream_are_as_in_one_text(lines: list[str]) -> None:
    whole = "\n".join(lines)
    stream = REDACTOR.stream()
    assert "\n".join(map(stream, whole.split("\n"))) == REDACTOR.text(whole)


def seconds(text: str) -> float:
    started = time.process_time()
    REDACTOR.text(text)
    return time.process_time() - started


@pytest.mark.parametrize("line", FILLED[:: amount(24, usual=72)], ids=lambda line: line[:40])
def test_ten_times_the_text_takes_about_ten_times_as_long(line: str) -> None:
    text = line.replace("\n", " ") + " "
    short, long = (text * (size // len(text)) for size in (4_000, 40_000))
    assert any(seconds(long) / max(seconds(short), 1e-4) < 25 for _ in range(3))
