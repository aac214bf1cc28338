import math
import os
import random
import threading
from pathlib import Path

import pytest

from tests.support.examples import amount
from tests.support.logs import Log, all_problems, append, log_at, log_file, only, read_log, texts_of
from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.lines import output_index, tail
from zigtui.reader.lines.output_index import OutputIndex, OutputRange
from zigtui.reader.lines.tail import open_log
from zigtui.ui.output.patient_reader import NoAnswerError, PatientReader


def numbered(name: str, count: int, start: int = 0) -> list[str]:
    return [f"{name} {number}" for number in range(start, start + count)]


def test_lines_are_read_in_any_order_across_blocks(tmp_path: Path) -> None:
    log = read_log(log_file(tmp_path, Log().start().says("a", *numbered("a", 1000)).data))
    output = log.output()
    assert len(output) == 1000
    for number in [999, 0, 500, 127, 128, 129, 255, 256, 1, 998]:
        line = output.line(number)
        assert line is not None
        assert line.text == f"a {number}"
    assert texts_of(log) == numbered("a", 1000)


@pytest.mark.parametrize("number", [-1, 3, 1000])
def test_a_number_without_a_line_is_none(tmp_path: Path, number: int) -> None:
    log = read_log(log_file(tmp_path, Log().start().says("a", "0", "1", "2").data))
    assert log.output().line(number) is None


@pytest.mark.parametrize("number", [-1, 2, 3])
def test_a_range_has_no_lines_but_its_own(tmp_path: Path, number: int) -> None:
    output = read_log(log_file(tmp_path, Log().start().says("a", "0", "1", "2", "3", "4").data)).output()
    lines = OutputRange(output, 1, lambda: 3)
    assert [line.text for line in map(lines.line, range(len(lines))) if line is not None] == ["1", "2"]
    assert lines.line(number) is None


def test_without_output_there_are_no_lines(tmp_path: Path) -> None:
    log = read_log(log_file(tmp_path, Log().start().tier(0, "a").data))
    assert len(log.output()) == len(log.output(only(log.snapshot().session, "a"))) == 0
    assert log.output().line(0) is None


def test_output_grows_while_it_is_read(tmp_path: Path) -> None:
    recording = Log().start()
    path = log_file(tmp_path, recording.data)
    log = read_log(path)
    output = log.output()
    expected: list[str] = []
    for count in [1, 1, 100, 26, 1, 300]:
        more = numbered("a", count, start=len(expected))
        before = len(recording.data)
        append(path, recording.says("a", *more).data[before:])
        log.read_all()
        expected += more
        assert len(output) == len(expected)
        assert [line and line.text for line in map(output.line, range(len(output)))] == expected


