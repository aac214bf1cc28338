"""Output lines read at once: what counts as such, and what has to be decoded line by line."""

import json

import pytest

from tests.support.cases import each_case
from tests.support.damage import BAD_LINES, ODD_LINES
from tests.support.logs import BEGAN, SESSION_ID, Json, Log
from writer import OutputStream
from zigtui.reader.lines.decode import decode, text
from zigtui.reader.lines.output_batches import OutputBatch, StepShare, output_batch


def lines_of_two_steps() -> Log:
    """Lines of two steps."""
    return Log().says("a", "one", "two").says("日本語", "three", "vier: ß", stream="stderr").says("a", "")


def with_fields(**own: object) -> bytes:
    """The same lines with other fields in its last line."""
    *others, last = lines_of_two_steps().lines
    event: Json = json.loads(last) | own
    return b"".join(line + b"\n" for line in [*others, json.dumps(event).encode()])


def test_a_batch_summarizes_the_output_of_each_step() -> None:
    log = lines_of_two_steps()
    times = [text(decode(line), "ts") or "" for line in log.lines]
    assert output_batch(log.data, SESSION_ID) == OutputBatch(
        5, 1, BEGAN, BEGAN + 4, times[4], (StepShare("a", 3, 0, 6, times[4]), StepShare("日本語", 2, 2, 13, times[3]))
    )


@pytest.mark.parametrize("stream", OutputStream)
def test_every_stream_of_the_format_is_plain_output(stream: OutputStream) -> None:
    batch = output_batch(with_fields(stream=stream), SESSION_ID)
    assert batch is not None
    assert sum(share.stderr_lines for share in batch.shares) == 2 + (stream == OutputStream.STDERR)


def test_keys_may_come_in_any_order_with_spaces_and_escapes() -> None:
    events = [dict(reversed(json.loads(line).items())) for line in lines_of_two_steps().lines]
    data = b"".join(json.dumps(event, indent=None).encode() + b" \r\n" for event in events)
    assert b"\\u" in data
    assert output_batch(data, SESSION_ID) == output_batch(lines_of_two_steps().data, SESSION_ID)


@each_case("line", BAD_LINES + ODD_LINES)
@each_case("index", [0, 2, 5])
def test_other_lines_are_no_batch(line: bytes, index: int) -> None:
    lines = lines_of_two_steps().lines
    lines.insert(index, line)
    assert output_batch(b"".join(line + b"\n" for line in lines), SESSION_ID) is None


@each_case(
    "own",
    [
        {"seq": 7},
        {"seq": 5.0},
        {"seq": "5"},
        {"seq": None},
        {"ts": None},
        {"ts": 5},
        {"ts": "soon"},
        {"ts": "2026-03-01T12:00:99+00:00"},
        {"zig_session_id": "another"},
        {"type": "step_skipped"},
        {"step_name": ["a"]},
        {"stream": "stdin"},
        {"line": {"a": 0}},
        {"line": "  tokens: 1 in / 2 out"},
        {"line": "⚠ claude usage limit (session) — resets 2026-03-01T15:00:00Z"},
        {"line": "\ud800"},
        {"line": "two\nlines"},
        {"more": 1},
    ],
    ids=str,
)
def test_output_with_unusual_fields_is_no_batch(own: Json) -> None:
    assert with_fields(seq=5) == with_fields()
    assert output_batch(with_fields(), SESSION_ID) is not None
    assert output_batch(with_fields(**own), SESSION_ID) is None


@pytest.mark.parametrize("line", ["⚠ unused variable", "⚠ claude usage limit (session)", "the limit resets 15:00"])
def test_other_warnings_are_as_quick_as_any_output(line: str) -> None:
    assert output_batch(with_fields(line=line), SESSION_ID) is not None


def test_misplaced_line_breaks_are_no_batch() -> None:
    first, second, *_ = lines_of_two_steps().lines
    assert output_batch(first + b"\n" + second + b"\n", SESSION_ID) is not None
    for data in (
        first + second + b"\n",
        first + b"," + second + b"\n",
        first + b",0," + second + b"\n",
        first + b",0," + second + b"\n\n",
        first.replace(b",", b",\n", 1) + second + b"\n",
        first.replace(b",", b",\n", 1) + b",0," + second + b"\n",
        first.replace(b"one", b"o\ne") + b"\n",
        first + b"\n" + second[:-1] + b"\n",
        first + b"]\n[" + second + b"\n",
        b"\n",
        b"\n\n",
        b"0\n",
    ):
        assert output_batch(data, SESSION_ID) is None
