"""What a list shows of a session: a small, immutable extract of the model that outlives it."""

import sys
from typing import NamedTuple

from writer import HEARTBEAT_SECS
from zigtui.reader.catalog.index_hints import IndexHint
from zigtui.reader.location import LogLocation
from zigtui.reader.session.liveness import Vitals, last_sign_of_life, session_state, step_state
from zigtui.reader.session.model import Session, SessionState, StepState
from zigtui.reader.times import milliseconds_between, seconds

__all__ = ["Summary", "summarise", "summarise_hint", "tiers_done", "tiers_reached"]


class Summary(NamedTuple):
    """One session of a list.

    Attributes:
        trouble: why the log cannot be read at present, None if it can.
        recorded_ms: the duration by the record, None while there is no end.
        tiers_done: how far into the announced tiers it has got.
        passes: how often the workflow went through its tiers.
        active_steps: names of the steps under way, in the order of their tiers.
        failed_step: the first step that failed for good, with its last error.
    """

    location: LogLocation
    trouble: str | None
    vitals: Vitals
    workflow_name: str
    cwd: str | None
    started_at: str | None
    ended_at: str | None
    recorded_ms: int | None
    tier_count: int
    tiers_done: int
    passes: int
    active_steps: tuple[str, ...]
    failed_step: tuple[str, str] | None
    lines: int

    def state(self, now: float, stall_secs: float) -> SessionState:
        """The session's state at ``now``, as far as its log could be read."""
        return session_state(self.vitals, now, stall_secs)

    def elapsed_ms(self, state: SessionState, now: float) -> int | None:
        """How long it took, or has been running; up to its last sign of life when it is lost."""
        if state.is_live or state is SessionState.LOST:
            if self.vitals.began is None:
                return None
            until = now if state.is_live else last_sign_of_life(self.vitals, now)
            return max(0, round((until - self.vitals.began) * 1000))
        return self.recorded_ms

    @property
    def project_label(self) -> str:
        """The repository's directory name; without a repository, that of the working directory."""
        cwd_parts = [part for part in (self.cwd or "").replace("\\", "/").split("/") if part]
        if self.location.project is None:
            return cwd_parts[-1] if cwd_parts else ""
        for end in range(len(cwd_parts), 0, -1):  # the nearest parent whose flattened path is the project's name
            if "-".join(cwd_parts[:end]) == self.location.project:
                return cwd_parts[end - 1]
        return self.location.project


def summarise(location: LogLocation, session: Session, vitals: Vitals, trouble: str | None) -> Summary:
    """The summary of a session as it is folded now."""
    by_record = SessionState.RUNNING
    if session.has_ended:
        by_record = SessionState.SUCCEEDED if session.status == "success" else SessionState.FAILED
    states = [(step, step_state(step, by_record)) for step in session.steps]
    active = [step for step, state in states if state.is_active]
    failed = next((step for step, state in states if state is StepState.FAILED), None)
    return Summary(
        location=location,
        trouble=trouble,
        vitals=vitals,
        workflow_name=sys.intern(session.workflow_name),  # of many sessions, few workflows and directories
        cwd=None if session.cwd is None else sys.intern(session.cwd),
        started_at=session.started_at,
        ended_at=session.ended_at,
        recorded_ms=session.duration_ms
        if session.duration_ms is not None
        else milliseconds_between(session.started_at, session.ended_at),
        tier_count=session.tier_count,
        tiers_done=tiers_done(session),
        passes=session.tiers[-1].pass_number if session.tiers else 0,
        active_steps=tuple(step.name for step in active),
        failed_step=None if failed is None else (failed.name, failed.attempts[-1].error),
        lines=session.lines,
    )


def summarise_hint(location: LogLocation, modified: float, hint: IndexHint) -> Summary:
    """What an index tells of a session that has ended, until its log is read."""
    began, ended = seconds(hint.started_at), seconds(hint.ended_at)
    vitals = Vitals(
        started=True,
        status=sys.intern(hint.status),
        began=began,
        last_event=ended,
        last_activity=ended,
        modified=modified,
        grown=None,
        heartbeat_secs=HEARTBEAT_SECS,
    )
    return Summary(
        location=location,
        trouble=None,
        vitals=vitals,
        workflow_name=sys.intern(hint.workflow_name),
        cwd=None,
        started_at=hint.started_at,
        ended_at=hint.ended_at,
        recorded_ms=milliseconds_between(hint.started_at, hint.ended_at),
        tier_count=0,
        tiers_done=0,
        passes=0,
        active_steps=(),
        failed_step=None,
        lines=0,
    )


def tiers_done(session: Session) -> int:
    """How many of the announced tiers are behind it: those followed by another, and the last one of a success."""
    succeeded = session.status == "success"
    return max((tier.tier_index + 1 for tier in session.tiers if tier.is_followed or succeeded), default=0)


def tiers_reached(session: Session) -> int:
    """Which of the announced tiers it is in, from 1; 0 before the first."""
    return session.tiers[-1].tier_index + 1 if session.tiers else 0
