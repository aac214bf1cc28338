"""Odd input never ends a command with an internal error: exit code 70 and a traceback are for defects."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.support.commands import Done, zigtui
from tests.support.damage import BAD_LINES, ODD_LINES, log_on_disk, logs
from tests.support.examples import examples
from tests.support.logs import Log
from zigtui.commands.export.registry import format_names
from zigtui.exit_codes import ExitCode

READING = ["show", "show --json", "check", "check --json", "listen --no-follow", "listen --no-follow --json --tail 2"]
EXPORTS = [f"export --format {name} {redact}" for name in format_names() for redact in ("--redact", "--no-redact")]
COMMANDS = [*READING, *EXPORTS]


def run(*arguments: str | Path) -> Done:
    """Run a command, which may refuse its arguments but must not fail in an unexpected way."""
    done = zigtui(*arguments)
    assert done.code != ExitCode.DEFECT, done.stderr
    assert "Traceback" not in done.stderr
    return done


NO_EVENTS = ("zigtui: not the log of a session", "zigtui: the log is empty")


def run_all(log: str | Path) -> None:
    for command in COMMANDS:
        done = run(*command.split(), log)
        if done.code == ExitCode.USAGE:
            assert done.stderr.splitlines()[-1].startswith(NO_EVENTS), (command, done)
        else:
            assert done.code in (ExitCode.OK, ExitCode.FAILED, ExitCode.LOST_OR_TIMEOUT), (command, done)


@examples(25, suppress_health_check=[HealthCheck.too_slow])
@given(log=logs())
def test_damaged_logs(log: Log) -> None:
    with log_on_disk(log.data) as path:
        run_all(path)


@pytest.mark.parametrize("line", [*BAD_LINES, *ODD_LINES], ids=range(len(BAD_LINES + ODD_LINES)))
def test_a_single_bad_line(line: bytes) -> None:
    with log_on_disk(line + b"\n" + Log().start().raw(line).tier(0, "a").step("a").raw(line).data) as path:
        run_all(path)


TIMES = [
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59.999999Z",
    "1969-12-31T23:59:59Z",
    "2026-03-01<12:00:00Z",
    "2026-02-30T12:00:00Z",
    "٢٠٢٦-03-01T12:00:00Z",
    "2026-W09-7T12",
    "",
    "x" * 10_000,
]


@pytest.mark.parametrize(
    ("time", "which"),
    [(time, which) for number, time in enumerate(TIMES) for which in ("all", ("first", "last")[number % 2])],
    ids=lambda value: value[:30],
)
def test_times_at_both_ends_of_the_calendar(home: Path, time: str, which: str) -> None:
    log = Log().start().tier(0, "a", "b").step("a").says("a", "x").step("b").says("b", "y")
    log.fails("a").done("b", 12).end("failure")
    lines = log.lines
    for number, line in enumerate(lines):
        if which == "all" or number == (0 if which == "first" else len(lines) - 1):
            stamp = line.split(b'"ts":"')[1].split(b'"')[0]
            lines[number] = line.replace(stamp, time.encode())
    path = home / ".zig" / "logs" / "sessions" / "0b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(lines))
    run_all(path)
    for command in ("list", "list --json", "list --since 1h", "show 0b5c"):
        assert run(*command.split()).code == ExitCode.OK


@pytest.mark.parametrize("modified", [-1e10, 0, 2**33, 2**34 - 1], ids=str)
def test_modification_times(home: Path, modified: float) -> None:
    path = home / ".zig" / "logs" / "sessions" / "x.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(Log().start().tier(0, "a").step("a").data)
    os.utime(path, (modified, modified))
    run_all(path)
    for command in ("list", "list --json", "show x", "listen --active --no-follow"):
        run(*command.split())


NUMBERS = ["-1", "18446744073709551616", "1" + "0" * 400, "1e308", "-1e308", "0.5", "true", "null", '"1"', "[]"]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:25])
def test_numbers_of_any_size(number: str) -> None:
    events = Log().start().tier(0, "a").step("a").says("a", "tokens").fails("a").done("a", 12).end().data
    for name in (b"tier_count", b"tier_index", b"duration_ms", b"exit_code", b"attempt", b"seq"):
        parts = events.split(b'"' + name + b'":')
        for index in range(1, len(parts)):
            old = parts[index]
            end = min(old.find(mark) for mark in (b",", b"}") if mark in old)
            parts[index] = number.encode() + old[end:]
        with log_on_disk((b'"' + name + b'":').join(parts)) as path:
            run_all(path)


def test_printed_tokens_and_costs_of_any_size() -> None:
    log = Log().start().tier(0, "a").step("a")
    for tokens, cost in (("9" * 30, "9" * 30 + ".99"), ("9" * 400, "9" * 400), ("1", "0." + "0" * 400 + "1")):
        log.says("a", *[f"  tokens: {tokens} in / {tokens} out, cost=${cost}"] * 3)
    with log_on_disk(log.data) as path:
        run_all(path)


@pytest.fixture
def directory() -> Iterator[bytes]:
    """A directory whose files may have any names."""
    path = tempfile.mkdtemp().encode()
    yield path
    shutil.rmtree(path)


NAMES = [
    b"caf\xe9.jsonl",
    b"\xff\xfe.jsonl",
    b"-o.jsonl",
    b" .jsonl",
    b".jsonl",
    b"a\nb.jsonl",
    b"\x1b[2J.jsonl",
    b"%s{0}.jsonl",
]


@pytest.mark.parametrize(
    "name", [*NAMES, "日本語\u202e.jsonl".encode(), b"x" * 240 + b".jsonl"], ids=lambda name: repr(name[:20])
)
def test_file_names(directory: bytes, name: bytes) -> None:
    log = directory + b"/" + name
    Path(os.fsdecode(log)).write_bytes(Log().start().tier(0, "a").step("a").says("a", "x").done("a").end().data)
    run_all(os.fsdecode(log))
    for command in EXPORTS:
        report = directory + b"/report-" + name[:200]
        assert run(*command.split(), os.fsdecode(log), "-o", os.fsdecode(report)).code == ExitCode.OK


def test_a_base_whose_name_is_not_utf8(directory: bytes) -> None:
    base = Path(os.fsdecode(directory + b"/\xe9/.zig"))
    sessions = base / "projects" / os.fsdecode(b"caf\xe9") / "logs" / "sessions"
    sessions.mkdir(parents=True)
    (sessions / os.fsdecode(b"\xe9abc.jsonl")).write_bytes(Log().start().end().data)
    for command in ("list", "list --json", "show", "show --json", "check", "check --json", *EXPORTS, "show nobody"):
        done = run(*command.split(), "--base", base)
        assert done.code == (ExitCode.USAGE if "nobody" in command else ExitCode.OK)


words = st.sampled_from(
    ["", "-", "--", "-o", "--json", "--base", "/", ".", "..", "~", "\ud800", "a\0b", "--format", "md"]
)
arguments = st.lists(
    words | st.sampled_from(["list", "show", "help", "check", "export"]) | st.text(max_size=8), max_size=5
)


@examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=arguments)
def test_arguments(home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.chdir(home)
    done = run(*arguments)
    assert done.code in (ExitCode.OK, ExitCode.FAILED, ExitCode.USAGE)
