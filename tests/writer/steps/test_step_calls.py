"""What may be called on a step, when, and from how many threads and tasks at a time."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.steps import failure, last, recorded, types
from tests.support.writers import in_fork, last_event, read_events, run_python
from writer import SessionError, SessionWriter, Step, StepFailedError, Tier

# Retries, skips, saved variables


def test_a_retry_records_the_failed_attempt_and_counts_on(writer: SessionWriter, tier: Tier) -> None:
    with tier.step("lint") as step:
        assert step.attempt == 1
        step.retry("timeout", exit_code=124)
        assert step.attempt == 2
        step.output("again")
        step.retry(StepFailedError("ruff exited with code 2", exit_code=2))
        step.retry(TimeoutError())
        assert step.attempt == 4
    assert recorded(writer)[1:-1] == [
        failure("timeout", exit_code=124, attempt=1),
        ("step_output", {"step_name": "lint", "stream": "stdout", "line": "again"}),
        failure("ruff exited with code 2", exit_code=2, attempt=2),
        failure("TimeoutError", attempt=3),
    ]
    assert last(writer)[0] == "step_completed"


def test_the_last_attempt_may_fail_too(writer: SessionWriter, tier: Tier) -> None:
    def work() -> None:
        with tier.step("lint") as step:
            step.retry("once")
            raise RuntimeError("twice")

    with pytest.raises(RuntimeError):
        work()
    assert types(writer) == ["step_started", "step_failed", "step_failed"]
    assert last(writer)[1]["error"].startswith("RuntimeError: twice\n")
    assert last(writer)[1]["attempt"] == 2


def test_skipping_instead_of_entering_is_the_only_event(writer: SessionWriter, tier: Tier) -> None:
    step = tier.step("types")
    step.skip("nothing to check")
    assert recorded(writer) == [("step_skipped", {"step_name": "types", "reason": "nothing to check"})]
    with pytest.raises(SessionError, match="step 'types' has been skipped"), step:
        pass
    with pytest.raises(SessionError, match="step 'types' has been skipped"):
        step.skip("again")
    assert len(recorded(writer)) == 1


def test_skipping_inside_the_block_leaves_no_completion(writer: SessionWriter, tier: Tier) -> None:
    with tier.step("lint") as step:
        step.skip("nothing to check")
        with pytest.raises(SessionError, match="has been skipped"):
            step.output("too late")
    assert types(writer) == ["step_started", "step_skipped"]


def test_an_exception_after_a_skip_is_recorded(writer: SessionWriter, tier: Tier) -> None:
    def work() -> None:
        with tier.step("lint") as step:
            step.skip("nothing to check")
            raise RuntimeError("but then")

    with pytest.raises(RuntimeError):
        work()
    assert types(writer) == ["step_started", "step_skipped", "step_failed"]


def test_saved_variables_are_names(tier: Tier) -> None:
    with tier.step("lint") as step, pytest.raises(ValueError, match="names must be text"):
        step.saved(["report"])  # type: ignore[arg-type]  # the slip that is tested


# The wrong time


def run_nothing(step: Step) -> None:
    step.run(["never", "run"])


def run_nothing_async(step: Step) -> None:
    asyncio.run(step.run_async(["never", "run"]))


CALLS: list[Callable[[Step], object]] = [
    lambda step: step.output("x"),
    lambda step: step.retry("x"),
    lambda step: step.saved("x"),
    run_nothing,
    run_nothing_async,
]


@pytest.mark.parametrize("call", CALLS)
def test_a_step_can_be_used_only_inside_its_block(
    writer: SessionWriter, tier: Tier, call: Callable[[Step], object]
) -> None:
    step = tier.step("lint")
    with pytest.raises(SessionError, match="step 'lint' has not begun: enter it by `with` first"):
        call(step)
    with step:
        pass
    with pytest.raises(SessionError, match="step 'lint' has ended, nothing can follow"):
        call(step)
    assert types(writer) == ["step_started", "step_completed"]


def test_a_step_that_has_ended_cannot_be_skipped(tier: Tier) -> None:
    with tier.step("lint") as step:
        pass
    with pytest.raises(SessionError, match="has ended"):
        step.skip("too late")


def test_a_step_cannot_be_entered_twice(writer: SessionWriter, tier: Tier) -> None:
    step = tier.step("lint")
    with step, pytest.raises(SessionError, match="step 'lint' has begun already"):
        step.__enter__()
    with pytest.raises(SessionError, match="step 'lint' has ended"), step:
        pass
    assert types(writer) == ["step_started", "step_completed"]


# At the same time


def lines_by_step(writer: SessionWriter) -> dict[str, list[str]]:
    """The output of each step, which must lie between its start and its completion."""
    lines: dict[str, list[str]] = {}
    running = set()
    for event_type, fields in recorded(writer):
        name = fields["step_name"]
        if event_type == "step_started":
            running.add(name)
            lines[name] = []
        elif event_type == "step_completed":
            running.remove(name)
        else:
            assert name in running
            lines[name].append(fields["line"])
    assert not running
    return lines


NAMES = [f"step-{number}" for number in range(6)]
EXPECTED = {name: [f"{name} says {count}" for count in range(50)] for name in NAMES}


def test_steps_run_in_threads_at_the_same_time(writer: SessionWriter) -> None:
    barrier = threading.Barrier(len(NAMES))

    def work(tier: Tier, name: str) -> None:
        with tier.step(name) as step:
            barrier.wait()
            for count in range(50):
                step.output(f"{name} says {count}")
            barrier.wait()

    with writer.tier(NAMES) as tier:
        threads = [threading.Thread(target=work, args=(tier, name)) for name in NAMES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert lines_by_step(writer) == EXPECTED


async def test_steps_run_in_tasks_at_the_same_time(writer: SessionWriter) -> None:
    async def work(tier: Tier, name: str) -> None:
        with tier.step(name) as step:
            for count in range(50):
                step.output(f"{name} says {count}")
                await asyncio.sleep(0)

    with writer.tier(NAMES) as tier:
        async with asyncio.TaskGroup() as group:
            for name in NAMES:
                group.create_task(work(tier, name))
    assert lines_by_step(writer) == EXPECTED


async def test_a_task_that_fails_cancels_the_steps_of_the_others(writer: SessionWriter, tier: Tier) -> None:
    running = asyncio.Event()

    async def wait_for_ever() -> None:
        with tier.step("types"):
            running.set()
            await asyncio.Event().wait()

    async def fail() -> None:
        with tier.step("lint"):
            await running.wait()
            raise RuntimeError("no luck")

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_for_ever())
            group.create_task(fail())

    with pytest.raises(ExceptionGroup):
        await work()
    failed = {fields["step_name"]: fields["error"] for kind, fields in recorded(writer) if kind == "step_failed"}
    assert failed.keys() == {"lint"}  # a step that is cancelled has no end


def test_no_output_comes_after_the_end_however_threads_race(writer: SessionWriter) -> None:
    def chatter(step: Step) -> None:
        with contextlib.suppress(SessionError):
            while True:
                step.output("still here")

    with writer.tier(NAMES) as tier:
        for name in NAMES:
            with tier.step(name) as step:
                threads = [threading.Thread(target=chatter, args=(step,)) for _ in range(2)]
                for thread in threads:
                    thread.start()
            for thread in threads:
                thread.join()
    lines_by_step(writer)


# The package


def test_recording_steps_does_not_make_the_import_slower() -> None:
    program = """
