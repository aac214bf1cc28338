"""Programs that print to a pseudo-terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.steps import Run, is_gone, output, python
from tests.support.waiting import growing_secs, wait_until
from writer import SessionWriter, Step, StepTimeoutError


def test_a_program_prints_as_it_does_in_a_terminal(
    writer: SessionWriter, step: Step, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    monkeypatch.setenv("LINES", "33")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("PAGER", "less")
    code = """
import os, sys
print(sys.stdin.isatty(), sys.stdout.isatty(), sys.stderr.isatty(), tuple(os.get_terminal_size(1)))
print(os.environ["TERM"], os.environ["PAGER"])
print("one\\ttab\\r\\nsize", file=sys.stderr)
"""
    assert run(step, python(code), pty=True) == 0
    assert output(writer, "stdout") == ["False True True (77, 33)", "xterm-256color cat"]
    assert output(writer, "stderr") == ["one\ttab", "size"]


def test_the_environment_can_be_chosen(writer: SessionWriter, step: Step, run: Run) -> None:
    environment = {**os.environ, "TERM": "vt100", "PAGER": "more"}
    run(step, python('import os; print(os.environ["TERM"], os.environ["PAGER"])'), pty=True, env=environment)
    assert output(writer) == ["vt100 more"]


def test_all_output_is_recorded_however_much_it_is(writer: SessionWriter, step: Step, run: Run) -> None:
    assert run(step, python("for number in range(20_000): print(number)\nprint('end', end='')"), pty=True) == 0
    assert output(writer) == [*map(str, range(20_000)), "end"]


def test_a_stream_may_be_sent_elsewhere(writer: SessionWriter, step: Step, run: Run) -> None:
    code = "import sys; print(sys.stdout.isatty(), sys.stderr.isatty()); print('oops', file=sys.stderr)"
    run(step, python(code), pty=True, stderr=subprocess.STDOUT)
    assert output(writer) == ["True True", "oops"]
    run(step, python(code), pty=True, stderr=subprocess.DEVNULL)
    assert output(writer)[2:] == ["True False"]


def test_a_program_that_asks_for_a_password_fails_at_once(writer: SessionWriter, step: Step, run: Run) -> None:
    assert run(step, python("open('/dev/tty')"), pty=True, check=False) == 1
    assert "/dev/tty" in output(writer, "stderr")[-1]


def test_a_timeout_ends_all_processes(writer: SessionWriter, step: Step, run: Run) -> None:
    for secs in growing_secs(0.25):
        with pytest.raises(StepTimeoutError):
            run(step, ["sh", "-c", "sleep 600 & echo $!; wait"], pty=True, timeout=secs)
        if output(writer):
            break
    assert is_gone(int(output(writer)[0]))


def test_a_server_that_is_left_behind_can_go_on_printing(
    writer: SessionWriter, step: Step, run: Run, tmp_path: Path
) -> None:
    left, lived, server = tmp_path / "left", tmp_path / "lived", tmp_path / "server.py"
    server.write_text("""
import pathlib, sys, time
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.01)
print("more" * 100_000, flush=True)
pathlib.Path(sys.argv[2]).touch()
""")
    command = ["sh", "-c", '"$@" & echo started', "sh", sys.executable, server, left, lived]
    run(step, command, pty=True, linger=0)
    left.touch()
    wait_until(lived.exists)
    assert output(writer, "stdout") == ["started"]


def test_a_system_without_pseudo_terminals_is_a_clear_error(
    step: Step, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "openpty")
    with pytest.raises(ValueError, match="no pseudo-terminals"):
        run(step, ["true"], pty=True)


def test_modules_that_cannot_be_opened_for_want_of_descriptors_are_an_error_of_the_system(
    step: Step, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "termios", None)  # as the import fails then
    with pytest.raises(OSError, match="Too many open files"):
        run(step, ["true"], pty=True)
