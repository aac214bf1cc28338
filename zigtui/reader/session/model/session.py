"""The model of a session as its log records it: tiers, steps and attempts. Frozen, and independent of the clock.

Times are kept as they were recorded. Everything that depends on the current time, such as whether a session is alive,
is a function in `zigtui.reader.session.states.liveness` or `part_states`.
"""

from enum import StrEnum
from typing import NamedTuple

from zigtui.reader.lines.problems import Problem
from zigtui.reader.session.model.marks import NO_MARKS, Marks
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.passes import NO_PASSES, PassCounts
from zigtui.reader.session.model.past_passes import NO_PAST, PastPasses
from zigtui.reader.session.model.silent_steps import LimitedStep, OpenFailure, QuietStep
from zigtui.reader.session.model.usage import NO_USAGE, Usage

__all__ = [
    "Attempt",
    "Failure",
    "Session",
    "SessionState",
    "StepRun",
    "StepState",
    "TierRun",
    "TierState",
]


class SessionState(StrEnum):
    """The state of a session at a given moment."""

    RUNNING = "running"
    STALLED = "stalled"
    IDLE = "idle"
    UNREACHABLE = "unreachable"
    LOST = "lost"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNREADABLE = "unreadable"

    __hash__ = str.__hash__  # that of other enumerations is not compiled, and is slow

    @property
    def is_live(self) -> bool:
        """Whether its process is believed to be alive. If its machine is silent, it was when that was last heard."""
        return self in _LIVE

    @property
    def is_over(self) -> bool:
        """Whether no more events are expected."""
        return self in _OVER


# Constants, since a member of an enumeration is slow to look up.
_LIVE = (SessionState.RUNNING, SessionState.STALLED, SessionState.IDLE, SessionState.UNREACHABLE)
_OVER = (SessionState.SUCCEEDED, SessionState.FAILED, SessionState.LOST)


class TierState(StrEnum):
    """The state of a tier run at a given moment."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not_run"


class StepState(StrEnum):
    """The state of a step run. Events set the first six; the others follow from how its tier run or session ended."""

    PENDING = "pending"
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not_run"

    __hash__ = str.__hash__  # that of other enumerations is not compiled, and is slow

    @property
    def is_active(self) -> bool:
        """Whether an attempt is under way."""
        return self in _ACTIVE_STATES

    @property
    def is_settled(self) -> bool:
        """Whether it is final: the end of the tier run or of the session does not change it."""
        return self not in _UNSETTLED_STATES


# Constants, since a member of an enumeration is slow to look up.
_ACTIVE_STATES = frozenset((StepState.RUNNING, StepState.RETRYING))
_UNSETTLED_STATES = _ACTIVE_STATES | {StepState.PENDING}


class Attempt(NamedTuple):
    """A failed attempt of a step.

    Attributes:
        number: the number as recorded, from 1.
        lines: the number of lines that the step had printed by then. Later lines belong to later attempts.
    """

    number: int
    error: str
    exit_code: int | None
    failed_at: str | None
    lines: int


class Failure(NamedTuple):
    """A reference to a failed attempt: the serial of its step run, and its position in that run's `attempts`."""

    serial: int
    position: int


class StepRun(NamedTuple):
    """One run of a step in one tier run, with all its attempts.

    Attributes:
        serial: the number of the run among the step runs of the session, from 0; see `Session.step`.
        occurrence: the number of the run among those of the same name in the session, from 1.
        tier: the ordinal of its tier run, from 1; see `Session.tier_of`.
        state: the state by its events alone; for the final one see `zigtui.reader.session.states.part_states`.
        attempt: the number of attempts that have begun; 0 if it never started.
        attempts: the failed attempts.
        output_bytes: the size of the output lines in UTF-8 bytes, without newlines.
        waiting_for: the time, as printed, at which a usage limit is reset that the step waits for; None if its last
            output does not report that.
    """

    serial: int
    name: str
    occurrence: int
    tier: int
    state: StepState = StepState.PENDING
    attempt: int = 0
    attempts: tuple[Attempt, ...] = ()
    started_at: str | None = None
    ended_at: str | None = None
    last_output_at: str | None = None
    duration_ms: int | None = None
    exit_code: int | None = None
    reason: str | None = None
    saved_vars: tuple[str, ...] = ()
    zag_command: str | None = None
    zag_session_id: str | None = None
    model: str | None = None
    prompt_preview: str | None = None
    stdout_lines: int = 0
    stderr_lines: int = 0
    output_bytes: int = 0
    usage: Usage = NO_USAGE
    waiting_for: str | None = None

    @property
    def lines(self) -> int:
        """The number of lines printed, on both streams."""
        return self.stdout_lines + self.stderr_lines


