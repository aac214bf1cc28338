"""None"""

import pytest

from tests.support.cases import each_case
from zigtui.reader.text.safe_text import PLAIN, Span, TextStyle, safe_plain, safe_spans

RED = TextStyle(foreground=1)


BIDI_CONTROLS = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def shown(text: str) -> str:
    return "".join(span.text for span in safe_spans(text))


def style_of(parameters: str) -> TextStyle:
    """The style of a text after the SGR with these parameters."""
    (span,) = safe_spans(f"\x1b[{parameters}mx")
    return span.style


# Plain text


def test_empty_text_has_no_spans() -> None:
    assert safe_spans("") == []
    assert safe_plain("") == ""


@each_case(
    "text",
    [
        "plain text",
        "[bold]not markup[/] [/] \\[x]",
        "漢字 e\u0301 \U0001f680",
        "\u0301 after nothing",
        "no\u00a0break\u2009thin\u3000wide",
        "soft\u00adhyphen",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0915\u094d\u200d\u0937",
        "private \ue000 unassigned \u0378 \U000f0000",
        SCOTLAND,
    ],
)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert safe_spans(text) == [Span(text, PLAIN)]
    assert safe_plain(text) == text


def test_harmless_text_stays_beside_a_sequence() -> None:
    assert safe_spans("\u0301[b]漢\x1b[m e\u0301\u200d[/]") == [Span("\u0301[b]漢 e\u0301\u200d[/]", PLAIN)]


# SGR


@each_case(
    ("parameters", "style"),
    [
        ("", PLAIN),
        ("0", PLAIN),
        ("1", TextStyle(bold=True)),
        ("2", TextStyle(dim=True)),
        ("3", TextStyle(italic=True)),
        ("4", TextStyle(underline=True)),
        ("4:3", TextStyle(underline=True)),
        ("4;4:0", PLAIN),
        ("21", TextStyle(underline=True)),
        ("7", TextStyle(reverse=True)),
        ("9", TextStyle(strike=True)),
        ("01;031", TextStyle(bold=True, foreground=1)),
        ("1;2;22", PLAIN),
        ("3;4;7;9;23;24;27;29", PLAIN),
        ("31;42", TextStyle(foreground=1, background=2)),
        ("90;107", TextStyle(foreground=8, background=15)),
        ("31;42;39", TextStyle(background=2)),
        ("31;42;49", RED),
        ("1;31;0;3", TextStyle(italic=True)),
        ("1;;31", RED),
        ("38;5;208", TextStyle(foreground=208)),
        ("48;5;0;1", TextStyle(background=0, bold=True)),
        ("38;2;1;2;3", TextStyle(foreground=(1, 2, 3))),
        ("48;2;;;255;4", TextStyle(background=(0, 0, 255), underline=True)),
        ("38:5:208", TextStyle(foreground=208)),
        ("38:2::1:2:3", TextStyle(foreground=(1, 2, 3))),
        ("38:2:1:2:3;1", TextStyle(foreground=(1, 2, 3), bold=True)),
        ("48:2:0:1:2:3:0:1", TextStyle(background=(1, 2, 3))),
    ],
)
def test_sgr_becomes_a_style(parameters: str, style: TextStyle) -> None:
    assert style_of(parameters) == style


@each_case(
    "parameters",
    [
        *("5", "6", "8", "25", "28"),  # a log may not blink or hide
        *("10", "99", "58;5;1", "58;2;1;4;7", "58:2::1:4:7"),
        *("38", "38;", "38;5", "38;2;1;2", "38:5", "38:2:1:2", "38;7;1;4"),
        *("38;5;256", "48;2;1;2;256", "38:5:256", "38:5:1:2", "1:2", ":::", "4:"),
        "9" * 100,
        "9" * 100_000,
        "1;" * 100_000,
        "?1",
        ">4;1",
        "1 ",
    ],
)
def test_an_sgr_that_asks_for_nothing_known_is_ignored(parameters: str) -> None:
    assert style_of(parameters) == PLAIN


def test_a_line_is_cut_into_spans_where_the_style_changes() -> None:
    assert safe_spans("a\x1b[31mb\x1b[1mc\x1b[md") == [
        Span("a", PLAIN),
        Span("b", RED),
        Span("c", TextStyle(foreground=1, bold=True)),
        Span("d", PLAIN),
    ]


def test_spans_of_the_same_style_are_one() -> None:
    assert safe_spans("\x1b[31ma\x1b[0;31mb\x1b[1;22m\x1b[2Jc\x1b[m") == [Span("abc", RED)]
    assert safe_spans("\x00\x1b[31m\x00") == [Span("␀␀", PLAIN, marker=True)]


# Other control sequences


