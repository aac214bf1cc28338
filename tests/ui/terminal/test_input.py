"""Bytes of a terminal, of which any may come, and the events that they become."""

import random
import re
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from textual.events import Event, Key, MouseDown, MouseMove, MouseScrollDown, Paste
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tests.support.cases import each_case
from zigtui.ui.messages import FocusChanged, FocusIsReported
from zigtui.ui.terminal.events import InputEvents
from zigtui.ui.terminal.input import MAX_PASTED_BYTES, PASTE_PAUSE_SECS, POLL_SECS, TerminalInput, Token
from zigtui.ui.terminal.kind import escape_secs

ESCAPE_SECS = 0.1
PIECES = [
    b"\x1b[", b"\x1b", b"\x1bO", b"\x1b[M", b"\x1b[<", b"\x1b[200~", b"\x1b[201~", b"\x1b]", b"\x1bP", b"\x1b\\",
    b"\x07", b"[[", b"A", b"u", b"~", b"M", b"m", b"q", b"1", b"1114112", b"106", b"55296", b"155", b";", b":", b":3",
    b"$", b"?", b"\xe9", b"\xc3", b"\xa9", b"\xff", b"\xf4\x90\x80\x80", b"\xed\xa0\x80", b"\x9b", b"\xc2\x9b",
    b"\x00", b"\x03", b"9" * 400, "漢".encode(), b"48;0;0;0;0t", b"\x1b[?2026;2$y", b"\x1b[<0;3;3M", b"\x1b[5;1R",
    b" ", b"!",
]  # fmt: skip
hostile_bytes = st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=20).map(b"".join)


def events_of(*reads: bytes, silence: float = 10.0) -> list[Message]:
    """The events of some reads, which follow each other at once, and of the silence behind them."""
    received, events = TerminalInput(ESCAPE_SECS), InputEvents()
    tokens = [token for data in reads for token in received.feed(data, 0.0)]
    tokens += received.tick(silence)
    return [event for token in tokens for event in events.events_of(token)]


def described(events: list[Message]) -> list[str]:
    """Keys by name, characters in place of the keys that have one, and other events in brackets."""
    names = []
    for event in events:
        match event:
            case Key():
                is_plain = event.is_printable and "+" not in event.key
                names.append(event.character or "" if is_plain else event.key)
            case Paste():
                names.append(f"<{event.text}>")
            case _:
                names.append(f"<{type(event).__name__}>")
    return names


@each_case("begun", [b"\xc2", b"\xc3", b"\xe9", b"\xe6\xbc", b"\xf0\x9f\x98"])
@each_case(
    ("data", "expected"),
    [(b"\xc2\x9bA", ["up"]), (b"\xc2\x8fB", ["down"]), (b"\x1b[A", ["up"]), (b"j", ["j"]), ("é".encode(), ["é"])],
)
def test_a_character_that_is_not_continued(begun: bytes, data: bytes, expected: list[str]) -> None:
    assert described(events_of(begun + data)) == expected
    assert described(events_of(begun, data)) == expected


