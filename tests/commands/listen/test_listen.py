"""A session as text while it runs."""

import os
import time
from pathlib import Path

import pytest

from tests.support.bases import IDS, log_of, write_log
from tests.support.cases import each_case
from tests.support.commands import Done, Running, run_with_closed_output, zigtui
from tests.support.logs import Log, append
from tests.support.recordings import ROWS
from tests.support.waiting import wait_until
from writer import SessionWriter

NAMES = [row.name for row in ROWS]


LOST = "zigtui: the session is lost: no sign of life for three heartbeats\n"


def listen(*arguments: str | Path) -> Done:
    """Listen, without the line on standard error that names the log."""
    done = zigtui("listen", *arguments)
    first, rest = done.stderr.split("\n", 1)
    assert first.startswith("listening to session log: ")
    return Done(done.code, done.stdout, rest)


def sound() -> Log:
    """A session of two steps that succeeds."""
    log = Log().start().tier(0, "a", "b").step("a").step("b").says("a", "one").says("b", "two").says("a", "three")
    return log.done("a").done("b").end()


# As the reference


@each_case("how", ["id", "prefix", "workflow"])
@each_case("name", NAMES)
def test_the_output_is_that_of_the_reference_to_the_byte(base: Path, reference: Path, name: str, how: str) -> None:
    row = next(row for row in ROWS if row.name == name)
    wanted = {"id": IDS[name], "prefix": IDS[name][:8], "workflow": row.workflow}[how]
    done = zigtui("listen", wanted)
    assert done.stdout.encode() == (reference / "listen" / f"{name}.txt").read_bytes()
    path = log_of(base, name).resolve()
    is_lost = name == "killed-mid-step"
    assert done.stderr == f"listening to session log: {path}\n" + (LOST if is_lost else "")
    assert done.code == (3 if is_lost else 0)


def test_the_program_prints_the_same_bytes(home: Path, base: Path, reference: Path) -> None:
    with Running("listen", IDS["hostile-text"], home=home) as running:
        done = running.finish()
    assert done.stdout.encode() == (reference / "listen" / "hostile-text.txt").read_bytes()
    assert (done.code, done.stderr.count("\n")) == (0, 1)


@pytest.mark.parametrize("arguments", [(), ("--latest",)], ids=["nothing", "latest"])
def test_the_newest_session_is_listened_to_by_default(base: Path, reference: Path, arguments: tuple[str, ...]) -> None:
    done = listen(*arguments)
    assert done == Done(0, (reference / "listen" / "quiet-with-heartbeats.txt").read_text(), "")


# As it is written


