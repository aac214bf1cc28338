"""``zigtui record -- PROGRAM``: the program runs as without it, and is recorded."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import refused, run_shell
from tests.support.job_shell import JOB_SHELL
from tests.support.processes import run_zigtui, user_environment, zigtui_command
from tests.support.steps import python
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import only_log, read_events
from zigtui.reader import SessionState, read_output, read_session


def lines(home: Path) -> list[tuple[str, str]]:
    """The recorded output: each line with its stream."""
    return [(e["stream"], e["line"]) for e in read_events(only_log(home)) if e["type"] == "step_output"]


def test_a_program_is_recorded_as_a_session_of_one_step(home: Path) -> None:
    done = run_zigtui("record", "--", "sh", "-c", "echo one; echo two >&2; printf three", home=home)
    assert (done.returncode, done.stdout, done.stderr) == (0, "one\nthree", "two\n")
    snapshot = read_session(only_log(home))
    assert snapshot.state is SessionState.SUCCEEDED
    assert (snapshot.session.workflow_name, [step.name for step in snapshot.session.steps]) == ("sh", ["sh"])
    assert sorted(lines(home)) == [("stderr", "two"), ("stdout", "one"), ("stdout", "three")]


@pytest.mark.parametrize(
    ("script", "code", "error"),
    [
        ("exit 3", 3, "failed with exit code 3"),
        ("kill -TERM $$", 143, "was killed by SIGTERM"),
        ("kill -KILL $$", 137, "was killed by SIGKILL"),
    ],
)
def test_the_exit_code_is_that_of_the_program(home: Path, script: str, code: int, error: str) -> None:
    done = run_zigtui("record", "-w", "nightly", "--", "sh", "-c", script, home=home)
    assert (done.returncode, done.stderr) == (code, "")
    *_, failed, ended = read_events(only_log(home))
    assert (failed["error"], ended["status"]) == (error, "failure")
    assert read_events(only_log(home))[0]["workflow_name"] == "nightly"


def test_the_exit_code_is_known_though_the_caller_ignores_the_end_of_children(home: Path) -> None:
    code = (
        "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
        "os.execv(sys.executable, [sys.executable, '-m', 'zigtui', 'record', '--', 'sh', '-c', 'kill -9 $$'])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=user_environment(home), check=False)
    assert done.returncode == 137
    assert read_session(only_log(home)).state is SessionState.FAILED


@pytest.mark.parametrize(
    ("program", "code", "message"),
    [
        ("no-such-program", 127, "zigtui: no-such-program: there is no such program\n"),
        ("/etc/passwd", 126, "zigtui: /etc/passwd: Permission denied\n"),
        ("", 127, "zigtui: : there is no such program\n"),
    ],
)
def test_a_program_that_cannot_be_started(home: Path, program: str, code: int, message: str) -> None:
    done = run_zigtui("record", "--", program, home=home)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", message)
    assert read_session(only_log(home)).state is SessionState.FAILED


@pytest.mark.parametrize("program", ["start", "record", "--help", "--", "-x"])
def test_a_program_may_have_any_name(home: Path, program: str) -> None:
    path = home / "bin" / program
    path.parent.mkdir()
    path.write_text(f"#!{sys.executable}\nimport sys\nprint(sys.argv[1:])\n")
    path.chmod(0o700)
    search = f"{path.parent}{os.pathsep}{os.environ['PATH']}"
    done = run_zigtui("record", "--", program, "--", "-w", "--help", home=home, environment={"PATH": search})
    assert (done.returncode, done.stdout, done.stderr) == (0, "['--', '-w', '--help']\n", "")


@pytest.mark.parametrize("arguments", [(), ("--",), ("-w", "x"), ("make",), ("make", "--", "-j4")], ids=" ".join)
def test_wrong_usage_is_answered_with_what_to_do(home: Path, arguments: tuple[str, ...]) -> None:
    assert "--" in refused("record", *arguments)


def test_standard_input_is_that_of_the_program(home: Path) -> None:
    done = run_shell("printf 'a\\nb\\n' | $zigtui record -- cat -n", home)
    assert done.stdout.split() == ["1", "a", "2", "b"]


def test_outputs_that_go_to_one_file_keep_their_order(home: Path) -> None:
    script = "for i in 1 2 3 4 5 6; do echo out; echo err >&2; done"
    done = run_shell(f"$zigtui record -- sh -c '{script}' 2>&1 | cat", home)
    assert done.stdout.split() == ["out", "err"] * 6
    assert lines(home) == [("stdout", "out"), ("stdout", "err")] * 6


def test_outputs_that_are_thrown_away_are_told_apart(home: Path) -> None:
    run_shell("$zigtui record -- sh -c 'echo out; echo err >&2' >/dev/null 2>&1", home)
    assert sorted(lines(home)) == [("stderr", "err"), ("stdout", "out")]


def test_files_that_a_shell_has_opened_are_those_of_the_program(home: Path) -> None:
    script = "{ exec 4<&0 0</dev/null; $zigtui record -- sh -c 'cat <&3; cat <&4' 3< <(echo three); } <<< four"
    assert run_shell(script, home).stdout == "three\nfour\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells with which environment a process began")
def test_the_locale_is_that_of_the_caller(home: Path) -> None:
    script = """unset LANG LC_ALL LC_CTYPE