@each_case(
    ("data", "expected"),
    [
        (b"jq", ["j", "q"]),
        ("é漢".encode(), ["é", "漢"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b", ["escape", "escape"]),
        (b"\x1b\x1b[A", ["escape", "up"]),
        (b"\x1bj", ["alt+j"]),
        (b"\x1b[", []),
        (b"\x1b[A\x1bOB\x1b[5~\x1b[6~\x1b[1;5C", ["up", "down", "pageup", "pagedown", "ctrl+right"]),
        (b"\x1b[Z\x1b[H\x1b[F\x1b[3~", ["shift+tab", "home", "end", "delete"]),
        (b"\x1b[[A\x1bOP\x1b[7$", ["f1", "f1", "shift+home"]),
        (b"\r\t\x7f\x03\x1a\x10", ["enter", "tab", "backspace", "ctrl+c", "ctrl+z", "ctrl+p"]),
        (b"\x1b[27u\x1b[99;5u\x1b[106;1;106u", ["escape", "ctrl+c", "j"]),
        (b"\x1b[200~two\rlines\x1b[201~q", ["<two\nlines>", "q"]),
        (b"\x1b[200~\x1b[201~q", ["q"]),
    ],
)
def test_keys_and_pastes_are_understood_however_they_are_divided(data: bytes, expected: list[str]) -> None:
    assert described(events_of(data)) == expected
    assert described(events_of(*(data[at : at + 1] for at in range(len(data))))) == expected
    for at in range(len(data)):
        assert described(events_of(data[:at], data[at:])) == expected


@each_case(
    ("data", "expected"),
    [
        (b"\xe9", []),
        (b"caf\xe9", ["c", "a", "f"]),
        (b"\xff\xfe\xc3", []),
        (b"\xf4\x90\x80\x80\xed\xa0\x80", []),
        (b"\x9b\xc2\x9b", []),
        (b"\x1b\xe9", []),
        (b"\x1b[M \xc0\xc1", []),
        (b"\x1b[M\xff\xff\xff", []),
        (b"\x1b[M qq", []),
        (b"\x1b[106;1:1u", ["j"]),
        (b"\x1b[106;1:2u", ["j"]),
        (b"\x1b[106;1:3u", []),
        (b"\x1b[106:74:106;2:1;74u", ["J"]),
        (b"\x1b[1089::99;5u", ["ctrl+c"]),
        (b"\x1b[1089:1057:99;6:1u", ["ctrl+shift+c"]),
        (b"\x1b[1079::112;69u", ["ctrl+p"]),
        (b"\x1b[228::39;5u", ["ctrl+apostrophe"]),
        (b"\x1b[97::113;5u", ["ctrl+a"]),
        (b"\x1b[1089::1089;5u", [described(events_of(b"\x1b[1089;5u"))[0]]),
        (b"\x1b[99999999999999999999::99999999999999999999;5u", []),
        (b"\x1b[1089::99;1;1089u", ["с"]),
        (b"\x1b[1;1:1A", ["up"]),
        (b"\x1b[1;1:3A", []),
        (b"\x1b[5;1:3~", []),
        (b"\x1b[1114112u", []),
        (b"\x1b[99999999999999999999u", []),
        (b"\x1b[97;1;1114112u", []),
        (b"\x1b[55296u", []),
        (b"\x1b[97;1;155u", []),
        (b"\x1b[" + b"1" * 9000 + b"u", []),
        (b"\x1b[" + b"1" * 9000 + b"q", []),
        (b"\x1b[<0;0;0M", []),
        (b"\x1b[<0;99999;1M", []),
        (b"\x1b[<0;-3;-3M", []),
        (b"\x1b[0;3;3M", []),
        (b"\x1b[48;9999;9999;0;0t", []),
        (b"\x1b[?62;22c\x1b[0n\x1b[12;40R", []),
        (b"\x1b[?1004;0$y", []),
        (b"\x1b]11;rgb:ffff/qqqq/0000\x07", []),
        (b"\x1b]11;" + b"q" * 9000 + b"\x1b\\", []),
        (b"\x1bP1+r5463=q\x1b\\", []),
        (b"\x1b[?1;2;3;q", []),
        (b"\x1b[1$q\x1b[ q\x1b[!p\x1b[4;1$y\x1b[99$z", []),
        (b"\x1b[12\xe9", []),
        (b"\x1b[201~", []),
        (b"\x1b[200~caf\xe9 \x00\x1b[31m\x9b\x1b[201~", ["<caf\ufffd [31m\ufffd>"]),
    ],
)
def test_what_nobody_understands_is_ignored_and_a_key_behind_it_is_not(data: bytes, expected: list[str]) -> None:
    assert described(events_of(data + b"\x1b[A")) == [*expected, "up"]
    assert described(events_of(data) + events_of(b"q")) == [*expected, "q"]
    for at in range(0, len(data), max(1, len(data) // 20)):
        assert described(events_of(data[:at], data[at:], b"\x1b[A")) == [*expected, "up"]


@each_case("bits", [7, 8])
@each_case("encoding", ["latin-1", "utf-8"])
@each_case(
    ("sequence", "expected"),
    [
        ("\x9bA\x8fB\x9b5~\x9b106;1u", ["up", "down", "pageup", "j"]),
        ("\x9b<0;3;3M", ["<MouseDown>"]),
        ("\x9b?1004;2$y\x9bI", ["<FocusIsReported>", "<FocusChanged>"]),
        ("\x9b0n\x9b?62;22c", []),
        ("\x9d11;rgb:q/q/q\x9c\x9dq\x07\x90q\x9c\x98q\x9c\x9eq\x9c\x9fq\x9c", []),
        ("\x9dq", []),
        ("\x9b200~two\rlines\x9b201~", ["<two\nlines>"]),
    ],
)
def test_controls_of_8_bits_are_those_of_7_bits(sequence: str, expected: list[str], encoding: str, bits: int) -> None:
    if bits == 7:
        sequence = re.sub("[\x80-\x9f]", lambda match: f"\x1b{chr(ord(match[0]) - 0x40)}", sequence)
    data = sequence.encode(encoding)
    assert described(events_of(data + b"\x1b[A")) == [*expected, "up"]
    assert described(events_of(data) + events_of(b"q")) == [*expected, "q"]
    for at in range(len(data)):
        assert described(events_of(data[:at], data[at:], b"\x1b[A")) == [*expected, "up"]


def test_bytes_of_characters_are_no_controls() -> None:
    text = "śŏŝœ✜\N{GRINNING FACE}\N{FISHING POLE AND FISH}".encode()  # with each of these bytes
    assert described(events_of(text)) == list(text.decode())
    assert described(events_of(*(text[at : at + 1] for at in range(len(text))))) == list(text.decode())
    assert described(events_of(b"\x1b]0;" + text + b"q\x1b\\j")) == ["j"]
    for introducer in (b"\x1b[", b"\xc2\x9b"):
        data = introducer + b"200~" + text + "ś201~".encode() + introducer + b"201~j"
        assert described(events_of(data)) == [f"<{text.decode()}ś201~>", "j"]


def test_text_in_a_paste_does_not_end_it_in_another_way() -> None:
    for inside in (b"\x9b201~q", b"\xc2\x9b201~q", b"\x1b[20\x1b[2q"):
        (pasted,) = events_of(b"\x1b[200~" + inside + b"\x1b[201~")
        assert isinstance(pasted, Paste)


@each_case("before", ["\x9bA", "\x9b200~q\x9b201~", "\x9d0;q\x9c\x9bI", "\x9b200~q\x03"])
@each_case("encoding", ["latin-1", "utf-8"])
def test_a_paste_of_7_bits_does_not_end_in_8_bits_because_of_what_came_before(before: str, encoding: str) -> None:
    inside = "a\x9b201~b\x9d201~c".encode(encoding)
    events = events_of(before.encode(encoding), b"\x1b[200~" + inside + b"\x1b[201~j")
    pasted = [event for event in events if isinstance(event, Paste)][-1]
    assert pasted.text.startswith("a")
    assert pasted.text.endswith("c")
    assert described(events)[-1] == "j"


def test_reports_of_the_mouse_are_understood() -> None:
    down, drag, wheel = events_of(b"\x1b[<0;3;5M\x1b[<32;4;5M\x1b[<65;4;5M")
    assert isinstance(down, MouseDown)
    assert (down.x, down.y, down.button) == (2, 4, 1)
    assert isinstance(drag, MouseMove)
    assert (drag.x, drag.delta_x, drag.button) == (3, 1, 1)
    assert isinstance(wheel, MouseScrollDown)


def test_the_answer_about_synchronized_output_is_understood() -> None:
    (answer,) = events_of(b"\x1b[?2026;2$y")
    assert isinstance(answer, TerminalSupportsSynchronizedOutput)
    assert events_of(b"\x1b[?2026;0$y") == []


def test_the_focus_of_the_terminal_is_understood() -> None:
    received = events_of(b"\x1b[I\x1b[O\x1b[?1004;2$y")
    assert [event.has_focus for event in received if isinstance(event, FocusChanged)] == [True, False]
    assert isinstance(received[-1], FocusIsReported)


def test_escape_waits_for_what_may_follow_and_no_longer() -> None:
    received = TerminalInput(ESCAPE_SECS)
    assert list(received.feed(b"\x1b", 0.0)) == []
    assert list(received.tick(ESCAPE_SECS / 2)) == []
    assert [token.text for token in received.tick(ESCAPE_SECS)] == ["\x1b"]
    assert list(received.tick(ESCAPE_SECS * 2)) == []


def test_only_an_escape_alone_is_hurried() -> None:
    received = TerminalInput(0.025)
    list(received.feed(b"\x1b", 0.0))
    assert received.wait_secs == 0.025
    list(received.tick(0.025))
    for start in (b"\x1b[", b"\x1b[1;", b"\x1bO", b"\x1b[200~\x1b"):
        received = TerminalInput(0.025)
        list(received.feed(start, 0.0))
        assert received.wait_secs == POLL_SECS
        assert list(received.tick(0.05)) == []
    received = TerminalInput(0.025)
    tokens = [*received.feed(b"\x1b[", 0.0), *received.tick(0.05), *received.feed(b"A", 0.05)]
    assert [token.text for token in tokens] == ["\x1b[A"]


def test_a_slow_link_may_divide_a_sequence_anywhere() -> None:
    for sequence in (b"\x1b[A", b"\x1bOA", b"\x1b[1;5A"):
        for cut in range(1, len(sequence)):
            received = TerminalInput(1.0)
            assert list(received.feed(sequence[:cut], 0.0)) == []
            assert received.wait_secs == POLL_SECS
            assert list(received.tick(0.9)) == []
            assert [token.text for token in received.feed(sequence[cut:], 0.9)] == [sequence.decode()]


@each_case(
    ("delay", "expected"), [(None, 0.025), ("100", 0.1), ("1", 0.001), ("", 0.025), ("0", 0.025), ("soon", 0.025)]
)
def test_the_user_decides_how_long_escape_waits(delay: str | None, expected: float) -> None:
    assert escape_secs({} if delay is None else {"ESCDELAY": delay}) == expected


def paste_that_stops(text: bytes, behind: bytes, pause: float = PASTE_PAUSE_SECS) -> list[str]:
    """A paste without an end, a pause, and what comes behind it."""
    received, events = TerminalInput(ESCAPE_SECS), InputEvents()
    tokens = [*received.feed(b"\x1b[200~" + text, 0.0), *received.tick(pause), *received.feed(behind, pause)]
    tokens += received.tick(2 * pause + PASTE_PAUSE_SECS)
    return described([event for token in tokens for event in events.events_of(token)])


@each_case("text", [b"", b"text", b"te\x1b[20", b"caf\xe9"])
def test_a_paste_without_an_end_leaves_keys_alive(text: bytes) -> None:
    pasted = {b"": [], b"te\x1b[20": ["<te>"], b"caf\xe9": ["<caf\ufffd>"]}.get(text, ["<text>"])
    assert paste_that_stops(text, b"q") == [*pasted, "q"]
    assert paste_that_stops(text, b"\x1b[A") == [*pasted, "up"]
    assert paste_that_stops(text, b"\x1b[200~more\x1b[201~")[-1] in ("<more>", "<[200~more>")
    assert paste_that_stops(text, b"\x03", pause=0.01) == ["ctrl+c"]
    for interrupt in (b"\x1b[99;5u", b"\x1b[1089::99;5u", b"\x1b[99;133u"):
        assert paste_that_stops(text, interrupt, pause=0.01) == ["ctrl+c"]
    assert paste_that_stops(text, b"and more of it\x03", pause=0.01) == ["ctrl+c"]


def test_a_paste_that_pauses_goes_on() -> None:
    assert paste_that_stops(b"one", b"q, and quit\nnow \x1b[201~") == ["<one>", "<q, and quit\nnow >"]
    assert paste_that_stops(b"one", b"a line that is longer than a key") == [
        "<one>",
        "<a line that is longer than a key>",
    ]
    assert paste_that_stops(b"one", b"\x1b[201~") == ["<one>"]


def test_a_large_paste_is_cut_off_and_its_end_is_found() -> None:
    pasted, key = events_of(b"\x1b[200~", *[b"x" * 4096] * 300, b"\x1b[2", b"01~q")
    assert isinstance(pasted, Paste)
    assert pasted.text == "x" * MAX_PASTED_BYTES
    assert described([key]) == ["q"]


@given(hostile_bytes, st.lists(st.integers(0, 200), max_size=4), st.booleans())
@example(b"\x9bI\x9bO\x1b[?1004;2$y", [], False)
def test_no_bytes_fail_and_keys_work_behind_them(data: bytes, cuts: list[int], quick: bool) -> None:
    received, events = TerminalInput(ESCAPE_SECS), InputEvents()
    now = 0.0
    tokens: list[Token] = []
    for start, end in pairwise(sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})):
        tokens += received.feed(data[start:end], now)
        now += 0.01 if quick else 1.0
        tokens += received.tick(now)
    for event in (event for token in tokens for event in events.events_of(token)):
        assert isinstance(event, Event | FocusChanged | FocusIsReported | TerminalSupportsSynchronizedOutput)
        if isinstance(event, Key | Paste):
            text = event.text if isinstance(event, Paste) else event.character or ""
            text.encode()  # no surrogates, which could not be drawn
            assert not any("\x80" <= character <= "\x9f" for character in text)
    now += 10
    list(received.tick(now))
    behind = [event for token in received.feed(b"q", now + 1) for event in events.events_of(token)]
    assert described(behind) == ["q"]


def test_memory_and_time_are_limited() -> None:
    chance = random.Random(1)
    received = TerminalInput(ESCAPE_SECS)
    for introducer in (b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b[200~"):
        for _ in range(500):
            list(received.feed(introducer if chance.random() < 0.001 else b"1" * 4096, 0.0))
        list(received.feed(b"\x1b\\\x1b[201~", 0.0))
        assert list(received.tick(10)) == []
