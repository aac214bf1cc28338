"""Lines of a chunk are written together, as the same events as one by one."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.steps import Run, output, python
from tests.support.writers import read_events, read_lines
from writer import OutputStream, SessionWriter, Step

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

    monkeypatch.setattr("writer._log.event_log._write", count)
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
