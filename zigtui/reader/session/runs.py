"""The tier runs and step runs of a session while its log is being folded."""

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from zigtui.reader.session.marks import MarkKind, MarkRecorder
from zigtui.reader.session.model import Attempt, Failure, StepRun, StepState, TierRun
from zigtui.reader.session.open_runs import OpenStep, OpenTier, totals_of
from zigtui.reader.session.pass_run import PassRun
from zigtui.reader.session.passes import BegunPass, Passes, TierOutcome
from zigtui.reader.session.past_passes import PassTable

__all__ = ["BEGINNING", "Origin", "Runs"]

_KEPT_PASSES = 10
_ACTIVE = (StepState.RUNNING, StepState.RETRYING)
_PASSED = {StepState.PENDING: StepState.NOT_RUN} | dict.fromkeys(_ACTIVE, StepState.CANCELLED)
_SETTLED = frozenset(state for state in StepState if state.is_settled)
_NOT_FROZEN = StepRun(-1, "", 0, 0)
_TIER_NOT_FROZEN = TierRun(0, 0, 0, None, 0, 0)


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


class _Recent(NamedTuple):
    """A pass that is kept, with the ordinal of the first tier run after it."""

    begun: BegunPass
    end: int
    run: PassRun


class Runs:
    """The runs of a session, with those that are under way and those that have failed.

    Of a listener, only the last passes are kept. See `zigtui.reader.session.past_passes` for the others.

    Args:
        origin: what comes before the first event.
        keeps_all: whether all passes are kept.

    Attributes:
        tiers: the tier runs that are kept, in order.
        latest: the latest run of each step name, even if it is not kept.
        failures: all failed attempts of the runs that are kept, in the order of the log.
        passes: the passes that the tier runs make.
        past_steps: how many step runs that are not kept came to each state.
        past: the passes that are not kept.
        marks: what happened between the lines of output.
        tiers_done: the number of announced tiers that the session has completed.
        first_serial: the serial of the first step run that is kept.
        last_failed: the last step that failed and was not retried since; None if there is none.
    """

    def __init__(self, origin: Origin = BEGINNING, *, keeps_all: bool = False) -> None:
        self.tiers: list[OpenTier] = []
        self.latest: dict[str, OpenStep] = {}
        self.failures: list[Failure] = []
        self.passes = Passes(origin.first_tier)
        self.past = PassTable()
        self.past_steps: dict[StepState, int] = {}
        self.marks = MarkRecorder(origin.first_mark)
        self.tiers_done = 0
        self.first_serial = origin.first_step
        self._first_ordinal = origin.first_tier
        self._first_pass_number = origin.pass_number
        self._kept_passes = None if keeps_all else _KEPT_PASSES
        self._steps: list[OpenStep] = []
        self._frozen: list[StepRun] = []
        self._frozen_tiers: list[TierRun] = []
        self._outdated: set[int] = set()  # serials of steps that have changed since they were frozen
        self._outdated_tiers: set[int] = set()  # ordinals of tier runs that have changed, or a step of which has
        self._recent: dict[int, _Recent] = {}  # by the ordinal of the first tier run, as far as they have not changed
        self._active: list[int] = []  # serials of the steps under way, in ascending order
        self._active_names: tuple[str, ...] | None = ()  # None if they have to be collected again
        self._failed: dict[int, None] = {}  # serials of steps whose last attempt failed, in the order of the log
        self._past_failed = 0  # the number of such steps that are not kept
        self._last_past_failed: OpenStep | None = None
        self._past_occurrences = dict(origin.occurrences or {})  # of each step before the runs that are kept
        self._settled_in_tier = 0  # steps of the last tier run that are settled
        self._failed_in_tier = 0  # and those of them that failed
        for name, occurrence in self._past_occurrences.items():  # late events of these runs are not of the part folded
            self.latest[name] = OpenStep(-1, name, occurrence, 0)

    # What the model has

    def freeze(self) -> tuple[tuple[TierRun, ...], tuple[StepRun, ...]]:
        """Return frozen copies of all runs that are kept. Only those that have changed are copied again."""
        base, first = self.first_serial, self._first_ordinal
        for serial in self._outdated:
            step = self._steps[serial - base]
            self._frozen[serial - base] = step.frozen()
            self._outdated_tiers.add(step.tier)
        self._outdated.clear()
        for ordinal in self._outdated_tiers:
            self._frozen_tiers[ordinal - first] = self.tiers[ordinal - first].frozen(self._steps_of(ordinal))
        changed = min(self._outdated_tiers, default=None)
        if changed is not None:
            self._recent = {ordinal: kept for ordinal, kept in self._recent.items() if kept.end <= changed}
        self._outdated_tiers.clear()
        return tuple(self._frozen_tiers), tuple(self._frozen)

    def recent(self) -> tuple[PassRun, ...]:
        """The passes that are kept, if the session has proved to be a listener. Call it after `freeze`."""
        begun = self.passes.now(self.last_outcome)
        if len(self.past) + len(begun) < 2:
            return ()
        runs = []
        for number, (this, following) in enumerate(zip(begun, [*begun[1:], None], strict=True), len(self.past) + 1):
            kept = self._recent.get(this.first_tier)
            if kept is not None and kept.begun == this:
                runs.append(kept.run)
                continue
            runs.append(self._pass_run(number, this, None if following is None else following.first_tier))
            if following is not None:
                self._recent[this.first_tier] = _Recent(this, following.first_tier, runs[-1])
        return tuple(runs)

    @property
    def active_serials(self) -> tuple[int, ...]:
        """The serials of the steps under way, in the order of their tier."""
        return tuple(self._active)

    @property
    def active_names(self) -> tuple[str, ...]:
        """The names of these steps."""
        if self._active_names is None:
            self._active_names = tuple(self._steps[serial - self.first_serial].name for serial in self._active)
        return self._active_names

    @property
    def last_outcome(self) -> TierOutcome | None:
        """The outcome of the last tier run so far; None if there is none."""
        if not self.tiers:
            return None
        return TierOutcome(self._failed_in_tier > 0, self._settled_in_tier > 0, frozenset(self.active_names))

    @property
    def failed_steps(self) -> int:
        """The number of step runs that failed and were not retried since."""
        return self._past_failed + len(self._failed)

    @property
    def last_failed(self) -> OpenStep | None:
        """The last step that failed and was not retried since; None if there is none."""
        serial = next(reversed(self._failed), None)
        return self._last_past_failed if serial is None else self._steps[serial - self.first_serial]

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
        self.passes.begin_tier(index, names, self.last_outcome)
        ordinal, pass_number = self._first_ordinal, self._first_pass_number
        if self.tiers:
            last = self.tiers[-1]
            ordinal = last.ordinal + 1
            pass_number = last.pass_number if index > last.tier_index else last.pass_number + 1
            if last.is_open:
                self.close_tier(time, line, is_followed=True)
                self.tiers_done = max(self.tiers_done, last.tier_index + 1)
        first_step = self.first_serial + len(self._steps)
        self.tiers.append(OpenTier(ordinal, pass_number, index, time, line, first_step, self.marks.count, offset))
        self._frozen_tiers.append(_TIER_NOT_FROZEN)
        self._outdated_tiers.add(ordinal)
        self._settled_in_tier = self._failed_in_tier = 0
        self.marks.add(MarkKind.TIER_STARTED, line, ordinal)
        for name in names:
            self.add_step(name)
        if self._kept_passes is not None:
            while len(self.passes.begun) > self._kept_passes:
                self._retire_pass()

    def close_tier(self, time: str | None, line: int, *, is_followed: bool = False) -> None:
        """Close the last tier run: nothing in it is under way any more.

        Args:
            time: when it was closed, as recorded.
            line: the number of output lines that the session has now.
            is_followed: whether another tier run closed it.
        """
        last = self.tiers[-1]
        last.is_open, last.is_followed, last.closed_at = False, is_followed, time
        self._outdated_tiers.add(last.ordinal)
        for serial in self._active:
            self.marks.add(MarkKind.STEP_CANCELLED, line, serial)
        self._active.clear()
        self._active_names = ()

    # Steps

    def add_step(self, name: str) -> OpenStep:
        """Add a run of a step to the last tier run."""
        before = self.latest.get(name)
        serial, tier = self.first_serial + len(self._steps), self.tiers[-1].ordinal
        step = OpenStep(serial, name, 1 if before is None else before.occurrence + 1, tier)
        self._steps.append(step)
        self._frozen.append(_NOT_FROZEN)
        self.latest[name] = step
        self._outdated.add(serial)
        return step

    def of_last_tier(self, name: str) -> OpenStep:
        """Return the run of a step in the last tier run, after adding it if it was not announced there."""
        step = self.latest.get(name)
        return step if step is not None and self.is_in_last_tier(step) else self.add_step(name)

    def is_in_last_tier(self, step: OpenStep) -> bool:
        """Whether a step belongs to the last tier run."""
        return step.tier == self.tiers[-1].ordinal

    def _is_kept(self, step: OpenStep) -> bool:
        return step.serial >= self.first_serial

    def set_state(self, step: OpenStep, state: StepState) -> None:
        """Change the state of a step run."""
        before, step.state = step.state, state
        if not self._is_kept(step):
            return
        serial = step.serial
        self._outdated.add(serial)
        is_last = self.is_in_last_tier(step)
        if is_last:
            self._settled_in_tier += (state in _SETTLED) - (before in _SETTLED)
            self._failed_in_tier += (state is StepState.FAILED) - (before is StepState.FAILED)
        if state is StepState.FAILED:
            self._failed[serial] = None
        elif before is StepState.FAILED:
            self._failed.pop(serial, None)
        self._set_active(serial, is_active=state in _ACTIVE and is_last and self.tiers[-1].is_open)

    def _set_active(self, serial: int, *, is_active: bool) -> None:
        active = self._active
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
        if self._is_kept(step):
            self.failures.append(Failure(step.serial, len(step.attempts)))
        step.attempts.append(attempt)
        self.set_state(step, StepState.FAILED)

    def retry(self, step: OpenStep) -> None:
        """Note that another attempt is under way, since an event followed a failure."""
        step.attempt = max(step.attempt, step.attempts[-1].number + 1)
        step.ended_at = None
        step.exit_code = None
        self.set_state(step, StepState.RETRYING)

    def mark(self, kind: MarkKind, step: OpenStep, line: int, position: int = 0) -> None:
        """Add a mark of a step, unless the step belongs to an earlier tier run; see `Mark`."""
        if self._is_kept(step) and self.is_in_last_tier(step):
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
        elif step.state is StepState.FAILED and self._is_kept(step) and self._is_in_open_tier(step):
            self.retry(step)
        elif self._is_kept(step):
            self._outdated.add(step.serial)
        step.stdout_lines += stdout_lines
        step.stderr_lines += stderr_lines
        step.output_bytes += size

    def _is_in_open_tier(self, step: OpenStep) -> bool:
        return self.tiers[-1].is_open and self.is_in_last_tier(step)

    # Passes

    def _steps_of(self, ordinal: int) -> list[OpenStep]:
        return self._steps_between(ordinal, ordinal + 1)

    def _steps_between(self, ordinal: int, end: int | None) -> list[OpenStep]:
        """The steps of the tier runs from one on, up to another one, or up to the last one."""
        first = self.tiers[ordinal - self._first_ordinal].first_step - self.first_serial
        index = len(self.tiers) if end is None else end - self._first_ordinal
        following = self.tiers[index].first_step - self.first_serial if index < len(self.tiers) else None
        return self._steps[first:following]

    def _pass_run(self, number: int, begun: BegunPass, end: int | None) -> PassRun:
        tier = self.tiers[begun.first_tier - self._first_ordinal]
        return PassRun(
            number,
            tier.ordinal,
            tier.first_step,
            tier.first_line,
            tier.first_mark,
            tier.pass_number,
            tier.offset,
            tier.started_at,
            is_failed=begun.is_failed,
            ended_early=begun.ended_early,
            **totals_of(self._steps_between(tier.ordinal, end)),
        )

    def _retire_pass(self) -> None:
        """Keep only the counts of the first pass."""
        begun = self.passes.begun
        end = begun[1].first_tier
        self.past.add(self._pass_run(len(self.past) + 1, begun[0], end), self._past_occurrences)
        del begun[0]
        steps = self._steps_between(self._first_ordinal, end)
        for step in steps:
            self._past_occurrences[step.name] = step.occurrence
            state = _PASSED.get(step.state, step.state)
            self.past_steps[state] = self.past_steps.get(state, 0) + 1
            self._outdated.discard(step.serial)
            if step.serial in self._failed:
                del self._failed[step.serial]
                self._past_failed += 1
                self._last_past_failed = step
        tiers = end - self._first_ordinal
        for ordinal in range(self._first_ordinal, end):
            self._outdated_tiers.discard(ordinal)
            self._recent.pop(ordinal, None)
        del self._steps[: len(steps)], self._frozen[: len(steps)]
        del self.tiers[:tiers], self._frozen_tiers[:tiers]
        self._first_ordinal = end
        self.first_serial = self.tiers[0].first_step
        self.failures = [failure for failure in self.failures if failure.serial >= self.first_serial]
        self.marks.drop_until(self.tiers[0].first_mark)