def test_lines_come_while_the_session_runs_and_it_ends_with_it(home: Path, own: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", tier_count=1, base=own, cwd=home)
    with Running("listen", home=home) as running:
        assert running.line() == "▶ zig session started: review (1 tier)\n"
        writer.tier_started(0, ["lint"])
        assert running.line() == "── tier 1 (lint)\n"
        writer.step_started("lint", 0, "zig-review-lint", "run", None, "Lint it")
        assert running.line() == "  running step 'lint' (zag run, session=zig-review-lint)...\n"
        for number in range(20):
            writer.step_output("lint", "stdout", f"line {number}")
            assert running.line() == f"[lint] line {number}\n"
        writer.heartbeat()
        writer.step_failed("lint", None, 1, "exit code 2")
        assert running.line() == "  step 'lint' failed (attempt 1): exit code 2\n"
        writer.ended("failure", 12)
        assert running.line() == "■ zig session ended (Failure) in 12ms\n"
        assert running.finish() == Done(0, "", f"listening to session log: {writer.log_path.resolve()}\n")


def test_half_a_line_is_waited_for(home: Path, own: Path) -> None:
    text = "x" * 200_000
    log = Log().start().says("a", text)
    log_path = write_log(own, Log().start())
    line = log.lines[-1] + b"\n"
    with Running("listen", home=home) as running:
        running.line()
        before = running.bytes_read
        append(log_path, line[:100_000])
        wait_until(lambda: running.bytes_read >= before + 100_000)
        append(log_path, line[100_000:])
        assert running.line() == f"[a] {text}\n"
        append(log_path, log.end().lines[-1] + b"\n")
        assert running.finish().stdout == "■ zig session ended (Success) in 4321ms\n"


def test_lines_written_a_few_bytes_at_a_time_are_printed_whole(home: Path, own: Path, reference: Path) -> None:
    name = "retry-then-success"
    data = log_of(reference / "dot-zig", name).read_bytes()
    first, rest = data[: data.index(b"\n") + 1], data[data.index(b"\n") + 1 :]
    log_path = write_log(own, first, IDS[name])
    with Running("listen", home=home) as running:
        reported = running.line()
        for start in range(0, len(rest), 29):
            append(log_path, rest[start : start + 29])
        done = running.finish()
    assert (done.code, done.stderr.count("\n")) == (0, 1)
    assert reported + done.stdout == (reference / "listen" / f"{name}.txt").read_text()


def test_a_session_that_is_lost_meanwhile_ends_it(home: Path, own: Path) -> None:
    log_path = write_log(own, Log().start().tier(0, "a").step("a").beat(1))
    with Running("listen", home=home) as running:
        assert [running.line() for _ in range(3)][1] == "── tier 1 (a)\n"
        os.utime(log_path, (time.time() - 30, time.time() - 30))
        done = running.finish()
    assert (done.code, done.stdout, done.stderr.split("\n", 1)[1]) == (3, "", LOST)


def test_a_session_whose_start_cannot_be_read_can_be_lost_too(own: Path) -> None:
    write_log(own, Log().raw(b"torn").tier(0), modified=time.time() - 200_000)
    assert listen() == Done(3, "── tier 1 ()\n", LOST)


def test_a_name_that_is_not_utf8_in_the_directory_stops_nothing(home: Path, own: Path) -> None:
    log_path = write_log(own, Log().start())
    with Running("listen", home=home) as running:
        running.line()
        for number in range(4):
            append(log_path, Log().says("a", str(number)).data)
            assert running.line() == f"[a] {number}\n"  # once the first one is printed it is watching
            (log_path.parent / f"caf\udce9{number}").touch()
        append(log_path, Log().end().data)
        assert running.finish().code == 0


# Trouble


def test_a_log_that_is_deleted_meanwhile_is_reported_in_one_line(home: Path, own: Path) -> None:
    log_path = write_log(own, Log().start())
    with Running("listen", home=home) as running:
        running.line()
        log_path.unlink()
        done = running.finish()
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.split("\n")[1:] == [f"zigtui: No such file or directory: {log_path}", ""]


def test_trouble_with_a_log_is_reported_safely_whatever_its_name(home: Path, own: Path) -> None:
    log_path = write_log(own, Log().start(), "\x1b]0;owned\x07evil")
    with Running("listen", home=home) as running:
        running.line()
        log_path.unlink()
        reported = running.finish().stderr
    assert reported.count("evil.jsonl\n") == 2
    assert [character for character in reported if not character.isprintable() and character != "\n"] == []


@pytest.mark.parametrize("change", ["truncated", "replaced"])
def test_a_log_that_is_truncated_or_replaced_meanwhile_is_reported_in_one_line(
    home: Path, own: Path, change: str
) -> None:
    log_path = write_log(own, Log().start().tier(0, "a"))
    with Running("listen", home=home) as running:
        running.line()
        running.line()
        if change == "truncated":
            os.truncate(log_path, 20)
        else:
            other = log_path.with_name("other")
            other.write_bytes(sound().data)
            other.rename(log_path)
        done = running.finish()
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.split("\n")[1:] == [
        f"zigtui: the log was truncated or replaced while it was read: {log_path}",
        "",
    ]


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_a_line_that_other_readers_skip_is_printed(
    own: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setattr("zigtui.reader.lines.tail.MAX_LINE_BYTES", 300_000)
    write_log(own, Log().start().says("a", "x" * 1_000_000).end())
    done = listen(*options)
    assert (done.stderr, "x" * 1_000_000 in done.stdout) == ("", True)


@pytest.mark.parametrize("command", ["listen", "listen --json", "export --format text"])
def test_a_line_that_is_too_long_to_print_is_reported(own: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr("zigtui.reader.lines.follow_log.MAX_FOLLOWED_BYTES", 300_000)
    log = Log().start().says("a", "x" * 1_000_000, "kept", "y" * 600_000).end()
    path = write_log(own, log)
    done = zigtui(*command.split(), path)
    said = [line for line in done.stderr.splitlines() if not line.startswith("listening")]
    lengths = [f"{len(log.lines[number]):,}" for number in (1, 3)]
    assert said == [
        f"zigtui: line 2 is left out: it has {lengths[0]} bytes, over 536,870,912",
        f"zigtui: line 4 is left out: it has {lengths[1]} bytes, over 536,870,912; 2 left out so far",
    ]
    assert (done.code, len(done.lines), "kept" in done.lines[1]) == (0, 3, True)


def test_ctrl_c_is_quiet(home: Path, own: Path) -> None:
    write_log(own, Log().start())
    with Running("listen", home=home) as running:
        running.line()
        running.interrupt()
        done = running.finish()
    assert (done.code, done.stdout, done.stderr.split("\n")[1:]) == (130, "", [""])


@pytest.mark.parametrize("options", [(), ("--json",), ("--tail", "3")], ids=" ".join)
def test_a_reader_that_has_gone_ends_it_quietly(home: Path, base: Path, options: tuple[str, ...]) -> None:
    done = run_with_closed_output("listen", "matrix", *options, home=home)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
