"""Whatever a text holds, it is safe to show, and looks as in a terminal."""

import unicodedata
from itertools import pairwise

import pyte
import pyte.graphics
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.text.test_safe_text import BIDI_CONTROLS, SCOTLAND, shown
from zigtui.reader.text.safe_text import Color, safe_plain, safe_spans

FRAGMENTS = st.sampled_from(
    [
        *("\x1b", "\x1b[", "\x9b", "\x1b]", "\x9d", "\x90", "\x1bP", "\x1b_", "\x1b\\", "\x9c", "\x07", "\x18"),
        *("\r", "\n", "\r\n", "\t", "\x08", "\x00", "\x7f", "\x85", "m", "K", ";", ":", "?", "(", "3", "38;5;"),
        *("\x1b[31m", "\x1b[1;48:2::1:2:3m", "\x1b[m", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[2J", "\x1b]0;x\x07"),
        *("abc", "漢字", "e\u0301", "\u0301", "\u200d", "\ufe0f", "\u00a0", "\u202e", "\ufeff", "\ud83d", "\u2028"),
        *("\U0001f468", SCOTLAND, "\U0001f3f4", "\U000e0067", "\U000e007f", "[bold]"),
    ]
)


HOSTILE_TEXT = st.lists(FRAGMENTS | st.text(st.characters(), max_size=5), max_size=25).map("".join)


def is_forbidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or ord(character) in BIDI_CONTROLS


@given(HOSTILE_TEXT)
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    assert not [character for character in shown(text) + safe_plain(text) if is_forbidden(character)]


@given(HOSTILE_TEXT)
def test_safe_text_is_not_changed_again(text: str) -> None:
    for safe in (shown(text), safe_plain(text)):
        assert safe_plain(safe) == safe
        assert shown(safe) == safe


@given(HOSTILE_TEXT)
def test_spans_are_not_empty_and_each_differs_from_the_next(text: str) -> None:
    spans = safe_spans(text)
    assert all(span.text for span in spans)
    assert all((a.style, a.marker) != (b.style, b.marker) for a, b in pairwise(spans))


STYLED_RUNS = st.lists(
    st.sampled_from(["a", "bc ", "\t", "\u6f22", "e\u0301", "\u0301", "\x1b[31m", "\x1b[m", "\x1b[1;4m", "\x9b32m"])
).map("".join)


@given(STYLED_RUNS)
def test_styled_text_is_the_same_if_it_is_played_on_a_line(text: str) -> None:
    assert safe_spans(text) == safe_spans(f"{text}\x1b[K")  # which erases what follows: nothing


@given(st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" ")))
def test_printable_text_is_never_changed(text: str) -> None:
    assert shown(text) == text
    assert safe_plain(text) == text
    assert shown(f"{text}\x1b[m") == text


# A real terminal emulator shows the same

COLOR_NAMES = ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]


COLOR_NAMES += [f"bright{name}" for name in COLOR_NAMES]


BYTES = st.integers(0, 255)


SGR = st.lists(
    st.sampled_from([0, 1, 3, 4, 7, 9, 22, 23, 24, 27, 29, *range(30, 38), 39, *range(40, 48), 49]).map(str)
    | st.integers(90, 97).map(str)
    | st.integers(100, 107).map(str)
    | st.builds("{};5;{}".format, st.sampled_from([38, 48]), st.integers(16, 255))
    | st.builds("{};2;{};{};{}".format, st.sampled_from([38, 48]), BYTES, BYTES, BYTES),
    max_size=4,
).map(lambda parameters: f"\x1b[{';'.join(parameters)}m")


TERMINAL_TEXT = st.lists(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
    | st.sampled_from(["\r", "\t", "\x1b[K", "\x1b[0K", "\x1b[1K", "\x1b[2K"])
    | SGR,
    max_size=24,  # 8 columns each: the line does not wrap
).map("".join)


def emulated(text: str) -> pyte.Screen:
    screen = pyte.Screen(200, 1)
    pyte.Stream(screen).feed(text)
    return screen


def pyte_color(color: Color | None) -> str:
    if color is None:
        return "default"
    if isinstance(color, tuple):
        return "{:02x}{:02x}{:02x}".format(*color)
    return str(pyte.graphics.FG_BG_256[color]) if color > 15 else COLOR_NAMES[color]


@given(TERMINAL_TEXT)
def test_a_terminal_emulator_shows_the_same_text(text: str) -> None:
    assert shown(text).rstrip() == emulated(text).display[0].rstrip()


@given(TERMINAL_TEXT)
def test_a_terminal_emulator_shows_the_same_styles(text: str) -> None:
    row = emulated(text).buffer[0]
    column = 0
    for span in safe_spans(text):
        style = span.style
        for character in span.text:
            cell = row[column]
            column += 1
            if character == " ":
                continue  # pyte gives the current style to the cells it erases
            assert cell.data == character
            assert cell.fg == pyte_color(style.foreground)
            assert cell.bg.replace("bfight", "bright") == pyte_color(style.background)  # a slip of pyte
            assert (cell.bold, cell.italics, cell.underscore) == (style.bold, style.italic, style.underline)
            assert (cell.reverse, cell.strikethrough) == (style.reverse, style.strike)
