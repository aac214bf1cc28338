"""A log may hold anything, and be read in any pieces."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.damage import (
    BAD_LINES,
    ODD_LINES,
    check_everything,
    fold_on_disk,
    json_values,
    log_on_disk,
    logs,
    outputs_by_json,
)
from tests.support.examples import examples
from tests.support.logs import Log, all_problems, append, at, log_file, read_log, texts_of
from writer import EventType
from writer._common.events import ENVELOPE_FIELDS, EVENT_FIELDS
from zigtui.reader.lines import tail
from zigtui.reader.lines.problems import ProblemKind

patiently = examples(150)

SOUND_LOG = (
    Log().start().tier(0, "a", "b").step("a").says("a", "1", "2").fails("a").says("a", "3").done("a", 5, "x").skips("b")
)
SOUND_LOG.beat().tier(1, "c").step("c").says("c", "wörd", stream="stderr").end()

SAMPLES: dict[str, Any] = {"integer": 1, "text": "a", "texts": ["a"], "status": "success", "stream": "stdout"}
FIELDS = [
    (kind, name, expected)
    for kind, own in EVENT_FIELDS.items()
    for name, expected in {**ENVELOPE_FIELDS, **own}.items()
    if name != "type"
]


def problems_of(data: bytes) -> list[tuple[int, ProblemKind]]:
    with log_on_disk(data) as path:
        return [(problem.line, problem.kind) for problem in all_problems(read_log(path))]


def event_of(kind: str, **own: object) -> Log:
    """A sound start, then an event of that kind with a value in every field, but for what is given."""
    fields = {
        name: SAMPLES.get(name, SAMPLES[expected.removesuffix("?")]) for name, expected in EVENT_FIELDS[kind].items()
    }
    log = Log() if kind == EventType.SESSION_STARTED else Log().start()
    return log.event(kind, **fields | own)


# Whatever the bytes are


@patiently
@given(log=logs())
def test_any_events_in_any_order_fold(log: Log) -> None:
    fold_on_disk(log.data)


@patiently
@given(data=st.binary(max_size=500))
def test_any_bytes_fold(data: bytes) -> None:
    fold_on_disk(data)


@patiently
@given(changes=st.lists(st.tuples(st.integers(0, len(SOUND_LOG.data) - 1), st.integers(0, 255)), max_size=30))
def test_a_log_with_other_bytes_here_and_there_folds(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SOUND_LOG.data)
    for place, byte in changes:
        data[place] = byte
    fold_on_disk(bytes(data))


@patiently
@given(data=st.data())
def test_a_log_with_lines_missing_doubled_and_out_of_order_folds_and_loses_no_other_output(data: st.DataObject) -> None:
    any_line = st.sampled_from([*SOUND_LOG.lines, *SOUND_LOG.lines, *BAD_LINES, *ODD_LINES])
    content = b"".join(line + b"\n" for line in data.draw(st.lists(any_line, max_size=40)))
    with log_on_disk(content) as path:
        log = read_log(path)
        check_everything(log, content)
        output = log.output()
        lines = [line for number in range(len(output)) if (line := output.line(number)) is not None]
    assert [(line.step_name, line.text) for line in lines] == outputs_by_json(content)


@pytest.mark.slow
@patiently
@given(data=st.data(), kind=st.sampled_from(sorted(EVENT_FIELDS)))
def test_anything_may_be_in_any_field(data: st.DataObject, kind: str) -> None:
    names = st.sampled_from([*ENVELOPE_FIELDS, *EVENT_FIELDS[kind]])
    log = event_of(kind, **data.draw(st.dictionaries(names, json_values, min_size=1)))
    fold_on_disk(log.says("a", "line").fails("a").end().data)


@each_case("line", BAD_LINES + ODD_LINES, ids=lambda line: repr(line[:40]))
def test_a_damaged_line_takes_no_other_with_it(line: bytes) -> None:
    log = Log().start().raw(line).tier(0, "b").says("b", "still here").end()
    fold_on_disk(log.data)
    with log_on_disk(log.data) as path:
        session = read_log(path).snapshot().session
    assert session.status == "success"
    assert (session.steps[-1].name, session.steps[-1].lines) == ("b", 1)


def test_an_empty_log_folds_to_a_session_that_has_not_started(tmp_path: Path) -> None:
    log = read_log(log_file(tmp_path))
    check_everything(log, b"")
    assert (log.snapshot().session.started, all_problems(log), log.snapshot().session.tiers) == (False, [], ())


def test_windows_line_ends_and_blank_lines_are_no_damage() -> None:
    data = SOUND_LOG.data.replace(b"\n", b"\r\n\r\n \n")
    assert problems_of(data) == []
    with log_on_disk(data) as path, log_on_disk(SOUND_LOG.data) as plain_path:
        assert read_log(path).snapshot().session == read_log(plain_path).snapshot().session


def test_a_line_of_five_megabytes_is_a_line(tmp_path: Path) -> None:
    text = "漢" * 1_700_000
    log = read_log(log_file(tmp_path, Log().start().says("a", "before", text, "behind").end().data))
    assert all_problems(log) == []
    assert texts_of(log) == ["before", text, "behind"]
    assert log.snapshot().session.output_bytes == 12 + 5_100_000


def test_a_line_that_is_too_long_is_passed_over_and_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "MAX_LINE_BYTES", 300_000)
    log = read_log(log_file(tmp_path, Log().start().says("a", "before", "x" * 300_000, "behind").end().data))
    assert [(problem.line, problem.kind) for problem in all_problems(log)] == [(3, ProblemKind.TOO_LONG)]
    assert texts_of(log) == ["before", "behind"]
    assert log.snapshot().session.status == "success"


# Problems: which, and where


def test_a_sound_log_has_no_problems() -> None:
    assert problems_of(SOUND_LOG.data) == []
    for kind in EVENT_FIELDS:
        assert problems_of(event_of(kind).data) == []


@each_case("line", BAD_LINES, ids=lambda line: repr(line[:40]))
def test_a_line_that_is_not_an_event_is_reported_with_its_number(line: bytes) -> None:
    is_utf8 = b"\xff" not in line
    kind = ProblemKind.BAD_JSON if is_utf8 else ProblemKind.NOT_UTF8
    assert problems_of(Log().start().raw(b"").raw(line).beat().data) == [(3, kind)]
    assert problems_of(Log().raw(line).beat().beat().data) == [(1, kind), (2, ProblemKind.NO_START)]


def test_an_event_with_bytes_that_are_not_utf8_is_reported_and_folded(tmp_path: Path) -> None:
    line = Log().start().says("a", "caf?").lines[-1].replace(b"?", b"\xe9")
    log = read_log(log_file(tmp_path, Log().start().raw(line).data))
    assert [(problem.line, problem.kind) for problem in all_problems(log)] == [(2, ProblemKind.NOT_UTF8)]
    assert texts_of(log) == ["caf\N{REPLACEMENT CHARACTER}"]


@each_case(("kind", "name", "expected"), FIELDS)
@each_case("value", [None, True, 1.5, {}, [1], "missing"])
def test_a_field_that_is_missing_or_of_another_type_is_reported(
    kind: str, name: str, expected: str, value: object
) -> None:
    log = event_of(kind)
    event = json.loads(log.lines[-1])
    event[name] = value
    if value == "missing":
        del event[name]
    is_allowed = expected.endswith("?") and value in (None, "missing")
    log.lines[-1] = json.dumps(event).encode()
    assert problems_of(log.data) == ([] if is_allowed else [(len(log.lines), ProblemKind.MISSING_FIELD)])


@each_case("kind", [None, 1, ["heartbeat"], {}])
def test_an_event_without_a_type_is_reported(kind: object) -> None:
    assert problems_of(Log().start().event("heartbeat", type=kind).data) == [(2, ProblemKind.MISSING_FIELD)]


def test_an_unknown_event_type_is_reported_and_counts_as_activity(tmp_path: Path) -> None:
    log = read_log(log_file(tmp_path, Log().start().event("step_paused", step_name="a").data))
    (problem,) = all_problems(log)
    assert (problem.line, problem.kind) == (2, ProblemKind.UNKNOWN_TYPE)
    assert problem.detail == "unknown event type 'step_paused'"
    assert log.snapshot().session.last_activity_at == at(1)


def test_unknown_fields_are_no_problem() -> None:
    assert problems_of(Log().start().event("heartbeat", interval_secs=10, later={"x": 1}).data) == []


@each_case(
    ("numbers", "problems"),
    [
        ([1, 2, 3], []),
        ([1, 2, 4, 5], [(3, "gap")]),
        ([2, 3], [(1, "gap")]),
        ([1, 1, 2], [(2, "repeat")]),
        ([1, 2, 3, 2, 3, 4], [(4, "repeat"), (5, "repeat")]),
        ([1, 3, 2, 4], [(2, "gap"), (3, "repeat")]),
        ([0, 1], [(1, "repeat")]),
        ([1, 5, 6, 3], [(2, "gap"), (4, "repeat")]),
    ],
)
def test_gaps_and_repeats_in_the_numbers_are_reported(numbers: list[int], problems: list[tuple[int, str]]) -> None:
    log = Log()
    for number in numbers:
        log.event("heartbeat", interval_secs=10, seq=number)
    found = problems_of(log.data)
    found.remove((1, ProblemKind.NO_START))
    assert found == problems


def test_a_damaged_line_is_not_reported_again_as_a_gap() -> None:
    log = Log().start().beat().beat().beat()
    log.lines[1:3] = [b"torn", b"apart"]
    assert problems_of(log.data) == [(2, ProblemKind.BAD_JSON), (3, ProblemKind.BAD_JSON)]
    del log.lines[2]
    assert problems_of(log.data) == [(2, ProblemKind.BAD_JSON), (3, ProblemKind.GAP)]


def test_an_event_of_another_session_is_reported() -> None:
    log = Log().start().event("heartbeat", interval_secs=10, zig_session_id="other")
    assert problems_of(log.data) == [(2, ProblemKind.WRONG_ID)]


def test_events_after_the_end_are_reported() -> None:
    assert problems_of(Log().start().end().beat().end().data) == [
        (3, ProblemKind.AFTER_END),
        (4, ProblemKind.AFTER_END),
    ]


def test_a_log_that_does_not_begin_with_the_start_is_reported() -> None:
    assert problems_of(Log().beat().tier(0, "a").data) == [(1, ProblemKind.NO_START)]
    assert problems_of(Log().beat().start().data) == [(1, ProblemKind.NO_START)]
    assert problems_of(Log().start().beat().start().data) == [(3, ProblemKind.SECOND_START)]


@each_case(
    ("kind", "name", "value"),
    [
        ("zig_session_ended", "status", "succeeded"),
        ("zig_session_ended", "status", "Success"),
        ("zig_session_ended", "status", ""),
        ("zig_session_ended", "duration_ms", -1),
        ("zig_session_ended", "duration_ms", 2**63 + 2**62 - 2**64),
        ("step_output", "stream", "stdin"),
        ("step_output", "stream", "STDOUT"),
        ("step_output", "line", "two\nlines"),
        ("step_completed", "duration_ms", -5000),
        ("step_completed", "exit_code", 2**31),
        ("step_failed", "attempt", 0),
        ("step_failed", "attempt", -1),
        ("step_started", "tier_index", -1),
        ("tier_started", "tier_index", 2**32),
        ("zig_session_started", "tier_count", -3),
        ("heartbeat", "interval_secs", 0),
    ],
)
def test_a_value_that_is_not_allowed_is_reported(kind: str, name: str, value: object) -> None:
    log = event_of(kind, **{name: value})
    assert problems_of(log.data) == [(len(log.lines), ProblemKind.BAD_VALUE)]


NO_TIMES = ["", "soon", "2026-03-01", "12:00:00", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z", "2026-03-01T24:30:00Z"]
NO_TIMES += [
    "2026-03-01T12:00:99+00:00",
    "2026-03-01T12:00Z",
    "20260301T120000Z",
    "1772366400",
    "2026-03-01T12:00:00+99:00",
]
TIMES = ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.123456789+00:00", "2026-03-01T14:00:00.5+02:00"]
TIMES += ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999999+00:00", "1970-01-01T00:00:00-05:30"]


@each_case("time", NO_TIMES)
@each_case("kind", ["heartbeat", "step_output", "zig_session_started"])
def test_a_ts_that_is_not_a_time_is_reported(kind: str, time: str) -> None:
    log = event_of(kind, ts=time)
    assert problems_of(log.data) == [(len(log.lines), ProblemKind.BAD_VALUE)]


@each_case("time", TIMES)
def test_a_complete_time_in_any_form_is_no_problem(time: str) -> None:
    assert problems_of(event_of("heartbeat", ts=time).data) == []


@each_case("own", [{"ts": time} for time in NO_TIMES] + [{"stream": "stdin"}, {"line": "two\nlines"}])
def test_a_bad_value_is_reported_among_many_valid_lines(own: dict[str, str]) -> None:
    log = Log().start().tier(0, "a").says("a", *["a line of some length " * 20] * 300)
    log.event("step_output", **{"step_name": "a", "stream": "stdout", "line": "text"} | own)
    log.says("a", *["a line of some length " * 20] * 300)
    assert problems_of(log.data) == [(303, ProblemKind.BAD_VALUE)]


def test_a_torn_end_is_reported_while_it_is_torn(tmp_path: Path) -> None:
    data = Log().start().beat().data
    path = log_file(tmp_path, data[:-5])
    log = read_log(path)
    assert [(problem.line, problem.kind) for problem in all_problems(log)] == [(2, ProblemKind.TORN)]
    append(path, data[-5:])
    log.read_all()
    assert all_problems(log) == []


def test_of_very_many_problems_all_are_counted_and_the_first_are_kept(tmp_path: Path) -> None:
    log = read_log(log_file(tmp_path, b"garbage\n" * 1500))
    assert log.snapshot().session.problem_count == 1500
    assert [problem.line for problem in all_problems(log)] == list(range(1, 1001))
