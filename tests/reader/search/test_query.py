import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.examples import examples
from tests.support.growth import assert_takes_at_most
from zigtui.reader.search.query import MAX_SEARCHED_CHARS, Query, QueryError, required_texts, shown_text


@each_case(
    ("asked", "line", "spans"),
    [
        ("error", "An Error: error", [(3, 8), (10, 15)]),
        ("Error", "An Error: error", [(3, 8)]),
        ("größe", "die GRÖSSE, die GRÖßE, die Größe", [(16, 21), (27, 32)]),
        ("Größe", "die größe, die Größe", [(15, 20)]),
        ("a.c", "abc a.c", [(4, 7)]),
        ("[x]", "an [X]", [(3, 6)]),
        (" ", "a b", [(1, 2)]),
        ("/", "a/b", [(1, 2)]),
        ("//", "a//b", [(1, 3)]),
        ("/usr", "in /usr", [(3, 7)]),
        ("/a.c/", "abc a.c", [(0, 3), (4, 7)]),
        ("/A.C/", "abc A.C", [(4, 7)]),
        (r"/\Sx\W/", "aX! bx", [(0, 3)]),
        (r"/(?P<word>end)$/", "end THE END", [(8, 11)]),
        ("/a*/", "baac", [(1, 3)]),
        ("/[[a]/", "a", [(0, 1)]),
        ("nothing", "something", []),
    ],
)
def test_matches_of_plain_text_and_of_patterns(asked: str, line: str, spans: list[tuple[int, int]]) -> None:
    query = Query(asked)
    assert query.spans(line) == spans
    assert bool(query.match(line)) == bool(spans)


@each_case(
    ("asked", "message"),
    [
        ("", "nothing to search for"),
        ("/[a/", "wrong pattern: unterminated character set (at 3)"),
        ("/a**/", "wrong pattern: multiple repeat (at 3)"),
        ("/a{99999999999999999999}/", "wrong pattern: repeat count too big (at 3)"),
        (r"/\/", "wrong pattern: bad escape (end of pattern) (at 2)"),
        ("/(?P<\x1b>a)/", None),
        ("/" + "(" * 5000 + ")" * 5000 + "/", "the pattern is too complicated"),
    ],
)
def test_an_invalid_query_is_an_error_in_one_safe_line(asked: str, message: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        Query(asked)
    assert str(caught.value).isprintable()
    assert message in (None, str(caught.value))


PATTERN_PARTS = [*"aabbcc  .*+?|()[]{}^$-,:=!<>#1\\", "(?:", "(?=", "(?!", "(?<=", "(?i)", "(?x)", "(?#", "(?P<n>"]
PATTERN_PARTS += [
    "{1}",
    "{0,1}",
    "{,2}",
    "{e<=1}",
    "{",
    r"\d",
    r"\s",
    r"\b",
    r"\.",
    r"\(",
    r"\x61",
    r"\1",
    "[ab]",
    "[^a]",
]
PATTERN_PARTS += [
    "[]a[b]",
    "[^]a[b]",
    "[]a]",
    "[[:alpha:]]",
    "[a--b]",
    "(a|b)",
    "(a)?",
    "(*FAIL)",
    "a?",
    "b*",
    "c+",
    "a{2}",
]
patterns = st.lists(st.sampled_from(PATTERN_PARTS), min_size=1, max_size=8).map("".join)
texts = st.text(st.sampled_from("aabbccd .()[]{}|+*?-:1#,xe<="), max_size=20)


@pytest.mark.slow
@examples(600)
@given(pattern=patterns, text=texts)
def test_required_texts_are_in_everything_that_a_pattern_matches(pattern: str, text: str) -> None:
    try:
        query = Query(f"/{pattern}/")
    except QueryError:
        return
    for candidate in (text, pattern, *required_texts(pattern)):
        if query.match(candidate):
            assert all(required in candidate for required in required_texts(pattern))


@each_case(
    ("pattern", "needle"),
    [
        (r"disk \d{2}% full", b"% full"),
        (r"^\[error\]\s+(timeout|refused): https?", b"[error]"),
        ('say "hi"', b'say \\"hi\\"'),
        ("äpfel+ grün", b"pfe"),
        ("err\u0264r", b"err"),
        ("[]abc[x]", None),
        ("warn|error", None),
        (r"\w+", None),
        ("(?i)disk", None),
        (r"\x41bc", None),
    ],
)
def test_the_longest_text_that_a_pattern_requires_is_the_needle(pattern: str, needle: bytes | None) -> None:
    assert Query(f"/{pattern}/").needle == needle


def test_lines_are_searched_as_they_are_shown() -> None:
    assert shown_text("\x1b[1mer\x1b[31mror\x1b[0m") == "error"
    assert shown_text("50 %\r100 %") == "100 %"
    assert shown_text("100 %\r\x1b[1m50\x1b[0m\r") == "500 %"
    assert shown_text("1\t2\r3") == "3       2"
    assert len(shown_text("x" * 500_000 + "\ry" * 250_000)) == 500_000  # in no more time than it takes to write it
    assert shown_text("a\tb\x07\u200b") == "a       b␇<U+200B>"
    assert len(shown_text("x" * (MAX_SEARCHED_CHARS - 9) + "\x07" * 20)) == MAX_SEARCHED_CHARS


def test_a_pattern_that_takes_too_long_has_no_spans() -> None:
    text = "a" * 60 + "!"
    query = Query("/(a|aa)+$/")

    def repeat() -> None:
        for _ in range(1000):
            assert query.spans(text) == []

    assert_takes_at_most(100, repeat, lambda: Query("/(a|aa)+$/").spans(text))  # only the first takes so long
    with pytest.raises(TimeoutError):
        query.match(text)
