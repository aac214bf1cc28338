"""The format of the log, to the letter, and the order of calls."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.support.cases import each_case
from tests.support.writers import Json, last_event, own_fields, read_events, read_lines
from writer import OutputStream, SessionError, SessionStatus, SessionWriter

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?\+00:00")


def record_every_type() -> SessionWriter:
    """A session that has ended, with each type of event in it; those with nullable fields twice."""
    writer = SessionWriter.create("review", "./flows/review.zwf", prompt="Sieh «das» an", tier_count=2)
    writer.tier_started(0, ["lint", "größe"])
    writer.step_started("lint", 0, "zig-review-lint", "run", model="opus", prompt_preview="Look at\nit")
    writer.step_output("lint", OutputStream.STDOUT, "● all clean")
    writer.step_output("lint", "stderr", "")
    writer.step_completed("lint", exit_code=0, duration_ms=40, saved_vars=["notes"])
    writer.step_started("größe", 0, "zig-review-größe", "plan")
    writer.step_failed("größe", 1, 1, 'said "no"')
    writer.step_failed("größe", None, 2, "killed")
    writer.step_skipped("last", "nothing to do")
    writer.heartbeat()
    writer.ended(SessionStatus.FAILURE, 1234)
    return writer


def keys_by_type(events: list[Json]) -> dict[str, list[str]]:
    """The keys of each type of event, in their order, which must be the same in all events of a type."""
    keys: dict[str, list[str]] = {}
    for event in events:
        assert keys.setdefault(event["type"], list(event)) == list(event)
    return keys


def in_the_form_of_the_format(line: str) -> str:
    """A line written anew: no spaces, characters as they are, control characters escaped."""
    return json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"))


def test_every_event_is_written_to_the_letter(project: Path, home: Path) -> None:
    writer = record_every_type()
    workspace = writer.log_path.parent.parent.parent
    own = [
        '"type":"zig_session_started","workflow_name":"review","workflow_path":"./flows/review.zwf",'
        f'"workspace_path":"{workspace}","cwd":"{project}","prompt":"Sieh «das» an","tier_count":2',
        '"type":"tier_started","tier_index":0,"step_names":["lint","größe"]',
        '"type":"step_started","step_name":"lint","tier_index":0,"zag_session_id":"zig-review-lint",'
        '"zag_command":"run","model":"opus","prompt_preview":"Look at\\nit"',
        '"type":"step_output","step_name":"lint","stream":"stdout","line":"● all clean"',
        '"type":"step_output","step_name":"lint","stream":"stderr","line":""',
        '"type":"step_completed","step_name":"lint","exit_code":0,"duration_ms":40,"saved_vars":["notes"]',
        '"type":"step_started","step_name":"größe","tier_index":0,"zag_session_id":"zig-review-größe",'
        '"zag_command":"plan","model":null,"prompt_preview":""',
        '"type":"step_failed","step_name":"größe","exit_code":1,"attempt":1,"error":"said \\"no\\""',
        '"type":"step_failed","step_name":"größe","exit_code":null,"attempt":2,"error":"killed"',
        '"type":"step_skipped","step_name":"last","reason":"nothing to do"',
        '"type":"heartbeat","interval_secs":10',
        '"type":"zig_session_ended","status":"failure","duration_ms":1234',
    ]
    lines = [re.sub(r'"ts":"[^"]*"', '"ts":""', line) for line in read_lines(writer.log_path)]
    assert lines == [
        f'{{"seq":{seq},"ts":"","zig_session_id":"{writer.session_id}",{fields}}}'
        for seq, fields in enumerate(own, start=1)
    ]


def test_the_keys_of_each_type_are_those_of_the_recordings(project: Path, reference: Path) -> None:
    recorded = [event for log in sorted(reference.rglob("*.jsonl")) for event in read_events(log)]
    assert keys_by_type(read_events(record_every_type().log_path)) == keys_by_type(recorded)


def test_lines_have_the_form_of_the_recordings(project: Path, reference: Path) -> None:
    logs = [record_every_type().log_path, *sorted(reference.rglob("*.jsonl"))]
    assert len(logs) == 14
    for log in logs:
        for line in read_lines(log):
            assert in_the_form_of_the_format(line) == line


def test_timestamps_are_rfc_3339_in_utc_as_in_the_recordings(project: Path, reference: Path) -> None:
    for log in (record_every_type().log_path, *sorted(reference.rglob("*.jsonl"))):
        for event in read_events(log):
            assert TIMESTAMP.fullmatch(event["ts"]), event


def test_the_id_is_a_random_uuid_in_lower_case_with_dashes(project: Path) -> None:
    writers = [SessionWriter.create("review", "review.zwf") for _ in range(3)]
    assert len({writer.session_id for writer in writers}) == 3
    for writer in writers:
        uuid = UUID(writer.session_id)
        assert (uuid.version, str(uuid)) == (4, writer.session_id)
        assert writer.log_path.name == f"{writer.session_id}.jsonl"


def test_what_is_unknown_is_null(project: Path) -> None:
    started = last_event(SessionWriter.create("review", "review.zwf"))
    assert started["prompt"] is None
    assert started["tier_count"] == 0


def test_each_event_is_there_as_soon_as_the_call_returns(project: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf")
    for number in range(2, 50):
        writer.step_output("lint", "stdout", f"line {number}")
        assert last_event(writer)["seq"] == number


def test_numbers_may_be_as_large_as_those_of_the_reference(project: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", tier_count=2**32 - 1)
    writer.step_completed("lint", exit_code=-(2**31), duration_ms=2**64 - 1)
    assert own_fields(last_event(writer)) == {
        "step_name": "lint",
        "exit_code": -(2**31),
        "duration_ms": 2**64 - 1,
        "saved_vars": [],
    }


def test_a_heartbeat_records_its_interval(project: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf")
    writer.heartbeat(3)
    assert own_fields(last_event(writer)) == {"interval_secs": 3}


LATE_CALLS: dict[str, Callable[[SessionWriter], None]] = {
    "tier_started": lambda writer: writer.tier_started(0, []),
    "step_started": lambda writer: writer.step_started("lint", 0, "zig-review-lint", "run"),
    "step_output": lambda writer: writer.step_output("lint", "stdout", "late"),
    "two lines": lambda writer: writer.step_output("lint", "stdout", "late\nlater"),
    "step_completed": lambda writer: writer.step_completed("lint", 0, 1),
    "step_failed": lambda writer: writer.step_failed("lint", 1, 1, "late"),
    "step_skipped": lambda writer: writer.step_skipped("lint", "late"),
    "ended": lambda writer: writer.ended("success", 1),
}


@each_case("call", LATE_CALLS.values(), ids=LATE_CALLS)
def test_nothing_follows_the_end(project: Path, call: Callable[[SessionWriter], None]) -> None:
    writer = record_every_type()
    before = writer.log_path.read_bytes()
    with pytest.raises(SessionError, match="ended") as caught:
        call(writer)
    assert caught.value.path == str(writer.log_path)
    assert writer.log_path.read_bytes() == before


def test_a_heartbeat_after_the_end_is_no_event_and_no_error(project: Path) -> None:
    writer = record_every_type()
    before = writer.log_path.read_bytes()
    writer.heartbeat()
    assert writer.log_path.read_bytes() == before
    assert not writer.is_open


def test_a_closed_writer_leaves_no_end_and_may_be_closed_again(project: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf")
    assert writer.is_open
    writer.close()
    writer.close()
    assert not writer.is_open
    assert last_event(writer)["type"] == "zig_session_started"
    with pytest.raises(SessionError):
        writer.step_output("lint", "stdout", "late")


def test_a_subclass_may_do_more_with_output(project: Path, home: Path) -> None:
    class Loud(SessionWriter):
        def step_output(self, step_name: Any, stream: Any, line: Any) -> None:
            super().step_output(step_name, stream, str(line).upper())

    writer = Loud.create("review", "review.zwf")
    writer.step_output("lint", "stdout", "all clean")
    assert last_event(writer)["line"] == "ALL CLEAN"
    writer.close()