@each_case(
    "sequence",
    [
        *("\x1b[2J", "\x1b[H", "\x1b[10;20H", "\x1b[3A", "\x1b[?1049h", "\x1b[?25l", "\x1b[6n", "\x1b[>c"),
        *("\x1b[!p", "\x1b[1 q", "\x1b[0 1m", "\x1b[3K", "\x1b[?K", "\x1b[1;2K", "\x9b2J", "\x9b31m"),
        *("\x1bc", "\x1b7", "\x1b=", "\x1bM", "\x1b(B", "\x1b#8", "\x1b%G", "\x1b\\", "\x1b $(B"),
        *("\x1b]0;x\x07", "\x1b]52;c;aGk=\x07", "\x1b]0;title\x1b\\", "\x1b]2;t\u202eitle\x9c", "\x9d0;x\x07"),
        *("\x1bP1;2|tab\tand\rreturn\x1b\\", "\x1bXsos\x1b\\", "\x1b^pm\x1b\\", "\x1b_Gf=24;aGk=\x1b\\"),
        *("\x90dcs\x9c", "\x98sos\x9c", "\x9epm\x9c", "\x9fapc\x07", "\x1b]\x07"),
    ],
)
def test_a_control_sequence_is_dropped_whole(sequence: str) -> None:
    text = f"before{sequence}after"
    assert shown(text) == "beforeafter"
    assert safe_plain(text) == "beforeafter"


def test_8_bit_sgr_is_one() -> None:
    assert safe_spans("\x9b31mx") == [Span("x", RED)]


def test_a_hyperlink_leaves_its_text() -> None:
    assert safe_spans("\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\!") == [Span("text!", PLAIN)]


@each_case(
    ("text", "expected"),
    [
        ("\x1b[3\x1b[31mx", "x"),
        ("\x1b[3\x9b31mx", "x"),
        ("\x1b[3\x07mx", "␇mx"),
        ("a\x1b[3\rX", "X"),
        ("\x1b\x1b\x1b[31mx", "x"),
        ("\x1b(\x18x", "␘x"),
        ("\x1b\rx", "x"),
        ("\x1b[31éx", "éx"),
    ],
)
def test_an_interrupted_sequence_is_dropped_up_to_what_interrupts_it(text: str, expected: str) -> None:
    assert shown(text) == expected


@each_case("sequence", ["\x1b[", "\x1b[31", "\x9b", "\x1b("])
def test_a_sequence_cut_off_at_the_end_is_dropped(sequence: str) -> None:
    assert safe_spans("x" + sequence) == [Span("x", PLAIN)]


@pytest.mark.parametrize(("text", "expected"), [("x\x1b", "x␛"), ("x\x1b\x1b", "x␛"), ("\x1bé", "␛é")])
def test_an_escape_that_begins_nothing_is_visible(text: str, expected: str) -> None:
    assert shown(text) == expected


@each_case(
    ("introducer", "marker"),
    [
        *(("\x1b]", "␛]"), ("\x1bP", "␛P"), ("\x1bX", "␛X"), ("\x1b^", "␛^"), ("\x1b_", "␛_")),
        *(("\x9d", "\\x9d"), ("\x90", "\\x90"), ("\x98", "\\x98"), ("\x9e", "\\x9e"), ("\x9f", "\\x9f")),
    ],
)
def test_a_string_without_an_end_stays_visible(introducer: str, marker: str) -> None:
    assert safe_spans(f"a{introducer}0;rest") == [
        Span("a", PLAIN),
        Span(marker, PLAIN, marker=True),
        Span("0;rest", PLAIN),
    ]


def test_a_string_without_an_end_does_not_reach_to_the_end_of_another() -> None:
    assert shown("\x1b]0;lost \x1b[31mred\x1b[m \x1b]0;title\x07tail") == "␛]0;lost red tail"
    assert shown("\x1b]0;lost\nline\x07") == "␛]0;lost⏎line␇"


# Carriage return, erasure and tabs