def test_a_line_that_is_torn_is_not_counted_yet(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", "0", "1").data[:-2])
    log = read_log(path)
    assert texts_of(log) == ["0"]
    append(path, b"}\n")
    log.read_all()
    assert texts_of(log) == ["0", "1"]


def test_interleaved_steps_far_apart_have_their_own_lines(tmp_path: Path) -> None:
    recording = Log().start().tier(0, "rare", "loud")
    noise = "x" * 2000
    for number in range(20):
        recording.says("rare", f"rare {number}").says("loud", *[f"{number} {index} {noise}" for index in range(40)])
    log = read_log(log_file(tmp_path, recording.data))
    assert texts_of(log, only(log.snapshot().session, "rare")) == numbered("rare", 20)
    loud = texts_of(log, only(log.snapshot().session, "loud"))
    assert loud == [f"{number} {index} {noise}" for number in range(20) for index in range(40)]
    assert len(log.output()) == 20 * 41


SIZES = (1, 100, 3000, 60_000, 70_000, 120_000, 200_000, 262_144, 300_000, 420_000, 900_000, 1_500_000)


@pytest.mark.parametrize("seed", range(amount(12, usual=4)))
def test_lines_after_and_between_huge_ones_of_any_step_are_read(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    recording = Log().start().tier(0, "a", "b")
    expected: list[tuple[str, str]] = []
    for number in range(40):
        name = chance.choice("ab")
        expected.append((name, f"{number} " + "x" * chance.choice(SIZES)))
        recording.says(*expected[-1])
    path = log_file(tmp_path, b"")
    log = log_at(path)
    data, done = recording.data, 0
    while done < len(data):  # as it grows, or all at once
        size = len(data) if seed % 2 else chance.choice(SIZES)
        append(path, data[done : done + size])
        done += size
        while log.advance():
            pass
    assert texts_of(log) == [text for _, text in expected]
    for name in "ab":
        lines = log.output(only(log.snapshot().session, name))
        texts = [line and line.text for line in map(lines.line, range(len(lines)))]
        assert texts == [text for by, text in expected if by == name]
    whole = log.output()
    for number in range(len(whole)):
        offset = whole.offset_of(number)
        assert offset is not None
        assert whole.number_at(offset) == number


def test_a_block_spans_a_bounded_number_of_lines_and_bytes() -> None:
    index = OutputIndex()
    offsets = [number * 10 for number in range(300)] + [10_000_000, 10_000_010, 20_000_000]
    for offset in offsets:
        index.add(offset, float(offset), float(offset))
    blocks = sorted({index.block_of(number) for number in range(index.count)})
    first_lines = []
    for block in blocks:
        first, count, offset = index.block(block)
        assert offset == offsets[first]
        assert 0 < count <= 128
        assert offsets[first + count - 1] - offset < 256 * 1024
        assert all(index.block_of(number) == block for number in range(first, first + count))
        first_lines.append(first)
    assert first_lines == [0, 128, 256, 300, 302]
    ends = [*first_lines[1:], index.count]
    assert list(index.spans()) == [
        (first, end - first, offsets[first], offsets[end - 1]) for first, end in zip(first_lines, ends, strict=True)
    ]


def test_a_name_that_occurs_again_in_a_later_tier_has_lines_of_its_own(tmp_path: Path) -> None:
    recording = Log().start(tier_count=2)
    for number in range(3):
        recording.tier(0, "a", "b").says("a", *numbered(f"run {number}", 200)).says("b", "between")
    log = read_log(log_file(tmp_path, recording.data))
    runs = [step for step in log.snapshot().session.steps if step.name == "a"]
    assert [texts_of(log, run) for run in runs] == [numbered(f"run {number}", 200) for number in range(3)]


def test_lines_have_step_stream_and_time(tmp_path: Path) -> None:
    recording = Log().start().says("a", "out").says("b", "err", stream="stderr")
    log = read_log(log_file(tmp_path, recording.data))
    output = log.output()
    lines = [output.line(0), output.line(1)]
    assert [(line.step_name, line.is_stderr, line.text, line.time) for line in lines if line] == [
        ("a", False, "out", "2026-03-01T12:00:01+00:00"),
        ("b", True, "err", "2026-03-01T12:00:02+00:00"),
    ]


def test_the_text_is_the_recorded_one(tmp_path: Path) -> None:
    lines = ["\x1b[31mred\x1b[0m", "a\rb\tc\x00", "[bold]x[/]", "\u2028\u2029\x85\x0b\x0c", "漢字 \U0001f680", "", "  "]
    log = read_log(log_file(tmp_path, Log().start().says("a", *lines).data))
    assert texts_of(log) == lines


def test_damage_between_the_lines_of_a_block_is_skipped(tmp_path: Path) -> None:
    recording = Log().start().says("a", "0").raw(b"garbage").raw(b"").raw(b'{"type":"step_output","step_name":"a"}')
    recording.says("a", "1").beat().raw(b'{"type":"step_output","step_name":"a","line":"caf\xe9"}').says("a", "3")
    log = read_log(log_file(tmp_path, recording.data))
    assert (
        texts_of(log)
        == texts_of(log, only(log.snapshot().session, "a"))
        == ["0", "1", "caf\N{REPLACEMENT CHARACTER}", "3"]
    )


def test_a_line_that_was_too_long_to_read_is_not_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "MAX_LINE_BYTES", 300_000)
    log = read_log(log_file(tmp_path, Log().start().says("a", "0", "x" * 300_000, "1", "2").data))
    assert texts_of(log) == ["0", "1", "2"]


# The file has changed


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 100_000, b"garbage\n" * 500, Log().start().says("b", *"other" * 20).data],
    ids=["nothing", "zeros", "garbage", "another log"],
)
def test_lines_of_a_file_that_was_replaced_are_none_or_its_own(tmp_path: Path, content: bytes) -> None:
    path = log_file(tmp_path, Log().start().says("a", *numbered("a", 500)).data)
    log = read_log(path)
    all_lines, lines_of_step = log.output(), log.output(only(log.snapshot().session, "a"))
    other = path.with_suffix(".new")
    other.write_bytes(content)
    other.replace(path)
    assert [lines_of_step.line(number) for number in range(500)] == [None] * 500
    assert {line.step_name for line in map(all_lines.line, range(500)) if line is not None} <= {"b"}


