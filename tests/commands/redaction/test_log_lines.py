"""Redaction of the lines of a log, whose lengths stay."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bases import REFERENCE
from tests.support.cases import each_case
from tests.support.redactors import masking
from zigtui.commands.redaction.log_lines import LogMasking
from zigtui.reader.lines.decode import events_in

TOKEN = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"


def masked(*lines: bytes) -> list[bytes]:
    """The lines, masked in order. Each keeps its length."""
    mask = masking().lines()
    results = [mask(line) for line in lines]
    assert list(map(len, results)) == list(map(len, lines))
    return results


def output(text: str, step: str = "build", **fields: object) -> bytes:
    """A line of output in the form in which zig writes it."""
    event = {"seq": 1, "type": "step_output", "step_name": step, "stream": "stdout", "line": text, **fields}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def texts(line: bytes) -> str:
    """The printed text of a line."""
    return str(json.loads(line)["line"])


def test_a_line_without_secrets_stays_as_it_is() -> None:
    lines = [output("compiled 12 files in 3 s"), output("grün 🎉"), b"no JSON at all\n", b"\n", b"[1, 2]\n", b"3\r\n"]
    assert masked(*lines) == lines


def test_secrets_are_masked_and_the_rest_stays_readable() -> None:
    (line,) = masked(output(f"using {TOKEN} now"))
    assert texts(line) == "using [redacted: github-token] now"


@pytest.mark.parametrize("secret", ["x9Q", "hunter2", "Pa55-word1"])
def test_a_mask_that_is_longer_than_the_secret_is_shortened(secret: str) -> None:
    (line,) = masked(output(f"password: {secret}"))
    assert texts(line).startswith(("password: *", "password: [redacted"))
    assert secret not in texts(line).removeprefix("password: ")


@each_case(
    "line",
    [
        json.dumps({"type": "zig_session_started", "prompt": f"use {TOKEN}", "cwd": "/home/kimberly/src"}).encode(),
        json.dumps({"type": "other", "nested": {"type": TOKEN, "list": ["x", [TOKEN]]}}).encode(),
        b'{"line":"%s","type":"step_output","line":"x"}' % TOKEN.encode(),
        b'{"error" : "%s" , "type":"step_failed"}' % TOKEN.encode(),
        b'{"error":"\\u0067hp_abcdefghijklmnopqrstuvwxyz0123456789"}',
        b'{"type":"step_output","line":"torn %s' % TOKEN.encode(),
        b'torn","x":"{"type":"step_output","line":"glued %s"}{"a":"b"}' % TOKEN.encode(),
        b"\xff\xfe bad bytes %s" % TOKEN.encode(),
        b'{"line":"\xff %s"}' % TOKEN.encode(),
        b'{"line":"\\ud800 %s"}' % TOKEN.encode(),
        b'"%s"' % TOKEN.encode(),
        b'["%s"]' % TOKEN.encode(),
        b"[" * 5000 + TOKEN.encode(),
    ],
    ids=lambda line: repr(line[:40]),
)
def test_no_form_of_a_line_hides_a_secret(line: bytes) -> None:
    (found,) = masked(line + b"\n")
    assert TOKEN.encode() not in found
    assert b"abcdefghijklmnop" not in found
    assert b"/home/kimberly" not in found
    assert found.endswith(b"\n")


@pytest.mark.parametrize("depth", [1, 99, 101, 480, 600, 960, 100_000])
@pytest.mark.parametrize(("begin", "end"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_line_may_have_any_depth(depth: int, begin: bytes, end: bytes) -> None:
    """However many callers there are: the bytes must be the same whenever they are sent."""
    line = b'{"type":"x","a":' + begin * depth + b'"password=hunter2xK9"' + end * depth + b"}\n"

    def masked_within(callers: int) -> bytes:
        return masked_within(callers - 1) if callers else masking().lines()(line)

    masked = masked_within(0)
    assert len(masked) == len(line)
    assert b"hunter2xK9" not in masked
    assert masked_within(300) == masked


def test_brackets_in_output_are_no_levels() -> None:
    line = b'{"type":"step_output","step_name":"a","stream":"stdout","line":"%s"}\n'
    masked = masking().lines()(line % (b"\\u001b[1m{" * 500 + b" password=hunter2xK9"))
    assert json.loads(masked)["line"].startswith("\x1b[1m{" * 500)
    assert b"hunter2xK9" not in masked


def test_what_readers_need_stays() -> None:
    line = output(TOKEN, zig_session_id="9c3f2b1a-0000-4000-8000-123456789abc", ts="2026-11-26T10:00:00.123+00:00")
    before, after = json.loads(line), json.loads(masked(line)[0])
    assert {**before, "line": ""} == {**after, "line": ""}


def test_a_private_key_over_several_lines_is_masked_in_each_stream() -> None:
    body = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn"
    lines = [
        output("-----BEGIN RSA PRIVATE KEY-----"),
        output("testing", step="test"),
        output(body),
        output(body + "=="),
        output("-----END RSA PRIVATE KEY-----"),
        output("done"),
    ]
    assert [body in texts(line) for line in masked(*lines)] == [False] * 6
    assert [texts(line) for line in masked(*lines)][1::4] == ["testing", "done"]


def test_a_private_key_is_masked_if_some_of_its_lines_are_torn_and_glued() -> None:
    begin, body = output("-----BEGIN RSA PRIVATE KEY-----"), output("MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn" * 2)
    for lines in (
        [begin, body, body[:-30] + output("done")],
        [b"torn" + begin, body, body],
        [output("before"), b"torn" + begin, body, body[:-30] + body],
    ):
        assert not any(b"MIIEpAIBAAKC" in line for line in masked(*lines))


@each_case("path", sorted(REFERENCE.rglob("*.jsonl")), ids=lambda path: path.stem[:8])
def test_readers_read_a_masked_log_as_they_read_the_original(path: Path) -> None:
    """A user name is in all paths, so that each log has something to mask."""
    lines = [line.replace(b"/root", b"/home/kimberly") for line in path.read_bytes().splitlines(keepends=True)]
    before, after = [events_in(line) for line in lines], [events_in(line) for line in masked(*lines)]
    assert list(map(len, before)) == list(map(len, after))
    for event, other in zip(before, after, strict=True):
        for (start, fields), (other_start, other_fields) in zip(event, other, strict=True):
            assert start == other_start
            assert list(fields) == list(other_fields)
            kept = [name for name in fields if name not in {"line", "error", "cwd", "prompt", "prompt_preview"}]
            assert [type(fields[name]) for name in kept] == [type(other_fields[name]) for name in kept]
            same = [name for name in kept if not name.endswith("_path")]
            assert [fields[name] for name in same] == [other_fields[name] for name in same]


def test_a_line_that_is_too_long_becomes_an_event_without_text() -> None:
    size = masking().max_line_bytes + 1
    whole = masking().blank(size, 0, size)
    assert (len(whole), json.loads(whole)) == (size, {"type": "redacted"})


@given(st.integers(30, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_part_of_a_line_that_is_too_long_equals_that_part_of_the_whole(size: int, start: int, end: int) -> None:
    start, end = sorted((min(start, size), min(end, size)))
    assert masking().blank(size, start, end) == masking().blank(size, 0, size)[start:end]


@given(st.text().filter(lambda text: "\n" not in text), st.booleans())
def test_any_line_keeps_its_length_and_stays_json(text: str, is_ascii: bool) -> None:
    event = {"type": "step_output", "line": f"{text} password={text} {TOKEN}"}
    line = json.dumps(event, ensure_ascii=is_ascii).encode("utf-8", "backslashreplace") + b"\n"
    (found,) = masked(line)
    assert json.loads(found)["type"] == "step_output"
    assert TOKEN not in json.loads(found)["line"]


@given(st.binary().filter(lambda data: b"\n" not in data))
def test_any_bytes_keep_their_length(data: bytes) -> None:
    (found,) = masked(data + TOKEN.encode() + b"\n")
    assert len(found) == len(data) + len(TOKEN) + 1


def test_the_fingerprint_depends_on_what_is_masked() -> None:
    assert LogMasking.of_here(["/home/ann/.zig"]).fingerprint == LogMasking.of_here(["/home/ann/.zig"]).fingerprint
    assert LogMasking.of_here(["/home/ann/.zig"]).fingerprint != LogMasking.of_here(["/home/bob/.zig"]).fingerprint
