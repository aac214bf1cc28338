"""Tiers and steps recorded by `with` blocks: which events, in which order, whatever leaves the block."""

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.steps import failure, last, recorded, types
from tests.support.writers import own_fields, read_events, run_python
from writer import SessionCoordinator, SessionError, SessionWriter, StepFailedError, Tier

# The whole


def test_a_session_is_a_handful_of_with_lines(tmp_path: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", tier_count=1, base=tmp_path / "zig", cwd=tmp_path)
    with SessionCoordinator.start(writer) as session, session.tier(["lint", "types"]) as tier:
        with tier.step("lint", command="plan", model="opus", prompt="Lint it\nall") as step:
            step.output("a line")
            step.output("oops", stream="stderr")
            step.saved("report", "notes")
            step.saved("report")
        tier.step("types").skip("nothing to check")

    events = read_events(writer.log_path)[1:]
    assert [event["type"] for event in events] == [
        "tier_started",
        "step_started",
        "step_output",
        "step_output",
        "step_completed",
        "step_skipped",
        "zig_session_ended",
    ]
    fields = [own_fields(event) for event in events]
    assert fields[0] == {"tier_index": 0, "step_names": ["lint", "types"]}
    assert fields[1] == {
        "step_name": "lint",
        "tier_index": 0,
        "zag_session_id": "zig-review-lint",
        "zag_command": "plan",
        "model": "opus",
        "prompt_preview": "Lint it all",
    }
    assert fields[2] == {"step_name": "lint", "stream": "stdout", "line": "a line"}
    assert fields[3] == {"step_name": "lint", "stream": "stderr", "line": "oops"}
    assert fields[4].pop("duration_ms") >= 0
    assert fields[4] == {"step_name": "lint", "exit_code": 0, "saved_vars": ["report", "notes"]}
    assert fields[5] == {"step_name": "types", "reason": "nothing to check"}
    assert fields[6]["status"] == "success"


def test_what_fails_a_step_fails_the_session(tmp_path: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", base=tmp_path / "zig", cwd=tmp_path)
    with (
        pytest.raises(ZeroDivisionError),
        SessionCoordinator.start(writer) as session,
        session.tier(["lint"]) as tier,
        tier.step("lint"),
    ):
        1 / 0  # noqa: B018  # the error is all it is for
    *_, failed, ended = read_events(writer.log_path)
    assert own_fields(failed)["error"].startswith("ZeroDivisionError: division by zero\n")
    assert ended["status"] == "failure"


# Tiers


def test_tiers_count_from_zero_and_an_index_given_does_not_count(writer: SessionWriter) -> None:
    tiers = [writer.tier(["a"]), writer.tier(["a"], tier_index=7), writer.tier(name for name in "bc")]
    for tier in tiers:
        with tier as entered:
            assert entered is tier
    assert [tier.index for tier in tiers] == [0, 7, 1]
    started = [own_fields(event) for event in read_events(writer.log_path)[1:]]
    assert started == [
        {"tier_index": 0, "step_names": ["a"]},
        {"tier_index": 7, "step_names": ["a"]},
        {"tier_index": 1, "step_names": ["b", "c"]},
    ]


def test_tiers_made_by_many_threads_have_each_an_index_of_their_own(writer: SessionWriter) -> None:
    indexes: list[int] = []
    barrier = threading.Barrier(8)

    def make_tiers() -> None:
        barrier.wait()
        indexes.extend([writer.tier([]).index for _ in range(200)])

    threads = [threading.Thread(target=make_tiers) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(indexes) == list(range(1600))


@pytest.mark.parametrize("tier_index", [-1, 2**32, "0", 1.5])
def test_a_tier_index_must_be_one(writer: SessionWriter, tier_index: int) -> None:
    with pytest.raises(ValueError, match="tier_index"):
        writer.tier(["a"], tier_index=tier_index)


def test_a_single_text_is_no_list_of_steps(writer: SessionWriter) -> None:
    with pytest.raises(ValueError, match="step_names"):
        writer.tier("lint")


def test_a_tier_makes_steps_only_inside_its_block(writer: SessionWriter) -> None:
    tier = writer.tier(["lint"])
    with pytest.raises(SessionError, match="tier 0 has not begun"):
        tier.step("lint")
    with tier:
        with pytest.raises(SessionError, match="tier 0 has begun already"):
            tier.__enter__()
        tier.step("lint").skip("no")
    with pytest.raises(SessionError, match="tier 0 has ended"):
        tier.step("lint")
    with pytest.raises(SessionError, match="tier 0 has ended"), tier:
        pass
    assert types(writer) == ["step_skipped"]


# The start of a step


@each_case(
    ("prompt", "preview"),
    [
        ("", ""),
        ("one\ntwo\n\nthree\n", "one two  three "),
        ("ü" * 200, "ü" * 200),
        ("ü" * 201, "ü" * 200 + "…"),
        ("x" * 199 + "\n\n", "x" * 199 + " …"),
        (b"caf\xc3\xa9", "café"),
    ],
)
def test_the_preview_is_the_first_200_characters_on_one_line(
    writer: SessionWriter, tier: Tier, prompt: str, preview: str
) -> None:
    with tier.step("lint", prompt=prompt):
        assert last(writer)[1]["prompt_preview"] == preview


def test_the_session_of_the_agent_can_be_named(writer: SessionWriter, tier: Tier) -> None:
    with tier.step("lint", zag_session_id="mine") as step:
        assert last(writer)[1]["zag_session_id"] == "mine"
        assert step.name == "lint"


def test_nothing_is_recorded_before_the_block(writer: SessionWriter, tier: Tier) -> None:
    tier.step("lint", prompt="Lint it")
    assert recorded(writer) == []


def test_a_step_that_cannot_be_recorded_does_not_begin(writer: SessionWriter, tier: Tier) -> None:
    step = tier.step("lint")
    writer.close()
    with pytest.raises(SessionError), step:
        pytest.fail("the block was entered")


# The end of a step


def test_the_duration_is_over_all_attempts(writer: SessionWriter, tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    step = tier.step("lint")
    clock[0] = 200.0
    with step:
        clock[0] = 200.5
        step.retry("not yet")
        clock[0] = 201.2345
    assert last(writer)[1]["duration_ms"] == 1234


class SpeakingError(Exception):
    def __str__(self) -> str:
        return "said so"


@pytest.mark.parametrize(
    ("error", "text", "exit_code"),
    [
        (RuntimeError("no luck"), "RuntimeError: no luck", None),
        (RuntimeError(), "RuntimeError", None),
        (SpeakingError(), "SpeakingError: said so", None),
        (StepFailedError("3 findings", exit_code=2), "3 findings", 2),
        (StepFailedError("3 findings"), "3 findings", None),
        (KeyboardInterrupt(), "KeyboardInterrupt", None),
        (SystemExit(3), "SystemExit: 3", 3),
        (GeneratorExit(), "GeneratorExit", None),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "\udcff"), None, None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_exception_is_recorded_and_goes_on_up(
    writer: SessionWriter, tier: Tier, error: BaseException, text: str | None, exit_code: int | None
) -> None:
    with pytest.raises(type(error)) as caught, tier.step("lint"):
        raise error
    assert caught.value is error
    event_type, fields = last(writer)
    assert (event_type, fields["exit_code"], fields["attempt"]) == ("step_failed", exit_code, 1)
    assert text is None or fields["error"].split("\n")[0] == text


def test_a_generator_that_is_closed_fails_its_step(writer: SessionWriter, tier: Tier) -> None:
    def work() -> Iterator[None]:
        with tier.step("lint"):
            yield

    generator = work()
    next(generator)
    generator.close()  # type: ignore[attr-defined]  # it is a generator
    assert last(writer) == failure("GeneratorExit")


def test_the_own_exception_wins_when_the_failure_cannot_be_recorded(
    writer: SessionWriter, tier: Tier, caplog: pytest.LogCaptureFixture
) -> None:
    error = RuntimeError("the real trouble")

    def work() -> None:
        with tier.step("lint"):
            writer.close()
            raise error

    with pytest.raises(RuntimeError) as caught:
        work()
    assert caught.value is error
    assert error.__context__ is None
    (record,) = caplog.records
    assert record.name == "writer"
    assert record.levelno == logging.WARNING
    assert "'lint' could not be recorded: the session has ended" in record.getMessage()


def test_an_exception_whose_text_fails_still_goes_on_up(writer: SessionWriter, tier: Tier) -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    with pytest.raises(MuteError), tier.step("lint"):
        raise MuteError


def test_a_completion_that_cannot_be_recorded_is_raised(writer: SessionWriter, tier: Tier) -> None:
    with pytest.raises(SessionError, match="the session has ended"), tier.step("lint"):
        writer.close()


def test_a_failed_step_does_not_print(tmp_path: Path) -> None:
    program = """
import sys
from writer import SessionWriter
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
try:
    with writer.tier(["lint"]) as tier, tier.step("lint"):
        writer.close()
        raise KeyError("x")
except KeyError:
    pass
"""
    done = run_python(program, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("says nothing")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (StepFailedError("crashed", exit_code=0xC0000005), failure("crashed")),
        (StepFailedError("odd", exit_code="1"), failure("odd")),  # type: ignore[arg-type]
        (Mute("text"), failure("Mute")),
    ],
    ids=["an exit code that the log cannot hold", "an exit code that is none", "an error without a text"],
)
def test_a_failure_is_recorded_whatever_is_wrong_with_its_error(
    writer: SessionWriter, error: Exception, expected: tuple[str, object]
) -> None:
    tier = writer.tier(["lint"])
    with tier, pytest.raises(type(error)), tier.step("lint"):
        raise error
    event_type, fields = last(writer)
    assert (event_type, {**fields, "error": fields["error"].split("\n")[0]}) == expected
