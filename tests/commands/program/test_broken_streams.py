"""Exit codes and messages when a standard stream is closed, full or without a reader."""

import os
import pty
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import Log, append
from tests.support.processes import user_environment, zigtui_command
from tests.support.waiting import DEADLINE_SECS
from zigtui.exit_codes import ExitCode

SUCCEEDED, FAILED, LOST, RUNNING, DAMAGED = (session_id(number) for number in range(1, 6))

DEFECT = """
from zigtui.cli import main
from zigtui.commands import show
def fail(*_, **__):
    show.write("half of the output\\n")
    raise ValueError("a defect")
show.show_session = fail
main(["show"])
"""


@pytest.fixture
def base(home: Path) -> Path:
    """A session of each kind. What they print is longer than any buffer."""
    base = home / ".zig"
    now = time.time()

    def log() -> Log:
        return Log().start().tier(0, "a").step("a").says("a", *["x" * 200] * 1000)

    write_log(base, log().end(), SUCCEEDED, modified=now - 50)
    write_log(base, log().end("failure"), FAILED, modified=now - 50)
    write_log(base, log(), LOST, modified=now - 2 * 86_400)  # so long ago that it is not watched
    write_log(base, Log().start().raw(b"garbage").end(), DAMAGED, modified=now - 50)
    write_log(base, log(), RUNNING)
    return base


