"""A runner in asyncio: steps that run side by side, one that is retried, and a race of two.

    python examples/asyncio_runner.py

The exit code is 1 if a step has failed for good.
"""

import asyncio
import sys

from writer import SessionCoordinator, SessionWriter, Step, StepFailedError, Tier

_ATTEMPTS = 3
_TIMEOUT_SECS = 60.0

# Programs, as a real runner has them: the second one fails the first time.
_FETCH = "import sys; print('fetching', sys.argv[1])"
_FLAKY = "import sys; print('attempt', sys.argv[1]); sys.exit(sys.argv[1] == '1')"
_ASK = "import sys, time; time.sleep(float(sys.argv[1])); print('answered')"


async def main() -> int:
    """Run the workflow, and return the exit code."""
    writer = SessionWriter.create("asyncio-runner", __file__, tier_count=3)
    failures: list[Exception] = []
    try:
        with SessionCoordinator.start(writer) as session:
            with session.tier(["sources", "prices"]) as tier:
                async with asyncio.TaskGroup() as group:  # a failure cancels the others, which have no end in the log
                    for name in ("sources", "prices"):
                        group.create_task(run(tier, name, _FETCH, name))
            with session.tier(["build"]) as tier:
                await run_with_retries(tier, "build", _FLAKY)
            with session.tier(["near", "far"]) as tier:
                near, far = tier.step("near", model="small"), tier.step("far", model="large")
                winner, _ = await tier.race_async(
                    [(near, lambda step: ask(step, 0.1)), (far, lambda step: ask(step, 9))]
                )
                print("won by", winner.name)
    except* StepFailedError as group_of_failures:
        failures += group_of_failures.exceptions
    return 1 if failures else 0


async def run(tier: Tier, name: str, program: str, *arguments: str) -> None:
    """Run a program as a step."""
    with tier.step(name) as step:
        await step.run_async([sys.executable, "-c", program, *arguments], timeout=_TIMEOUT_SECS)


async def run_with_retries(tier: Tier, name: str, program: str) -> None:
    """Run a program as a step, again if it fails."""
    with tier.step(name) as step:
        while True:
            try:
                await step.run_async([sys.executable, "-c", program, str(step.attempt)], timeout=_TIMEOUT_SECS)
                return
            except StepFailedError as error:
                if step.attempt == _ATTEMPTS:
                    raise
                step.retry(error)


async def ask(step: Step, seconds: float) -> int:
    """Do the work of a racer. The loser is cancelled, and its program ended."""
    return await step.run_async([sys.executable, "-c", _ASK, str(seconds)])


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
