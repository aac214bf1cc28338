"""Tests that lines with carriage returns are shown the same, and quickly, without what they have overwritten."""

import random

import pytest

from tests.support.cases import each_case
from tests.support.growth import assert_grows_linearly
from zigtui.reader.text import safe_text
from zigtui.reader.text.overwritten import without_overwritten
from zigtui.reader.text.safe_text import safe_spans

PARTS = (
    *("\r" * 12),
    *(
        "a",
        "bc",
        "Downloading 12%",
        " ",
        "世界",
        "é",
        "\t",
        "\b",
        "\x1b[31m",
        "\x1b[0m",
        "\x1b[m",
        "\x1b[1;44m",
        "\x1b[39m",
    ),
    *(
        "\x1b[K",
        "\x1b[0K",
        "\x1b[1K",
        "\x1b[2K",
        "\x9bK",
        "\x9b32m",
        "\x1b[3",
        "\x1b(",
        "\x1b",
        "\u0301",
        "\u200b",
        "🙂",
    ),
    *("\x1b]0;title\r\x07", "\x1b]", "\x9d", "K", "m", "[31m", "⠙ █", "\n", "🇩", "👍🏽"),
)


def test_a_line_is_shown_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = random.Random(5)
    texts = [
        "".join(chosen.choices(PARTS[: chosen.randrange(20, len(PARTS))], k=chosen.randrange(2, 40)))
        for _ in range(3_000)
    ]
    spans = [safe_spans(text) for text in texts]
    shorter = sum(len(without_overwritten(text)) < len(text) for text in texts)
    assert shorter > 500
    monkeypatch.setattr(safe_text, "without_overwritten", lambda text: text)
    for text, shown in zip(texts, spans, strict=True):
        assert safe_spans(text) == shown, repr(text)


@each_case(
    "state",
    [
        "\rDownloading {n:3d}% [########        ] 12 kB/s",
        "\r\x1b[32mDownloading\x1b[0m {n:3d}% \x1b[1m{n} kB/s\x1b[0m",
        "\r\x1b[KDownloading {n}%",
        "{n} lines\r",
        "\r⠙ Lädt {n}% ████░░░░",
        "\r{n}",
    ],
)
def test_a_long_progress_bar_takes_linear_time(state: str) -> None:
    def progress(size: int) -> str:
        return "".join(state.format(n=number % 100) for number in range(size))

    assert_grows_linearly(4_000, progress, safe_spans)
