"""Text of any kind: one event stays one line, and a reader gets back what was written."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.writers import Json, last_event, own_fields, read_events, read_lines
from writer import SessionWriter
from writer._log.line_splitter import LINE_BYTES

LOST = "\N{REPLACEMENT CHARACTER}"
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=40)
SURROGATES = st.text(alphabet="\ud800\udbff\udc00\udfffaé😀\ufeff\r\n")
TEXT = st.one_of(ANY_TEXT, SURROGATES)


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionWriter]:
    directory = tmp_path_factory.mktemp("text")
    writer = SessionWriter.create("review", "review.zwf", base=directory / ".zig", cwd=directory)
    yield writer
    writer.ended("success", 1)
    events = read_events(writer.log_path)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


@contextmanager
def recorded(writer: SessionWriter) -> Iterator[list[Json]]:
    """A list that holds, after the block, the events that were recorded in it."""
    events: list[Json] = []
    with writer.log_path.open("rb") as log:
        log.seek(0, os.SEEK_END)
        yield events
        lines = log.read().decode("utf-8").split("\n")
        assert lines.pop() == ""
        events += map(json.loads, lines)


def output_of(writer: SessionWriter, line: str | bytes) -> list[str]:
    """The lines that one call records, one event each."""
    with recorded(writer) as events:
        writer.step_output("lint", "stdout", line)
    return [event["line"] for event in events]


def valid(text: str) -> str:
    """``text`` without lone surrogates; a pair of them is the character it stands for."""

    def character(pair: re.Match[str]) -> str:
        high, low = map(ord, pair[0])
        return chr(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00))

    return re.sub("[\ud800-\udfff]", LOST, re.sub("[\ud800-\udbff][\udc00-\udfff]", character, text))


@each_case(
    ("text", "lines"),
    [
        ("", [""]),
        ("\n", [""]),
        ("one", ["one"]),
        ("one\n", ["one"]),
        ("one\ntwo", ["one", "two"]),
        ("one\n\ntwo\n", ["one", "", "two"]),
        ("one\n\n", ["one", ""]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("one\r\n\r\n\ntwo", ["one", "", "", "two"]),
        ("10%\r50%\r100%\r\n", ["10%\r50%\r100%"]),
        ("10%\r50%\r100%\r", ["10%\r50%\r100%\r"]),
        ("one\r\r\ntwo\r", ["one\r", "two\r"]),
        (b"one\r\ntwo\r\n", ["one", "two"]),
        ("a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g", ["a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g"]),
        (b"one\ntwo\n", ["one", "two"]),
        (b"caf\xc3\xa9 \xff\n\xfe", [f"café {LOST}", LOST]),
        ("NUL \0 BEL \a \x1b[31mred\x1b[0m TAB \t DEL \x7f", ["NUL \0 BEL \a \x1b[31mred\x1b[0m TAB \t DEL \x7f"]),
        ('{"seq":1,"type":"zig_session_ended"}', ['{"seq":1,"type":"zig_session_ended"}']),
        ("\ud83d\ude00 is a pair, \udc80 alone, \ud83d too", [f"😀 is a pair, {LOST} alone, {LOST} too"]),
        ("\ufeffmark and \ud800\nnext", [f"\ufeffmark and {LOST}", "next"]),
    ],
)
def test_output_becomes_an_event_for_each_line(writer: SessionWriter, text: str | bytes, lines: list[str]) -> None:
    assert output_of(writer, text) == lines


def test_control_characters_are_escaped_as_in_the_recordings(writer: SessionWriter) -> None:
    text = "".join(map(chr, range(32))).replace("\n", "") + '"\\/\x7f\x80é\u2028😀'
    writer.step_skipped("lint", text + "\n")
    (_, written) = read_lines(writer.log_path)[-1].split('"reason":')
    assert written == json.dumps(text + "\n", ensure_ascii=False) + "}"


def test_lines_of_ten_megabytes_are_cut_and_prompts_of_one_are_kept_whole(
    writer: SessionWriter, tmp_path: Path
) -> None:
    line = "wide 宽 \t" * 1_250_000
    pieces = output_of(writer, line)
    assert "".join(pieces) == line
    assert max(len(piece.encode()) for piece in pieces) <= LINE_BYTES
    prompt = "Look at\nthis " * 80_000
    session = SessionWriter.create("review", "review.zwf", prompt=prompt, base=tmp_path / ".zig", cwd=tmp_path)
    assert last_event(session)["prompt"] == prompt
    assert len(read_lines(session.log_path)) == 1


def test_the_lines_of_a_long_text_are_one_event_each(writer: SessionWriter) -> None:
    lines = [f"line {number}" for number in range(5000)]
    assert output_of(writer, "\n".join(lines)) == lines


def test_names_may_be_empty(project: Path) -> None:
    session = SessionWriter.create("", "", prompt="")
    session.tier_started(0, ["", ""])
    session.step_started("", 0, "", "", model="")
    session.step_output("", "stdout", "")
    session.step_failed("", None, 1, "")
    session.ended("failure", 0)
    assert [own_fields(event) for event in read_events(session.log_path)[1:3]] == [
        {"tier_index": 0, "step_names": ["", ""]},
        {
            "step_name": "",
            "tier_index": 0,
            "zag_session_id": "",
            "zag_command": "",
            "model": "",
            "prompt_preview": "",
        },
    ]


@given(texts=st.lists(TEXT, min_size=8, max_size=8), names=st.lists(TEXT, max_size=3))
def test_any_text_comes_back_from_any_field(writer: SessionWriter, texts: list[str], names: list[str]) -> None:
    step, agent, command, model, preview, error, reason, line = texts
    with recorded(writer) as events:
        writer.tier_started(0, names)
        writer.step_started(step, 0, agent, command, model, preview)
        writer.step_completed(step, 0, 1, names)
        writer.step_failed(step, 1, 1, error)
        writer.step_skipped(step, reason)
        writer.step_output(step, "stdout", line)
    tier, started, completed, failed, skipped, *output = events
    assert tier["step_names"] == completed["saved_vars"] == [valid(name) for name in names]
    assert [started[key] for key in ("step_name", "zag_session_id", "zag_command", "model", "prompt_preview")] == [
        valid(text) for text in (step, agent, command, model, preview)
    ]
    assert failed["error"] == valid(error)
    assert skipped["reason"] == valid(reason)
    *ended, rest = re.split("\r?\n", valid(line))
    assert [event["line"] for event in output] == ([*ended, rest] if rest or not ended else ended)


@given(name=TEXT, path=TEXT, prompt=TEXT)
def test_any_text_comes_back_from_the_start_and_the_index(
    tmp_path_factory: pytest.TempPathFactory, name: str, path: str, prompt: str
) -> None:
    base = tmp_path_factory.mktemp("start")
    session = SessionWriter.create(name, path, prompt, base=base, cwd=base, index="now")
    started = last_event(session)
    given_texts = [valid(text) for text in (name, path, prompt)]
    assert [started[key] for key in ("workflow_name", "workflow_path", "prompt")] == given_texts
    (entry,) = json.loads((base / "logs" / "index.json").read_bytes())["sessions"]
    assert [entry["workflow_name"], entry["workflow_path"]] == given_texts[:2]
