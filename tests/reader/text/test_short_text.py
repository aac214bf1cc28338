"""Text in limited space is cut off where a reader sees no difference."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.reader.text.test_hostile_text import HOSTILE_TEXT, is_forbidden
from tests.reader.text.test_safe_text import SCOTLAND
from tests.support.cases import each_case
from tests.support.growth import assert_takes_at_most
from zigtui.reader.text.safe_text import safe_plain, safe_short

NOT_OVERWRITTEN = HOSTILE_TEXT.map(lambda text: text.translate(dict.fromkeys(map(ord, "\rK"))))


CLUSTERS = [
    *("a", " ", "漢", "e\u0301", "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "한", "\u1112\u1161\u11ab", SCOTLAND),
    *("\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
]


@each_case(
    ("text", "max_length", "expected"),
    [
        ("", 5, ""),
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("a\nb", 5, "a ⏎ b"),
        ("a\nbc", 5, "a ⏎ …"),
        ("\x1b[31mred\x1b[m", 3, "red"),
        ("\x1b[31mred\x1b[m!", 3, "re…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("e\u0301e\u0301e\u0301", 5, "e\u0301e\u0301…"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 family", 4, "…"),
        ("\U0001f44d\U0001f3fd thumb", 2, "…"),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 flags", 4, "\U0001f1e9\U0001f1ea…"),
        (SCOTLAND + "!!!", 8, SCOTLAND + "…"),
        ("long", 1, "…"),
        ("long", 0, ""),
    ],
)
def test_short_text_is_cut_off_after_a_whole_character(text: str, max_length: int, expected: str) -> None:
    assert safe_short(text, max_length) == expected


@each_case("visible", ["", SCOTLAND])
@each_case(
    "sequence",
    [
        *("\x1b[31m", "\x1b[1;48:2::1:2:3m", "\x9b31m", "\x1b[?25l", "\x1b(B"),
        *("\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x9dtitle\x9c"),
    ],
)
def test_nothing_of_a_sequence_is_shown_wherever_it_is_cut(sequence: str, visible: str) -> None:
    beginnings = ["b" * count for count in range(21)] + ["b" * 20 + visible]
    for padding in range(200):
        text = "\x1b[m" * padding + "b" * 20 + sequence + visible + "\x1b[m" * 2000
        assert safe_short(text, 100).removesuffix("…") in beginnings


@given(HOSTILE_TEXT, st.integers(0, 40), st.integers(1, 50))
def test_short_text_is_safe_and_no_longer_than_asked_for(text: str, max_length: int, copies: int) -> None:
    short = safe_short(text * copies, max_length)
    assert len(short) <= max_length
    assert not [character for character in short if is_forbidden(character)]
    assert safe_plain(short) == short


@given(HOSTILE_TEXT)
def test_a_text_that_fits_is_not_cut_off(text: str) -> None:
    whole = safe_plain(text)
    assert safe_short(text, max(len(whole), len(text))) == whole


@example("\x1b\x1b\x1b\x1b]0;x\x07", 4, 9)
@given(NOT_OVERWRITTEN, st.integers(1, 40), st.integers(1, 50))
def test_short_text_is_the_beginning_of_the_whole(text: str, max_length: int, copies: int) -> None:
    short, whole = safe_short(text * copies, max_length), safe_plain(text * copies)
    if short != whole:
        assert short.endswith("…")
        beginning = short.removesuffix("…").replace(" ", "")  # only with its end known are the spaces of a line
        assert whole.replace(" ", "").startswith(beginning)


@given(st.lists(st.sampled_from(CLUSTERS)), st.integers(1, 40))
def test_plain_text_is_cut_off_between_the_characters_that_a_reader_sees(clusters: list[str], max_length: int) -> None:
    text = "".join(clusters)
    short = safe_short(text, max_length)
    if len(text) > max_length:
        assert short.removesuffix("…") in {"".join(clusters[:count]) for count in range(len(clusters))}


@each_case(
    "unit", ["word ", "\x1b[31m", "\x1b]", "\x1b", "\u0301", "\n", "\u202e", "\U0001f1e9", "漢字\r", "\x1b[1K", "a\t"]
)
def test_the_time_that_a_short_text_takes_does_not_grow_with_the_text(unit: str) -> None:
    short, long = unit * 1000, unit * 1_000_000
    assert_takes_at_most(10, lambda: safe_short(long, 200), lambda: safe_short(short, 200))
