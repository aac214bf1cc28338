"""The signs of a session, its tiers and its steps at one moment, where they differ from those of their states."""

from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.amounts import count
from zigtui.wording.durations import largest_unit
from zigtui.wording.states import STATE_SIGNS, Severity, StateSign, sign_of

__all__ = [
    "CHECKING",
    "ENDED_EARLY",
    "ENDED_EARLY_IN_FULL",
    "NOT_READ",
    "READING",
    "UNREADABLE",
    "failures_within",
    "part_read",
    "pass_sign",
    "reading_note",
    "retry_note",
    "session_sign",
    "so_far",
    "so_far_of",
    "state_sign",
    "step_sign",
    "tier_sign",
]

NOT_READ = StateSign("…", "not read yet", Severity.MUTED)
"""The sign of a tier or a step whose end may be in the part of the log that has not been read."""

READING = StateSign("…", "reading", Severity.MUTED)
"""The sign of a session whose log has not been read to its end, and whose start has not been found so far."""

CHECKING = StateSign("◔", "checking", Severity.MUTED)
"""The sign of a session that is watched to find out whether it is running or lost."""

ENDED_EARLY = "ended early"
"""Beside a pass that failed although no step did; see `PassRun.ended_early`."""

ENDED_EARLY_IN_FULL = f"{ENDED_EARLY}: no failure was recorded"
"""The same where there is room."""

UNREADABLE = "(can no longer be read)"
"""Stands for a part of a log that was read before."""

_MAY_BE_RETRIED = StateSign(sign_of(StepState.FAILED).glyph, "failed, may be retried", Severity.WARNING)


def session_sign(snapshot: SessionSnapshot) -> StateSign:
    """The sign of a session. One that succeeded although steps of it failed needs more attention than others."""
    sign, failures = state_sign(snapshot), failures_within(snapshot)
    return StateSign(sign.glyph, f"{sign.word} · {failures}", Severity.WARNING) if failures else sign


def state_sign(snapshot: SessionSnapshot) -> StateSign:
    """The sign of the state of a session, or of the doubt about it."""
    state = snapshot.state
    if state is SessionState.UNREADABLE and not snapshot.is_complete and snapshot.trouble is None:
        return READING
    return CHECKING if snapshot.is_doubtful else sign_of(state)


def failures_within(snapshot: SessionSnapshot) -> str:
    """The number of failures in a session that succeeded, such as ``2 steps failed``; empty if there are none."""
    if snapshot.state is not SessionState.SUCCEEDED or not snapshot.is_complete:
        return ""
    passes, steps = snapshot.passes, snapshot.failed_steps
    if passes.total > 1 and passes.failed:
        return f"{passes.failed:,} of {count(passes.total, 'pass')} failed"
    return f"{count(steps, 'step')} failed" if steps else ""


def tier_sign(tier: TierRun, snapshot: SessionSnapshot) -> StateSign:
    """The sign of a tier run."""
    return NOT_READ if tier.is_open and not snapshot.is_complete else sign_of(snapshot.tier_state(tier))


def step_sign(step: StepRun, snapshot: SessionSnapshot) -> StateSign:
    """The sign of a step run. One that has been silent for too long is stalled, even if others are busy."""
    state = snapshot.step_state(step)
    if state.is_settled and state is not StepState.FAILED:  # as most are; it can be neither stalled nor tried again
        return sign_of(state)
    if not snapshot.is_complete:
        return NOT_READ if snapshot.session.tier_of(step).is_open else sign_of(state)
    if snapshot.is_step_stalled(step):
        return STATE_SIGNS[SessionState.STALLED.value]
    return _MAY_BE_RETRIED if snapshot.may_be_retried(step) else sign_of(state)


def pass_sign(run: PassRun, snapshot: SessionSnapshot) -> StateSign:
    """The sign of a full pass."""
    state = snapshot.pass_state(run)
    return NOT_READ if state is TierState.RUNNING and not snapshot.is_complete else sign_of(state)


def so_far(snapshot: SessionSnapshot) -> str:
    """What follows a count that may grow, since the log is still being read; else empty."""
    return "" if snapshot.is_complete else " so far"


def so_far_of(sign: StateSign) -> str:
    """The same for a count of a part with this sign."""
    return " so far" if sign is NOT_READ else ""


def retry_note(number: int, failed_at: str | None, snapshot: SessionSnapshot) -> str:
    """The words for a failed attempt after which there may be another one."""
    silent_secs = snapshot.silent_secs_since(failed_at)
    ago = "" if silent_secs is None else f" {largest_unit(silent_secs)} ago"
    return f"attempt {number:,} failed{ago}, may be retried"


def reading_note(snapshot: SessionSnapshot) -> str:
    """How much of a log has been read, in words; no number as long as its size is not known."""
    return f"reading {part_read(snapshot)}" if snapshot.progress < 1 else "reading"


def part_read(snapshot: SessionSnapshot) -> str:
    """How much of a log has been read, as a percentage. It is rounded down: 100 % would be all of it."""
    return f"{int(snapshot.progress * 100)} %"
