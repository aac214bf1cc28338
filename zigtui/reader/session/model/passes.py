"""Recognize the passes of a session: runs of the whole workflow, of which a listener makes one for each event.

The log has no mark for them. A pass may begin wherever the index of the tiers does not grow. It is full if it begins
with the steps of the first tier and continues with the second one, or if a failure cuts it short, or if the workflow
has a single tier. A loop runs a single step again, so a first tier of several steps always begins a full pass. Anything
else is an iteration of a loop, and belongs to the full pass before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

__all__ = ["NO_PASSES", "BegunPass", "PassCounts", "Passes", "TierOutcome", "TierShape"]

_MAX_LEFT_OPEN = 100


class PassCounts(NamedTuple):
    """The full passes of a session that have begun, and those of them that failed."""

    total: int = 0
    failed: int = 0


NO_PASSES = PassCounts()
"""The counts before the first tier; one object for all sessions, of which there may be many."""


class TierOutcome(NamedTuple):
    """The outcome of the steps of the last tier run.

    Attributes:
        has_failed: whether a step failed, and was not retried since.
        has_settled: whether a step completed, failed or was skipped.
        active: the names of the steps under way.
    """

    has_failed: bool
    has_settled: bool
    active: frozenset[str]


class TierShape(NamedTuple):
    """A tier run, as far as it determines the passes.

    Attributes:
        tier_index: its index as recorded.
        names: the names of its steps as announced.
        outcome: its outcome when the next tier run began.
    """

    tier_index: int
    names: tuple[str, ...]
    outcome: TierOutcome

    def outcome_now(self) -> TierOutcome:
        """The outcome, for `Passes.begin_tier`."""
        return self.outcome


@dataclass(slots=True)
class BegunPass:
    """A full pass.

    Attributes:
        first_tier: the ordinal of its first tier run.
        is_failed: whether it failed; known when the next pass begins.
        ended_early: whether it failed without a step that failed last; known when the next pass begins.
    """

    first_tier: int
    is_failed: bool = False
    ended_early: bool = False


class Passes:
    """The passes of a session so far, from its tier runs.

    A session with two full passes has proved to be a listener: a workflow that is run once loops after its last tier
    only, and then runs a single step again.

    Args:
        first_tier: the ordinal of its first tier run.

    Attributes:
        tier_count: the number of tiers that the session announced.
        begun: the full passes. The first ones may be removed from it.
    """

    def __init__(self, first_tier: int = 1) -> None:
        self.tier_count = 0
        self.begun: list[BegunPass] = []
        self._ordinal = first_tier - 1  # of the last tier run
        self._first_names: tuple[str, ...] = ()
        self._total = 0  # full passes, with the last one
        self._failed = 0  # full passes, without the last one
        self._index = -1  # of the last tier run
        self._reached = -1  # the largest index in the last full pass
        self._has_failed = False  # the last full pass, before an iteration of a loop that is under way
        self._undecided = 0  # the ordinal of the last tier run if it is a pass or an iteration of a loop, else 0
        self._left_open: set[frozenset[str]] = set()  # steps under way at the end of a pass: losers of a race

    @property
    def is_listener(self) -> bool:
        """Whether the session has proved to be a listener."""
        return self._total > 1

    @property
    def total(self) -> int:
        """The number of full passes, as far as it is decided."""
        return self._total

    @property
    def first_names(self) -> tuple[str, ...]:
        """The names of the steps of the first tier."""
        return self._first_names

    def begin_tier(self, index: int, names: tuple[str, ...], before: Callable[[], TierOutcome]) -> None:
        """Note that a tier run begins.

        Args:
            index: its index as recorded.
            names: the names of its steps.
            before: returns the outcome of the tier run before it. It is not called if this is the first one.
        """
        self._ordinal += 1
        if not self._total:
            self._first_names = names
            self._begin_pass(self._ordinal)
        elif index > self._index:
            if self._undecided:
                self._begin_pass(self._undecided)
            self._has_failed = False
        else:
            self._end_tiers(before())
            is_new = names == self._first_names
            if is_new and (self.tier_count == 1 or self._was_cut_short or len(names) > 1):  # a loop runs a single step
                self._begin_pass(self._ordinal)
            elif is_new:
                self._undecided = self._ordinal
        self._index = index
        if not self._undecided and index > self._reached:
            self._reached = index

    def continue_pass(self, tiers: Sequence[TierShape]) -> None:
        """Note the further tier runs of a pass that is known to be full.

        Args:
            tiers: its tier runs, the first of which has just begun.
        """
        for before, tier in pairwise(tiers):
            self.begin_tier(tier.tier_index, tier.names, before.outcome_now)
        if len(tiers) == 1:
            self._decide(is_pass=True)

    def repeat(self, count: int, tier_runs: int, *, is_failed: bool) -> None:
        """Note that more passes were like the last one.

        Args:
            count: the number of passes.
            tier_runs: the number of tier runs of each.
            is_failed: whether they failed.
        """
        self._total += count
        self._failed += count * is_failed
        self._ordinal += count * tier_runs

    def end_session(self, last: TierOutcome) -> None:
        """Note that no tier run follows, given the outcome of the last one."""
        self._decide(is_pass=last.has_failed or self._is_pass_by_now(last))

    def counts(self, last: TierOutcome | None) -> PassCounts:
        """The counts, given the outcome of the last tier run; None if there is none."""
        if last is None:
            return NO_PASSES
        has_failed = last.has_failed and not self._under_way(last)
        if self._is_pass_by_now(last):
            return PassCounts(self._total + 1, self._failed + self._was_cut_short + has_failed)
        return PassCounts(self._total, self._failed + (has_failed or self._has_failed))

    def is_failed_by(self, last: TierOutcome) -> bool:
        """Whether the last pass counts as failed in `counts` because of the last tier run alone."""
        has_failed = last.has_failed and not self._under_way(last)
        return has_failed and (self._is_pass_by_now(last) or not self._has_failed)

    def _is_pass_by_now(self, last: TierOutcome) -> bool:
        """Whether the last tier run counts as a pass, although it may turn out to be an iteration of a loop.

        That of a listener does as long as it is under way, since the next event is more likely. Once its steps are
        settled, it counts as an iteration: if it is one, the listener waits for its next event, and should count the
        same passes when it ends now. If it is not, the second tier follows at once.
        """
        if not self._undecided:
            return False
        if last.has_failed and not self._under_way(last):
            return True
        return self.is_listener and (self._under_way(last) or not last.has_settled)

    def now(self, last: TierOutcome | None) -> list[BegunPass]:
        """The passes in `begun` with the outcome of the last one, given that of the last tier run.

        There are as many as in `counts`, as far as they are in `begun`.
        """
        if last is None:
            return []
        has_failed = last.has_failed and not self._under_way(last)
        if self._is_pass_by_now(last):
            was_failed = self._was_cut_short
            before = BegunPass(self.begun[-1].first_tier, was_failed, was_failed and not self._has_failed)
            return [*self.begun[:-1], before, BegunPass(self._undecided, has_failed)]
        return [*self.begun[:-1], BegunPass(self.begun[-1].first_tier, has_failed or self._has_failed)]

    def is_waiting(self, last: TierOutcome | None) -> bool:
        """Whether a live session waits for its next event, and no step is expected to begin before that.

        Args:
            last: the outcome of the last tier run; None if there is none.
        """
        if last is None:
            return True
        if not last.has_settled or self._under_way(last):
            return False
        if last.has_failed:  # in another session it may be tried again, and that may hang
            return self.is_listener
        return 0 < self.tier_count <= self._reached + 1

    @property
    def _was_cut_short(self) -> bool:
        return self._has_failed or self._reached + 1 < self.tier_count

    def _under_way(self, last: TierOutcome) -> bool:
        return bool(last.active) and not (self.is_listener and last.active in self._left_open)

    def _end_tiers(self, last: TierOutcome) -> None:
        """Note that the last tier run was the last one of its pass, or of an iteration."""
        self._decide(is_pass=last.has_failed or not last.has_settled)  # an iteration of a loop ends its step
        self._has_failed = self._has_failed or last.has_failed
        if last.active and len(self._left_open) < _MAX_LEFT_OPEN:
            self._left_open.add(last.active)

    def _decide(self, *, is_pass: bool) -> None:
        """Note whether the last tier run was a pass cut short, if it may have been an iteration of a loop."""
        if self._undecided and is_pass:
            self._begin_pass(self._undecided)
            self._reached = self._index
        self._undecided = 0

    def _begin_pass(self, ordinal: int) -> None:
        if self._total:
            is_failed = self._was_cut_short
            self._failed += is_failed
            if self.begun:
                last = self.begun[-1]
                last.is_failed, last.ended_early = is_failed, is_failed and not self._has_failed
        self.begun.append(BegunPass(ordinal))
        self._total += 1
        self._reached = -1
        self._has_failed = False
        self._undecided = 0
