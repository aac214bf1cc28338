"""The fields of a session that follow from its runs, kept as long as only output is added."""

from typing import Any

from zigtui.reader.session.folding.open_runs import OpenStep
from zigtui.reader.session.folding.runs import Runs

__all__ = ["RunFacts"]


class RunFacts:
    """The fields of `Session` that a line of output does not change, unless another step is under way then.

    They are kept, since most lines are output, and each of many live logs is read a line at a time.

    Args:
        runs: the runs.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._kept: tuple[tuple[OpenStep, ...], dict[str, Any]] | None = None

    def forget(self) -> None:
        """Forget the fields, since something other than output has come."""
        self._kept = None

    def fields(self, *, has_ended: bool) -> dict[str, Any]:
        """The fields, by their names.

        Args:
            has_ended: whether the end of the session was recorded.
        """
        runs = self._runs
        active = runs.active
        if self._kept is None or self._kept[0] is not active:
            failed, outcome, last_tier = runs.last_failed, runs.last_outcome, runs.last_tier
            fields = {
                "tiers_reached": last_tier.tier_index + 1 if last_tier is not None else 0,
                "pass_number": last_tier.pass_number if last_tier is not None else 0,
                "passes": runs.passes.counts(outcome),
                "is_waiting": not has_ended and runs.passes.is_waiting(outcome),
                "active_steps": tuple(step.name for step in active),
                "failed_step": None if failed is None else failed.name,
                "open_failure": runs.open_failure,
                "last_error": "" if failed is None else failed.attempts[-1].error,
            }
            self._kept = active, fields
        return self._kept[1]