@pytest.fixture
def gone() -> Iterator[int]:
    """A pipe that nothing reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def run(script: str, home: Path, *descriptors: int) -> list[str]:
    """Run a bash script in which ``$zigtui`` is the program and ``$gone`` a broken pipe; return the lines it prints."""
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=home,
        env=user_environment(home)
        | {"zigtui": f"{sys.executable} -m zigtui", "python": sys.executable, "defect": DEFECT}
        | {"gone": str(next(iter(descriptors), ""))},
        pass_fds=descriptors,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_SECS,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


def program(command: str) -> str:
    """The words that run a command in a script."""
    return '$python -c "$defect"' if command == "defect" else f"$zigtui {command}"


OUTPUTS = {"closed": ">&-", "full": "> /dev/full", "gone": ">&$gone"}
ERRORS = {"closed": "2>&-", "full": "2> /dev/full", "gone": "2>&$gone"}
INPUTS = ("", "<&-")


@pytest.mark.parametrize(
    ("command", "gone_code", "lost_code"),
    [
        ("list --json", 0, 2),
        ("show", 0, 2),
        (f"listen {SUCCEEDED}", 0, 2),
        (f"listen {SUCCEEDED} --step typo", 2, 2),
        (f"listen {LOST} --step typo --exit-status", 3, 3),
        (f"listen {FAILED} --exit-status", 1, 1),
        (f"listen {SUCCEEDED} --exit-status --json", 0, 0),
        (f"listen {LOST} --tail 5", 3, 3),
        (f"listen {RUNNING}", 141, 2),
        (f"listen {RUNNING} --no-follow --exit-status", 4, 4),
        (f"check {DAMAGED}", 1, 1),
        (f"check {SUCCEEDED}", 0, 0),  # which prints nothing
        ("--help", 0, 2),
        ("--no-such-option", 2, 2),
        ("defect", 70, 70),
    ],
)
def test_a_broken_standard_output_hides_no_exit_code(
    home: Path, base: Path, gone: int, command: str, gone_code: int, lost_code: int
) -> None:
    # The kinds of errors are shifted against those of outputs, another way for each command.
    errors, inputs = deque(["2> /dev/null", *ERRORS.values()]), cycle(INPUTS)
    errors.rotate(len(command))
    outputs = [OUTPUTS["closed" if len(command) % 2 else "full"], OUTPUTS["gone"]]
    redirections = [" ".join(which) for which in zip(outputs, errors, inputs, strict=False)]
    codes = [run(f"{program(command)} {redirected}; echo $?", home, gone) for redirected in redirections]
    assert codes == [[str(lost_code)], [str(gone_code)]], redirections


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (f"listen {SUCCEEDED} --exit-status", 0),
        (f"listen {FAILED} --exit-status", 1),
        ("show nope", 2),
        (f"listen {LOST}", 3),
        (f"listen {RUNNING} --no-follow --exit-status", 4),
        ("defect", 70),
    ],
)
def test_a_broken_standard_error_changes_no_exit_code(
    home: Path, base: Path, gone: int, command: str, code: int
) -> None:
    error = list(ERRORS.values())[code % 3]  # each kind for two of the commands
    assert run(f"{program(command)} > /dev/null {error}; echo $?", home, gone) == [str(code)]


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (f"listen {FAILED} --exit-status | head -1", "1 0"),
        (f"listen {SUCCEEDED} --exit-status | head -1", "0 0"),
        (f"listen {LOST} | head -1", "3 0"),
        (f"listen {RUNNING} | head -1", "141 0"),
        (f"listen {RUNNING} --no-follow --exit-status | head -1", "4 0"),
        ("list --json | head -1", "0 0"),
    ],
)
def test_a_reader_that_takes_one_line_is_served_quietly(home: Path, base: Path, command: str, codes: str) -> None:
    *lines, last = run(f"$zigtui {command.replace('|', '2> errors |')}; echo ${{PIPESTATUS[*]}}", home)
    assert (len(lines), last) == (1, codes)
    errors = (home / "errors").read_text().splitlines()
    assert [line for line in errors if not line.startswith("listening to session log: ")] == []


@pytest.mark.parametrize(
    ("command", "is_lost"),
    [("list", True), (f"check {SUCCEEDED}", False)],
)
def test_output_that_is_lost_is_reported_in_one_line(home: Path, base: Path, command: str, is_lost: bool) -> None:
    reported = [run(f"$zigtui {command} 2>&1 {OUTPUTS[kind]}", home) for kind in ("closed", "full")]
    closed = "zigtui: standard output is closed"
    full = "zigtui: cannot write to standard output: No space left on device"
    assert reported == ([[closed], [full]] if is_lost else [[], []])


@pytest.mark.parametrize("steps", ["--step typo", "--step a --step typo", "--step a --step typo --json --tail 500"])
def test_a_reader_that_goes_hides_no_mistyped_step(home: Path, base: Path, steps: str) -> None:
    code, *errors = run(f"$zigtui listen {FAILED} {steps} 2> errors | true; echo ${{PIPESTATUS[0]}}; cat errors", home)
    assert (code, errors[1:]) == ("2", ["zigtui: the session has no step typo; its steps: a"])


def test_the_state_decides_even_if_the_output_is_lost_before_the_session_ends(home: Path, base: Path) -> None:
    log = write_log(base, Log().start(), session_id(9))
    with (
        Path("/dev/full").open("wb") as full,
        subprocess.Popen(
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            **zigtui_command("listen", log, "--exit-status", home=home),
        ) as process,
    ):
        assert process.stderr is not None
        assert process.stderr.readline().startswith("listening")
        assert process.stderr.readline() == "zigtui: cannot write to standard output: No space left on device\n"
        append(log, Log().end("failure").data)
        assert process.wait(DEADLINE_SECS) == ExitCode.FAILED
        assert process.stderr.read() == ""


def pipe() -> tuple[int, int]:
    return os.pipe()


def socket_pair() -> tuple[int, int]:
    ours, its = socket.socketpair()
    return ours.detach(), its.detach()


@pytest.mark.parametrize("ends", [pipe, socket_pair, pty.openpty])
def test_a_reader_that_goes_while_nothing_is_printed_is_noticed(
    home: Path, base: Path, ends: Callable[[], tuple[int, int]]
) -> None:
    log = write_log(base, Log().start(), session_id(9))
    ours, its = ends()
    with subprocess.Popen(
        stdout=its, stderr=subprocess.DEVNULL, start_new_session=True, **zigtui_command("listen", log, home=home)
    ) as process:
        os.close(its)
        assert "session started" in os.read(ours, 1000).decode()
        os.close(ours)
        assert process.wait(DEADLINE_SECS) == ExitCode.READER_GONE


def test_a_reader_that_goes_is_noticed_although_other_lines_are_written(home: Path, base: Path) -> None:
    log = write_log(base, Log().start().says("b", "1"), session_id(9))
    with subprocess.Popen(
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **zigtui_command("listen", log, "--step", "b", home=home)
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        give_up = time.monotonic() + DEADLINE_SECS
        while process.poll() is None and time.monotonic() < give_up:
            append(log, Log().says("a", "other").data)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        assert process.returncode == ExitCode.READER_GONE


def test_a_pipe_that_does_not_block_loses_nothing(home: Path, base: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with (
        os.fdopen(reading, "rb") as reader,
        subprocess.Popen(stdout=writing, **zigtui_command("listen", SUCCEEDED, home=home)) as process,
    ):
        os.close(writing)
        text = reader.read()
        assert process.wait(DEADLINE_SECS) == 0
    assert text.count(b"\n") == 1003 + 1
