"""The option ``--wait``, and the error that suggests it."""

import re
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.commands import Running, refused, zigtui
from tests.support.logs import Log, append
from tests.support.terminal import Terminal

ENDED = Log().start().tier(0, "a").step("a").says("a", "from the past").done("a").end()
RUNNING = Log().start().tier(0, "a").step("a").says("a", "hello")


def now(log: Log) -> bytes:
    """The log with times of the present."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()
    return re.sub(rb'"ts":"[^"]*"', b'"ts":"' + moment + b'"', log.data)


@pytest.fixture
def base(home: Path) -> Path:
    return home / ".zig"


def long_ago(base: Path, number: int = 1, workflow: str = "deploy") -> Path:
    return write_log(base, ENDED, session_id(number), modified=time.time() - 86400, workflow=workflow)


def wait_for_note(command: Running, text: str) -> None:
    """Wait until a command reports what it waits for."""
    assert command.process.stderr is not None
    line = command.process.stderr.readline().decode()
    assert text in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("listen",), "there are no sessions (--wait waits for it)"),
        (("listen", "deploy"), "no session has the id or the workflow name 'deploy' (--wait waits for it)"),
        (("listen", "--active"), "no session is running (--wait waits for it)"),
        (("listen", "./x.jsonl"), "no such file: './x.jsonl' (--wait waits for it)"),
        (("show", "deploy"), "no session has the id or the workflow name 'deploy'"),
    ],
)
def test_the_error_suggests_to_wait(base: Path, arguments: tuple[str, ...], message: str) -> None:
    base.mkdir()
    assert refused(*arguments) == f"zigtui: {message}\n"


def test_hints_and_candidates_stand_behind_the_suggestion(base: Path) -> None:
    long_ago(base)
    message = refused("listen", "deplyo")
    assert "'deplyo' (--wait waits for it); did you mean the workflow 'deploy'?\n  00000001" in message
    assert "00000001" in refused("listen", "000")


@pytest.mark.parametrize("base_exists", [True, False])
def test_listen_waits_for_the_first_session_of_a_workflow(home: Path, base: Path, base_exists: bool) -> None:
    if base_exists:
        long_ago(base, workflow="other")
    with Running("listen", "deploy", "--wait", home=home) as command:
        wait_for_note(command, "waiting for a session with the id or the workflow name 'deploy'; Ctrl-C ends")
        write_log(base, now(RUNNING), session_id(2), workflow="other")
        path = write_log(base, b"", session_id(3))  # the log exists before its first event is written
        append(path, now(RUNNING).replace(b'"flow"', b'"deploy"', 1))
        assert "deploy" in command.line()
        append(path, now(Log().end()))
        assert command.finish().code == 0


def test_listen_waits_for_the_next_session_if_the_last_one_is_over(home: Path, base: Path) -> None:
    long_ago(base)
    with Running("listen", "deploy", "--wait", home=home) as command:
        wait_for_note(command, "waiting for the next session of 'deploy', since the newest one is over")
        write_log(base, now(ENDED), session_id(2), workflow="deploy")
        done = command.finish()
        assert done.code == 0
        assert session_id(2) in done.stderr


@pytest.mark.parametrize("wanted", ["deploy", session_id(1), "0000", "--latest", "--active"])
def test_a_session_that_runs_is_not_waited_for(base: Path, wanted: str) -> None:
    write_log(base, now(RUNNING), session_id(1), workflow="deploy")
    done = zigtui("listen", wanted, "--wait", "--no-follow")
    assert done.code == 0
    assert "waiting" not in done.stderr
    assert "hello" in done.stdout


@pytest.mark.parametrize("wanted", [session_id(1), "0000"])
def test_an_id_means_its_session_even_if_that_is_over(base: Path, wanted: str) -> None:
    long_ago(base)
    assert "from the past" in zigtui("listen", wanted, "--wait").stdout


def test_a_session_that_has_just_begun_may_be_over(base: Path) -> None:
    write_log(base, now(ENDED), session_id(1), workflow="deploy")
    assert "from the past" in zigtui("listen", "deploy", "--wait").stdout


def test_a_word_with_several_meanings_is_an_error_at_once(base: Path) -> None:
    for number in (1, 2):
        long_ago(base, number)
    assert "2 sessions have an id that begins with '00000'" in refused("listen", "00000", "--wait")


def test_listen_waits_for_a_path(home: Path, base: Path) -> None:
    base.mkdir()
    with Running("listen", "./log.jsonl", "--wait", home=home) as command:
        wait_for_note(command, "waiting for")
        (home / "log.jsonl").write_bytes(now(ENDED))
        assert command.finish().code == 0


def test_the_time_limit_includes_the_wait(base: Path) -> None:
    base.mkdir()
    done = zigtui("listen", "deploy", "--wait", "--timeout", "0.3s")
    assert (done.code, done.stdout) == (3, "")
    assert done.stderr.endswith("zigtui: no session has begun in 300ms\n")


def test_control_c_ends_the_wait(home: Path, base: Path) -> None:
    base.mkdir()
    with Running("listen", "deploy", "--wait", home=home) as command:
        wait_for_note(command, "waiting for")
        command.interrupt()
        done = command.finish()
        assert (done.code, done.stdout, done.stderr) == (130, "", "")


def test_the_screen_opens_on_the_session_once_it_exists(home: Path, base: Path) -> None:
    long_ago(base)
    with Terminal("deploy", "--wait", home=home) as terminal:
        terminal.wait_for("waiting for the next session of 'deploy'")
        write_log(base, now(RUNNING), session_id(2), workflow="deploy")
        terminal.wait_for("hello")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_the_screen_suggests_to_wait_and_ends_while_it_waits(home: Path, base: Path) -> None:
    base.mkdir()
    with Terminal("deploy", home=home) as terminal:
        assert terminal.wait_for_exit() == 2
        assert "(--wait waits for it)" in terminal.text
    with Terminal("--active", "--wait", home=home) as terminal:
        terminal.wait_for("waiting for a session to run; Ctrl-C ends")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.wait_for_exit() == 130
