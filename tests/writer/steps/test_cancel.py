"""Steps that are cancelled, and races: which events are recorded, and what becomes of the work."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.steps import is_gone, output, python, recorded, types
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import in_fork
from writer import SessionListener, SessionWriter, Step, StepCancelledError, StepFailedError, Tier

# Cancelling a step


def test_a_cancelled_step_has_no_end(writer: SessionWriter, tier: Tier) -> None:
    with tier.step("lint") as step:
        step.output("a line")
        step.cancel("not needed")
    assert types(writer) == ["step_started", "step_output"]


CALLS: dict[str, Callable[[Step], object]] = {
    "output": lambda step: step.output("a line"),
    "retry": lambda step: step.retry("no luck"),
    "skip": lambda step: step.skip("no reason"),
    "saved": lambda step: step.saved("name"),
    "run": lambda step: step.run(["/no/such/program"]),
    "run_async": lambda step: asyncio.run(step.run_async(["/no/such/program"])),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_cancelled_step_records_nothing_more(
    writer: SessionWriter, tier: Tier, call: Callable[[Step], object]
) -> None:
    with tier.step("lint") as step:
        step.cancel("not needed")
        with pytest.raises(StepCancelledError, match=r"^step 'lint' has been cancelled: not needed$"):
            call(step)
    assert types(writer) == ["step_started"]


def test_a_step_that_is_cancelled_before_it_begins_does_not_begin(writer: SessionWriter, tier: Tier) -> None:
    step = tier.step("lint")
    step.cancel()
    with pytest.raises(StepCancelledError, match=r"^step 'lint' has been cancelled$"), step:
        raise AssertionError("entered")
    assert types(writer) == []


def test_cancelling_again_or_after_the_end_does_nothing(writer: SessionWriter, tier: Tier) -> None:
    with tier.step("lint") as step:
        pass
    step.cancel()
    with tier.step("types") as step:
        step.skip("nothing to check")
        step.cancel()
    with tier.step("lint") as step:
        step.cancel("the first")
        step.cancel("the second")
        with pytest.raises(StepCancelledError, match="the first"):
            step.output("a line")
    assert types(writer) == ["step_started", "step_completed", "step_started", "step_skipped", "step_started"]


def test_an_exception_that_follows_a_cancellation_is_no_failure(writer: SessionWriter, tier: Tier) -> None:
    def work(step: Step) -> None:
        with step:
            step.cancel()
            raise RuntimeError("the connection is closed")

    with pytest.raises(RuntimeError):
        work(tier.step("lint"))
    assert types(writer) == ["step_started"]


def test_the_fork_of_a_runner_cancels_nothing(step: Step) -> None:
    assert in_fork(lambda: step.cancel()).startswith("SessionError: ")
    step.output("still there")


async def test_the_cancellation_of_a_task_is_no_failure(writer: SessionWriter, tier: Tier) -> None:
    async def work() -> None:
        with tier.step("lint"):
            await asyncio.sleep(DEADLINE_SECS)

    task = asyncio.create_task(work())
    await asyncio.to_thread(wait_until, lambda: types(writer) == ["step_started"])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert types(writer) == ["step_started"]


def test_a_cancelled_step_ends_its_pass_but_not_the_listener(tmp_path: Any) -> None:
    writer = SessionWriter.create("review", "review.zwf", tier_count=1, base=tmp_path, cwd=tmp_path)
    with SessionListener(writer) as session:
        with session.pass_() as current, current.tier(["lint"]) as tier, tier.step("lint") as step:
            step.cancel("not needed")
            step.output("a line")
        assert isinstance(current.error, StepCancelledError)
        with session.pass_() as current, current.tier(["lint"]) as tier, tier.step("lint") as step:
            step.output("a line")
        assert current.error is None


# Races, with threads and with asyncio

Work = Callable[[Step], Any]
Racers = list[tuple[Step, Work]]


def race_async(tier: Tier, racers: Racers) -> tuple[Step, Any]:
    def in_task(work: Work) -> Callable[[Step], Awaitable[Any]]:
        async def run(step: Step) -> Any:
            return await asyncio.to_thread(work, step)

        return run

    return asyncio.run(tier.race_async([(step, in_task(work)) for step, work in racers]))


async def stay_async(step: Step) -> None:
    await step.run_async(STAY)


Race = Callable[[Tier, Racers], tuple[Step, Any]]
RACES: list[Race] = [Tier.race, race_async]
STAY = python("import os, time; print(os.getpid(), flush=True); time.sleep(600)")
both = pytest.mark.parametrize("race", RACES, ids=["race", "race_async"])


def stay(step: Step) -> None:
    step.run(STAY)


def fail(step: Step) -> None:
    raise StepFailedError("no luck", exit_code=3)


@both
def test_the_first_step_that_succeeds_ends_the_others(writer: SessionWriter, tier: Tier, race: Race) -> None:
    def win(step: Step) -> int:
        wait_until(lambda: len(output(writer)) == 2)
        return step.run(["true"])

    racers: Racers = [(tier.step("lint"), stay), (tier.step("types"), win), (tier.step("tests"), stay)]
    winner, result = race(tier, racers)
    assert (winner.name, result) == ("types", 0)
    assert all(map(is_gone, map(int, output(writer))))
    assert sorted(types(writer)) == ["step_completed"] + ["step_output"] * 2 + ["step_started"] * 3
    assert [fields["step_name"] for kind, fields in recorded(writer) if kind == "step_completed"] == ["types"]


async def test_the_program_of_a_task_that_loses_is_ended(writer: SessionWriter, tier: Tier) -> None:
    async def win(step: Step) -> str:
        await asyncio.to_thread(wait_until, lambda: bool(output(writer)))
        return step.name

    winner, result = await tier.race_async([(tier.step("lint"), stay_async), (tier.step("types"), win)])
    assert winner.name == result == "types"
    assert is_gone(int(output(writer)[0]))
    assert types(writer)[-1] == "step_completed"


@both
def test_a_step_that_fails_does_not_end_the_race(writer: SessionWriter, tier: Tier, race: Race) -> None:
    def win(step: Step) -> str:
        wait_until(lambda: "step_failed" in types(writer))
        return "done"

    assert race(tier, [(tier.step("lint"), fail), (tier.step("types"), win)])[1] == "done"
    ends = [(kind, fields["step_name"]) for kind, fields in recorded(writer) if kind != "step_started"]
    assert ends == [("step_failed", "lint"), ("step_completed", "types")]


@both
def test_a_race_without_a_winner_fails(writer: SessionWriter, tier: Tier, race: Race) -> None:
    with pytest.raises(ExceptionGroup, match="no step of the race has succeeded") as caught:
        race(tier, [(tier.step("lint"), fail), (tier.step("types"), fail)])
    assert [str(error) for error in caught.value.exceptions] == ["no luck"] * 2
    assert types(writer).count("step_failed") == 2


@both
def test_one_step_wins_however_many_succeed_at_once(writer: SessionWriter, race: Race) -> None:
    names = [f"step-{number}" for number in range(4)]
    barrier = threading.Barrier(len(names))
    for _ in range(5):
        with writer.tier(names) as tier:
            winner, result = race(tier, [(tier.step(name), lambda step: barrier.wait()) for name in names])
        assert 0 <= result < len(names)
        assert recorded(writer)[-1][0] == "step_completed"
        assert recorded(writer)[-1][1]["step_name"] == winner.name
    assert types(writer).count("step_completed") == 5


def test_what_is_no_ordinary_exception_ends_the_race(writer: SessionWriter, tier: Tier) -> None:
    def leave(step: Step) -> None:
        wait_until(lambda: bool(output(writer)))
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        tier.race([(tier.step("lint"), stay), (tier.step("types"), leave)])
    assert is_gone(int(output(writer)[0]))


def test_what_is_no_ordinary_exception_ends_the_race_of_tasks(writer: SessionWriter, tier: Tier) -> None:
    async def leave(step: Step) -> None:
        await asyncio.to_thread(wait_until, lambda: bool(output(writer)))
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        asyncio.run(tier.race_async([(tier.step("lint"), stay_async), (tier.step("types"), leave)]))
    assert is_gone(int(output(writer)[0]))


@both
def test_cancelling_all_steps_ends_the_race(writer: SessionWriter, tier: Tier, race: Race) -> None:
    steps = [tier.step("lint"), tier.step("types")]

    def cancel() -> None:
        wait_until(lambda: len(output(writer)) == 2)
        for step in steps:
            step.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(StepCancelledError, match="all steps of the race have been cancelled"):
        race(tier, [(step, stay) for step in steps])
    thread.join()
    assert sorted(types(writer)) == ["step_output"] * 2 + ["step_started"] * 2


async def test_cancelling_the_task_of_a_race_ends_all_its_steps(writer: SessionWriter, tier: Tier) -> None:
    racers = [(tier.step("lint"), stay_async), (tier.step("types"), stay_async)]
    task = asyncio.create_task(tier.race_async(racers))
    await asyncio.to_thread(wait_until, lambda: len(output(writer)) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert all(map(is_gone, map(int, output(writer))))
    assert sorted(types(writer)) == ["step_output"] * 2 + ["step_started"] * 2


@both
def test_a_race_needs_steps(tier: Tier, race: Race) -> None:
    with pytest.raises(ValueError, match="a race needs at least one step"):
        race(tier, [])