show='echo ${LC_CTYPE-none}'
$zigtui record -- sh -c "$show"
LC_CTYPE=C.UTF-8 $zigtui record -- sh -c "$show"
"""
    assert run_shell(script, home).stdout.split() == ["none", "C.UTF-8"]


def test_a_program_runs_unrecorded_if_there_is_no_place_for_its_log(home: Path) -> None:
    (home / ".zig").write_text("in the way")
    code = "import signal; print(signal.getsignal(signal.SIGPIPE).name); raise SystemExit(5)"
    done = run_zigtui("record", "--", *python(code), home=home)
    assert (done.returncode, done.stdout) == (5, "SIG_DFL\n" if sys.platform != "linux" else done.stdout)
    assert "is not recorded: " in done.stderr


def test_a_fault_in_the_settings_does_not_stop_a_program(home: Path) -> None:
    settings = home / ".config" / "zigtui" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("no toml")
    assert run_zigtui("record", "--", "true", home=home).returncode == 0


def test_a_full_disk_costs_lines_and_not_the_program(home: Path) -> None:
    script = "ulimit -f 1; trap \"\" XFSZ; exec $zigtui record -- bash -c 'seq 1000; exit 4'"
    done = run_shell(script, home)
    assert done.returncode == 4
    assert done.stdout.split() == [str(number) for number in range(1, 1001)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGINT])
def test_signals_are_passed_on(home: Path, number: signal.Signals) -> None:
    code = (
        "import os, signal, sys, time\n"
        f"signal.signal({int(number)}, lambda *_: (os.write(1, b'got it\\n'), sys.exit(9)))\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(1)\n"
    )
    command = zigtui_command("record", "--", *python(code), home=home)
    with subprocess.Popen(stdout=subprocess.PIPE, text=True, start_new_session=True, **command) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.read() == "got it\n"
        assert process.wait(DEADLINE_SECS) == 9
    assert [line for _, line in lines(home)] == ["ready", "got it"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_the_program_starts_ends_the_session(home: Path, number: signal.Signals) -> None:
    code = f"""
