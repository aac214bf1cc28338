"""Secrets that are escaped, coloured or torn: the rules see what a reader sees."""

import random
import string

import pytest

from tests.support.cases import each_case
from tests.support.line_counts import counted
from zigtui.commands.redaction import Redactor

WORD = "Hunter2Fish"
DIGITS = random.Random(8)
TOKEN = "gh" + "p_" + "".join(DIGITS.choice(string.ascii_letters + string.digits) for _ in range(36))


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(["/home/kimberly/src/shop"], "/data/people/alice", "alice")


@each_case(
    ("text", "expected"),
    [
        ("?path=%2Fhome%2Fsomeone%2Fx", "?path=~%2Fx"),
        ("C%3A%5CUsers%5Csomeone%5Cx", "~%5Cx"),
        ("%252Fhome%252Fsomeone%252Fx", "~%252Fx"),
        ("&#47;home&#x2f;someone&sol;x", "~&sol;x"),
        (r"\/home\/someone\/x", r"~\/x"),
        (r"\u002fhome\u002Fsomeone\\u002fx", r"~\\u002fx"),
        ("to=kim%40mail.example", "to=[redacted: email]"),
        ("kim&commat;mail.example", "[redacted: email]"),
        (f"https%3A%2F%2Fkim%3A{WORD}%40db.example", "https%3A%2F%2F[redacted: credentials]%40db.example"),
        (f"?password%3D{WORD}%26x%3D1", "?password%3D[redacted: password]%26x%3D1"),
        (f"password=&quot;{WORD}&quot;", "password=[redacted: password];"),
        ("100%2F3 &amp; &lt;b&gt; \\/ %41%0A", "100%2F3 &amp; &lt;b&gt; \\/ %41%0A"),
    ],
)
def test_what_is_escaped_is_found_too(redactor: Redactor, text: str, expected: str) -> None:
    assert redactor.text(text) == expected


def test_colours_and_other_sequences_do_not_hide_a_secret(redactor: Redactor) -> None:
    for inside in ("\x1b[31m", "\x1b[0;1;38;5;208m", "\x1b[K", "\u200b", "\x1b]0;title\x07", "\x00"):
        text = f"\x1b[1muse\x1b[0m {TOKEN[:9]}{inside}{TOKEN[9:]} now"
        assert redactor.text(text) == "\x1b[1muse\x1b[0m [redacted: github-token] now"
    link = f"\x1b]8;;https://a.example/?token={WORD}\x1b\\here\x1b]8;;\x1b\\"
    assert redactor.text(link) == "\x1b]8;;https://a.example/?token=[redacted: token]\x1b\\here\x1b]8;;\x1b\\"
    assert redactor.text(f"xxxx.{TOKEN[4:]}\r{TOKEN[:4]}") == "[redacted: github-token]"


@each_case("start", ["\x1b", "\x1b(", "\x1b[", "\x1b[0;", "\x9b1"])
def test_a_sequence_that_is_cut_off_takes_no_letter_of_a_secret(redactor: Redactor, start: str) -> None:
    assert redactor.text(f"{start} {TOKEN}") == f"{start} [redacted: github-token]"


@each_case("sequence", ["\x1b[2 q", "\x1b[1 A", "\x1b F", "\x1b(B", "\x1b[!p"])
def test_a_sequence_may_touch_a_secret(redactor: Redactor, sequence: str) -> None:
    assert redactor.text(f"{sequence}{TOKEN[:9]}{sequence}{TOKEN[9:]}") == f"{sequence}[redacted: github-token]"


def test_each_sequence_of_a_long_line_costs_no_step_of_the_program(redactor: Redactor) -> None:
    lines: dict[str, int] = {}
    for count in (100, 10_000):
        text = "\x1b[31mok\x1b[0m" * count + f" {TOKEN}"
        with counted(lines, str(count)):
            assert redactor.text(text).endswith("\x1b[0m [redacted: github-token]")
    assert lines["10000"] < 20 * lines["100"]
