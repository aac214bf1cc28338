"""Output lines read at once: what counts as such, and what is left to be looked at singly."""

import json

import pytest

from tests.support.damage import BAD_LINES, ODD_LINES
from tests.support.logs import SESSION_ID, Json, Log
from zigtui.reader.lines.decode import decode, text
from zigtui.reader.lines.output_batches import OutputRun, StepShare, output_run


def stretch() -> Log:
    """Lines of two steps."""
    return Log().says("a", "one", "two").says("日本語", "three", "vier: ß", stream="stderr").says("a", "")


def with_fields(**own: object) -> bytes:
    """The stretch with other fields in its last line."""
    *others, last = stretch().lines
    event: Json = json.loads(last) | own
    return b"".join(line + b"\n" for line in [*others, json.dumps(event).encode()])


def test_a_run_tells_what_each_step_printed() -> None:
    log = stretch()
    times = [text(decode(line), "ts") or "" for line in log.lines]
    assert output_run(log.data, SESSION_ID) == OutputRun(
        5, 1, times[4], (StepShare("a", 3, 0, 6, times[4]), StepShare("日本語", 2, 2, 13, times[3]))
    )


def test_keys_may_come_in_any_order_with_spaces_and_escapes() -> None:
    events = [dict(reversed(json.loads(line).items())) for line in stretch().lines]
    data = b"".join(json.dumps(event, indent=None).encode() + b" \r\n" for event in events)
    assert b"\\u" in data
    assert output_run(data, SESSION_ID) == output_run(stretch().data, SESSION_ID)


@pytest.mark.parametrize("line", BAD_LINES + ODD_LINES)
@pytest.mark.parametrize("place", [0, 2, 5])
def test_whatever_else_there_is_in_a_log_is_looked_at_singly(line: bytes, place: int) -> None:
    lines = stretch().lines
    lines.insert(place, line)
    assert output_run(b"".join(line + b"\n" for line in lines), SESSION_ID) is None


@pytest.mark.parametrize(
    "own",
    [
        {"seq": 7},
        {"seq": 5.0},
        {"seq": "5"},
        {"seq": None},
        {"ts": None},
        {"ts": 5},
        {"zig_session_id": "another"},
        {"type": "step_skipped"},
        {"step_name": ["a"]},
        {"stream": "stdin"},
        {"line": {"a": 0}},
        {"line": "  tokens: 1 in / 2 out"},
        {"line": "\ud800"},
        {"more": 1},
    ],
    ids=str,
)
def test_lines_that_are_not_plain_are_looked_at_singly(own: Json) -> None:
    assert with_fields(seq=5) == with_fields()
    assert output_run(with_fields(), SESSION_ID) is not None
    assert output_run(with_fields(**own), SESSION_ID) is None


def test_line_breaks_in_the_wrong_places_are_looked_at_singly() -> None:
    first, second, *_ = stretch().lines
    assert output_run(first + b"\n" + second + b"\n", SESSION_ID) is not None
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
        assert output_run(data, SESSION_ID) is None
