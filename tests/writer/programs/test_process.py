"""Processes of a step: real programs, in both manners of running them."""

import inspect
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases import each_case
from tests.support.steps import Run, last, output, python
from tests.support.writers import read_events
from writer import SessionWriter, Step, StepFailedError, Tier
from writer._programs import process
from writer._programs.popen_options import REFUSED, PopenOptions

# What is printed


def test_lines_are_recorded_with_their_stream(writer: SessionWriter, step: Step, run: Run) -> None:
    code = 'import sys; print("one\\n\\n  two "); print("oops", file=sys.stderr)'
    assert run(step, python(code)) == 0
    assert output(writer, "stdout") == ["one", "", "  two "]
    assert output(writer, "stderr") == ["oops"]


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"one\ntwo", ["one", "two"]),
        (b"one\r\ntwo\rthree\r\r\n\rfour\r", ["one", "two\rthree\r", "\rfour\r"]),
        (b"\xff caf\xc3\n\xa9", ["\ufffd caf\ufffd", "\ufffd"]),
        (b"\x00\x1b[31mred\x1b[0m\x85\xe2\x80\xa8\x0c\x0b\n", ["\x00\x1b[31mred\x1b[0m\ufffd\u2028\x0c\x0b"]),
    ],
)
def test_bytes_become_lines(writer: SessionWriter, step: Step, run: Run, printed: bytes, lines: list[str]) -> None:
    code = f"import os; os.write(1, {printed!r}); os.write(2, {printed!r})"
    run(step, python(code))
    assert output(writer, "stdout") == lines
    assert output(writer, "stderr") == lines


# How it ends


def test_the_exit_code_is_that_of_the_last_process(writer: SessionWriter, tier: Tier, run: Run) -> None:
    with tier.step("lint") as step:
        assert run(step, python("raise SystemExit(3)"), check=False) == 3
        assert run(step, python("raise SystemExit(4)"), check=False) == 4
    assert last(writer)[0] == "step_completed"
    assert last(writer)[1]["exit_code"] == 4


def test_a_retry_forgets_the_exit_code(writer: SessionWriter, tier: Tier, run: Run) -> None:
    with tier.step("lint") as step:
        for _ in range(2):
            with pytest.raises(StepFailedError) as caught:
                run(step, python("raise SystemExit(3)"))
            step.retry(caught.value)
    failed = [event for event in read_events(writer.log_path) if event["type"] == "step_failed"]
    assert [(event["exit_code"], event["attempt"]) for event in failed] == [(3, 1), (3, 2)]
    assert last(writer)[1]["exit_code"] == 0


def test_a_process_that_fails_fails_its_step(writer: SessionWriter, tier: Tier, run: Run, tmp_path: Path) -> None:
    program = tmp_path / "ruff"
    program.write_text("#!/bin/sh\nexit 2\n")
    program.chmod(0o755)
    with pytest.raises(StepFailedError) as caught, tier.step("lint") as step:
        run(step, [program, b"check", "."])
    assert caught.value.exit_code == 2
    error = f"command '{program}' failed with exit code 2"
    assert str(caught.value) == error
    assert last(writer) == ("step_failed", {"step_name": "lint", "exit_code": 2, "attempt": 1, "error": error})


@pytest.mark.parametrize(
    ("number", "name"), [(signal.SIGKILL, "SIGKILL"), (signal.SIGTERM, "SIGTERM"), (63, "signal 63")]
)
def test_a_signal_is_a_negative_exit_code(writer: SessionWriter, tier: Tier, run: Run, number: int, name: str) -> None:
    with pytest.raises(StepFailedError, match=f"was killed by {name}$"), tier.step("lint") as step:
        run(step, python("import os, sys; os.kill(os.getpid(), int(sys.argv[1]))", int(number)))
    assert last(writer)[1]["exit_code"] == -number


def test_the_error_does_not_repeat_the_arguments(step: Step, run: Run) -> None:
    with pytest.raises(StepFailedError) as caught:
        run(step, python("raise SystemExit(1)", "a\nb " * 10_000))
    assert str(caught.value) == f"command '{sys.executable}' failed with exit code 1"


def test_the_command_is_recorded_if_asked_for(writer: SessionWriter, step: Step, run: Run) -> None:
    run(step, ["sh", "-c", "echo done", b"two words", Path("a")], echo=True)
    assert output(writer) == ["$ sh -c 'echo done' 'two words' a", "done"]


def test_windows_exit_codes_fit_into_the_log() -> None:
    assert process.as_recorded(0xC0000005) == -1073741819
    assert process.as_recorded(2**31 - 1) == 2**31 - 1
    assert process.as_recorded(-9) == -9


def test_a_program_that_is_not_there_fails_the_step(writer: SessionWriter, tier: Tier, run: Run) -> None:
    with pytest.raises(FileNotFoundError), tier.step("lint") as step:
        run(step, ["/no/such/program"])
    event_type, fields = last(writer)
    assert (event_type, fields["exit_code"]) == ("step_failed", None)
    assert "/no/such/program" in fields["error"]


# What it is started with


def test_standard_input_is_empty(writer: SessionWriter, step: Step, run: Run) -> None:
    run(step, python("import sys; print(repr(sys.stdin.read()))"))
    assert output(writer) == ["''"]


def test_options_are_those_of_popen(writer: SessionWriter, step: Step, run: Run, tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    answer.write_text("yes")
    code = 'import os, sys; print(os.getcwd(), os.environ["WORD"], sys.stdin.read(), sep="\\n")'
    with answer.open() as stdin:
        run(step, python(code), cwd=tmp_path, env={**os.environ, "WORD": "hello"}, stdin=stdin)
    assert output(writer) == [str(tmp_path), "hello", "yes"]


def test_streams_may_be_sent_elsewhere(writer: SessionWriter, step: Step, run: Run) -> None:
    code = 'import os; os.write(1, b"out\\n"); os.write(2, b"err\\n")'
    run(step, python(code), stderr=subprocess.STDOUT)
    assert output(writer, "stdout") == ["out", "err"]
    run(step, python(code), stdout=subprocess.DEVNULL)
    assert output(writer, "stdout") == ["out", "err"]
    assert output(writer, "stderr") == ["err"]
    assert run(step, python(code), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


@each_case(
    ("argv", "options", "message"),
    [
        ("ruff check", {}, "argv must be a list of text"),
        ([], {}, "argv must name a program"),
        ([1], {}, "argv must be text"),
        (["true"], {"text": True}, "text cannot be set"),
        (["true"], {"shell": True}, "shell cannot be set"),
        (["true"], {"encoding": "latin-1"}, "encoding cannot be set"),
        (["true"], {"stdin": subprocess.PIPE}, "stdin cannot be a pipe"),
    ],
)
def test_what_would_not_work_is_refused(step: Step, run: Run, argv: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(step, argv, **options)


@each_case("name", ["cdw", "stdinn", "args"])
def test_an_unknown_option_is_an_error_of_the_method_itself(step: Step, run: Run, name: str) -> None:
    method = "run_async" if run is not Step.run else "run"
    with pytest.raises(TypeError, match=rf"^{method}\(\) got an unexpected keyword argument '{name}'$"):
        run(step, ["true"], **{name: "src"})


def test_all_options_of_popen_are_known() -> None:
    parameters = {*inspect.signature(subprocess.Popen).parameters}
    assert parameters - {*PopenOptions.__optional_keys__, *REFUSED} == {"args"}
