"""What a session is once its events are folded: tiers, steps and attempts, without a word about "now".

Times are kept as they were recorded. Whatever depends on the clock (is it alive, how long has it been running)
is a function of this model and the time, in `zigtui.reader.session.liveness`.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from zigtui.reader.lines.problems import Problem

__all__ = [
    "Attempt",
    "Session",
    "SessionState",
    "StepRun",
    "StepState",
    "TierRun",
    "TierState",
    "Usage",
]


class SessionState(StrEnum):
    """How a session is doing, seen at some moment."""

    RUNNING = "running"
    STALLED = "stalled"
    LOST = "lost"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNREADABLE = "unreadable"

    @property
    def is_live(self) -> bool:
        """Whether its process is taken to be at work."""
        return self in (SessionState.RUNNING, SessionState.STALLED)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected of it."""
        return self in (SessionState.SUCCEEDED, SessionState.FAILED, SessionState.LOST)


class TierState(StrEnum):
    """How a tier run is doing, seen at some moment."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not_run"


class StepState(StrEnum):
    """How a step run is doing. The fold knows the first six; the others depend on what became of its tier."""

    PENDING = "pending"
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not_run"

    @property
    def is_active(self) -> bool:
        """Whether an attempt is under way."""
        return self in (StepState.RUNNING, StepState.RETRYING)


@dataclass(slots=True)
class Usage:
    """Tokens and cost that steps printed. None where none was printed: unknown is not zero."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None

    def add(self, input_tokens: int, output_tokens: int, cost_usd: Decimal | None) -> None:
        """Count one printed line."""
        self.input_tokens = (self.input_tokens or 0) + input_tokens
        self.output_tokens = (self.output_tokens or 0) + output_tokens
        if cost_usd is not None:
            self.cost_usd = (self.cost_usd or Decimal(0)) + cost_usd


class Attempt(NamedTuple):
    """A failed attempt of a step.

    Attributes:
        number: counts from 1, as recorded.
        lines: how many lines the step had printed by then; later ones belong to later attempts.
    """

    number: int
    error: str
    exit_code: int | None
    failed_at: str | None
    lines: int


@dataclass(slots=True)
class StepRun:
    """One occurrence of a step: its run, with all attempts, in one tier run.

    Attributes:
        serial: counts the step runs of the session, from 0.
        occurrence: counts the runs of this name in the session, from 1.
        attempt: how many attempts have begun; 0 when it never started.
        attempts: the failed ones.
        output_bytes: UTF-8 bytes of the output lines, without newlines.
    """

    serial: int
    name: str
    occurrence: int
    tier: "TierRun" = field(repr=False)
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
    usage: Usage = field(default_factory=Usage)

    @property
    def lines(self) -> int:
        """Lines printed, on both streams."""
        return self.stdout_lines + self.stderr_lines


@dataclass(slots=True)
class TierRun:
    """One ``tier_started`` and what followed.

    Attributes:
        ordinal: counts the tier runs of the session, from 1.
        pass_number: counts from 1; a workflow that loops begins a new pass.
        tier_index: the index as recorded, from 0; not a key.
        closed_at: when the next tier or the end of the session closed it.
        is_followed: whether it was closed by the next tier run.
        first_line: how many output lines the session had when it began.
    """

    ordinal: int
    pass_number: int
    tier_index: int
    started_at: str | None
    first_line: int
    steps: dict[str, StepRun] = field(default_factory=dict)
    closed_at: str | None = None
    is_open: bool = True
    is_followed: bool = False


@dataclass(slots=True)
class Session:
    """A folded session.

    Attributes:
        started: whether ``zig_session_started`` was read; without it the log is unreadable as a session.
        status: the recorded word of the end (success or failure); None while there is no end.
        last_event_at: when the last event was written, heartbeats included.
        last_activity_at: the same without heartbeats.
        heartbeat_secs: the interval the runner announced last, None before the first heartbeat.
        problems: the first ones; `problem_count` counts all.
    """

    session_id: str | None = None
    started: bool = False
    workflow_name: str = ""
    workflow_path: str = ""
    cwd: str | None = None
    prompt: str | None = None
    tier_count: int = 0
    started_at: str | None = None
    ended_at: str | None = None
    duration_ms: int | None = None
    status: str | None = None
    last_event_at: str | None = None
    last_activity_at: str | None = None
    last_heartbeat_at: str | None = None
    heartbeat_secs: int | None = None
    tiers: list[TierRun] = field(default_factory=list)
    steps: list[StepRun] = field(default_factory=list)
    stdout_lines: int = 0
    stderr_lines: int = 0
    output_bytes: int = 0
    usage: Usage = field(default_factory=Usage)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether the end was recorded."""
        return self.status is not None

    @property
    def lines(self) -> int:
        """Lines printed, by all steps on both streams."""
        return self.stdout_lines + self.stderr_lines
