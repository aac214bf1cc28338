"""Steps that do not fit into their tier: what is an error, and what the rest means to readers."""

import pytest

from tests.support.steps import types
from writer import SessionWriter, Tier
from zigtui.reader import StepState, read_session


def count(writer: SessionWriter, state: StepState) -> int:
    return read_session(writer.log_path).count_steps()[state]


def test_every_step_needs_a_name(writer: SessionWriter, tier: Tier) -> None:
    for call in (lambda: tier.step(""), lambda: tier.step(b""), lambda: writer.tier(["lint", ""])):
        with pytest.raises(ValueError, match="a step needs a name"):
            call()
    assert types(writer) == []


def test_a_name_that_the_tier_does_not_have_is_added(writer: SessionWriter, tier: Tier) -> None:
    with tier.step("format") as step:
        step.output("3 files")
    assert count(writer, StepState.SUCCEEDED) == 1
    assert count(writer, StepState.PENDING) == 2  # those that the tier has named


def test_a_command_that_zig_does_not_have_is_recorded_as_it_is(writer: SessionWriter, tier: Tier) -> None:
    with tier.step("lint", command="deploy"):
        pass
    session = read_session(writer.log_path).session
    assert [step.zag_command for step in session.steps_of(session.tiers[0])] == ["deploy", None]
    assert session.problem_count == 0


def test_a_step_runs_on_after_the_block_of_its_tier(writer: SessionWriter) -> None:
    with writer.tier(["lint"]) as tier:
        step = tier.step("lint").start()
    step.output("after the block")
    assert count(writer, StepState.RUNNING) == 1
    with writer.tier([]):
        assert count(writer, StepState.CANCELLED) == 1
        step.output("after the next tier has begun")
        step.complete()
    assert count(writer, StepState.SUCCEEDED) == 1
    assert read_session(writer.log_path).session.tiers[0].step_count == 1
    assert types(writer) == ["step_started", "step_output", "tier_started", "step_output", "step_completed"]