@each_case(
    ("text", "expected"),
    [
        ("abc\rX", "Xbc"),
        ("progress 10%\rprogress 100%", "progress 100%"),
        ("abc\r", "abc"),
        ("abc\r\r", "abc"),
        ("\rabc", "abc"),
        ("abc\r\x1b[K", ""),
        ("long line\r\x1b[Kok", "ok"),
        ("long line\x1b[2K\rok", "ok"),
        ("long line\x1b[1K\rok", "ok"),
        ("long line\x1b[2K", ""),
        ("abc\x1b[2Kd", "   d"),
        ("abcdef\rab\x1b[1K", "   def"),
        ("abcdef\rab\x1b[0K", "ab"),
        ("abc\x1b[Kd", "abcd"),
        ("漢字\rX", "X 字"),
        ("漢字\rabc", "abc "),
        ("a漢\r字", "字 "),
        ("漢字\rX\x1b[1K", "  字"),
        ("a漢字\rXY\x1b[K", "XY"),
        ("e\u0301a\u0301\rX", "Xa\u0301"),
        ("漢\u0301字\rX", "X 字"),
        ("abc\x1b[2K\u0301", "   \u0301"),
        ("ab\r\u0301", "\u0301ab"),
        (f"{SCOTLAND}x\rX", "X x"),
    ],
)
def test_the_line_is_what_remains_in_the_end(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert safe_plain(text) == expected


def test_text_over_text_has_its_own_style() -> None:
    assert safe_spans("\x1b[31mabc\r\x1b[mX") == [Span("X", PLAIN), Span("bc", RED)]


@each_case(
    ("text", "expected"),
    [
        ("\tx", " " * 8 + "x"),
        ("abc\tx", "abc     x"),
        ("12345678\tx", "12345678        x"),
        ("漢字\tx", "漢字    x"),
        ("e\u0301\tx", "e\u0301       x"),
        ("\x1b[31ma\x1b[m\tx", "a       x"),
        ("abcdefghij\r\tX", "abcdefghXj"),
        ("abcdefg漢\r\tX", "abcdefg X"),
        ("abcdefg漢\r\t\u0301", "abcdefg漢\u0301"),
    ],
)
def test_a_tab_goes_to_the_next_multiple_of_8_cells(text: str, expected: str) -> None:
    assert shown(text) == expected


# Visible markers


@each_case(
    ("character", "marker"),
    [
        *(("\x00", "␀"), ("\x07", "␇"), ("\x08", "␈"), ("\x0b", "␋"), ("\x1f", "␟"), ("\x7f", "␡")),
        *(("\x80", "\\x80"), ("\x85", "\\x85"), ("\x9c", "\\x9c")),
        *(("\u2028", "<U+2028>"), ("\u2029", "<U+2029>"), ("\ud800", "<U+D800>"), ("\udfff", "<U+DFFF>")),
        *(("\u061c", "<U+061C>"), ("\u200f", "<U+200F>"), ("\u202e", "<U+202E>"), ("\u2066", "<U+2066>")),
        *(("\ufeff", "<U+FEFF>"), ("\u200b", "<U+200B>"), ("\u2060", "<U+2060>"), ("\u2064", "<U+2064>")),
        *(("\U000e0001", "<U+E0001>"), ("\U000e0041", "<U+E0041>"), ("\U000e007f", "<U+E007F>")),
    ],
)
def test_a_control_or_hidden_character_becomes_a_marker(character: str, marker: str) -> None:
    text = f"\x1b[31ma{character}b"
    assert safe_spans(text) == [Span("a", RED), Span(marker, PLAIN, marker=True), Span("b", RED)]
    assert safe_plain(text) == f"a{marker}b"


def test_a_newline_in_a_line_becomes_a_marker() -> None:
    assert safe_spans("a\nb") == [Span("a", PLAIN), Span("⏎", PLAIN, marker=True), Span("b", PLAIN)]


def test_text_hidden_in_the_tags_of_a_flag_is_visible() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "ignoreall")
    assert shown(f"\U0001f3f4{hidden}\U000e007f").startswith("\U0001f3f4<U+E0069><U+E0067>")


# Names, prompts and errors


@each_case(
    ("text", "expected"),
    [
        ("a\nb", "a ⏎ b"),
        ("a\r\nb", "a ⏎ b"),
        ("a \n\n  b\n", "a ⏎ ⏎ b ⏎"),
        ("a\tb\t\tc", "a b  c"),
        (" \x1b[31mred\x1b[0m ", " red "),
        ("10%\r100%\n20%\r30", "100% ⏎ 30%"),
        ("a\u202e\x07\n\x1b", "a<U+202E>␇ ⏎ ␛"),
        ("\x1b]0;a\nb\x07", "␛]0;a ⏎ b␇"),
    ],
)
def test_plain_text_is_one_line(text: str, expected: str) -> None:
    assert safe_plain(text) == expected


@pytest.mark.parametrize(("newline", "expected"), [("", "a b"), ("|", "a | b")])
def test_plain_text_joins_its_lines_as_requested(newline: str, expected: str) -> None:
    assert safe_plain("a\nb", newline=newline) == expected


# Text of great length: only a linear algorithm finishes in the time a test has


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b" * 1_000_000, "␛"),
        ("\r" * 1_000_000, ""),
        ("abc\r" * 100_000, "abc"),
        ("\x1b]" * 100_000, "␛]" * 100_000),
        ("\x9d" * 100_000, "\\x9d" * 100_000),
        ("\x1b]" + "a" * 1_000_000, "␛]" + "a" * 1_000_000),
        ("\x1b[" + "1" * 1_000_000, ""),
        ("a" + "\u0301\x1b[m" * 100_000, "a" + "\u0301" * 100_000),
        ("a" * 100_000 + "\x1b[1Kb" * 100_000 + "\r\x1b[K", ""),
        ("a" * 100_000 + "\u0301\x1b[2K" * 100_000, ""),
        ("漢\ra\r" * 100_000, "a "),
    ],
    ids=str.__len__,
)
def test_the_time_taken_is_linear(text: str, expected: str) -> None:
    assert shown(text) == expected
