"""A failed session has a reason: what no step has recorded becomes a step of its own."""

import asyncio
from pathlib import Path

import pytest

from tests.support.writers import Json, only_log, read_events, run_python
from writer import SessionCoordinator, SessionListener, SessionWriter, StepCancelledError, StepFailedError
from zigtui.reader import read_session


def begin(directory: Path, tier_count: int = 0) -> SessionWriter:
    return SessionWriter.create(
        "review", "review.zwf", tier_count=tier_count, base=directory, cwd=directory, traceback="none"
    )


def reason_step(writer: SessionWriter) -> tuple[Json, Json]:
    """Return the start and the end of the step before the end of the session."""
    *_, started, failed, ended = read_events(writer.log_path)
    assert (started["type"], failed["type"]) == ("step_started", "step_failed")
    assert started["step_name"] == failed["step_name"]
    assert ended["status"] == "failure"
    return started, failed


@pytest.mark.parametrize(
    ("error", "text", "exit_code"),
    [
        (KeyError("user"), "KeyError: 'user'", None),
        (KeyboardInterrupt(), "KeyboardInterrupt", None),
        (SystemExit(3), "SystemExit: 3", 3),
        (asyncio.CancelledError(), "CancelledError", None),
        (StepCancelledError("lost"), "StepCancelledError: lost", None),
    ],
)
def test_an_exception_before_any_tier_has_a_tier_of_its_own(
    tmp_path: Path, error: BaseException, text: str, exit_code: int | None
) -> None:
    writer = begin(tmp_path)
    with pytest.raises(type(error)), SessionCoordinator.start(writer):
        raise error
    started, failed = reason_step(writer)
    assert (started["step_name"], started["tier_index"], started["zag_session_id"]) == (
        "runner",
        0,
        "zig-review-runner",
    )
    assert (failed["error"], failed["exit_code"]) == (text, exit_code)
    session = read_session(writer.log_path)
    assert session.error == text


def test_an_exception_between_tiers_is_told_in_the_last_one(tmp_path: Path) -> None:
    writer = begin(tmp_path)

    def run() -> None:
        with SessionCoordinator.start(writer) as session:
            for name in ("lint", "runner"):
                with session.tier([name]) as tier, tier.step(name):
                    pass
            raise KeyError("user")

    with pytest.raises(KeyError):
        run()
    started, _ = reason_step(writer)
    assert (started["step_name"], started["tier_index"]) == ("runner 2", 1)


def fail_in_a_step(session: SessionCoordinator) -> None:
    with session.tier(["lint"]) as tier, tier.step("lint"):
        raise KeyError("user")


def fail_in_a_group(session: SessionCoordinator) -> None:
    with session.tier(["lint"]) as tier:
        try:
            with tier.step("lint"):
                raise KeyError("user")
        except KeyError as error:
            raise ExceptionGroup("all", [error]) from None


def fail_because_of_a_step(session: SessionCoordinator) -> None:
    try:
        fail_in_a_step(session)
    except KeyError as error:
        raise RuntimeError("no deploy") from error


def fail_after_retries(session: SessionCoordinator) -> None:
    with session.tier(["lint"]) as tier, tier.step("lint") as step:
        error = StepFailedError("no luck")
        step.retry(error)
        raise error


@pytest.mark.parametrize("work", [fail_in_a_step, fail_in_a_group, fail_because_of_a_step, fail_after_retries])
def test_what_a_step_has_recorded_is_not_told_again(tmp_path: Path, work: object) -> None:
    writer = begin(tmp_path)
    with pytest.raises(Exception), SessionCoordinator.start(writer) as session:  # noqa: B017, PT011  # one of several
        work(session)  # type: ignore[operator]
    assert [event["step_name"] for event in read_events(writer.log_path) if event["type"] == "step_started"] == ["lint"]


def test_another_exception_after_a_failed_step_is_told(tmp_path: Path) -> None:
    writer = begin(tmp_path)

    def notify() -> None:
        raise ConnectionError("cannot notify")

    def run() -> None:
        with SessionCoordinator.start(writer) as session:
            try:
                fail_in_a_step(session)
            finally:
                notify()

    with pytest.raises(ConnectionError):
        run()
    assert reason_step(writer)[1]["error"] == "ConnectionError: cannot notify"


def test_an_exit_without_an_error_is_a_success(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    with pytest.raises(SystemExit), SessionCoordinator.start(writer):
        raise SystemExit
    assert [event.get("status") for event in read_events(writer.log_path)] == [None, "success"]


def test_a_reason_may_be_given_to_finish(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    session = SessionCoordinator.start(writer)
    with pytest.raises(ValueError, match="error must be text"):
        session.finish("failure", 3)  # type: ignore[arg-type]  # the mistake
    session.finish("failure", "the budget is used up")
    assert reason_step(writer)[1]["error"] == "the budget is used up"


@pytest.mark.parametrize("reason", [None, ""])
def test_a_failure_without_a_reason_is_recorded_as_such(tmp_path: Path, reason: str | None) -> None:
    writer = begin(tmp_path)
    with SessionCoordinator.start(writer) as session:
        with session.tier(["lint"]) as tier, tier.step("lint") as step:
            step.retry("no luck")  # and then it is successful
        session.finish("failure", reason)
    started, failed = reason_step(writer)
    assert (started["step_name"], failed["error"]) == ("runner", "the runner has given no reason")
    assert read_session(writer.log_path).error == failed["error"]


def test_a_step_that_failed_is_the_reason(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    with SessionCoordinator.start(writer) as session:
        with session.tier(["lint", "types"]) as tier:
            tier.step("lint").start().fail("2 findings")
            tier.step("types").start().complete()
        session.finish("failure")
    assert [event.get("error") for event in read_events(writer.log_path)[3:]] == ["2 findings", None, None, None]


def test_a_listener_tells_it_in_a_loop_of_the_last_pass(tmp_path: Path) -> None:
    writer = begin(tmp_path, tier_count=1)

    def run() -> None:
        with SessionListener.start(writer) as session:
            with session.pass_(), session.tier(["lint"]) as tier, tier.step("lint"):
                pass
            raise ConnectionError("the queue is gone")

    with pytest.raises(ConnectionError):
        run()
    started, failed = reason_step(writer)
    assert (started["tier_index"], failed["error"]) == (0, "ConnectionError: the queue is gone")


def test_an_error_that_ends_the_program_is_told(tmp_path: Path) -> None:
    program = """
import sys
from writer import SessionCoordinator, SessionWriter
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
session = SessionCoordinator.start(writer)
{}["user"]
"""
    assert run_python(program, tmp_path).returncode == 1
    *_, failed, ended = read_events(only_log(tmp_path))
    assert failed["error"].split("\n")[0] == "KeyError: 'user'"
    assert ended["status"] == "failure"