import sys
import writer
slow = ("orjson", "pathlib", "logging", "typing", "subprocess", "asyncio", "writer._programs.process")
print([name for name in slow if name in sys.modules])
"""
    assert run_python(program).stdout == "[]\n"


def test_a_running_process_does_not_need_asyncio(tmp_path: Path) -> None:
    program = """
import sys
from writer import SessionWriter
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
with writer.tier(["lint"]) as tier, tier.step("lint") as step:
    step.run([sys.executable, "-c", ""])
print("asyncio" in sys.modules)
"""
    assert run_python(program, tmp_path).stdout == "False\n"


def test_a_line_that_is_too_long_is_cut_as_that_of_a_program(writer: SessionWriter, step: Step) -> None:
    text = "é" * 1_500_000
    step.output(f"short\n{text}\nend")
    lines = [event["line"] for event in read_events(writer.log_path) if event["type"] == "step_output"]
    assert (lines[0], lines[-1]) == ("short", "end")
    assert [len(line.encode()) for line in lines[1:-1]] == [2**20, 2**20, 3_000_000 - 2**21]
    assert "".join(lines[1:-1]) == text


def test_a_line_may_end_with_crlf(writer: SessionWriter, step: Step) -> None:
    step.output("x\r\n")
    assert last_event(writer)["line"] == "x"


def test_a_fork_refuses_to_run_a_program_before_it_runs(writer: SessionWriter, step: Step, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    assert in_fork(lambda: step.run(["touch", str(ran)])).startswith("SessionError: ")
    assert not ran.exists()
