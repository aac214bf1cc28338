"""The tier runs and step runs of a session while its log is being folded."""

from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter

from zigtui.reader.session.model import NO_USAGE, Attempt, Failure, StepRun, StepState, TierRun, Usage
from zigtui.reader.session.passes import Passes, TierOutcome
from zigtui.reader.session.silence import OpenFailure, QuietStep, quietest

__all__ = ["OpenStep", "Runs"]

_values_of = attrgetter(*StepRun._fields)
_ACTIVE = (StepState.RUNNING, StepState.RETRYING)
_combinations: dict[frozenset[StepState], frozenset[StepState]] = {}  # one object for each, since tiers share few


@dataclass(slots=True)
class OpenStep:
    """A step run as folded so far: the fields of `StepRun`, changed in place."""

    serial: int
    name: str
    occurrence: int
    tier: int
    state: StepState = StepState.PENDING
    attempt: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    started_at: str | None = None
    ended_at: str | None = None
    last_output_at: str | None = None
    duration_ms: int | None = None
    exit_code: int | None = None
    reason: str | None = None
    saved_vars: list[str] = field(default_factory=list)
    zag_command: str | None = None
    zag_session_id: str | None = None
    model: str | None = None
    prompt_preview: str | None = None
    stdout_lines: int = 0
    stderr_lines: int = 0
    output_bytes: int = 0
    usage: Usage = NO_USAGE
    frozen_attempts: tuple[Attempt, ...] = ()

    @property
    def lines(self) -> int:
        """The number of lines printed, on both streams."""
        return self.stdout_lines + self.stderr_lines

    def frozen(self) -> StepRun:
        """A copy that never changes."""
        if len(self.frozen_attempts) != len(self.attempts):  # kept, since a step may have many of them
            self.frozen_attempts = tuple(self.attempts)
        values = StepRun._make(_values_of(self))
        return values._replace(attempts=self.frozen_attempts, saved_vars=tuple(self.saved_vars))


