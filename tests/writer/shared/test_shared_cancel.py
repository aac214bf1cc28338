"""Steps that are cancelled while other processes work for them."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.support.processes import ROOT
from tests.support.steps import is_gone, output, python, recorded
from tests.support.waiting import DEADLINE_SECS, wait_until
from writer import RemoteStep, SessionWriter, Step, StepCancelledError, StepFailedError, Tier, attach

SLEEP = 'echo "$$"; exec sleep 60'

INNER = """
from writer import attach
with attach().step("inner") as step:
    step.run(["sleep", "60"])
"""


def run_there(step: RemoteStep) -> None:
    step.run(["sh", "-c", SLEEP])


def events_of(writer: SessionWriter, name: str) -> list[str]:
    return [kind for kind, fields in recorded(writer) if fields.get("step_name") == name]


def without_output(kinds: list[str]) -> list[str]:
    """The events apart from output: programs of a killed process that are still running then are named there."""
    return [kind for kind in kinds if kind != "step_output"]


@pytest.mark.parametrize("leaves", [False, True])
def test_a_program_of_a_remote_step_ends_with_the_step(writer: SessionWriter, tier: Tier, leaves: bool) -> None:
    step = tier.step("lint").__enter__()
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        work = executor.submit(run_there, step.remote())
        wait_until(lambda: output(writer) != [])
        step.cancel("not needed")
        if leaves:  # at once, as the step does whose block the cancellation ends
            Step.__exit__(step, None, None, None)
        with pytest.raises(StepCancelledError, match="has been cancelled: not needed"):
            work.result(timeout=DEADLINE_SECS)
        assert is_gone(int(output(writer)[0]))
    assert events_of(writer, "lint") == ["step_started", "step_output"]


def test_a_call_of_a_remote_step_that_has_been_cancelled_reports_that(tier: Tier) -> None:
    with tier.step("lint") as step:
        handle = step.remote()
        step.cancel("not needed")
        with pytest.raises(StepCancelledError, match="has been cancelled: not needed"):
            handle.saved("findings")


def test_what_a_loser_of_a_race_has_under_way_elsewhere_is_cancelled_too(
    writer: SessionWriter, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    writer.share()

    def win(step: Step) -> None:
        wait_until(lambda: "step_started" in events_of(writer, "inner"))

    def lose(step: Step) -> None:
        step.run(python(INNER), grace=0)  # killed, so that it can report nothing

    winner, _ = tier.race([(tier.step("lint"), win), (tier.step("types"), lose)])
    assert winner.name == "lint"
    wait_until(lambda: not writer._log.server.requests._clients)  # type: ignore[attr-defined]
    assert events_of(writer, "types") == without_output(events_of(writer, "inner")) == ["step_started"]


async def test_what_a_cancelled_task_has_under_way_elsewhere_is_cancelled_too(
    writer: SessionWriter, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    writer.share()

    async def work() -> None:
        with tier.step("lint") as step:
            await step.run_async(python(INNER), grace=0)

    task = asyncio.create_task(work())
    await asyncio.to_thread(wait_until, lambda: "step_started" in events_of(writer, "inner"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with attach(writer.share()).step("next"):  # after what has become of the other process
        pass
    assert events_of(writer, "lint") == without_output(events_of(writer, "inner")) == ["step_started"]


def test_what_a_step_that_fails_has_under_way_elsewhere_has_failed(
    writer: SessionWriter, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    writer.share()
    code = "import os\nfrom writer import attach\nattach().step('inner').start(); os._exit(3)"
    with pytest.raises(StepFailedError), tier.step("lint") as step:
        step.run(python(code))
    wait_until(lambda: events_of(writer, "inner") == ["step_started", "step_failed"])
