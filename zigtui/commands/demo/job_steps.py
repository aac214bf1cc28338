"""The steps of the demo's workflows: each runs a job as a process."""

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from writer import Step, Tier

__all__ = ["JobSteps"]


class JobSteps:
    """Runs jobs over a scratch directory as steps of a session; see `zigtui.commands.demo.jobs`.

    Args:
        scratch: the directory to work in.
        paces: how long each job pauses after each module, in seconds.
        modules: the modules that ``gather`` copies; by default those of the main workflow.
    """

    def __init__(self, scratch: Path, paces: Mapping[str, float], modules: Sequence[str] = ()) -> None:
        self._scratch = scratch
        self._paces = paces
        self._modules = modules

    def run(self, tier: Tier, job: str, *, prompt: str = "", attempts: int = 1, saves: str | None = None) -> None:
        """Run a job as a step, with a number of attempts; ``saves`` names a variable that the step saves.

        Raises:
            StepFailedError: if the last attempt failed too.
        """
        with tier.step(job, prompt=prompt or f"Run {job} over the modules") as step:
            while self._exit_code(step, job, is_last=step.attempt == attempts) != 0:
                step.retry(f"{job} exited with code 1")
            if saves is not None:
                step.saved(saves)

    def run_all(self, tier: Tier, jobs: Sequence[str]) -> None:
        """Run jobs side by side."""
        with ThreadPoolExecutor(len(jobs)) as pool:
            list(pool.map(lambda job: self.run(tier, job), jobs))

    def _exit_code(self, step: Step, job: str, *, is_last: bool) -> int:
        arguments = [job, str(self._scratch), str(self._paces[job]), *self._modules]
        command = [sys.executable, "-P", "-m", "zigtui.commands.demo.jobs", *arguments]
        # In the group of the runner, which the demo ends as a whole, even if the runner is killed.
        return step.run(command, check=is_last, start_new_session=False)
