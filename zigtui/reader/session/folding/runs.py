"""The tier runs and step runs of a session while its log is being folded."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from zigtui.reader.session.folding.kept_runs import KeptRuns
from zigtui.reader.session.folding.open_runs import OpenStep, OpenTier
from zigtui.reader.session.folding.origin import BEGINNING, Origin
from zigtui.reader.session.folding.retirement import next_retirement, passed
from zigtui.reader.session.folding.usual_passes import PassShape, UsualPass
from zigtui.reader.session.model.marks import MarkKind, MarkRecorder
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.passes import Passes, TierOutcome, TierShape
from zigtui.reader.session.model.past_passes import PassTable
from zigtui.reader.session.model.session import Attempt, Failure, StepState
from zigtui.reader.session.model.silent_steps import OpenFailure
from zigtui.reader.session.model.usage import Usage

__all__ = ["Runs"]

_PASSED = {
    StepState.PENDING: StepState.NOT_RUN,
    StepState.RUNNING: StepState.CANCELLED,
    StepState.RETRYING: StepState.CANCELLED,
}

# Constants, since a member of an enumeration is slow to look up.
_PENDING, _RUNNING = StepState.PENDING, StepState.RUNNING
_RETRYING, _FAILED = StepState.RETRYING, StepState.FAILED
_TIER_STARTED = MarkKind.TIER_STARTED


class Runs(KeptRuns):
    """The runs of a session, with those that are under way and those that have failed.

    Of a listener, only the last passes are kept. See `zigtui.reader.session.model.past_passes` for the others.

    Args:
        origin: what comes before the first event.
        keeps_all: whether all passes are kept.

    Attributes:
        latest: the latest run of each step name, even if it is not kept.
        failures: all failed attempts of the runs that are kept, in the order of the log.
        failed_steps: the number of step runs that failed and were not retried since.
        passes: the passes that the tier runs make.
        past_steps: how many step runs that are not kept came to each state.
        past: the passes that are not kept.
        marks: what happened between the lines of output.
        tiers_done: the number of announced tiers that the session has completed.
        retried: the step with the most attempts, and their number; None if no step had several.
        last_tier: the last tier run; None if there is none.
        last_ordinal: its ordinal.
        open_ordinal: its ordinal if it is open, else 0.
        keeps_all: whether all passes are kept.
    """

    def __init__(self, origin: Origin = BEGINNING, *, keeps_all: bool = False) -> None:
        super().__init__(origin.first_tier, origin.first_step)
        self.latest: dict[str, OpenStep] = {}
        self.failures: list[Failure] = []
        self.failed_steps = 0
        self.passes = Passes(origin.first_tier)
        self.past = PassTable()
        self.past_steps: dict[StepState, int] = {}
        self.marks = MarkRecorder(origin.first_mark)
        self.tiers_done = 0
        self.retried: tuple[str, int] | None = None
        self.last_tier: OpenTier | None = None
        self.last_ordinal = origin.first_tier - 1
        self.open_ordinal = 0
        self._active: tuple[OpenStep, ...] | None = None  # both None if they have to be found again
        self._last_outcome: TierOutcome | None = None
        self._first_pass_number = origin.pass_number
        self.keeps_all = keeps_all
        self._next_retirement = next_retirement(0)
        self._past_occurrences = dict(origin.occurrences or {})  # of each step before the runs that are kept
        self._names: tuple[str, ...] = ()
        for name, occurrence in self._past_occurrences.items():  # late events of these runs are not of the part folded
            self.latest[name] = OpenStep(-1, name, occurrence, -1)

    # What the model has

    def recent(self) -> tuple[PassRun, ...]:
        """The passes that are kept, if the session has proved to be a listener. Call it after `freeze`."""
        begun = self.passes.now(self.last_outcome)
        return self.pass_runs(len(self.past) + 1, begun) if len(self.past) + len(begun) > 1 else ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all steps so far, in the order of their first runs; the same object until there is another."""
        if len(self._names) != len(self.latest):
            self._names = tuple(self.latest)
        return self._names

    @property
    def active(self) -> tuple[OpenStep, ...]:
        """The steps under way, in the order of their tier."""
        if self._active is None:
            self._active = () if self.last_tier is None else self.last_tier.active()
        return self._active

    @property
    def last_outcome(self) -> TierOutcome | None:
        """The outcome of the last tier run so far; None if there is none."""
        return self._outcome() if self.last_tier is not None else None

    def _outcome(self) -> TierOutcome:
        if self._last_outcome is None:
            self._last_outcome = self.tiers[-1].outcome(self.active)
        return self._last_outcome

    @property
    def last_failed(self) -> OpenStep | None:
        """The last step of the last tier run that failed and was not retried since; None if there is none.

        A failure that is followed by another tier run was tolerated.
        """
        outcome = self.last_outcome
        if outcome is None or not outcome.has_failed:
            return None
        steps = (self.step(failure.serial) for failure in reversed(self.failures))
        return next(step for step in steps if step.tier == self.last_ordinal and step.state is _FAILED)

    @property
    def open_failure(self) -> OpenFailure | None:
        """The last failure in the open tier run; None if no tier run is open, or no step failed in it."""
        step = self.last_failed if self.has_open_tier else None
        if step is None:
            return None
        last, states = step.attempts[-1], [step.state for step in self.tiers[-1].steps]
        fails_pass = self.passes.is_failed_by(self._outcome())
        return OpenFailure(step.name, last.number, last.failed_at, states.count(_FAILED), fails_pass)

    # Tiers

    @property
    def has_open_tier(self) -> bool:
        """Whether the last tier run is open."""
        return self.open_ordinal > 0

    def open_tier(self, index: int, names: tuple[str, ...], time: str | None, line: int, offset: int) -> None:
        """Begin a tier run, and close the one before it.

        Args:
            index: its index as recorded.
            names: the names of its steps.
            time: when it began, as recorded.
            line: the number of output lines that the session has now.
            offset: the position of its event in the log, in bytes.
        """
        ordinal, pass_number = self._follow_tier(index, names, time, line)
        self.last_tier = OpenTier(ordinal, pass_number, index, time, line, self.next_serial, self.marks.count, offset)
        self.add_tier(self.last_tier)
        self.last_ordinal = self.open_ordinal = ordinal
        self._active = self._last_outcome = None
        self.marks.add(_TIER_STARTED, line, ordinal)
        for name in names:
            self.announce_step(name)
        if self.passes.total >= self._next_retirement and not self.keeps_all:
            self._retire_passes(passed(self.passes.total) - len(self.past))

    def _follow_tier(self, index: int, names: tuple[str, ...], time: str | None, line: int) -> tuple[int, int]:
        """Close the last tier run, since another one begins. Return the ordinal of that one and its pass number."""
        last = self.last_tier
        self.passes.begin_tier(index, names, self._outcome)
        if last is None:
            return self.first_ordinal, self._first_pass_number
        if last.is_open:
            self.close_tier(time, line, is_followed=True)
            if last.tier_index >= self.tiers_done:
                self.tiers_done = last.tier_index + 1
        return last.ordinal + 1, last.pass_number + (index <= last.tier_index)

    def close_tier(self, time: str | None, line: int, *, is_followed: bool = False) -> None:
        """Close the last tier run: nothing in it is under way any more.

        Args:
            time: when it was closed, as recorded.
            line: the number of output lines that the session has now.
            is_followed: whether another tier run closed it.
        """
        last = self.tiers[-1]
        for step in last.steps:
            if step.state is _RUNNING or step.state is _RETRYING:
                self.marks.add(MarkKind.STEP_CANCELLED, line, step.serial)
        last.is_open, last.is_followed, last.closed_at = False, is_followed, time
        self.changed_tiers.add(last.ordinal)
        self.open_ordinal = 0
        self._active = self._last_outcome = None

    # Steps

    def announce_step(self, name: str) -> OpenStep:
        """Add a run of a step to the last tier run."""
        before, tier = self.latest.get(name), self.tiers[-1]
        occurrence = 1 if before is None else before.occurrence + 1
        self.latest[name] = step = OpenStep(self.next_serial, name, occurrence, tier.ordinal)
        tier.steps.append(step)
        self.add_step(step)
        return step

    def set_state(self, step: OpenStep, state: StepState) -> None:
        """Change the state of a step run."""
        before, step.state = step.state, state
        if step.serial >= self.first_serial:
            self.changed_steps.add(step.serial)
            self._active = self._last_outcome = None
            if state is _FAILED or before is _FAILED:
                self.failed_steps += (state is _FAILED) - (before is _FAILED)

    def start(self, step: OpenStep) -> None:
        """Note that the first attempt of a step is under way."""
        step.attempt = 1
        self.set_state(step, _RUNNING)

    def fail(self, step: OpenStep, attempt: Attempt) -> None:
        """Note that an attempt of a step failed."""
        if step.serial >= self.first_serial:
            self.failures.append(Failure(step.serial, len(step.attempts)))
        step.add_attempt(attempt)
        self.set_state(step, _FAILED)

    def retry(self, step: OpenStep) -> None:
        """Note that another attempt is under way, since an event followed a failure."""
        step.attempt = max(step.attempt, step.attempts[-1].number + 1)
        if self.retried is None or step.attempt > self.retried[1]:
            self.retried = step.name, step.attempt
        step.ended_at = None
        step.exit_code = None
        self.set_state(step, _RETRYING)

    def mark(self, kind: MarkKind, step: OpenStep, line: int, position: int = 0) -> None:
        """Add a mark of a step, unless the step belongs to an earlier tier run; see `Mark`."""
        if step.tier == self.last_ordinal:
            self.marks.add(kind, line, step.serial, position)

    def note_output(self, step: OpenStep) -> None:
        """Note that a step run printed something, which shows that an attempt is under way."""
        if step.state is _PENDING:
            self.start(step)
        elif step.state is _FAILED and step.tier == self.open_ordinal:
            self.retry(step)
        elif step.serial >= self.first_serial:
            self.changed_steps.add(step.serial)

    # Passes

    def _retire_passes(self, count: int) -> None:
        """Keep only the counts of the first passes."""
        begun = self.passes.begun
        for this, following in pairwise(begun[: count + 1]):
            steps = self.steps_between(this.first_tier, following.first_tier)
            self.past.add(self.pass_run(len(self.past) + 1, this, steps), self._past_occurrences)
            for step in steps:
                self._past_occurrences[step.name] = step.occurrence
        for step in self.drop_until(begun[count].first_tier):
            state = state_when_passed(step.state)
            self.past_steps[state] = self.past_steps.get(state, 0) + 1
        del begun[:count]
        self.marks.drop_until(self.tiers[0].first_mark if self.tiers else self.marks.count)
        self.failures = [failure for failure in self.failures if failure.serial >= self.first_serial]
        self._next_retirement = next_retirement(len(self.past))

    def pass_over(self, passes: Sequence[UsualPass], usages: Sequence[Usage], line: int) -> None:
        """Count passes as if they had been folded, and had passed since then.

        No later event may belong to any of their steps, or to any that is still kept and would not have been dropped by
        then: see `zigtui.reader.session.folding.coming_events`.

        Args:
            passes: the passes, one or more.
            usages: the tokens and the cost that each of them printed.
            line: the number of output lines of the session before them.
        """
        stretch, start, _, shape, _ = passes[0]
        ordinal, pass_number = self._follow_tier(0, shape.tiers[0].names, stretch.events[start].ts, line)
        self.passes.continue_pass(shape.tiers)
        if self.tiers:
            self._retire_passes(len(self.passes.begun) - 1)
        serial, mark, occurrences, past = self.next_serial, self.marks.count, self._past_occurrences, self.past
        for number, (usual, usage) in enumerate(zip(passes, usages, strict=True), len(past) + 1):
            stretch, start, end, shape, lines = usual
            numbers = (ordinal, serial, line, mark, pass_number, stretch.offsets[start], len(shape.steps))
            counts = (shape.failed_steps, shape.failed_attempts, lines, stretch.events[end - 1].ts, usage)
            outcome = (stretch.events[start].ts, shape.is_failed, shape.ended_early)
            past.add(PassRun(number, *numbers, *counts, *outcome), occurrences)
            for name, runs in shape.names.items():
                occurrences[name] = occurrences.get(name, 0) + runs
            ordinal += len(shape.tiers)
            pass_number += 1 + shape.iterations
            serial += len(shape.steps)
            mark += shape.marks
            line += lines
        self.first_serial = self.next_serial = serial
        self.first_ordinal = ordinal
        self.last_ordinal = ordinal - 1
        self.marks.skip(mark - self.marks.count)
        self._next_retirement = next_retirement(len(past))
        self._count_shapes(Counter([usual.shape for usual in passes]))
        self._go_on_after([usual.shape for usual in passes], pass_number - 1)

    def _count_shapes(self, shapes: "Counter[PassShape]") -> None:
        """Count the steps of some passes, in the order of the first pass with each shape."""
        for shape, count in shapes.items():
            self.failed_steps += count * shape.failed_steps
            for _, state in shape.steps:
                self.past_steps[state] = self.past_steps.get(state, 0) + count
            for name in shape.names:  # no later event is of this run
                self.latest[name] = OpenStep(-1, name, self._past_occurrences[name], -1)
            if shape.retried is not None and (self.retried is None or shape.retried[1] > self.retried[1]):
                self.retried = shape.retried
            self.tiers_done = max(self.tiers_done, *[tier.tier_index + 1 for tier in shape.tiers])

    def _go_on_after(self, shapes: Sequence[PassShape], pass_number: int) -> None:
        """Go on after passes that were not folded. The first one is noted; ``pass_number`` is that of the last one."""
        last: TierShape | None = None
        for shape, alike in groupby(shapes):
            if last is not None:
                self.passes.begin_tier(0, shape.tiers[0].names, last.outcome_now)
                self.passes.continue_pass(shape.tiers)
            self.passes.repeat(sum(1 for _ in alike) - 1, len(shape.tiers), is_failed=shape.is_failed)
            last = shape.tiers[-1]
        assert last is not None
        self.passes.begun.clear()
        self.last_tier = OpenTier(self.last_ordinal, pass_number, last.tier_index, None, 0, 0, 0, 0)
        self.last_tier.is_open = False
        self._active, self._last_outcome = (), last.outcome


def state_when_passed(state: StepState) -> StepState:
    """The state of a step when its tier is over, given its state until then."""
    return _PASSED.get(state, state)
