"""The tier runs and step runs of a session while its log is being folded."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from zigtui.reader.session.kept_runs import KeptRuns
from zigtui.reader.session.marks import MarkKind, MarkRecorder
from zigtui.reader.session.model import Attempt, Failure, StepState
from zigtui.reader.session.open_runs import OpenStep, OpenTier
from zigtui.reader.session.pass_run import PassRun
from zigtui.reader.session.passes import Passes, TierOutcome
from zigtui.reader.session.past_passes import PassTable
from zigtui.reader.session.silence import LimitedStep, OpenFailure, QuietStep, first_limited, quietest

__all__ = ["BEGINNING", "Origin", "Runs"]

_KEPT_PASSES = 10
_ACTIVE = (StepState.RUNNING, StepState.RETRYING)
_PASSED = {StepState.PENDING: StepState.NOT_RUN} | dict.fromkeys(_ACTIVE, StepState.CANCELLED)
_SETTLED = frozenset(state for state in StepState if state.is_settled)


class Origin(NamedTuple):
    """What comes before the part of a log that is folded: the numbers of its first tier run, step run and so on.

    Attributes:
        first_tier: the ordinal of its first tier run.
        first_step: the serial of its first step run.
        first_line: the number of output lines before it.
        first_mark: the number of marks before it.
        pass_number: the number of the pass that its first tier run begins.
        occurrences: how many runs each step had before, by its name.
    """

    first_tier: int = 1
    first_step: int = 0
    first_line: int = 0
    first_mark: int = 0
    pass_number: int = 1
    occurrences: Mapping[str, int] | None = None


BEGINNING = Origin()
"""The beginning of a log."""


class Runs(KeptRuns):
    """The runs of a session, with those that are under way and those that have failed.

    Of a listener, only the last passes are kept. See `zigtui.reader.session.past_passes` for the others.

    Args:
        origin: what comes before the first event.
        keeps_all: whether all passes are kept.

    Attributes:
        latest: the latest run of each step name, even if it is not kept.
        failures: all failed attempts of the runs that are kept, in the order of the log.
        passes: the passes that the tier runs make.
        past_steps: how many step runs that are not kept came to each state.
        past: the passes that are not kept.
        marks: what happened between the lines of output.
        tiers_done: the number of announced tiers that the session has completed.
        retried: the step with the most attempts, and their number; None if no step had several.
    """

    def __init__(self, origin: Origin = BEGINNING, *, keeps_all: bool = False) -> None:
        super().__init__(origin.first_tier, origin.first_step)
        self.latest: dict[str, OpenStep] = {}
        self.failures: list[Failure] = []
        self.passes = Passes(origin.first_tier)
        self.past = PassTable()
        self.past_steps: dict[StepState, int] = {}
        self.marks = MarkRecorder(origin.first_mark)
        self.tiers_done = 0
        self.retried: tuple[str, int] | None = None
        self._first_pass_number = origin.pass_number
        self._kept_passes = None if keeps_all else _KEPT_PASSES
        self._active: list[int] = []  # serials of the steps under way, in ascending order
        self._active_names: tuple[str, ...] | None = ()  # None if they have to be collected again
        self._failed: dict[int, None] = {}  # serials of steps whose last attempt failed, in the order of the log
        self._past_failed = 0  # the number of such steps that are not kept
        self._past_occurrences = dict(origin.occurrences or {})  # of each step before the runs that are kept
        self._names: tuple[str, ...] = ()
        self._settled_in_tier = 0  # steps of the last tier run that are settled
        self._failed_in_tier = 0  # and those of them that failed
        for name, occurrence in self._past_occurrences.items():  # late events of these runs are not of the part folded
            self.latest[name] = OpenStep(-1, name, occurrence, 0)

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
    def active_serials(self) -> tuple[int, ...]:
        """The serials of the steps under way, in the order of their tier."""
        return tuple(self._active)

    @property
    def active_names(self) -> tuple[str, ...]:
        """The names of these steps."""
        if self._active_names is None:
            self._active_names = tuple(self.step(serial).name for serial in self._active)
        return self._active_names

    @property
    def last_outcome(self) -> TierOutcome | None:
        """The outcome of the last tier run so far; None if there is none."""
        return self._outcome() if self.tiers else None

    def _outcome(self) -> TierOutcome:
        return TierOutcome(self._failed_in_tier > 0, self._settled_in_tier > 0, frozenset(self.active_names))

    @property
    def failed_steps(self) -> int:
        """The number of step runs that failed and were not retried since."""
        return self._past_failed + len(self._failed)

    @property
    def last_failed(self) -> OpenStep | None:
        """The last step of the last tier run that failed and was not retried since; None if there is none.

        A failure that is followed by another tier run was tolerated.
        """
        if not self._failed_in_tier:
            return None
        ordinal = self.tiers[-1].ordinal
        return next(step for step in map(self.step, reversed(self._failed)) if step.tier == ordinal)

    @property
    def open_failure(self) -> OpenFailure | None:
        """The last failure in the open tier run; None if no tier run is open, or no step failed in it."""
        step = self.last_failed if self.has_open_tier else None
        if step is None:
            return None
        last = step.attempts[-1]
        return OpenFailure(step.name, last.number, last.failed_at, self._failed_in_tier)

    @property
    def quietest(self) -> QuietStep | None:
        """The step under way that has been silent for longest; None if there is none."""
        return quietest([self.step(serial) for serial in self._active])

    @property
    def limited(self) -> LimitedStep | None:
        """The first step under way that waits until a usage limit is reset; None if there is none."""
        return first_limited(map(self.step, self._active))

    # Tiers

    @property
    def last_tier(self) -> OpenTier | None:
        """The last tier run; None if there is none."""
        return self.tiers[-1] if self.tiers else None

    @property
    def has_open_tier(self) -> bool:
        """Whether the last tier run is open."""
        return bool(self.tiers) and self.tiers[-1].is_open

    def open_tier(self, index: int, names: tuple[str, ...], time: str | None, line: int, offset: int) -> None:
        """Begin a tier run, and close the one before it.

        Args:
            index: its index as recorded.
            names: the names of its steps.
            time: when it began, as recorded.
            line: the number of output lines that the session has now.
            offset: the position of its event in the log, in bytes.
        """
        self.passes.begin_tier(index, names, self._outcome)
        ordinal, pass_number = self.first_ordinal, self._first_pass_number
        if self.tiers:
            last = self.tiers[-1]
            ordinal = last.ordinal + 1
            pass_number = last.pass_number if index > last.tier_index else last.pass_number + 1
            if last.is_open:
                self.close_tier(time, line, is_followed=True)
                self.tiers_done = max(self.tiers_done, last.tier_index + 1)
        self.add_tier(OpenTier(ordinal, pass_number, index, time, line, self.next_serial, self.marks.count, offset))
        self._settled_in_tier = self._failed_in_tier = 0
        self.marks.add(MarkKind.TIER_STARTED, line, ordinal)
        for name in names:
            self.announce_step(name)
        if self._kept_passes is not None and len(self.passes.begun) > 2 * self._kept_passes:  # several at once: quicker
            self._retire_passes(self._kept_passes)

    def close_tier(self, time: str | None, line: int, *, is_followed: bool = False) -> None:
        """Close the last tier run: nothing in it is under way any more.

        Args:
            time: when it was closed, as recorded.
            line: the number of output lines that the session has now.
            is_followed: whether another tier run closed it.
        """
        last = self.tiers[-1]
        last.is_open, last.is_followed, last.closed_at = False, is_followed, time
        self.changed_tiers.add(last.ordinal)
        for serial in self._active:
            self.marks.add(MarkKind.STEP_CANCELLED, line, serial)
        self._active.clear()
        self._active_names = ()

    # Steps

    def announce_step(self, name: str) -> OpenStep:
        """Add a run of a step to the last tier run."""
        before = self.latest.get(name)
        occurrence = 1 if before is None else before.occurrence + 1
        self.latest[name] = step = OpenStep(self.next_serial, name, occurrence, self.tiers[-1].ordinal)
        self.add_step(step)
        return step

    def of_last_tier(self, name: str) -> OpenStep:
        """Return the run of a step in the last tier run, after adding it if it was not announced there."""
        step = self.latest.get(name)
        return step if step is not None and step.tier == self.tiers[-1].ordinal else self.announce_step(name)

    def set_state(self, step: OpenStep, state: StepState) -> None:
        """Change the state of a step run."""
        before, step.state, serial = step.state, state, step.serial
        if serial < self.first_serial:
            return
        self.changed_steps.add(serial)
        if state is StepState.FAILED:
            self._failed[serial] = None
        elif before is StepState.FAILED:
            self._failed.pop(serial, None)
        last = self.tiers[-1]
        if step.tier == last.ordinal:
            self._settled_in_tier += (state in _SETTLED) - (before in _SETTLED)
            self._failed_in_tier += (state is StepState.FAILED) - (before is StepState.FAILED)
            if last.is_open:
                self._set_active(serial, is_active=state in _ACTIVE)

    def _set_active(self, serial: int, *, is_active: bool) -> None:
        active = self._active
        if not active:
            if is_active:
                active.append(serial)
                self._active_names = None
            return
        place = bisect_left(active, serial)
        was_active = place < len(active) and active[place] == serial
        if was_active == is_active:
            return
        if is_active:
            active.insert(place, serial)
        else:
            del active[place]
        self._active_names = None

    def start(self, step: OpenStep) -> None:
        """Note that the first attempt of a step is under way."""
        step.attempt = 1
        self.set_state(step, StepState.RUNNING)

    def fail(self, step: OpenStep, attempt: Attempt) -> None:
        """Note that an attempt of a step failed."""
        if step.serial >= self.first_serial:
            self.failures.append(Failure(step.serial, len(step.attempts)))
        step.add_attempt(attempt)
        self.set_state(step, StepState.FAILED)

    def retry(self, step: OpenStep) -> None:
        """Note that another attempt is under way, since an event followed a failure."""
        step.attempt = max(step.attempt, step.attempts[-1].number + 1)
        if self.retried is None or step.attempt > self.retried[1]:
            self.retried = step.name, step.attempt
        step.ended_at = None
        step.exit_code = None
        self.set_state(step, StepState.RETRYING)

    def mark(self, kind: MarkKind, step: OpenStep, line: int, position: int = 0) -> None:
        """Add a mark of a step, unless the step belongs to an earlier tier run; see `Mark`."""
        if step.serial >= self.first_serial and step.tier == self.tiers[-1].ordinal:
            self.marks.add(kind, line, step.serial, position)

    def printed(self, step: OpenStep, stdout_lines: int, stderr_lines: int, size: int) -> None:
        """Count output of a step run, which shows that an attempt is under way.

        Args:
            step: the step run.
            stdout_lines: the number of lines on standard output.
            stderr_lines: the number of lines on standard error.
            size: the size of these lines in UTF-8 bytes, without newlines.
        """
        if step.state is StepState.PENDING:
            self.start(step)
        elif step.serial >= self.first_serial:
            self.changed_steps.add(step.serial)
            last = self.tiers[-1]
            if step.state is StepState.FAILED and step.tier == last.ordinal and last.is_open:
                self.retry(step)
        step.stdout_lines += stdout_lines
        step.stderr_lines += stderr_lines
        step.output_bytes += size

    # Passes

    def _retire_passes(self, count: int) -> None:
        """Keep only the counts of the first passes."""
        begun = self.passes.begun
        for this, following in pairwise(begun[: count + 1]):
            self.past.add(self.pass_run(len(self.past) + 1, this, following.first_tier), self._past_occurrences)
            for step in self.steps_between(this.first_tier, following.first_tier):
                self._past_occurrences[step.name] = step.occurrence
        for step in self.drop_until(begun[count].first_tier):
            state = _PASSED.get(step.state, step.state)
            self.past_steps[state] = self.past_steps.get(state, 0) + 1
            if step.state is StepState.FAILED:
                del self._failed[step.serial]
                self._past_failed += 1
        del begun[:count]
        self.marks.drop_until(self.tiers[0].first_mark)
        self.failures = [failure for failure in self.failures if failure.serial >= self.first_serial]
