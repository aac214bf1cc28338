"""``zigtui record start``, ``step``, ``tier``, ``skip`` and ``end``: the session of a shell script."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.commands import refused
from tests.support.processes import processes_that_name, run_zigtui, user_environment
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import only_log, read_events
from zigtui.reader import SessionState, read_session

SHELLS = {os.path.realpath(path): shell for shell in ("sh", "bash", "dash", "zsh") if (path := shutil.which(shell))}
TELLS_EXIT_CODES = sys.platform == "linux" and tuple(map(int, os.uname().release.split(".")[:2])) >= (6, 15)
"""Whether the system tells how processes have ended that are no children."""

BEGIN = 'set -u; eval "$(zigtui record start deploy)"; echo "$ZIGTUI_SESSION" >address\n'


@pytest.fixture
def runtime(home: Path) -> Path:
    """The home directory of a user of scripts: zigtui can be run, and sockets are below it."""
    program = home / "bin" / "zigtui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m zigtui "$@"\n')
    program.chmod(0o700)
    return home


def environment(home: Path) -> dict[str, str]:
    variables = user_environment(home)
    return variables | {"PATH": f"{home}/bin{os.pathsep}{variables['PATH']}", "TMPDIR": "/tmp"}


def run_script(script: str, home: Path, shell: str = "sh") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [shell, "-c", script],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECS,
        check=False,
    )


def is_gone(home: Path) -> bool:
    """Whether the process that owns the session, and its socket, have gone."""
    address = Path((home / "address").read_text().strip())
    return not address.parent.exists() and not processes_that_name("zigtui.commands.record.owner", home)


def shown(home: Path) -> list[list[object]]:
    names = ("step_names", "step_name", "line", "reason", "error", "status")
    events = [event for event in read_events(only_log(home))[1:] if event["type"] != "heartbeat"]
    return [[event["type"].removeprefix("step_"), *(event[n] for n in names if n in event)] for event in events]


@pytest.mark.parametrize("shell", SHELLS.values())
def test_a_script_is_recorded_step_by_step(runtime: Path, shell: str) -> None:
    script = BEGIN + (
        "set -e\n"
        "zigtui record step build -- echo built\n"
        "zigtui record tier lint types\n"
        "zigtui record step lint -- sleep 0.1 & zigtui record step types -- sleep 0.1 & wait\n"
        "zigtui record skip publish 'no need'\n"
        "zigtui record step bad -- sh -c 'exit 3' || echo code $?\n"
        "zigtui record end 0; echo done\n"
    )
    done = run_script(script, runtime, shell)
    assert (done.returncode, done.stdout, done.stderr) == (0, "built\ncode 3\ndone\n", "")
    events = shown(runtime)
    assert events[:5] == [
        *(["tier_started", ["build"]], ["started", "build"], ["output", "build", "built"], ["completed", "build"]),
        ["tier_started", ["lint", "types"]],
    ]
    assert sorted(map(str, events[5:9])) == sorted(
        map(str, [["started", "lint"], ["started", "types"], ["completed", "lint"], ["completed", "types"]])
    )
    assert events[9:] == [
        *(["tier_started", ["publish"]], ["skipped", "publish", "no need"]),
        *(["tier_started", ["bad"]], ["started", "bad"], ["failed", "bad", "command 'sh' failed with exit code 3"]),
        ["zig_session_ended", "success"],
    ]
    wait_until(lambda: is_gone(runtime))


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ("true", SessionState.SUCCEEDED),
        ("zigtui record step a -- true", SessionState.SUCCEEDED),
        ("zigtui record step a -- false", SessionState.FAILED),
        ("zigtui record step a -- false; zigtui record end 0", SessionState.SUCCEEDED),
        ("zigtui record step a -- true; zigtui record end 7", SessionState.FAILED),
        ("zigtui record step a -- false; zigtui record end", SessionState.FAILED),
        ("trap 'zigtui record end $?' EXIT; false", SessionState.FAILED),
    ],
)
def test_the_session_ends_with_the_shell_or_before(runtime: Path, steps: str, state: SessionState) -> None:
    run_script(BEGIN + steps, runtime)
    wait_until(lambda: read_session(only_log(runtime)).state is state)
    wait_until(lambda: is_gone(runtime))


@pytest.mark.skipif(not TELLS_EXIT_CODES, reason="only Linux 6.15 and newer tells how another process has ended")
@pytest.mark.parametrize("shell", SHELLS.values())
@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ("exit 3", "the script failed with exit code 3"),
        ("zigtui record step a -- true; kill -9 $$", "the script was killed by SIGKILL"),
        ("zigtui record step a -- true; kill $$; sleep 60", "the script was killed by SIGTERM"),
        (
            "zigtui record step a -- false || true; exit 3",
            "the script failed with exit code 3 after step a had failed: command 'false' failed with exit code 1",
        ),
        ("zigtui record step a -- sh -c 'exit 3'", "command 'sh' failed with exit code 3"),
        ("exec zigtui record step a -- sh -c 'exit 3'", "command 'sh' failed with exit code 3"),
    ],
)
def test_a_shell_that_fails_or_is_killed_fails_its_session(runtime: Path, shell: str, steps: str, error: str) -> None:
    run_script(BEGIN + steps, runtime, shell)
    wait_until(lambda: read_session(only_log(runtime)).state is SessionState.FAILED)
    assert read_session(only_log(runtime)).error == error


def test_a_session_whose_shell_ends_before_it_has_the_address_ends(runtime: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    # Its parent lives on, as the terminal of a script does that is interrupted.
    start = [sys.executable, "-m", "zigtui", "record", "start", "interrupted"]
    subprocess.run(start, cwd=runtime, env=environment(runtime), stdout=writer, timeout=DEADLINE_SECS, check=False)
    os.close(writer)
    wait_until(lambda: not processes_that_name('record.owner {"name": "interrupted"', runtime))
    session = read_session(only_log(runtime))
    assert (session.state, session.error) == (SessionState.FAILED, "the shell ended while the session began")


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        (
            "zigtui record step a -- false; zigtui record step a -- true; zigtui record end",
            "a: command 'false' failed with exit code 1",
        ),
        ("zigtui record step a -- false; zigtui record step b -- true", "a: command 'false' failed with exit code 1"),
        (
            "zigtui record step a -- false; zigtui record step b -- true; zigtui record end 1",
            "the script failed with exit code 1 after step a had failed: command 'false' failed with exit code 1",
        ),
        ("zigtui record step a -- true; zigtui record step b -- false; zigtui record end", "command 'false' failed"),
        ("zigtui record step sh -- /bin/sh -c false", "failed with exit code 1"),
        ("zigtui record step a -- true; zigtui record end 1", "the script failed with exit code 1"),
        ("zigtui record step a -- true; zigtui record end failure", "the script failed"),
        ("zigtui record step a -- false; zigtui record end 1", "command 'false' failed"),
        ("zigtui record step a -- false; zigtui record end failure", "command 'false' failed"),
        (
            "zigtui record step a -- false; zigtui record end 3",
            "the script failed with exit code 3 after step a had failed: command 'false' failed with exit code 1",
        ),
        ("zigtui record step a -- sh -c 'kill -9 $$'; zigtui record end $?", "command 'sh' was killed by SIGKILL"),
        (
            "zigtui record tier a b; zigtui record step a -- sh -c 'exit 3'; zigtui record step b -- false; "
            "zigtui record end 3",
            "command 'false' failed",
        ),
        (
            "zigtui record step a -- sh -c 'echo >begun; until [ -e ended ]; do sleep 0.05; done' 2>/dev/null & "
            "until [ -e begun ]; do sleep 0.05; done; zigtui record end; echo >ended; wait",
            "a was still running",
        ),
    ],
)
def test_a_failed_session_names_the_step_that_failed(runtime: Path, steps: str, error: str) -> None:
    run_script(BEGIN + steps, runtime)
    wait_until(lambda: read_session(only_log(runtime)).state is SessionState.FAILED)
    assert (read_session(only_log(runtime)).error or "").startswith(error)


@pytest.mark.parametrize("shell", SHELLS.values())
def test_the_session_of_a_subshell_ends_with_it(runtime: Path, shell: str) -> None:
    script = f"({BEGIN} zigtui record step a -- true)\nuntil ! [ -e $(cat address) ]; do sleep 0.05; done; echo ended"
    assert run_script(script, runtime, shell).stdout == "ended\n"


def test_a_killed_shell_fails_the_session_and_its_step_is_recorded_to_its_end(runtime: Path) -> None:
    script = BEGIN + "zigtui record step work -- sh -c 'echo begun >begun; sleep 0.5; echo the rest'"
    with subprocess.Popen(["sh", "-c", script], cwd=runtime, env=environment(runtime)) as shell:
        wait_until((runtime / "begun").exists)
        shell.kill()
    wait_until(lambda: read_session(only_log(runtime)).state is SessionState.FAILED)
    ended = "script was killed by SIGKILL" if TELLS_EXIT_CODES else "shell ended"
    assert read_session(only_log(runtime)).error == f"the {ended} while work was running"
    assert ["output", "work", "the rest"] in shown(runtime)
    wait_until(lambda: is_gone(runtime))


def test_a_killed_step_has_failed_and_the_session_goes_on(runtime: Path) -> None:
    script = BEGIN + (
        "zigtui record step work -- sh -c 'echo so far; "
        "until grep -q [s]tep_output .zig/logs/sessions/*; do :; done; kill -9 $PPID' || echo killed\n"
        "zigtui record step next -- echo next"
    )
    done = run_script(script, runtime)
    assert done.stdout.split() == ["so", "far", "killed", "next"], done.stderr
    wait_until(lambda: read_session(only_log(runtime)).state is SessionState.FAILED)
    events = shown(runtime)
    assert ["output", "work", "so far"] in events
    (failed,) = (event for event in events if event[:2] == ["failed", "work"])
    assert str(failed[2]).endswith("has ended without ending it")
    assert ["output", "next", "next"] in events


def test_make_and_its_programs_add_steps(runtime: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    rule = "a.o b.o c.o:\n\t@zigtui record step $@ -- echo compiled $@\n"
    (runtime / "Makefile").write_text(f".PHONY: all\nall: a.o b.o c.o\n{rule}")
    done = run_script("zigtui record -w build -- make -j3", runtime)
    assert sorted(done.stdout.splitlines()) == ["compiled a.o", "compiled b.o", "compiled c.o"]
    session = read_session(only_log(runtime)).session
    assert sorted(step.name for step in session.steps) == ["a.o", "b.o", "c.o", "make"]
    assert [event[0] for event in shown(runtime)].count("tier_started") == 1


def test_programs_run_unrecorded_when_the_session_is_over(runtime: Path) -> None:
    script = BEGIN + "zigtui record end\nzigtui record step late -- sh -c 'echo late; exit 4'; echo $?"
    done = run_script(script, runtime)
    assert done.stdout == "late\n4\n"
    assert "step late is not recorded: cannot add to the session: it has ended" in done.stderr


def test_programs_run_if_the_owner_of_the_session_is_killed(runtime: Path) -> None:
    script = BEGIN.replace("start deploy", "start killed") + (
        "owner=$(pgrep -f '[r]ecord.owner .*killed')\n"
        'zigtui record step a -- sh -c "kill -9 $owner; echo one; sleep 0.1; echo two; exit 5"; echo $?\n'
        "zigtui record step b -- echo three\n"
        "zigtui record tier c d; echo $?; zigtui record skip c; echo $?; zigtui record end 3; echo $?\n"
    )
    done = run_script(script, runtime)
    assert done.stdout == "one\ntwo\n5\nthree\n0\n0\n0\n"
    assert done.stderr.count("can no longer be added to") == 1
    for what in ("step b", "the tier", "step c", "the end of the session"):
        assert done.stderr.count(f"zigtui: {what} is not recorded: cannot add to the session: it") == 1


def test_a_step_that_the_session_refuses_runs_unrecorded(runtime: Path) -> None:
    code = """
