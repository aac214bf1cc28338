"""Lines of a chunk are written together, as the same events as one by one."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.steps import Run, output, python
from tests.support.writers import read_events, read_lines
from writer import OutputStream, SessionWriter, Step
from writer._log.event_log import timestamp

if TYPE_CHECKING:
    from writer._common.events import Stream

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n")) | st.sampled_from(
    ["", "\x7f", "a\x7fb", "\\n", '"', "\\", "\x00\x1f", "\u2028", "🙂", '{"seq":1}']
)


@given(st.lists(TEXT, min_size=1))
def test_the_events_are_the_same_as_one_by_one(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    directory = tmp_path_factory.mktemp("base")
    together, one_by_one = (SessionWriter.create("a", "b", base=directory, cwd=directory) for _ in range(2))
    together._log.step_lines('li"nt', OutputStream.STDERR, lines)
    for line in lines:
        one_by_one.step_output('li"nt', "stderr", line)
    events = [
        [{**event, "ts": "", "zig_session_id": ""} for event in read_events(writer.log_path)]
        for writer in (together, one_by_one)
    ]
    assert events[0] == events[1]
    shapes = [
        [
            line.replace(event["ts"], "").replace(event["zig_session_id"], "")
            for line, event in zip(raw, read, strict=True)
        ]
        for raw, read in ((read_lines(w.log_path), read_events(w.log_path)) for w in (together, one_by_one))
    ]
    assert shapes[0] == shapes[1]
    for writer in (together, one_by_one):
        writer.close()


def test_a_chunk_of_lines_is_one_write(
    writer: SessionWriter, step: Step, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write = os.write

    def count(descriptor: int, data: bytes) -> int:
        if b'"step_output"' in data:  # sessions of other tests may end in the meantime
            sizes.append(data.count(b"\n"))
        return write(descriptor, data)

    monkeypatch.setattr("writer._log.output_log._write", count)
    run(step, python("import os; os.write(1, b'line\\n' * 1000)"))
    assert output(writer) == ["line"] * 1000
    assert sum(sizes) == 1000
    assert len(sizes) <= 3


def test_lines_after_an_incomplete_one_begin_with_a_mended_file(writer: SessionWriter, step: Step) -> None:
    with writer.log_path.open("ab") as file:
        file.write(b'{"torn')
    writer._log._is_dirty = True  # as after a write that was interrupted
    writer._log.step_lines("lint", OutputStream.STDOUT, ["one", "two"])
    assert [json.loads(line)["line"] for line in read_lines(writer.log_path)[-2:]] == ["one", "two"]


def test_a_disk_that_fills_up_loses_whole_lines_only(small_disk: Path, tmp_path: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", base=small_disk, cwd=tmp_path)
    with writer.tier(["lint"]) as tier, tier.step("lint") as step:
        assert step.run(python("print('x' * 99_999 + '\\n' + ('y' * 80 + '\\n') * 3000)")) == 0
    lines = writer.log_path.read_bytes().split(b"\n")
    assert lines.pop() == b""
    numbers = [json.loads(line)["seq"] for line in lines]
    assert numbers == sorted(set(numbers))


NAME = st.text(st.characters(exclude_categories=["Cs"]), max_size=3) | st.sampled_from(['li"nt', "\x7f", "größe", "\\"])


@given(st.lists(st.tuples(NAME, st.sampled_from(["stdout", *OutputStream]), TEXT), min_size=1))
def test_each_line_is_what_orjson_makes_of_its_event(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[str, "Stream", str]]
) -> None:
    directory = tmp_path_factory.mktemp("base")
    writer = SessionWriter.create("a", "b", base=directory, cwd=directory, index="never")
    for call in calls:
        writer.step_output(*call)
    lines = writer.log_path.read_bytes().splitlines(keepends=True)[1:]
    events = [orjson.loads(line) for line in lines]
    assert [(event["step_name"], event["stream"], event["line"]) for event in events] == calls
    assert [event["seq"] for event in events] == list(range(2, len(calls) + 2))
    assert [orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in events] == lines
    writer.close()


def test_a_name_may_be_bytes_that_change(writer: SessionWriter) -> None:
    name = bytearray(b"lint")
    writer.step_output(name, "stdout", "one")  # type: ignore[arg-type]  # accepted all the same
    name[:] = b"test"
    writer.step_output(name, "stdout", "two")  # type: ignore[arg-type]
    assert [event["step_name"] for event in read_events(writer.log_path)[1:]] == ["lint", "test"]


def test_each_line_has_its_own_time(writer: SessionWriter) -> None:
    before = []
    for _ in range(2000):
        before.append(timestamp())
        writer.step_output("lint", "stdout", "line")
    times = [event["ts"] for event in read_events(writer.log_path)[1:]]
    assert times == sorted(times)
    assert all(early <= time for early, time in zip(before, times, strict=True))
    writer.heartbeat()
    assert times[-1] <= read_events(writer.log_path)[-1]["ts"]