def test_lines_of_a_file_that_is_gone_are_none_until_it_is_back(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", "0", "1").data)
    log = read_log(path)
    output = log.output()
    away = path.rename(path.with_suffix(".away"))
    assert output.line(0) is None
    away.rename(path)
    assert texts_of(log) == ["0", "1"]
    assert output.line(1) is not None


def test_lines_that_were_cut_off_are_none(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", "0", "1").data)
    log = read_log(path)
    os.truncate(path, path.stat().st_size - 10)
    assert texts_of(log) == ["0", None]


def test_a_log_that_was_replaced_is_folded_again_and_has_the_new_lines(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", *numbered("a", 500)).end().data)
    log = read_log(path)
    other = path.with_suffix(".new")
    other.write_bytes(Log().start().says("b", "other").data)
    other.replace(path)
    log.read_all()
    assert (log.snapshot().generation, log.snapshot().session.has_ended, all_problems(log)) == (1, False, [])
    assert [step.name for step in log.snapshot().session.steps] == ["b"]
    assert texts_of(log) == ["other"]


@pytest.mark.parametrize("end", [None, 0, 5, 400])
@pytest.mark.parametrize("left", [0, 5, 300])
def test_a_range_of_lines_that_a_replaced_log_no_longer_has_is_empty(
    tmp_path: Path, left: int, end: int | None
) -> None:
    log = read_log(log_file(tmp_path, Log().start().says("a", *numbered("line", left)).data))
    lines = OutputRange(log.output(), 350, lambda: end)
    count = 50 if end == 400 else 0
    assert len(lines) == count
    assert [lines.line(number) for number in (0, 49, 50)] == [None] * 3
    assert [lines.offset_of(number) for number in (0, 49, 50)] == [None] * 3
    assert lines.number_at(0) is None
    assert list(lines.spans()) == []
    assert lines.estimate_offset(0) >= 0


def test_a_line_that_a_slow_disk_returned_too_late_is_there_on_the_next_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = read_log(log_file(tmp_path, Log().start().says("a", *numbered("a", 300)).data))
    answers, late = threading.Event(), threading.Event()
    reader = PatientReader(late.set, 0.05)
    lines = log.output(run_read=reader.run)

    def slow(path: str) -> int:
        assert answers.wait(DEADLINE_SECS)
        return open_log(path)

    monkeypatch.setattr(output_index, "open_log", slow)
    for number in (0, 299):
        with pytest.raises(NoAnswerError):
            lines.line(number)
        answers.set()
        assert late.wait(DEADLINE_SECS)
        answers.clear()
        late.clear()
        assert lines.line(number) is not None
    reader.close()


@pytest.mark.parametrize("size", [1, 400], ids=["line by line", "in batches"])
def test_the_silences_of_a_step_are_known_without_reading_lines(tmp_path: Path, size: int) -> None:
    log = Log().start().tier(0, "a", "b").wait(20).step("a").step("b").wait(0).says("a", "x" * 1000)
    for _ in range(size):
        log.wait(0).says("a", "x" * 1000)
    log.wait(15).says("b", "only").wait(30).says("a", "back").beat().says("a", "soon")
    path = log_file(tmp_path, log.data)
    read = read_log(path)
    path.unlink()
    session = read.snapshot().session
    lengths = [[round(end - begin) for begin, end in read.silences(only(session, name))] for name in ("a", "b")]
    assert lengths == [[45], [15]]


def test_lines_without_times_are_no_silences() -> None:
    index = OutputIndex()
    index.add(0, math.inf, -math.inf)
    index.add(1, 100, 100)
    index.add(2, math.inf, -math.inf)
    index.add(3, 130, 130)
    index.add(4, 135, 135)
    assert index.silences() == [(100, 130)]
    assert index.silences(50) == [(50, 100), (100, 130)]
