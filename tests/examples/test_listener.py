"""The example of a listener, run as its users run it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import ROOT, user_environment
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import only_log
from zigtui.reader import Session, SessionState, read_session

LISTENER = ROOT / "examples" / "listener.py"

MALFORMED = {
    "text": b"good morning",
    "a list": b"[1, 2]",
    "no text": b'{"message": "hello"}',
    "a number as text": b'{"text": 1}',
    "half an object": b'{"text": "he',
    "not UTF-8": b'{"text": "\xff"}',
    "an empty line": b"",
    "deep": b"[" * 100_000,
    "a huge number": b"1" * 10_000,
}

FAILING = {
    "empty": "",
    "blank": " \t",
    "not an argument": "a\0b",
    "half a character": "\ud800",
    "too long for an argument": "x" * 1_000_000,
}


@contextmanager
def listener(home: Path, stdout: int = subprocess.PIPE) -> "Iterator[subprocess.Popen[bytes]]":
    """The example, running in the home directory of a user until the block is left."""
    with subprocess.Popen(
        [sys.executable, LISTENER],
        cwd=home,
        env=user_environment(home),
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(home: Path) -> Session:
    """The only session, which has ended with success."""
    snapshot = read_session(only_log(home))
    assert snapshot.state is SessionState.SUCCEEDED
    assert snapshot.problems == ()
    return snapshot.session


def send(process: "subprocess.Popen[bytes]", text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps({"text": text}).encode() + b"\n")
    process.stdin.flush()


def answer(process: "subprocess.Popen[bytes]") -> dict[str, str]:
    assert process.stdout is not None
    answered: dict[str, str] = json.loads(process.stdout.readline())
    return answered


def state_of(process: "subprocess.Popen[bytes]") -> str:
    """The state of a process: R for running, S for sleeping, T for stopped."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2][0]


def begin(process: "subprocess.Popen[bytes]", events: int) -> None:
    """Let it handle events, and wait until it has come to the next one."""
    assert process.stdin is not None
    assert process.stderr is not None
    for _ in range(events):
        send(process, "hello")
        answer(process)
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert b"is not JSON" in process.stderr.readline()


def test_each_event_is_a_pass_that_is_answered_at_once_and_the_end_of_the_input_is_a_success(home: Path) -> None:
    with listener(home) as process:
        for text in ("good morning", "HELLO", "", "good night"):
            send(process, text)
            assert answer(process) == ({"reply": text.upper()} if text else {"error": "the text is empty"})
        output, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, output, errors) == (0, b"", b"")
    session = ended(home)
    assert session.passes == (4, 1)
    assert (session.prompt, session.tier_count) == (None, 2)
    assert [step.prompt_preview for step in session.steps if step.name == "check"] == [
        "good morning",
        "HELLO",
        "",
        "good night",
    ]


def test_malformed_events_are_reported_and_leave_no_trace(home: Path) -> None:
    with listener(home) as process:
        lines = [*MALFORMED.values(), b'{"text": "good night"}']
        output, errors = process.communicate(b"\n".join(lines), timeout=DEADLINE_SECS)
    assert (process.returncode, output) == (0, b'{"reply": "GOOD NIGHT"}\n')
    reported = errors.decode().splitlines()
    assert [line.partition(" is not ")[0] for line in reported] == [f"line {n}" for n in range(1, len(lines))]
    assert ended(home).passes == (1, 0)


def test_events_that_fail_do_not_end_it(home: Path) -> None:
    with listener(home) as process:
        lines = [json.dumps({"text": text}).encode() for text in [*FAILING.values(), "good night"]]
        output, errors = process.communicate(b"\n".join(lines), timeout=DEADLINE_SECS)
    assert (process.returncode, errors) == (0, b"")
    assert [list(json.loads(line)) for line in output.splitlines()] == [["error"]] * len(FAILING) + [["reply"]]
    assert ended(home).passes == (len(FAILING) + 1, len(FAILING))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("events", [0, 2])
def test_ctrl_c_is_a_success_also_before_the_first_event(home: Path, number: int, events: int) -> None:
    with listener(home) as process:
        begin(process, events)
        process.send_signal(number)
        output, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, output, errors) == (0, b"", b"")
    assert ended(home).passes == (events, 0)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks the kernel whether a process has stopped")
@pytest.mark.parametrize("events", [0, 2])
def test_ctrl_c_at_the_very_end_of_the_input_is_a_success_too(home: Path, events: int) -> None:
    with listener(home) as process:
        begin(process, events)
        wait_until(lambda: state_of(process) == "S")
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state_of(process) == "T")
        assert process.stdin is not None
        process.stdin.close()
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        assert process.wait(DEADLINE_SECS) == 0
    assert ended(home).passes == (events, 0)


def test_an_answer_that_nothing_reads_ends_it_as_a_failure(home: Path) -> None:
    with listener(home) as process:
        assert process.stdout is not None
        send(process, "hello")
        answer(process)
        process.stdout.close()
        send(process, "hello")
        assert process.wait(DEADLINE_SECS) == 1
        assert process.stderr is not None
        assert process.stderr.read() == b""
    snapshot = read_session(only_log(home))
    assert (snapshot.state, snapshot.session.passes) == (SessionState.FAILED, (2, 1))
