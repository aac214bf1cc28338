"""The tier runs and step runs of a session that are kept in full, with their frozen copies."""

from collections.abc import Sequence
from typing import NamedTuple

from zigtui.reader.session.folding.open_runs import OpenStep, OpenTier, totals_of
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.passes import BegunPass
from zigtui.reader.session.model.session import StepRun, TierRun

__all__ = ["KeptRuns"]

_NOT_FROZEN = StepRun(-1, "", 0, 0)
_TIER_NOT_FROZEN = TierRun(0, 0, 0, None, 0, 0)


class _Recent(NamedTuple):
    """A pass that is kept, with the ordinal of the first tier run after it."""

    begun: BegunPass
    end: int
    run: PassRun


class KeptRuns:
    """The last tier runs and step runs of a session.

    Args:
        first_ordinal: the ordinal of the first tier run.
        first_serial: the serial of the first step run.

    Attributes:
        tiers: the tier runs, in order.
        first_ordinal: the ordinal of the first one that is kept.
        first_serial: the serial of the first step run that is kept.
        next_serial: the serial of the next step run.
        changed_tiers: the ordinals of tier runs that have changed since they were frozen.
        changed_steps: the serials of step runs that have changed since then.
    """

    def __init__(self, first_ordinal: int, first_serial: int) -> None:
        self.tiers: list[OpenTier] = []
        self.first_ordinal = first_ordinal
        self.first_serial = first_serial
        self.next_serial = first_serial
        self.changed_tiers: set[int] = set()
        self.changed_steps: set[int] = set()
        self._steps: list[OpenStep] = []
        self._frozen_tiers: list[TierRun] = []
        self._frozen_steps: list[StepRun] = []
        self._recent: dict[int, _Recent] = {}  # by the ordinal of the first tier run, as far as they have not changed

    def step(self, serial: int) -> OpenStep:
        """The step run with a serial, which must be kept."""
        return self._steps[serial - self.first_serial]

    def add_tier(self, tier: OpenTier) -> None:
        """Add a tier run after the others."""
        self.tiers.append(tier)
        self.changed_tiers.add(tier.ordinal)

    def add_step(self, step: OpenStep) -> None:
        """Add a step run to the last tier run."""
        self._steps.append(step)
        self.next_serial += 1
        self.changed_steps.add(step.serial)

    def drop_until(self, ordinal: int) -> list[OpenStep]:
        """Drop the tier runs before one of them, with their steps, and return the steps."""
        steps, tiers = self.steps_between(self.first_ordinal, ordinal), ordinal - self.first_ordinal
        self.changed_steps.difference_update(range(self.first_serial, self.first_serial + len(steps)))
        self.changed_tiers.difference_update(range(self.first_ordinal, ordinal))
        del self._steps[: len(steps)], self._frozen_steps[: len(steps)]
        del self.tiers[:tiers], self._frozen_tiers[:tiers]
        self.first_ordinal = ordinal
        self.first_serial += len(steps)
        self._recent = {first: recent for first, recent in self._recent.items() if first >= ordinal}
        return steps

    def freeze(self) -> tuple[tuple[TierRun, ...], tuple[StepRun, ...]]:
        """Return frozen copies of all runs that are kept. Only those that have changed are copied again."""
        base, first = self.first_serial, self.first_ordinal
        self._frozen_steps += [_NOT_FROZEN] * (len(self._steps) - len(self._frozen_steps))
        self._frozen_tiers += [_TIER_NOT_FROZEN] * (len(self.tiers) - len(self._frozen_tiers))
        for serial in self.changed_steps:
            step = self._steps[serial - base]
            self._frozen_steps[serial - base] = step.frozen()
            self.changed_tiers.add(step.tier)
        self.changed_steps.clear()
        for ordinal in self.changed_tiers:
            self._frozen_tiers[ordinal - first] = self.tiers[ordinal - first].frozen()
        changed = min(self.changed_tiers, default=None)
        if changed is not None:
            self._recent = {ordinal: kept for ordinal, kept in self._recent.items() if kept.end <= changed}
        self.changed_tiers.clear()
        return tuple(self._frozen_tiers), tuple(self._frozen_steps)

    def steps_between(self, ordinal: int, end: int | None) -> list[OpenStep]:
        """The steps of the tier runs from one on, up to another one, or up to the last one."""
        first = self.tiers[ordinal - self.first_ordinal].first_step - self.first_serial
        index = len(self.tiers) if end is None else end - self.first_ordinal
        following = self.tiers[index].first_step - self.first_serial if index < len(self.tiers) else None
        return self._steps[first:following]

    def pass_runs(self, first_number: int, begun: Sequence[BegunPass]) -> tuple[PassRun, ...]:
        """The passes that are kept, with their counts. Call it after `freeze`.

        Args:
            first_number: the number of the first one.
            begun: their first tier runs and outcomes.
        """
        runs = []
        for number, (this, following) in enumerate(zip(begun, [*begun[1:], None], strict=True), first_number):
            end = None if following is None else following.first_tier
            kept = self._recent.get(this.first_tier)
            if kept is not None and (kept.begun, kept.end) == (this, end):  # what seemed to follow may belong to it
                runs.append(kept.run)
                continue
            runs.append(self.pass_run(number, this, self.steps_between(this.first_tier, end)))
            if end is not None:
                self._recent[this.first_tier] = _Recent(this, end, runs[-1])
        return tuple(runs)

    def pass_run(self, number: int, begun: BegunPass, steps: Sequence[OpenStep]) -> PassRun:
        """A pass with its counts.

        Args:
            number: its number.
            begun: its first tier run and its outcome.
            steps: its steps.
        """
        tier = self.tiers[begun.first_tier - self.first_ordinal]
        return PassRun(
            number,
            tier.ordinal,
            tier.first_step,
            tier.first_line,
            tier.first_mark,
            tier.pass_number,
            tier.offset,
            *totals_of(steps),
            tier.started_at,
            begun.is_failed,
            begun.ended_early,
        )