import sys
from writer import SessionListener, SessionWriter
writer = SessionWriter.create("a", "b", tier_count=1)
with SessionListener(writer):
    print(writer.share(), flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment(runtime), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        address = owner.stdout.readline().strip()
        done = run_script(f"export ZIGTUI_SESSION={address}; zigtui record step a -- sh -c 'echo on; exit 4'", runtime)
    assert (done.returncode, done.stdout) == (4, "on\n")
    assert done.stderr == "zigtui: step a is not recorded: no tier of the listener is open\n"


def test_a_script_runs_if_the_command_that_begins_its_session_is_killed(runtime: Path) -> None:
    script = (
        "set -e; "
        'eval "$(zigtui record start x & kill -9 $!; wait $!)"; zigtui record tier a b; zigtui record skip b\n'
        "zigtui record step a -- sh -c 'echo works; exit 4' || echo $?\n"
        "zigtui record end 1"
    )
    done = run_script(script, runtime)
    assert (done.returncode, done.stdout) == (0, "works\n4\n")
    assert done.stderr.count("there is no session: begin one by") == 4, done.stderr


def test_a_script_runs_if_nothing_can_be_recorded(runtime: Path) -> None:
    (runtime / ".zig").write_text("in the way")
    done = run_script('set -eu; eval "$(zigtui record start x)"; zigtui record step a -- echo works; echo on', runtime)
    assert (done.returncode, done.stdout) == (0, "works\non\n")
    (reported,) = done.stderr.splitlines()
    assert reported.startswith("zigtui: the session is not recorded: ")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "its process was killed by SIGKILL"),
        ("print('{', end='', flush=True); os._exit(3)", "its process failed with exit code 3"),
        ("sys.modules['writer'] = None", "its process failed with exit code 1 (ModuleNotFoundError: import of writer"),
    ],
)
def test_a_script_runs_if_the_owner_of_its_session_dies_as_it_begins(runtime: Path, fault: str, reason: str) -> None:
    module = "import os, signal, sys\nif 'zigtui.commands.record.owner' in sys.orig_argv:\n"
    (runtime / "sitecustomize.py").write_text(f"{module}    {fault}\n")
    begin = f"PYTHONPATH={runtime}:$PYTHONPATH zigtui record start x"
    script = f'set -u; eval "$({begin})"; zigtui record step a -- sh -c "echo works; exit 4"; echo $?'
    done = run_script(script, runtime)
    assert done.stdout == "works\n4\n"
    assert f"zigtui: the session is not recorded: {reason}" in done.stderr