class Runs:
    """The runs of a session, with those that are under way and those that have failed.

    Attributes:
        tiers: the tier runs, in order. Their step counts and step states are up to date only after `freeze`.
        latest: the latest run of each step name.
        failures: all failed attempts, in the order of the log.
        passes: the passes that the tier runs make.
        tiers_done: the number of announced tiers that the session has completed.
    """

    def __init__(self) -> None:
        self.tiers: list[TierRun] = []
        self.latest: dict[str, OpenStep] = {}
        self.failures: list[Failure] = []
        self.passes = Passes()
        self.tiers_done = 0
        self._steps: list[OpenStep] = []
        self._frozen: list[StepRun] = []
        self._outdated: dict[int, None] = {}  # serials of steps that have changed since they were frozen
        self._active: list[int] = []  # serials of the steps under way, in ascending order
        self._active_names: tuple[str, ...] | None = ()  # None if they have to be collected again
        self._outdated_tiers: set[int] = set()  # ordinals of tier runs with new steps, or in which a state has changed
        self._failed: dict[int, None] = {}  # serials of steps whose last attempt failed, in the order of the log
        self._settled_in_tier = 0  # steps of the last tier run that are settled
        self._failed_in_tier = 0  # and those of them that failed

    def freeze(self) -> tuple[StepRun, ...]:
        """Return frozen copies of all step runs. Only those that have changed are copied again."""
        for serial in self._outdated:  # new steps are in it too, in the order in which they were added
            frozen = self._steps[serial].frozen()
            if serial < len(self._frozen):
                self._frozen[serial] = frozen
            else:
                self._frozen.append(frozen)
        self._outdated.clear()
        for ordinal in self._outdated_tiers:
            tier = self.tiers[ordinal - 1]
            end = self.tiers[ordinal].first_step if ordinal < len(self.tiers) else len(self._steps)
            states = frozenset(step.state for step in self._steps[tier.first_step : end])
            self.tiers[ordinal - 1] = tier._replace(
                step_count=end - tier.first_step, step_states=_combinations.setdefault(states, states)
            )
        self._outdated_tiers.clear()
        return tuple(self._frozen)

    @property
    def active_serials(self) -> tuple[int, ...]:
        """The serials of the steps under way, in the order of their tier."""
        return tuple(self._active)

    @property
    def active_names(self) -> tuple[str, ...]:
        """The names of these steps."""
        if self._active_names is None:
            self._active_names = tuple(self._steps[serial].name for serial in self._active)
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
        return len(self._failed)

    @property
    def last_failed(self) -> OpenStep | None:
        """The last step that failed and was not retried since; None if there is none."""
        return next((self._steps[serial] for serial in reversed(self._failed)), None)

    @property
    def open_failure(self) -> OpenFailure | None:
        """The last failure in the open tier run; None if there is no tier run open, or none failed in it."""
        if not (self.has_open_tier and self._failed_in_tier):
            return None
        failed = (self._steps[serial] for serial in reversed(self._failed))
        step = next(step for step in failed if step.tier == len(self.tiers))
        last = step.attempts[-1]
        return OpenFailure(step.name, last.number, last.failed_at, self._failed_in_tier)

    @property
    def quietest(self) -> QuietStep | None:
        """The step under way that has been silent for longest; None if there is none."""
        return quietest([self._steps[serial] for serial in self._active])

    # Tiers

    @property
    def has_open_tier(self) -> bool:
        """Whether the last tier run is open."""
        return bool(self.tiers) and self.tiers[-1].is_open

    def open_tier(self, index: int, names: tuple[str, ...], time: str | None, first_line: int) -> None:
        """Begin a tier run, and close the one before it.

        Args:
            index: its index as recorded.
            names: the names of its steps.
            time: when it began, as recorded.
            first_line: the number of output lines that the session has now.
        """
        pass_number = 1
        self.passes.begin_tier(index, names, self.last_outcome)
        if self.tiers:
            last = self.tiers[-1]
            pass_number = last.pass_number if index > last.tier_index else last.pass_number + 1
            if last.is_open:
                self.close_tier(time, is_followed=True)
                self.tiers_done = max(self.tiers_done, last.tier_index + 1)
        self.tiers.append(TierRun(len(self.tiers) + 1, pass_number, index, time, first_line, len(self._steps)))
        self._settled_in_tier = self._failed_in_tier = 0
        for name in names:
            self.add_step(name)

    def close_tier(self, time: str | None, *, is_followed: bool = False) -> None:
        """Close the last tier run: nothing in it is under way any more."""
        self.tiers[-1] = self.tiers[-1]._replace(is_open=False, is_followed=is_followed, closed_at=time)
        self._active.clear()
        self._active_names = ()

    # Steps

    def add_step(self, name: str) -> OpenStep:
        """Add a run of a step to the last tier run."""
        before = self.latest.get(name)
        step = OpenStep(len(self._steps), name, 1 if before is None else before.occurrence + 1, len(self.tiers))
        self._steps.append(step)
        self.latest[name] = step
        self._outdated[step.serial] = None
        self._outdated_tiers.add(step.tier)
        return step

    def of_last_tier(self, name: str) -> OpenStep:
        """Return the run of a step in the last tier run, after adding it if it was not announced there."""
        step = self.latest.get(name)
        return step if step is not None and step.tier == len(self.tiers) else self.add_step(name)

    def is_in_open_tier(self, step: OpenStep) -> bool:
        """Whether the tier run of a step is open."""
        return self.tiers[step.tier - 1].is_open

    def set_state(self, step: OpenStep, state: StepState) -> None:
        """Change the state of a step run."""
        self._outdated_tiers.add(step.tier)
        if step.tier == len(self.tiers):
            self._settled_in_tier += state.is_settled - step.state.is_settled
            self._failed_in_tier += (state is StepState.FAILED) - (step.state is StepState.FAILED)
        step.state = state
        self._outdated[step.serial] = None
        if state is StepState.FAILED:
            self._failed[step.serial] = None
        elif self._failed:
            self._failed.pop(step.serial, None)
        self._set_active(step.serial, is_active=state in _ACTIVE and self.is_in_open_tier(step))

    def _set_active(self, serial: int, *, is_active: bool) -> None:
        place = bisect_left(self._active, serial)
        was_active = place < len(self._active) and self._active[place] == serial
        if was_active == is_active:
            return
        if is_active:
            self._active.insert(place, serial)
        else:
            del self._active[place]
        self._active_names = None

    def start(self, step: OpenStep) -> None:
        """Note that the first attempt of a step is under way."""
        step.attempt = 1
        self.set_state(step, StepState.RUNNING)

    def fail(self, step: OpenStep, attempt: Attempt) -> None:
        """Note that an attempt of a step failed."""
        self.failures.append(Failure(step.serial, len(step.attempts)))
        step.attempts.append(attempt)
        self.set_state(step, StepState.FAILED)

    def retry(self, step: OpenStep) -> None:
        """Note that another attempt is under way, since an event followed a failure."""
        step.attempt = max(step.attempt, step.attempts[-1].number + 1)
        step.ended_at = None
        step.exit_code = None
        self.set_state(step, StepState.RETRYING)

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
        elif step.state is StepState.FAILED and self.is_in_open_tier(step):
            self.retry(step)
        self._outdated[step.serial] = None
        step.stdout_lines += stdout_lines
        step.stderr_lines += stderr_lines
        step.output_bytes += size
