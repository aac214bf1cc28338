"""The lines of a TOML file on which its keys are."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.growth import assert_grows_linearly
from zigtui.settings.key_lines import begun_key, key_lines


@each_case(
    ("text", "expected"),
    [
        ("", {}),
        ("# a = 1\n\n  # b\n c = 1 # d = 2", {"c": 4}),
        ('a = """\nb = 1"""\nc = 1', {"a": 1, "c": 3}),
        ('a = """\nx"""""\nb = \'\'\'\n"""#[\'\'\'\'\'\nc = 1', {"a": 1, "b": 3, "c": 5}),
        ('a = """\\"""\n\\\\"""\nb = 1', {"a": 1, "b": 3}),
        ('a = "[#\\""\nb = \'{\\\'\nc = 1', {"a": 1, "b": 2, "c": 3}),
        ("a = [\n  1, # ]\n  [2],\n\n]\nb = {c = [\n1]}\nd = 1", {"a": 1, "b": 6, "d": 8}),
        ('"a]" = 1\n\'b#\' = 2\nc."d[" = 3', {"a]": 1, "b#": 2, "c": 3}),
        ("a = 1\n[b.c]\nd = 1\n [[e]] # f\ng = 1\n[b.h]\ni = 2", {"a": 1, "b": 2, "e": 4}),
        ("[a]\n[a.b]\n\n[c]", {"a": 1, "c": 4}),
    ],
)
def test_the_first_line_of_each_key_is_found(text: str, expected: dict[str, int]) -> None:
    assert set(tomllib.loads(text)) == set(expected)
    assert key_lines(text) == expected


@given(st.text(alphabet="=[]{}\"'#\n \t\\,.ab1", max_size=60))
def test_every_key_of_any_sound_file_has_a_line(text: str) -> None:
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    assert set(key_lines(text)) == set(content)


VALUES = {
    "list": ("a = [\n", "  1,\n", "]\n"),
    "text": ('a = """\n', '\\" "" x\n', '"""\n'),
    "literal": ("a = '''\n", "x '' #[\n", "'''\n"),
    "statements": ("", "# a comment\n\n", "a = 1\n"),
}


@each_case(("begin", "line", "end"), VALUES.values(), ids=VALUES)
def test_the_time_grows_with_the_length_of_a_value_and_not_with_its_square(begin: str, line: str, end: str) -> None:
    def find_keys(text: str) -> None:
        assert set(key_lines(text)) == {"a", "b"}

    assert_grows_linearly(2_000, lambda count: begin + line * count + end + "b = 1\n", find_keys)


@each_case(
    ("line", "expected"),
    [("  wrap = yes", "wrap"), ("[ a", "a"), ("[[ 'b' ]]", "b"), ('"c d" =', "c d"), ("= 1", None), ("", None)],
)
def test_the_key_of_a_line_that_is_not_sound(line: str, expected: str | None) -> None:
    assert begun_key(line) == expected


def test_a_line_of_spaces_takes_no_longer_than_others() -> None:
    def find_key(text: str) -> None:
        assert begun_key(text) is None

    assert_grows_linearly(25_000, lambda length: " " * length + "é", find_key)
