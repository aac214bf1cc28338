"""``zigtui demo``: a workflow of real processes, as text and on the screen, that leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.commands import refused, run_shell, zigtui
from tests.support.processes import processes_that_name, run_zigtui, started, user_environment
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.reader import SessionState, StepState, read_session


def runner_of(process: int) -> int:
    """The process id of the runner that a demo has started."""
    (runner,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(runner)


def ended_demo_errors(base: Path) -> list[str]:
    """Why the steps of the main workflow in ``base`` have failed, whose session has ended."""
    snapshots = map(read_session, base.rglob("*.jsonl"))
    (demo,) = (snapshot for snapshot in snapshots if snapshot.session.workflow_name == "demo")
    assert demo.state is SessionState.FAILED
    return [step.attempts[-1].error for step in demo.session.steps if step.state is StepState.FAILED]


def test_without_a_terminal_the_session_is_printed_as_text_and_the_log_kept_where_asked(
    tmp_path: Path, scratch: Path
) -> None:
    arguments = ("--base", "kept", "demo", "--speed", "20")
    done = run_zigtui(*arguments, home=tmp_path, environment={"TMPDIR": str(scratch)})
    assert done.returncode == 0
    assert done.stderr.startswith("listening to session log: ")
    assert done.stderr.count("\n") == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "▶ zig session started: demo (4 tiers)"
    assert lines[1] == "── tier 1 (gather)"
    assert "── tier 2 (lint, sizes, docs)" in lines
    assert "  skipping 'publish' (condition not met: branch == release)" in lines
    assert not any(line.endswith(": 1 long lines") for line in lines)
    assert any(line.startswith("  step 'test' failed (attempt 1): ") for line in lines)
    assert any(line.startswith("  completed 'package' in ") and line.endswith("(saved: archive)") for line in lines)
    assert lines[-1].startswith("■ zig session ended (Success) in ")
    assert len(list((tmp_path / "kept").rglob("*.jsonl"))) == 3  # two short ones, and the one that was watched
    assert not (tmp_path / ".zig").exists()


def test_a_terminal_that_cannot_display_the_screen_gets_text(tmp_path: Path, scratch: Path) -> None:
    environment = {"TMPDIR": str(scratch), "TERM": "dumb"}
    with Terminal("demo", "--speed", "20", home=tmp_path, environment=environment) as terminal:
        terminal.wait_for("tier 1 (gather)")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait_for_exit() == 128 + signal.SIGTERM
        assert b"\x1b" not in terminal.written


@each_case(
    ("option", "value", "reason"),
    [
        ("--base", "/dev/null/x", "zigtui: cannot make the directory (File exists): /dev/null"),
        ("--base", "/dev/null", "zigtui: cannot make the directory (File exists): /dev/null"),
        ("--base", "/proc/x", "zigtui: cannot make the directory (No such file or directory): /proc/x"),
        ("--base", __file__, "zigtui: Invalid value for '--base': Directory"),
        ("--base", "x" * 300, "zigtui: cannot make the directory (File name too long): "),
        ("--base", "", "zigtui: Invalid value for '--base': '' is not a name of a file or directory"),
        ("--base", "a\0b", "is not a name of a file or directory"),
        ("--base", "\ud800", "is not a name of a file or directory"),
        ("--speed", "nan", "'nan' is not a number from 0.1 to 1000"),
        ("--speed", "0", "'0' is not a number from 0.1 to 1000"),
        ("--events", "-1", "'-1' is not a number of 0 or more"),
        ("--events", "3", "--events needs --listener"),
    ],
)
def test_what_it_cannot_work_with_is_one_line(option: str, value: str, reason: str) -> None:
    done = zigtui("demo", option, value)
    assert (done.code, done.stdout) == (2, "")
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("before", [["--base", "/dev/null"], ["--base", "/dev/null", "--base", "/dev/null"]])
def test_a_base_before_the_command_is_used_too(before: list[str]) -> None:
    assert "(File exists): /dev/null" in refused(*before, "demo")
    assert "give --base once" in refused(*before, "demo", "--base", "/dev/null/x")


@pytest.mark.parametrize(
    ("kibibytes", "code", "reason"),
    [
        (1, 2, "cannot write the session log (File too large): "),  # before there is anything to show
        (2, 2, "cannot write the session log (File too large): "),  # in the middle of the session
        (16, 1, "the demo's workflow failed: "),  # there is space for the log, but not for the files of a job
    ],
)
def test_a_full_disk_is_reported_and_no_success(
    tmp_path: Path, scratch: Path, kibibytes: int, code: int, reason: str
) -> None:
    # A limit for the size of files is like a full disk, and needs no privileges.
    script = f'ulimit -f {kibibytes}; exec $zigtui demo --base "$kept" --speed 1000'
    done = run_shell(script, tmp_path, kept=tmp_path / "kept", TMPDIR=scratch)
    *first, last = done.stderr.splitlines()
    assert (done.returncode, last.startswith(f"zigtui: {reason}")) == (code, True), done.stderr
    assert all(line.startswith("listening to session log: ") for line in first)


def test_a_runner_that_is_killed_is_reported_at_once(tmp_path: Path, scratch: Path) -> None:
    with started("demo", "--base", tmp_path / "kept", home=tmp_path, environment={"TMPDIR": str(scratch)}) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("▶ zig session started")
        os.kill(runner_of(process.pid), signal.SIGKILL)
        _, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, errors.splitlines()[1:]) == (3, ["zigtui: signal 9 ended the demo's runner"])


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path, scratch: Path) -> None:
    command = f"{sys.executable} -m zigtui demo --speed 20 | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=DEADLINE_SECS,
        check=True,
        env=user_environment(tmp_path) | {"TMPDIR": str(scratch)},
    )
    assert done.stdout == "▶ zig session started: demo (4 tiers)\n141\n"
    assert done.stderr.count("\n") == 1  # the line that names the log


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl-C"])
def test_a_signal_ends_it_and_all_it_started(tmp_path: Path, scratch: Path, number: int, code: int) -> None:
    with started("demo", "--base", tmp_path / "kept", home=tmp_path, environment={"TMPDIR": str(scratch)}) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("▶ zig session started")
        process.send_signal(number)
        _, errors = process.communicate(timeout=DEADLINE_SECS)
        assert process.returncode == code
        assert len(errors.split("\n")[1:]) <= 2, errors  # the line that names the log, and no traceback
    assert ended_demo_errors(tmp_path / "kept")[-1] == "terminated by SIGTERM"


def test_on_the_screen_it_runs_to_its_end_and_q_quits(tmp_path: Path, scratch: Path) -> None:
    with Terminal("demo", "--speed", "20", home=tmp_path, environment={"TMPDIR": str(scratch)}) as terminal:
        terminal.wait_for("demo  ● running")
        terminal.wait_for("demo  ✔ succeeded")
        terminal.wait_for("↷ publish")
        assert "test ↻2" in terminal.text
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.is_restored
        assert "The demo's log was temporary: zigtui demo --base DIR keeps it." in terminal.text


def test_what_lies_in_the_current_directory_is_not_run_and_any_name_of_a_base_will_do(
    tmp_path: Path, scratch: Path
) -> None:
    for name in ("orjson", "zigtui", "writer"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken over')\n")
    base = tmp_path / "not UTF-8 \udcff\nand two lines"
    done = subprocess.run(
        [Path(sys.executable).with_name("zigtui"), "demo", "--speed", "1000", "--base", base],
        cwd=tmp_path,
        env={**user_environment(tmp_path), "TMPDIR": str(scratch)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "taken over" in done.stdout + done.stderr) == (0, False)
    assert done.stderr.count("\n") == 1
    assert len(list(base.rglob("*.jsonl"))) == 3


def test_what_ended_the_runner_is_reported_after_the_screen(tmp_path: Path, scratch: Path) -> None:
    with Terminal("demo", home=tmp_path, environment={"TMPDIR": str(scratch)}) as terminal:
        terminal.wait_for("demo  ● running")
        os.kill(runner_of(terminal.process.pid), signal.SIGKILL)
        terminal.press("q")
        assert terminal.wait_for_exit() == 3
        assert "zigtui: signal 9 ended the demo's runner" in terminal.text


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("\x03", 130)], ids=["q", "Ctrl-C"])
def test_leaving_the_screen_early_ends_all_it_started(tmp_path: Path, scratch: Path, key: str, code: int) -> None:
    with Terminal("demo", home=tmp_path, environment={"TMPDIR": str(scratch)}) as terminal:
        terminal.wait_for("demo  ● running")
        terminal.wait_for("copied")
        terminal.press(key)
        assert terminal.wait_for_exit() == code
        assert terminal.is_restored


def test_the_next_demo_removes_what_a_killed_one_left(tmp_path: Path, scratch: Path) -> None:
    environment = {"TMPDIR": str(scratch)}
    with started("demo", home=tmp_path, environment=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("▶ zig session started")
        process.kill()
        wait_until(lambda: not processes_that_name(scratch), seen=lambda: processes_that_name(scratch))
    assert list(scratch.iterdir())
    run_zigtui("demo", "--listener", "--events", "0", home=tmp_path, environment=environment)


@pytest.mark.parametrize(
    ("options", "name", "state"),
    [((), "demo", SessionState.FAILED), (("--listener",), "demo-listener", SessionState.SUCCEEDED)],
)
def test_all_it_started_ends_after_it_was_killed(
    tmp_path: Path, options: tuple[str, ...], name: str, state: SessionState
) -> None:
    environment = {"TMPDIR": str(tmp_path)}
    with started("demo", *options, "--base", tmp_path / "kept", home=tmp_path, environment=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("▶ zig session started")
        assert process.stdout.readline().startswith("── tier 1")
        process.kill()
        wait_until(lambda: not processes_that_name(tmp_path), seen=lambda: processes_that_name(tmp_path))
    sessions = [read_session(path) for path in (tmp_path / "kept").rglob("*.jsonl")]
    assert [session.state for session in sessions if session.session.workflow_name == name] == [state]