def test_a_session_may_end_with_another_process_than_the_shell(runtime: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        script = f"zigtui record start --pid {process.pid} ci >variables"
        assert run_script(script, runtime).returncode == 0
        done = run_script(". ./variables; zigtui record step a -- echo works; echo $ZIGTUI_SESSION >address", runtime)
        assert done.stdout == "works\n"
        assert read_session(only_log(runtime)).state is SessionState.RUNNING
        process.send_signal(signal.SIGTERM)
    wait_until(lambda: read_session(only_log(runtime)).state is SessionState.SUCCEEDED)
    wait_until(lambda: is_gone(runtime))


@each_case(
    ("arguments", "message"),
    [
        (["step", "a"], "put -- and a program after the name of the step"),
        (["step", "a", "--"], "put -- and a program after the name of the step"),
        (["step", "a", "make"], "put -- and a program after the name of the step"),
        (["step"], "Missing argument 'NAME'"),
        (["tier"], "Missing argument 'NAME"),
        (["step", "", "--", "make"], "a step needs a name"),
        (["tier", "lint", ""], "a step needs a name"),
        (["start", ""], "a session needs a name"),
        (["skip", "", "not now"], "a step needs a name"),
        (["start"], "Missing argument 'NAME'"),
        (["start", "a", "--pid", "0"], "0"),
        (["end", "well"], "neither success nor failure nor an exit code"),
        (["begin"], "No such command 'begin'"),
    ],
)
def test_wrong_usage_is_answered_with_what_to_do(home: Path, arguments: list[str], message: str) -> None:
    assert message in refused("record", *arguments)


@pytest.mark.parametrize("arguments", [["tier", "a"], ["skip", "a"], ["end"], ["step", "a", "--", "true"]])
def test_commands_without_a_session_name_the_one_that_begins_it(home: Path, arguments: list[str]) -> None:
    done = run_zigtui("record", *arguments, home=home)
    assert (done.returncode, done.stdout) == (0, "")
    assert 'eval "$(zigtui record start NAME)"' in done.stderr