import os
from zigtui.commands.record import program
program.run_in_step = lambda step, name, arguments: os.kill(os.getpid(), {number.value})
program.record(["make"], None, None)
"""
    done = subprocess.run([sys.executable, "-c", code], env=user_environment(home), capture_output=True, check=False)
    assert done.returncode == 128 + number
    *_, failed, ended = read_events(only_log(home))
    assert (failed["error"], ended["status"]) == (f"terminated by {number.name}", "failure")


def test_a_background_process_goes_on_and_its_output_is_passed_through(home: Path) -> None:
    script = "(until [ -e go ]; do sleep 0.1; done; echo late; echo more) & echo early"
    done = run_shell(f"$zigtui record -- sh -c '{script}'; echo \"[$?]\"; touch go", home)
    assert done.stdout == "early\n[0]\nlate\nmore\n"
    assert ("stderr", "still running: a process that keeps the output open") in lines(home)


def test_a_reader_that_goes_away_ends_the_program_as_without_zigtui(home: Path) -> None:
    done = run_shell("$zigtui record -- yes | head -n 1; echo ${PIPESTATUS[0]}", home)
    assert done.stdout == "y\n141\n"


# Short sleeps, since Python does not notice a signal that comes right before it sleeps.
WAITS = python("import time\nprint('ready', flush=True)\nwhile True: time.sleep(0.1)")


def on_terminal(home: Path, *program: str) -> Terminal:
    return Terminal("record", "--", *program, home=home, shell=JOB_SHELL)


def pid_of_command(terminal: Terminal) -> int:
    """The process that the shell has started."""
    (pid,) = re.findall(r"\[pid (\d+)\]", terminal.text)
    return int(pid)


def test_on_a_terminal_the_program_has_one_of_the_same_size(home: Path) -> None:
    code = "import os; name = input('name? '); print(*map(os.isatty, range(3)), *os.get_terminal_size(), name)"
    with on_terminal(home, *python(code)) as terminal:
        terminal.wait_for("name?")
        terminal.press("Ada\r")
        terminal.wait_for("[exit 0]")
        assert "name? Ada\nTrue True True 100 30 Ada\n" in terminal.text
        assert terminal.has_settings_of_the_start
    assert lines(home) == [("stdout", "name? Ada"), ("stdout", "True True True 100 30 Ada")]
    assert [line.text for line in read_output(only_log(home))] == ["name? Ada", "True True True 100 30 Ada"]


def test_a_new_size_of_the_terminal_reaches_the_program(home: Path) -> None:
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGWINCH, lambda *_: os.write(1, b'%d %d' % os.get_terminal_size()))\n"
        "print('ready')\n"
        "while True: time.sleep(1)\n"
    )
    with on_terminal(home, *python(code)) as terminal:
        terminal.wait_for("ready")
        pid = pid_of_command(terminal)
        terminal.resize(70, 20)
        os.kill(pid, signal.SIGWINCH)  # as the shell got the signal of `resize`
        terminal.wait_for("70 20")


def test_ctrl_c_reaches_the_program(home: Path) -> None:
    with on_terminal(home, *WAITS) as terminal:
        terminal.wait_for("ready")
        terminal.press(b"\x03")
        terminal.wait_for("[exit -2]")  # by SIGINT, for which a shell has the exit code 130
        assert terminal.has_settings_of_the_start
    assert read_session(only_log(home)).state is SessionState.FAILED


@pytest.mark.parametrize("options", [["--"], ["step", "wait", "--"]], ids=["program", "step"])
def test_ctrl_c_ends_a_script_around_the_program(home: Path, options: list[str]) -> None:
    shell = [*JOB_SHELL, "bash", "-c", '"$@"; echo went on', "bash"]
    with Terminal("record", *options, *WAITS, home=home, shell=shell) as terminal:
        terminal.wait_for("ready")
        terminal.press(b"\x03")
        terminal.wait_for("[exit")
        assert "went on" not in terminal.text


def test_a_program_that_reads_keys_gets_ctrl_c_as_a_key(home: Path) -> None:
    code = "import os, tty; tty.setraw(0); print('ready'); print(os.read(0, 1), end='\\r\\n')"
    with on_terminal(home, *python(code)) as terminal:
        terminal.wait_for("ready")
        terminal.press(b"\x03")
        terminal.wait_for(r"b'\x03'")
        terminal.wait_for("[exit 0]")


def test_ctrl_z_stops_the_program_until_the_shell_continues_it(home: Path) -> None:
    with on_terminal(home, "sh", "-c", 'echo ready; read line; echo "got $line"') as terminal:
        terminal.wait_for("ready")
        terminal.press(b"\x1a")
        terminal.wait_for("[stopped]")
        assert terminal.has_settings_of_the_start
        terminal.press("fg\r")
        terminal.press("hello\r")
        terminal.wait_for("got hello")
        terminal.wait_for("[exit 0]")


def test_a_program_that_a_shell_brings_to_the_foreground_gets_the_keys(home: Path) -> None:
    program = ("sh", "-c", 'echo ready; read line; echo "got $line"')
    with Terminal("record", "--", *program, home=home, shell=[*JOB_SHELL, "&"]) as terminal:
        terminal.wait_for("ready")
        terminal.press("fg\r")
        terminal.press("hello\r")
        terminal.wait_for("got hello\n")
        terminal.wait_for("[exit 0]")
        assert terminal.has_settings_of_the_start


def in_pipe(home: Path, *program: str) -> Terminal:
    """A recorded program on a terminal, whose standard input is a pipe."""
    return Terminal("record", "--", *program, home=home, shell=[*JOB_SHELL, "sh", "-c", 'echo piped | "$@"', "sh"])


def test_a_program_in_a_pipe_reads_keys_from_the_terminal(home: Path) -> None:
    with in_pipe(home, "sh", "-c", 'read line; echo ready; read key </dev/tty; echo "got $line $key"') as terminal:
        terminal.wait_for("ready")
        terminal.press("hello\r")
        terminal.wait_for("got piped hello\n")
        terminal.wait_for("[exit 0]")
        assert terminal.has_settings_of_the_start
    assert lines(home) == [("stdout", "ready"), ("stdout", "got piped hello")]


def test_a_program_in_a_pipe_gets_ctrl_c_and_the_size_of_the_terminal(home: Path) -> None:
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGWINCH, lambda *_: os.write(1, b'%d %d ' % os.get_terminal_size(1)))\n"
        "print('ready', os.isatty(1), flush=True)\n"
        "while True: time.sleep(0.1)\n"
    )
    with in_pipe(home, *python(code)) as terminal:
        terminal.wait_for("ready True")
        terminal.wait_for("[pid ")
        group = pid_of_command(terminal)
        terminal.resize(70, 20)
        os.killpg(group, signal.SIGWINCH)  # as the shell got the signal of `resize`
        terminal.wait_for("70 20")
        terminal.press(b"\x03")
        terminal.wait_for("[exit")
    assert read_session(only_log(home)).state is SessionState.FAILED


def test_a_terminal_that_is_closed_ends_the_program_and_the_session(home: Path) -> None:
    with on_terminal(home, *WAITS) as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        wait_until(lambda: read_session(only_log(home)).state is SessionState.FAILED)
    assert "killed by SIGHUP" in read_events(only_log(home))[-2]["error"]


def test_a_program_is_recorded_though_its_session_cannot_be_shared(home: Path) -> None:
    code = """
import errno, os, sys, tempfile
def refuse(*args, **options): raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp")
tempfile.mkdtemp = refuse
from zigtui.__main__ import main
main()
"""
    argv = [sys.executable, "-c", code, "record", "--", "echo", "done"]
    done = subprocess.run(argv, env=user_environment(home), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert "cannot add steps to the session: cannot share the session (No space left on device)" in done.stderr
    assert lines(home) == [("stdout", "done")]
