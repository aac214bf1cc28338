import json

import pytest

from tests.support.cases import each_case
from tests.support.growth import assert_grows_linearly
from tests.support.logs import Log
from zigtui.reader.lines.decode import MalformedLineError, Output, decode, integer, output, text, texts
from zigtui.reader.lines.problems import ProblemKind


def malformed(line: bytes) -> MalformedLineError:
    """The error for a line that is not an event."""
    with pytest.raises(MalformedLineError) as caught:
        decode(line)
    return caught.value


@each_case(
    "line",
    [
        b'{"type":"heartbeat","seq":1}',
        b'{ "seq" : 1,\t"type" : "heartbeat" }',
        b'{"type":"heartbeat","seq":1}\r',
        b'  {"type":"heartbeat","seq":1}\n',
    ],
    ids=["other key order", "spaces", "carriage return", "newline"],
)
def test_an_event_may_be_spaced_and_ordered_in_any_way(line: bytes) -> None:
    assert decode(line) == {"seq": 1, "type": "heartbeat"}


def test_unknown_fields_are_kept() -> None:
    assert decode(b'{"type":"heartbeat","later":{"x":[1]}}')["later"] == {"x": [1]}


@each_case(
    "line",
    [
        b"",
        b"not json",
        b'{"type":"heartbeat"',
        b"\x00\x00\x00",
        b'\x00{"type":"heartbeat"}',
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":"raw\x01control"}',
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda line: repr(line[:16]),
)
def test_a_line_that_is_not_json_is_malformed(line: bytes) -> None:
    error = malformed(line)
    assert (error.kind, error.event) == (ProblemKind.BAD_JSON, None)
    assert str(error).startswith("not JSON: ")


ONE, TWO, THREE = (line.decode() for line in Log().says("a", "}{ \\").beat().says("b", "wörd {").lines)


@each_case(
    ("line", "starts"),
    [
        ("{}{}", [0, 2]),
        (ONE + TWO, [0, len(ONE)]),
        (ONE + TWO + THREE, [0, len(ONE), len(ONE + TWO)]),
        (f" {ONE} \t{TWO}\r", [1, len(ONE) + 3]),
        (THREE + ONE, [0, len(THREE.encode())]),
        (ONE + THREE.replace("wörd", "\\ud800"), [0, len(ONE)]),
        ("\ufeff" + ONE + TWO, [3, 3 + len(ONE)]),
    ],
)
def test_all_events_that_are_glued_together_are_found(line: str, starts: list[int]) -> None:
    error = malformed(line.encode())
    assert (error.kind, error.is_part_lost) == (ProblemKind.GLUED, False)
    assert str(error) == f"{len(starts)} events on one line"
    assert [start for start, _ in error.found] == starts
    for (start, event), end in zip(error.found, [*starts[1:], None], strict=True):
        assert decode_leniently(line.encode()[start:end]) == event


def decode_leniently(line: bytes) -> object:
    """An event that may contain half of a surrogate pair."""
    return json.loads(line.replace(b"\\ud800", b"\\ufffd"))


def test_bad_bytes_in_one_of_two_glued_events_hide_neither() -> None:
    error = malformed(ONE.encode() + THREE.encode("latin-1"))
    assert (error.kind, str(error)) == (ProblemKind.GLUED, "2 events on one line")
    assert [event["line"] for _, event in error.found] == ["}{ \\", "w\ufffdrd {"]


@each_case(
    ("line", "starts"),
    [
        (ONE + TWO[:-5], [0]),
        (ONE[:-5] + TWO, [len(ONE) - 5]),
        (ONE[:30] + TWO + THREE[:40], [30]),
        ("\0\0\0" + TWO, [3]),
        (ONE + ", " + TWO, [0, len(ONE) + 2]),
        (ONE[:50] + TWO + THREE, [50, 50 + len(TWO)]),
    ],
)
def test_whole_events_beside_a_torn_one_are_found(line: str, starts: list[int]) -> None:
    error = malformed(line.encode())
    assert error.is_part_lost
    assert [start for start, _ in error.found] == starts
    assert error.kind is (ProblemKind.GLUED if len(starts) > 1 else ProblemKind.BAD_JSON)


@each_case(
    "line",
    [
        '{"seq":1,"type":"later","inner":{"type":"zig_session_ended","status":"success"}',
        '"type":"later","inner":{"type":"zig_session_ended","status":"success"}}',
        json.dumps({"type": "step_output", "line": ONE})[:-1],
        json.dumps({"type": "step_output", "line": ONE + TWO})[5:],
    ],
)
def test_a_value_in_a_torn_event_is_no_event(line: str) -> None:
    assert malformed(line.encode()).found == []


@each_case("part", ['{"seq":1,"ts":"', '{"type":', '{"seq":[', "}{", "{"])
def test_a_long_line_of_torn_events_takes_linear_time(part: str) -> None:
    assert_grows_linearly(250_000, lambda size: part.encode() * (size // len(part)), malformed)


def test_a_byte_order_mark_does_not_hide_the_event_behind_it() -> None:
    error = malformed(b'\xef\xbb\xbf{"type":"heartbeat"}')
    assert (error.kind, error.event) == (ProblemKind.BAD_JSON, {"type": "heartbeat"})


def test_half_an_emoji_does_not_hide_the_event_around_it() -> None:
    error = malformed(b'{"type":"step_output","line":"cut \\ud83d here, whole \\ud83d\\ude00"}')
    assert error.kind is ProblemKind.BAD_JSON
    assert error.event == {"type": "step_output", "line": "cut \ufffd here, whole \U0001f600"}


@each_case("line", [b"[]", b"1", b'"text"', b"null", b"true", b"1.5"])
def test_json_that_is_no_object_is_malformed(line: bytes) -> None:
    error = malformed(line)
    assert (error.kind, str(error), error.event) == (ProblemKind.BAD_JSON, "not a JSON object", None)


def test_the_event_of_a_line_that_is_not_utf8_is_salvaged() -> None:
    error = malformed(b'{"line":"caf\xe9"}')
    assert error.kind is ProblemKind.NOT_UTF8
    assert str(error) == "bytes that are not UTF-8 at column 13"
    assert error.event == {"line": "caf\N{REPLACEMENT CHARACTER}"}


def test_a_line_that_is_neither_utf8_nor_json_has_no_event() -> None:
    error = malformed(b"\xff\xfe{")
    assert (error.kind, error.event) == (ProblemKind.NOT_UTF8, None)


@each_case("value", [None, 1, True, 1.5, [], {}, ["a"]])
def test_a_value_that_is_not_text_is_none(value: object) -> None:
    assert text({"a": value}, "a") is None
    assert text({}, "a") is None


@each_case("value", [None, "1", True, 1.0, [], {}])
def test_a_value_that_is_not_a_whole_number_is_none(value: object) -> None:
    assert integer({"a": value}, "a") is None
    assert integer({}, "a") is None


def test_a_number_beyond_sixty_four_bits_is_no_integer() -> None:
    assert integer(decode(b'{"a":18446744073709551615}'), "a") == 2**64 - 1
    assert integer(decode(b'{"a":18446744073709551616}'), "a") is None


def test_only_the_texts_of_a_list_are_returned() -> None:
    assert texts({"a": ["x", 1, None, ["y"], "z"]}, "a") == ["x", "z"]


@each_case("value", [None, "text", 1, {"x": "y"}])
def test_a_value_that_is_not_a_list_has_no_texts(value: object) -> None:
    assert texts({"a": value}, "a") == []


def test_an_output_event_is_a_line_of_output() -> None:
    event: dict[str, object] = {"type": "step_output", "step_name": "s", "stream": "stderr", "line": "l", "ts": "t"}
    assert output(event) == Output("s", True, "l", "t")


@each_case("stream", ["stdout", "later", None, 1, []])
def test_any_other_stream_counts_as_standard_output(stream: object) -> None:
    line = output({"type": "step_output", "step_name": "s", "stream": stream, "line": "l"})
    assert line == Output("s", False, "l", None)


@each_case(
    "event",
    [
        {"type": "heartbeat", "step_name": "s", "line": "l"},
        {"type": ["step_output"], "step_name": "s", "line": "l"},
        {"type": "step_output", "line": "l"},
        {"type": "step_output", "step_name": "s"},
        {"type": "step_output", "step_name": 1, "line": "l"},
        {"type": "step_output", "step_name": "s", "line": ["l"]},
    ],
)
def test_an_event_without_a_step_or_a_line_is_no_output(event: dict[str, object]) -> None:
    assert output(event) is None
