"""The step whose block the running code is in, and log records that go to it."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from tests.support.steps import recorded
from writer import SessionWriter, Step, StepCancelledError, Tier, current_step
from writer.log_handler import SessionLogHandler

STEPS = ["lint", "types", "tests"]


def lines_by_step(writer: SessionWriter) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for event_type, fields in recorded(writer):
        if event_type == "step_output":
            lines.setdefault(fields["step_name"], []).append(fields["line"])
    return lines


def run_in_threads(tier: Tier, work: Callable[[], object]) -> None:
    barrier = threading.Barrier(len(STEPS))

    def run(name: str) -> None:
        with tier.step(name):
            barrier.wait()
            work()
            barrier.wait()

    threads = [threading.Thread(target=run, args=(name,)) for name in STEPS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run_in_tasks(tier: Tier, work: Callable[[], object]) -> None:
    async def run(name: str) -> None:
        with tier.step(name):
            await asyncio.sleep(0)
            await asyncio.to_thread(work)

    async def run_all() -> None:
        await asyncio.gather(*map(run, STEPS))

    asyncio.run(run_all())


def run_in_an_executor(tier: Tier, work: Callable[[], object]) -> None:
    with ThreadPoolExecutor() as executor:
        for name in STEPS:
            with tier.step(name):
                executor.submit(copy_context().run, work).result()


def run_in_a_race(tier: Tier, work: Callable[[], object]) -> None:
    barrier = threading.Barrier(len(STEPS))

    def run(step: Step) -> None:
        work()
        barrier.wait()

    tier.race([(tier.step(name), run) for name in STEPS])


@pytest.fixture(params=[run_in_threads, run_in_tasks, run_in_an_executor, run_in_a_race])
def run_all(request: pytest.FixtureRequest) -> Callable[[Tier, Callable[[], object]], None]:
    way: Callable[[Tier, Callable[[], object]], None] = request.param
    return way


def test_each_record_goes_to_its_step(
    writer: SessionWriter,
    tier: Tier,
    logger: logging.Logger,
    run_all: Callable[[Tier, Callable[[], object]], None],
) -> None:
    logger.addHandler(SessionLogHandler())

    def work() -> None:
        step = current_step()
        assert step is not None
        for number in range(20):
            logging.getLogger("runner").info("%s %d", step.name, number)

    logging.getLogger("runner").info("before all steps")
    run_all(tier, work)
    logging.getLogger("runner").info("after all steps")
    assert lines_by_step(writer) == {name: [f"{name} {number}" for number in range(20)] for name in STEPS}


def test_handlers_of_parallel_steps_do_not_mix_them(writer: SessionWriter, tier: Tier, logger: logging.Logger) -> None:
    def work() -> None:
        step = current_step()
        assert step is not None
        handler = SessionLogHandler(step)
        logger.addHandler(handler)
        barrier.wait()
        logging.getLogger("runner").info(step.name)
        barrier.wait()
        logger.removeHandler(handler)

    barrier = threading.Barrier(len(STEPS))
    run_in_threads(tier, work)
    assert lines_by_step(writer) == {name: [name] for name in STEPS}


def test_a_handler_of_a_step_records_what_has_no_step_and_the_steps_within(
    writer: SessionWriter, tier: Tier, logger: logging.Logger
) -> None:
    with tier.step("lint") as step:
        logger.addHandler(SessionLogHandler(step))
        thread = threading.Thread(target=logging.getLogger("runner").info, args=("thread",))
        thread.start()
        thread.join()
        with tier.step("types"):
            logging.getLogger("runner").info("within")
    assert lines_by_step(writer) == {"lint": ["thread", "within"]}


def test_steps_are_nested_and_may_overlap(tier: Tier) -> None:
    assert current_step() is None
    with tier.step("lint") as outer:
        with tier.step("types") as inner:
            assert current_step() is inner
        assert current_step() is outer
    assert current_step() is None
    first, second, third = map(tier.step, STEPS)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert current_step() is second
    third.__enter__()
    second.__exit__(None, None, None)
    assert current_step() is third
    third.__exit__(None, None, None)
    assert current_step() is None


def test_a_task_that_outlives_its_step_is_in_the_outer_one(tier: Tier) -> None:
    async def check() -> tuple[object, object]:
        gone = asyncio.Event()

        async def outlive() -> tuple[object, object]:
            first = current_step()
            await gone.wait()
            return first, current_step()

        with tier.step("lint"):
            with tier.step("types"):
                task = asyncio.create_task(outlive())
                await asyncio.sleep(0)
            gone.set()
            first, second = await task
            return first.name if isinstance(first, Step) else None, second is current_step()

    assert asyncio.run(check()) == ("types", True)


def test_a_step_may_be_left_in_another_context(tier: Tier) -> None:
    step = tier.step("lint")
    context = copy_context()
    context.run(step.__enter__)
    assert context.run(current_step) is step
    step.__exit__(None, None, None)
    assert context.run(current_step) is None
    assert current_step() is None


@pytest.mark.parametrize("end", ["skip", "cancel"])
def test_records_of_a_step_that_takes_no_output_any_more_are_dropped(
    writer: SessionWriter, tier: Tier, logger: logging.Logger, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    logger.addHandler(SessionLogHandler())
    with pytest.raises(StepCancelledError) if end == "cancel" else tier.step("types"), tier.step("lint") as step:
        getattr(step, end)("not needed")
        logging.getLogger("runner").info("too late")
        if end == "cancel":
            step.output("gets the exception")
    assert lines_by_step(writer) == {}
    assert "Logging error" not in capsys.readouterr().err
