"""Wrong arguments: a ValueError, and the log is as it was."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases import each_case
from tests.support.writers import last_event, own_fields
from writer import SessionCoordinator, SessionWriter

Call = Callable[[Any], object]  # typed as Any: what mypy refuses is what is tried here


def some(value: object) -> Any:
    """A value that no type checker knows."""
    return value


WRONG_CALLS: dict[str, Call] = {
    "tier_index negative": lambda writer: writer.tier_started(-1, ["a"]),
    "tier_index too large": lambda writer: writer.tier_started(2**32, ["a"]),
    "tier_index text": lambda writer: writer.tier_started("0", ["a"]),
    "tier_index float": lambda writer: writer.tier_started(1.0, ["a"]),
    "step_names one text": lambda writer: writer.tier_started(0, "lint"),
    "step_names bytes": lambda writer: writer.tier_started(0, b"lint"),
    "step_names None": lambda writer: writer.tier_started(0, None),
    "step_names of numbers": lambda writer: writer.tier_started(0, ["lint", 1]),
    "step_name None": lambda writer: writer.step_started(None, 0, "id", "run"),
    "zag_session_id None": lambda writer: writer.step_started("a", 0, None, "run"),
    "zag_command number": lambda writer: writer.step_started("a", 0, "id", 1),
    "model number": lambda writer: writer.step_started("a", 0, "id", "run", model=4),
    "prompt_preview None": lambda writer: writer.step_started("a", 0, "id", "run", prompt_preview=None),
    "output without a step": lambda writer: writer.step_output(None, "stdout", "line"),
    "stream unknown": lambda writer: writer.step_output("a", "stdin", "line"),
    "stream unknown, two lines": lambda writer: writer.step_output("a", "stdin", "line\nline"),
    "stream None": lambda writer: writer.step_output("a", None, "line"),
    "stream unhashable": lambda writer: writer.step_output("a", [], "line"),
    "stream bytes": lambda writer: writer.step_output("a", b"stdout", "line"),
    "line None": lambda writer: writer.step_output("a", "stdout", None),
    "line number": lambda writer: writer.step_output("a", "stdout", 7),
    "exit_code None": lambda writer: writer.step_completed("a", None, 1),
    "exit_code too large": lambda writer: writer.step_completed("a", 2**31, 1),
    "duration negative": lambda writer: writer.step_completed("a", 0, -1),
    "duration too large": lambda writer: writer.step_completed("a", 0, 2**64),
    "duration float": lambda writer: writer.step_completed("a", 0, 0.5),
    "saved_vars one text": lambda writer: writer.step_completed("a", 0, 1, "notes"),
    "saved_vars number": lambda writer: writer.step_completed("a", 0, 1, 5),
    "attempt zero": lambda writer: writer.step_failed("a", 1, 0, "error"),
    "attempt None": lambda writer: writer.step_failed("a", 1, None, "error"),
    "error None": lambda writer: writer.step_failed("a", 1, 1, None),
    "reason number": lambda writer: writer.step_skipped("a", 3),
    "interval zero": lambda writer: writer.heartbeat(0),
    "interval text": lambda writer: writer.heartbeat("10"),
    "status unknown": lambda writer: writer.ended("Success", 1),
    "status None": lambda writer: writer.ended(None, 1),
    "status unhashable": lambda writer: writer.ended(["success"], 1),
    "end with negative duration": lambda writer: writer.ended("success", -1),
    "coordinator's interval zero": lambda writer: SessionCoordinator.start(writer, heartbeat_secs=0),
    "coordinator's interval float": lambda writer: SessionCoordinator.start(writer, heartbeat_secs=some(1.5)),
    "coordinator's interval text": lambda writer: SessionCoordinator.start(writer, heartbeat_secs=some("10")),
    "coordinator's interval too large": lambda writer: SessionCoordinator.start(writer, heartbeat_secs=2**32),
}

WRONG_CREATIONS: dict[str, Call] = {
    "workflow_name None": lambda create: create(None, "review.zwf"),
    "workflow_name number": lambda create: create(1, "review.zwf"),
    "workflow_path None": lambda create: create("review", None),
    "prompt number": lambda create: create("review", "review.zwf", prompt=1),
    "tier_count negative": lambda create: create("review", "review.zwf", tier_count=-1),
    "tier_count too large": lambda create: create("review", "review.zwf", tier_count=2**32),
    "tier_count text": lambda create: create("review", "review.zwf", tier_count="2"),
    "tier_count None": lambda create: create("review", "review.zwf", tier_count=None),
    "base number": lambda create: create("review", "review.zwf", base=1),
    "base with NUL": lambda create: create("review", "review.zwf", base="/tmp/a\0b"),
    "cwd number": lambda create: create("review", "review.zwf", cwd=1),
}


@each_case("call", WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_argument_writes_nothing_and_uses_no_seq(project: Path, call: Call) -> None:
    writer = SessionWriter.create("review", "review.zwf")
    before = writer.log_path.read_bytes()
    with pytest.raises(ValueError, match=r"\w"):
        call(writer)
    assert writer.log_path.read_bytes() == before
    writer.step_output("lint", "stdout", "next")
    assert last_event(writer)["seq"] == 2


@each_case("call", WRONG_CREATIONS.values(), ids=WRONG_CREATIONS)
def test_a_session_with_a_wrong_argument_is_not_begun(project: Path, home: Path, call: Call) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        call(SessionWriter.create)
    assert list(home.iterdir()) == []


def test_a_list_that_fails_half_way_writes_nothing(project: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf")
    before = writer.log_path.read_bytes()
    with pytest.raises(ZeroDivisionError):
        writer.tier_started(0, (str(1 // number) for number in (1, 0)))
    assert writer.log_path.read_bytes() == before


def test_text_may_come_as_bytes_path_or_enum(project: Path) -> None:
    class Step(str, Enum):  # noqa: UP042 - its str() is "Step.LINT", unlike that of StrEnum
        LINT = "lint"

    writer = SessionWriter.create(b"review", Path("flows/review.zwf"), prompt=some(bytearray(b"caf\xc3\xa9 \xff")))
    started = last_event(writer)
    assert started["workflow_name"] == "review"
    assert started["workflow_path"] == "flows/review.zwf"
    assert started["prompt"] == "café \ufffd"
    writer.tier_started(0, iter(some([Step.LINT, b"test", Path("doc")])))
    assert own_fields(last_event(writer)) == {"tier_index": 0, "step_names": ["lint", "test", "doc"]}
    writer.step_output(Step.LINT, "stdout", some(memoryview(b"line")))
    assert own_fields(last_event(writer)) == {"step_name": "lint", "stream": "stdout", "line": "line"}


def test_directories_may_come_as_text_or_path(project: Path, tmp_path: Path) -> None:
    for base in (tmp_path / "base", str(tmp_path / "base")):
        writer = SessionWriter.create("review", "review.zwf", base=base, cwd=str(tmp_path))
        assert writer.log_path.parent == tmp_path / "base" / "logs" / "sessions"
