"""A session as text while it runs."""

import json
import os
import re
import time
from pathlib import Path

import pytest

from tests.support.bases import IDS, copy_recordings, log_of, recorded_base, session_id, write_log
from tests.support.commands import Done, Running, freeze, refused, run_with_closed_output, zigtui
from tests.support.logs import BEGAN, Log, append
from tests.support.recordings import ROWS, recorded
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until
from writer import SessionWriter
from zigtui.reader.session.folding.runs import Runs
from zigtui.reader.session.model.session import StepRun, TierRun

NAMES = [row.name for row in ROWS]
LOST = "zigtui: the session is lost: no sign of life for three heartbeats\n"


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, as the user's own; the working directory is no repository."""
    monkeypatch.chdir(home)
    return recorded_base(home / ".zig")


@pytest.fixture
def own(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty base of the user."""
    monkeypatch.chdir(home)
    (home / ".zig").mkdir()
    return home / ".zig"


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


@pytest.mark.parametrize("how", ["id", "prefix", "workflow"])
@pytest.mark.parametrize("name", NAMES)
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


# Options


def test_a_timeout_ends_it_with_3(own: Path) -> None:
    write_log(own, Log().start().tier(0, "a"))
    done = listen("--timeout", "10ms")
    assert done == Done(3, "▶ zig session started: flow (1 tier)\n── tier 1 (a)\n", done.stderr)
    assert done.stderr == "zigtui: the session has not ended in 10ms\n"


def test_a_timeout_while_nothing_comes_ends_it_with_3(own: Path) -> None:
    write_log(own, Log().start())
    assert listen("--timeout", "700ms").code == 3


def test_a_timeout_keeps_back_none_of_the_last_lines(own: Path) -> None:
    write_log(own, Log().start().says("a", "1", "2"))
    assert listen("--timeout", "0", "--tail", "1").stdout == "[a] 2\n"


def test_a_session_that_has_ended_is_in_time_for_any_timeout(base: Path) -> None:
    assert listen("deploy", "--timeout", "0").code == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [("sequential-success", 0), ("continue-on-failure", 0), ("failed-session", 1), ("killed-mid-step", 3)],
)
def test_the_exit_status_shows_how_the_session_ended(base: Path, name: str, code: int) -> None:
    assert listen(IDS[name], "--exit-status").code == code


def test_the_exit_status_of_a_session_that_runs_on_is_4(own: Path) -> None:
    write_log(own, Log().start())
    assert listen("--no-follow", "--exit-status").code == 4
    assert listen("--no-follow").code == 0


@pytest.mark.parametrize("name", NAMES)
def test_json_is_the_recorded_lines(base: Path, name: str) -> None:
    assert listen(IDS[name], "--json").stdout.encode() == log_of(base, name).read_bytes()


def test_json_leaves_out_what_is_no_event_and_mends_what_is_not_utf8(own: Path) -> None:
    log = Log().start().raw(b"garbage").raw(b"").raw(b'{"later": 1 }').says("a", "caf?").end()
    log.lines[-2] = log.lines[-2].replace(b"?", b"\xe9")
    write_log(own, log)
    lines = listen("--json").stdout.split("\n")
    assert lines[0].encode() == log.lines[0]
    assert lines[1] == '{"later": 1 }'
    assert json.loads(lines[2])["line"] == "caf\ufffd"
    assert lines[3].encode() == log.lines[-1]
    assert lines[4:] == [""]


def test_only_events_of_some_steps(own: Path) -> None:
    write_log(own, sound())
    assert listen("--step", "a").stdout.splitlines() == [
        "  running step 'a' (zag run model=opus, session=zig-flow-a)...",
        "[a] one",
        "[a] three",
        "  completed 'a' in 1500ms",
    ]
    both = listen("--step", "a", "--step", "b", "--json").objects
    assert [event["step_name"] for event in both] == ["a", "b", "a", "b", "a", "a", "b"]
    assert listen("--step", "nobody").stdout == ""


def test_lines_begin_with_the_time_of_their_event(base: Path, reference: Path) -> None:
    lines = listen("deploy", "--timestamps").stdout.split("\n")[:-1]
    events = [event for event in recorded(log_of(base, "retry-then-success")) if event["type"] != "heartbeat"]
    plain = (reference / "listen" / "retry-then-success.txt").read_text().split("\n")[:-1]
    assert lines == [f"{event['ts']} {line}" for event, line in zip(events, plain, strict=True)]


def test_a_time_that_is_missing_is_a_dash(own: Path) -> None:
    write_log(own, Log().start().event("tier_started", ts=None, tier_index=0, step_names=[]).end())
    assert listen("--timestamps").lines[1] == "- ── tier 1 ()"


@pytest.mark.parametrize("number", [0, 1, 5, 10_000])
def test_only_the_last_of_the_existing_lines(base: Path, reference: Path, number: int) -> None:
    lines = (reference / "listen" / "wide-tier.txt").read_text().splitlines(keepends=True)
    assert listen("matrix", "--tail", str(number)).stdout == "".join(lines[-number:] if number else [])


def test_after_the_last_existing_lines_all_new_lines_come(home: Path, own: Path) -> None:
    log_path = write_log(own, Log().start().says("a", "1", "2", "3"))
    with Running("listen", "--tail", "2", home=home) as running:
        assert [running.line(), running.line()] == ["[a] 2\n", "[a] 3\n"]
        append(log_path, Log().says("a", "4", "5", "6").end().data)
        assert running.finish().lines == [
            "[a] 4",
            "[a] 5",
            "[a] 6",
            "■ zig session ended (Success) in 4321ms",
        ]


def test_the_last_lines_of_a_step(own: Path) -> None:
    write_log(own, sound())
    assert listen("--step", "a", "--tail", "2").lines == ["[a] three", "  completed 'a' in 1500ms"]
    assert listen("--step", "a", "--tail", "9" * 30).lines == listen("--step", "a").lines


def test_without_following_it_stops_at_the_end_of_the_log(own_running: Path) -> None:
    assert listen(own_running.stem, "--no-follow") == Done(0, "▶ zig session started: flow (1 tier)\n", "")


@pytest.mark.parametrize("options", [(), ("--no-follow",), ("--exit-status",), ("--no-follow", "--exit-status")])
def test_a_lost_session_is_reported_as_lost_whether_followed_or_not(
    base: Path, reference: Path, options: tuple[str, ...]
) -> None:
    killed = (reference / "listen" / "killed-mid-step.txt").read_text()
    assert listen("long-refactor", *options) == Done(3, killed, LOST)


@pytest.fixture
def own_running(base: Path) -> Path:
    """A running session among the recorded ones."""
    return write_log(base, Log().start(), session_id(1))


def test_events_after_the_end_are_not_printed(own: Path) -> None:
    log = Log().start().end().says("a", "too late").end()
    write_log(own, log)
    assert len(listen().lines) == 2
    assert len(listen("--json").lines) == 2


def test_active_is_the_live_session_that_wrote_last(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    write_log(own, Log().start(), session_id(1), modified=BEGAN - 8, workflow="older")
    write_log(own, Log().start(), session_id(2), modified=BEGAN - 3, workflow="newer")
    write_log(own, Log().start().end(), session_id(3), modified=BEGAN - 1, workflow="ended")
    write_log(own, b"garbage\n", session_id(4), modified=BEGAN)
    assert listen("--active", "--no-follow").stdout == "▶ zig session started: newer (1 tier)\n"


def test_active_finds_a_session_with_a_long_prompt_and_a_large_log(own: Path) -> None:
    log = Log().event("zig_session_started", prompt="x" * 200_000, workflow_name="deploy", tier_count=1)
    path = write_log(own, log.tier(0, "a").step("a").says("a", *["y" * 1000] * 2000), session_id(1))
    assert str(path) in zigtui("listen", "--active", "--no-follow").stderr


def test_the_cost_of_a_line_does_not_grow_with_the_session(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[Runs] = []
    freeze_runs = Runs.freeze

    def counted(runs: Runs) -> tuple[tuple[TierRun, ...], tuple[StepRun, ...]]:
        frozen.append(runs)
        return freeze_runs(runs)

    monkeypatch.setattr(Runs, "freeze", counted)
    log = Log().start(100)
    for number in range(100):
        log.tier(number, "a").step("a").says("a", "one").done("a")
    path = write_log(own, log.end(), session_id(1))
    commands: list[list[str | Path]] = [
        ["listen", path],
        ["listen", path, "--no-follow"],
        ["export", path, "--format", "text"],
    ]
    for arguments in commands:
        frozen.clear()
        assert zigtui(*arguments).code == 0
        assert len(frozen) < 10


def test_active_with_nothing_running_is_refused(base: Path) -> None:
    assert refused("listen", "--active") == "zigtui: no session is running (--wait waits for it)\n"


@pytest.mark.parametrize(
    "arguments", [("deploy", "--latest"), ("deploy", "--active"), ("--latest", "--active")], ids=" ".join
)
def test_a_session_can_be_asked_for_in_one_way_only(base: Path, arguments: tuple[str, ...]) -> None:
    assert "one of them" in refused("listen", *arguments)


@pytest.mark.parametrize("value", ["soon", "-1", "1y", "", "1e3", "1h30", "yesterday"])
def test_a_timeout_that_is_no_duration_is_refused(base: Path, value: str) -> None:
    assert "is not a duration; write 90s, 15m, 1h30m or 2d" in refused("listen", "--timeout", value)


# Steps that are not there


def test_a_step_that_the_session_does_not_have_is_reported(base: Path) -> None:
    done = zigtui("listen", IDS["retry-then-success"], "--step", "no\x1bpe", "--step", "nope")
    assert (done.code, done.stdout) == (2, "")
    said = [line for line in done.stderr.splitlines() if "no step" in line]
    assert len(said) == 2
    assert said[1].startswith("zigtui: the session has no step nope; its steps: ")
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    ("name", "code", "exit_status"),
    [("sequential-success", 2, 2), ("failed-session", 2, 1), ("killed-mid-step", 2, 3)],
)
def test_a_session_that_is_over_without_a_step_ends_it_with_2(
    base: Path, name: str, code: int, exit_status: int
) -> None:
    assert listen(IDS[name], "--step", "typo").code == listen(IDS[name], "--step", "typo", "--no-follow").code == code
    assert listen(IDS[name], "--step", "typo", "--exit-status").code == exit_status


def test_one_step_of_several_may_be_misspelt(own: Path) -> None:
    write_log(own, sound())
    done = listen("--step", "b", "--step", "B")
    assert (done.code, done.lines[1]) == (2, "[b] two")
    assert done.stderr == "zigtui: the session has no step B; its steps: a, b\n"


def test_a_step_that_was_not_run_exists(own: Path) -> None:
    write_log(own, Log().start().tier(0, "a", "b").step("a").end())
    assert listen("--step", "b") == Done(0, "", "")


def test_a_running_session_may_start_a_step_later(own_running: Path) -> None:
    done = listen(own_running.stem, "--no-follow", "--step", "nope")
    assert done == Done(0, "", "zigtui: the session has no step nope yet; its steps so far: none\n")


@pytest.mark.parametrize(("started", "code"), [("later", 0), ("other", 2)])
def test_a_step_is_waited_for_until_the_session_ends(home: Path, own: Path, started: str, code: int) -> None:
    log = Log().start().tier(0, "a")
    log_path = write_log(own, log)
    with Running("listen", "--step", "later", home=home) as running:
        assert running.process.stderr is not None
        assert running.process.stderr.readline().startswith(b"listening to")
        reported = running.process.stderr.readline().decode()
        assert reported == "zigtui: the session has no step later yet; its steps so far: a\n"
        before = len(log.data)
        append(log_path, log.tier(1, started).step(started).end().data[before:])
        done = running.finish()
    assert (done.code, len(done.lines)) == (code, 1 - code // 2)
    assert done.stderr == ("" if code == 0 else "zigtui: the session has no step later; its steps: a, other\n")


# Options that other programs have


def test_short_options_are_those_of_tail(own: Path) -> None:
    write_log(own, sound())
    assert listen("-f", "-n", "2") == listen("--follow", "--tail", "2") == listen("-fn2") == listen("-n2")
    assert listen("-n", "2").lines == ["  completed 'b' in 1500ms", "■ zig session ended (Success) in 4321ms"]


def test_the_last_word_on_following_counts(own_running: Path) -> None:
    assert listen(own_running.stem, "-f", "--no-follow").code == 0


@pytest.mark.parametrize("number", ["+2", "-1", "few", ""])
def test_a_number_of_lines_is_a_plain_number(base: Path, number: str) -> None:
    assert "is not a number of 0 or more" in refused("listen", "-n", number)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("deploy",), 0), (("long-refactor",), 3), (("deploy", "--step", "x"), 2), (("running", "--timeout", "0"), 3)],
    ids=str,
)
def test_quiet_is_without_notes(own: Path, reference: Path, arguments: tuple[str, ...], code: int) -> None:
    copy_recordings(reference / "dot-zig" / "projects", own / "projects")
    write_log(own, Log().start(), workflow="running")
    loud = zigtui("listen", *arguments)
    assert loud.stderr != ""
    assert zigtui("listen", "-q", *arguments) == zigtui("listen", *arguments, "--quiet") == Done(code, loud.stdout, "")


def test_quiet_is_not_without_errors(base: Path) -> None:
    assert "no session has the id or the workflow name 'nope'" in refused("listen", "-q", "nope")


def test_timestamps_are_not_for_json(base: Path) -> None:
    assert refused("listen", "deploy", "--timestamps", "--json").startswith("zigtui: --timestamps cannot be used with")


# What reaches a terminal

COLOURS = re.compile(rb"\x1b\[[0-9;]*m")


def written(*arguments: str, home: Path, environment: dict[str, str] | None = None) -> bytes:
    """The output of a command on a terminal, with its own line ends."""
    with Terminal("listen", *arguments, home=home, size=(200, 50), environment=environment) as terminal:
        assert terminal.wait_for_exit() == 0
        return terminal.written.replace(b"\r\n", b"\n")


def unsafe_in(data: bytes) -> list[str]:
    """The control and other invisible characters, without line ends and colours."""
    return [character for character in COLOURS.sub(b"", data).decode() if not character.isprintable()]


def test_hostile_text_reaches_a_terminal_as_colours_and_text_only(home: Path, base: Path) -> None:
    data = written(IDS["hostile-text"], home=home)
    assert set(unsafe_in(data)) == {"\n", "\N{ZERO WIDTH JOINER}", "\U0010ffff"}  # part of emoji; unassigned
    assert COLOURS.search(data)
    assert "failed (attempt 1): error with ⏎ newline and colour and [bold]markup[/bold]\n" in data.decode()


def test_every_text_of_an_event_is_made_safe(home: Path, own: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9bH\x1bP1q\x1b\\evil"
    log = Log().event(evil).start().tier(0, evil).event("step_failed", step_name=evil, attempt=1, error=evil, ts=evil)
    log.event("step_started", step_name=evil, model=evil, zag_command=evil, zag_session_id=evil, ts=evil)
    log.event("step_completed", step_name=evil, duration_ms=1, saved_vars=[evil], ts=evil)
    log.says(evil, evil).event("step_skipped", step_name=evil, reason=evil, ts=evil)
    write_log(
        own, log.event("zig_session_ended", status=evil, duration_ms=1, ts=evil), "\x1b]0;owned\x07", workflow=evil
    )
    data = written("--timestamps", home=home)
    assert set(unsafe_in(data)) == {"\n"}
    assert data.count(b"evil") > 15


def test_a_line_cannot_write_over_the_name_of_its_step(home: Path, own: Path) -> None:
    log = Log().start().says("a", "10 %\r20 %", "\r■ zig session ended (Success) in 1ms", "gone\x1b[2K\rkept")
    write_log(own, log.end("failure"))
    assert written(home=home).decode().splitlines()[2:5] == [
        "[a] 20 %",
        "[a] ■ zig session ended (Success) in 1ms",
        "[a] kept",
    ]


def test_no_color_leaves_the_text(home: Path, base: Path) -> None:
    assert b"\x1b" not in written(IDS["hostile-text"], home=home, environment={"NO_COLOR": "1"})


def test_raw_is_as_recorded(home: Path, base: Path, reference: Path) -> None:
    data = written(IDS["hostile-text"], "--raw", home=home)
    recorded_text = (reference / "listen" / "hostile-text.txt").read_bytes()
    assert data.split(b"\n", 1)[1] == recorded_text.replace(b"\r\n", b"\n")
