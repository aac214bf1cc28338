"""Tier runs and step runs as folded so far: those of the model, changed in place."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from zigtui.reader.session.model.passes import TierOutcome
from zigtui.reader.session.model.session import Attempt, StepRun, StepState, TierRun
from zigtui.reader.session.model.usage import NO_USAGE, Usage
from zigtui.reader.times import latest

__all__ = ["OpenStep", "OpenTier", "totals_of"]

_FAILED = StepState.FAILED  # a constant, since a member of an enumeration is slow to look up
_ACTIVE = (StepState.RUNNING, StepState.RETRYING)
_UNSETTLED = frozenset((StepState.PENDING, *_ACTIVE))
_NO_NAMES: frozenset[str] = frozenset()
_values_of = attrgetter(*StepRun._fields)
_combinations: dict[frozenset[StepState], frozenset[StepState]] = {}  # one object for each, since tiers share few


class OpenTier:
    """A tier run as folded so far: most of the fields of `TierRun`.

    Attributes:
        offset: the position of its first event in the log, in bytes.
        steps: its step runs.
    """

    closed_at: str | None = None
    is_open = True
    is_followed = False

    def __init__(
        self,
        ordinal: int,
        pass_number: int,
        tier_index: int,
        started_at: str | None,
        first_line: int,
        first_step: int,
        first_mark: int,
        offset: int,
    ) -> None:
        self.ordinal = ordinal
        self.pass_number = pass_number
        self.tier_index = tier_index
        self.started_at = started_at
        self.first_line = first_line
        self.first_step = first_step
        self.first_mark = first_mark
        self.offset = offset
        self.steps: list[OpenStep] = []

    def active(self) -> "tuple[OpenStep, ...]":
        """The steps under way, in their order."""
        return tuple([step for step in self.steps if step.state in _ACTIVE]) if self.is_open else ()

    def outcome(self, active: "tuple[OpenStep, ...]") -> TierOutcome:
        """The outcome of the steps so far, given those under way."""
        states = {step.state for step in self.steps}
        return TierOutcome(
            _FAILED in states,
            not states <= _UNSETTLED,
            frozenset([step.name for step in active]) if active else _NO_NAMES,
        )

    def frozen(self) -> TierRun:
        """A copy that never changes."""
        states = frozenset(step.state for step in self.steps)
        return TierRun(
            self.ordinal,
            self.pass_number,
            self.tier_index,
            self.started_at,
            self.first_line,
            self.first_step,
            self.first_mark,
            len(self.steps),
            self.closed_at,
            self.is_open,
            self.is_followed,
            _combinations.setdefault(states, states),
        )


class OpenStep:
    """A step run as folded so far: the fields of `StepRun`.

    A listener has very many runs, so a new one has only the attributes that differ from the defaults of the class.
    """

    state = StepState.PENDING
    attempt = 0
    attempts: Sequence[Attempt] = ()
    started_at: str | None = None
    ended_at: str | None = None
    last_output_at: str | None = None
    duration_ms: int | None = None
    exit_code: int | None = None
    reason: str | None = None
    saved_vars: Sequence[str] = ()
    zag_command: str | None = None
    zag_session_id: str | None = None
    model: str | None = None
    prompt_preview: str | None = None
    lines = 0
    stderr_lines = 0
    output_bytes = 0
    usage = NO_USAGE
    waiting_for: str | None = None
    _frozen_attempts: tuple[Attempt, ...] = ()

    def __init__(self, serial: int, name: str, occurrence: int, tier: int) -> None:
        self.serial = serial
        self.name = name
        self.occurrence = occurrence
        self.tier = tier

    def add_attempt(self, attempt: Attempt) -> None:
        """Add a failed attempt."""
        if isinstance(self.attempts, list):
            self.attempts.append(attempt)
        else:
            self.attempts = [attempt]

    @property
    def stdout_lines(self) -> int:
        """The number of lines printed on standard output."""
        return self.lines - self.stderr_lines

    def frozen(self) -> StepRun:
        """A copy that never changes."""
        if len(self._frozen_attempts) != len(self.attempts):  # kept, since a step may have many of them
            self._frozen_attempts = tuple(self.attempts)
        values = StepRun._make(_values_of(self))
        return values._replace(attempts=self._frozen_attempts, saved_vars=tuple(self.saved_vars))


class _Totals(NamedTuple):
    step_count: int
    failed_steps: int
    failed_attempts: int
    lines: int
    ended_at: str | None
    usage: Usage


def totals_of(steps: Iterable[OpenStep | StepRun]) -> _Totals:
    """Add up the steps of a pass: the fields of `PassRun` with these names, in its order."""
    step_count, failed_steps, failed_attempts, lines, usage = 0, 0, 0, 0, NO_USAGE
    times: list[str] = []
    for step in steps:
        if step.ended_at:
            times.append(step.ended_at)
        if step.last_output_at:
            times.append(step.last_output_at)
        step_count += 1
        if step.attempts:
            failed_attempts += len(step.attempts)
            failed_steps += step.state is _FAILED
        lines += step.lines
        if step.usage is not NO_USAGE:
            usage = usage.plus(step.usage.input_tokens or 0, step.usage.output_tokens or 0, step.usage.cost_usd)
    return _Totals(step_count, failed_steps, failed_attempts, lines, latest(times), usage)
