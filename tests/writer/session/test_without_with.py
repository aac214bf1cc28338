"""Steps that are begun and ended by calls, and sessions in one line."""

from pathlib import Path
from typing import Any

import pytest

import writer as package
from tests.support.writers import fill, only_log, own_fields, read_events
from writer import (
    SessionError,
    SessionListener,
    SessionWriter,
    Step,
    StepCancelledError,
    StepFailedError,
    Tier,
    current_step,
)


def events(writer: SessionWriter) -> list[tuple[str, dict[str, Any]]]:
    return [(event["type"], own_fields(event)) for event in read_events(writer.log_path)[2:]]


def test_a_step_is_begun_and_completed_by_calls(writer: SessionWriter, tier: Tier) -> None:
    step = tier.step("lint")
    assert step.start() is step
    assert current_step() is None
    step.output("all clean")
    step.saved("report")
    step.complete()
    kinds = [kind for kind, _ in events(writer)]
    assert kinds == ["step_started", "step_output", "step_completed"]
    end = events(writer)[-1][1]
    assert (end["exit_code"], end["saved_vars"]) == (0, ["report"])


def test_the_exit_code_can_be_given(writer: SessionWriter, tier: Tier) -> None:
    tier.step("lint").start().complete(exit_code=3)
    assert events(writer)[-1][1]["exit_code"] == 3
    with pytest.raises(ValueError, match="exit_code must be"):
        tier.step("types").start().complete(exit_code=2**40)


@pytest.mark.parametrize(
    ("error", "exit_code", "recorded"),
    [
        ("2 findings", None, ("2 findings", None)),
        ("2 findings", 2, ("2 findings", 2)),
        (StepFailedError("2 findings", 4), None, ("2 findings", 4)),
        (KeyError("user"), 1, ("KeyError: 'user'", 1)),
    ],
)
def test_a_step_fails_by_a_call(writer: SessionWriter, tier: Tier, error: Any, exit_code: Any, recorded: Any) -> None:
    step = tier.step("lint").start()
    step.retry("no luck")
    step.fail(error, exit_code)
    kind, own = events(writer)[-1]
    assert (kind, own["attempt"], (own["error"], own["exit_code"])) == ("step_failed", 2, recorded)


def test_a_step_is_cancelled_without_an_end(writer: SessionWriter, tier: Tier) -> None:
    step = tier.step("lint").start()
    step.cancel("lost")
    with pytest.raises(StepCancelledError):
        step.complete()
    assert [kind for kind, _ in events(writer)] == ["step_started"]


ENDS: dict[str, Any] = {
    "complete": Step.complete,
    "fail": lambda step: step.fail("no luck"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_nothing_follows_the_end(writer: SessionWriter, tier: Tier, end: Any) -> None:
    step = tier.step("lint")
    with pytest.raises(SessionError, match="has not begun"):
        end(step)
    step.start()
    with pytest.raises(SessionError, match="has begun already"):
        step.start()
    end(step)
    recorded = events(writer)
    calls: list[Any] = [*ENDS.values(), Step.start, Step.__enter__, lambda step: step.output("x")]
    for call in calls:
        with pytest.raises(SessionError, match="has ended"):
            call(step)
    assert events(writer) == recorded


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_block_that_is_left_after_the_end_records_nothing_more(writer: SessionWriter, tier: Tier, end: Any) -> None:
    with tier.step("lint") as step:
        end(step)
    recorded = len(events(writer))
    step = tier.step("types").__enter__()
    end(step)
    step.__exit__(KeyError, KeyError("later"), None)
    assert len(events(writer)) == 2 * recorded


def test_a_pass_with_a_step_that_failed_by_a_call_has_failed(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SessionListener.start(SessionWriter.create("bot", "bot.py", tier_count=2)) as session:
        with session.pass_() as current, current.tier(["lint"]) as tier:
            tier.step("lint").start().fail("no luck")
        assert current.error is None
    assert caplog.messages == []  # such as that the pass ended early


# Sessions in one line


def test_a_session_in_one_line(project: Path, home: Path) -> None:
    with package.session("deploy", __file__, prompt="go", tier_count=1, base=home / "elsewhere") as session:
        assert isinstance(session, package.SessionCoordinator)
        with session.tier(["lint"]) as tier, tier.step("lint") as step:
            step.output("all clean")
    first, *_, last = read_events(only_log(home / "elsewhere"))
    assert (first["workflow_name"], first["workflow_path"], first["prompt"]) == ("deploy", __file__, "go")
    assert last["status"] == "success"


def test_a_session_in_one_line_goes_on_without_a_log(
    small_disk: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(small_disk)
    with package.session("deploy", __file__, base=small_disk / ".zig") as session, session.tier(["lint"]) as tier:
        tier.step("lint").start().complete()
    assert len(caplog.messages) == 1
    with pytest.raises(SessionError, match="No space left"):
        package.session("deploy", __file__, base=small_disk / ".zig", on_error="raise")


@pytest.mark.parametrize("value", [None, "relative"])
def test_a_session_in_one_line_goes_on_without_a_home_directory(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", value)
    with package.session("deploy", __file__) as session, session.tier(["lint"]) as tier:
        tier.step("lint").start().complete()
    assert len(caplog.messages) == 1
    with pytest.raises(SessionError, match="home directory"):
        package.session("deploy", __file__, on_error="raise")
