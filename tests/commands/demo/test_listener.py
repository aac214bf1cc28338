"""``zigtui demo --listener``: one session of many events, as text and on the screen."""

import signal
from pathlib import Path

import pytest

from tests.support.processes import run_zigtui, started
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.reader import SessionSnapshot, SessionState, StepState, read_session

WORKFLOW = "demo-listener"


def recorded(base: Path) -> SessionSnapshot:
    """The session of the listener in ``base``, which has ended."""
    (snapshot,) = (
        snapshot for snapshot in map(read_session, base.rglob("*.jsonl")) if snapshot.session.workflow_name == WORKFLOW
    )
    assert snapshot.session.prompt is None
    assert snapshot.problems == ()
    return snapshot


@pytest.mark.slow
def test_some_events_fail_one_is_retried_one_has_a_skipped_step_and_the_session_is_a_success(
    tmp_path: Path, scratch: Path
) -> None:
    arguments = ("demo", "--listener", "--events", "4", "--speed", "100", "--base", "kept")
    done = run_zigtui(*arguments, home=tmp_path, environment={"TMPDIR": str(scratch)})
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    lines = done.stdout.splitlines()
    assert lines[0] == f"▶ zig session started: {WORKFLOW} (3 tiers)"
    assert lines.count("── tier 1 (gather)") == 4
    assert lines.count("── tier 3 (test, package)") == 3
    assert lines[-1].startswith("■ zig session ended (Success) in ")
    snapshot = recorded(tmp_path / "kept")
    assert snapshot.session.passes == (4, 1)
    states = {(step.name, snapshot.step_state(step)) for step in snapshot.session.steps}
    assert {("gather", StepState.FAILED), ("package", StepState.SKIPPED), ("test", StepState.SUCCEEDED)} <= states
    assert {step.name for step in snapshot.session.steps if step.attempts} == {"gather", "test"}


def test_no_events_are_a_session_without_a_tier(tmp_path: Path, scratch: Path) -> None:
    done = run_zigtui("demo", "--listener", "--events", "0", home=tmp_path, environment={"TMPDIR": str(scratch)})
    started, ended = done.stdout.splitlines()
    assert (done.returncode, started[0], ended[0]) == (0, "▶", "■")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when", ["before the first event", "during an event"])
def test_ctrl_c_ends_it_as_a_success_after_the_event_under_way(
    tmp_path: Path, scratch: Path, number: int, when: str
) -> None:
    speed = "20" if when == "during an event" else "0.1"
    arguments = ("demo", "--listener", "--speed", speed, "--base", tmp_path / "kept")
    with started(*arguments, home=tmp_path, environment={"TMPDIR": str(scratch)}) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("▶ zig session started")
        if when == "during an event":
            assert process.stdout.readline().startswith("── tier 1")
        process.send_signal(number)
        output, errors = process.communicate(timeout=DEADLINE_SECS)
    assert errors.count("\n") == 1, errors  # the line that names the log
    assert process.returncode == (0 if number == signal.SIGINT else 143)
    snapshot = recorded(tmp_path / "kept")
    assert snapshot.state is SessionState.SUCCEEDED
    if number == signal.SIGINT:
        assert output.splitlines()[-1].startswith("■ zig session ended (Success) in ")
        assert snapshot.session.passes == ((1, 0) if when == "during an event" else (0, 0))


@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "Ctrl-C"])
def test_leaving_the_screen_ends_it_as_a_success(tmp_path: Path, scratch: Path, key: str) -> None:
    arguments = ("demo", "--listener", "--speed", "10", "--base", tmp_path / "kept")
    with Terminal(*arguments, home=tmp_path, environment={"TMPDIR": str(scratch)}) as terminal:
        terminal.wait_for("gather")  # stays on the screen until the next event, however slow the machine is
        terminal.press(key)
        assert terminal.wait_for_exit() == 0
        assert terminal.is_restored
    wait_until(lambda: recorded(tmp_path / "kept").state is SessionState.SUCCEEDED)