class TierRun(NamedTuple):
    """One run of a tier: a ``tier_started`` event and those that follow it.

    Attributes:
        ordinal: the number of the run among the tier runs of the session, from 1.
        pass_number: the number of the pass, from 1; a workflow that loops begins a new pass.
        tier_index: the index as recorded, from 0. It is not unique.
        first_line: the number of output lines that the session had when the run began.
        first_step: the serial of its first step run; the others follow it.
        first_mark: the number of marks of the session before it; the first one after them is its beginning.
        step_count: the number of its step runs; see `Session.steps_of`.
        closed_at: when the next tier run, or the end of the session, closed it.
        is_followed: whether the next tier run closed it.
        step_states: the states of its step runs, by their events alone.
    """

    ordinal: int
    pass_number: int
    tier_index: int
    started_at: str | None
    first_line: int
    first_step: int
    first_mark: int = 0
    step_count: int = 0
    closed_at: str | None = None
    is_open: bool = True
    is_followed: bool = False
    step_states: frozenset[StepState] = frozenset()


class Session(NamedTuple):
    """A session as its log records it.

    To save memory, the sessions of a catalog lack `tiers`, `steps`, `step_names`, `failures`, `marks`, `past`,
    `past_steps`, `recent`, `problems`, `second_event_at` and `active_serials`, and have only the beginning of the
    `prompt`. They also lack `session_id` and the times of the last events, which are in `SessionSnapshot.location` and
    `SessionSnapshot.vitals`.

    Attributes:
        started: whether ``zig_session_started`` was read; without it the log is unreadable as a session.
        status: the status recorded at the end (success or failure); None while there is no end.
        second_event_at: when the event after the start was written, which confirms the time of the start.
        last_event_at: when the last event was written, heartbeats included.
        last_activity_at: when the last event that is not a heartbeat was written.
        heartbeat_secs: the last interval that the runner announced, in seconds; None before the first heartbeat.
        tiers_done: the number of announced tiers that the session has completed.
        tiers_reached: the number of the announced tier it is in, from 1; 0 before the first.
        pass_number: the pass of the last tier run; see `TierRun`. Iterations of a loop count too.
        passes: the numbers of full passes, of which a listener makes one for each event, and of those that failed.
        is_waiting: whether the session waits for its next event, if it is live.
        failed_steps: the number of step runs that failed for good.
        active_steps: the names of the steps under way, in the order of their tier.
        active_serials: the serials of these steps.
        failed_step: the last step of the last tier run that failed; None if there is none.
        last_error: the error of that step's last attempt; in a catalog, only its most informative line.
        open_failure: the last failed attempt if its step may be tried again; None if there is none.
        quietest: the step under way that has been silent for longest; None if there is none.
        limited: the first step under way that waits until a usage limit is reset; None if there is none.
        tiers: the tier runs; of a listener, those of its last passes.
        steps: the step runs of these tier runs.
        step_names: the names of all steps, even if none of their runs is among these.
        failures: the failed attempts of these step runs, in the order of the log.
        marks: what happened between the lines of output, from the beginning of the first of these tier runs on.
        past: the passes before these tier runs. `SessionLog.past` folds them again.
        past_steps: the number of steps of the past passes in each final state.
        recent: the full passes among `tiers`, if the session has proved to be a listener.
        retried: the step with the most attempts, and their number; None if no step had several.
        problems: the first problems; `problem_count` counts all of them.
    """

    session_id: str | None = None
    started: bool = False
    workflow_name: str = ""
    workflow_path: str = ""
    cwd: str | None = None
    prompt: str | None = None
    parent_session_id: str | None = None
    parent_step: str | None = None
    tier_count: int = 0
    started_at: str | None = None
    ended_at: str | None = None
    duration_ms: int | None = None
    status: str | None = None
    second_event_at: str | None = None
    last_event_at: str | None = None
    last_activity_at: str | None = None
    last_heartbeat_at: str | None = None
    heartbeat_secs: int | None = None
    tiers_done: int = 0
    tiers_reached: int = 0
    pass_number: int = 0
    passes: PassCounts = NO_PASSES
    is_waiting: bool = False
    failed_steps: int = 0
    active_steps: tuple[str, ...] = ()
    active_serials: tuple[int, ...] = ()
    failed_step: str | None = None
    last_error: str = ""
    open_failure: OpenFailure | None = None
    quietest: QuietStep | None = None
    limited: LimitedStep | None = None
    stdout_lines: int = 0
    stderr_lines: int = 0
    output_bytes: int = 0
    usage: Usage = NO_USAGE
    tiers: tuple[TierRun, ...] = ()
    steps: tuple[StepRun, ...] = ()
    step_names: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    marks: Marks = NO_MARKS
    past: PastPasses = NO_PAST
    past_steps: tuple[tuple[StepState, int], ...] = ()
    recent: tuple[PassRun, ...] = ()
    retried: tuple[str, int] | None = None
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether the end was recorded."""
        return self.status is not None

    @property
    def has_events(self) -> bool:
        """Whether any event was read that belongs to a session. Without one, the file may not be a log."""
        is_begun = self.started or self.pass_number > 0
        return is_begun or self.has_ended or self.heartbeat_secs is not None or self.last_heartbeat_at is not None

    @property
    def lines(self) -> int:
        """The number of lines printed, by all steps on both streams."""
        return self.stdout_lines + self.stderr_lines

    @property
    def pass_count(self) -> int:
        """The number of full passes in `past` and `recent`; 0 if the session has not proved to be a listener."""
        return len(self.past) + len(self.recent)

    def steps_of(self, tier: TierRun) -> tuple[StepRun, ...]:
        """The step runs of a tier run, in the order in which they were announced."""
        first = tier.first_step - self.first_serial
        return self.steps[first : first + tier.step_count]

    def tier_of(self, step: StepRun) -> TierRun:
        """The tier run that a step run belongs to."""
        return self.tiers[step.tier - self.first_ordinal]

    def attempt_of(self, failure: Failure) -> tuple[StepRun, Attempt]:
        """The step run and the failed attempt that a failure points to."""
        step = self.steps[failure.serial - self.first_serial]
        return step, step.attempts[failure.position]

    @property
    def failure_count(self) -> int:
        """The number of failed attempts, those of past passes included."""
        return self.past.failures + len(self.failures)

    def failures_after(self, number: int) -> tuple[Failure, ...]:
        """The failed attempts after the first ``number`` ones of the session, as far as they are in `failures`."""
        return self.failures[max(0, number - self.past.failures) :]

    @property
    def first_ordinal(self) -> int:
        """The ordinal of the first of `tiers`."""
        return self.tiers[0].ordinal if self.tiers else 1

    @property
    def first_serial(self) -> int:
        """The serial of the first of `steps`."""
        return self.tiers[0].first_step if self.tiers else 0

    def tier(self, ordinal: int) -> TierRun | None:
        """The tier run with an ordinal; None if it is not among `tiers`."""
        index = ordinal - self.first_ordinal
        return self.tiers[index] if 0 <= index < len(self.tiers) else None

    def step(self, serial: int) -> StepRun | None:
        """The step run with a serial; None if it is not among `steps`."""
        index = serial - self.first_serial
        return self.steps[index] if 0 <= index < len(self.steps) else None
